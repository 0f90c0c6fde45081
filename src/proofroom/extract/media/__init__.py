"""Sound and film: what their containers tell of themselves, pictures and subtitles in them; nothing is decoded."""
