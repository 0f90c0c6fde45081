"""What pictures tell of themselves: their markers and chunks, EXIF, XMP, IPTC, colour profile and pixels."""
