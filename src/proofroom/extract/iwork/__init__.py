"""Documents of Pages, Numbers and Keynote: the older ones of XML, and those of packed messages."""
