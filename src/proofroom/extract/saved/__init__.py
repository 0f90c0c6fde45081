"""Pages and traffic that somebody saved from the web: MHTML, web archives of Safari, WARC and ARC."""
