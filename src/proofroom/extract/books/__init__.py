"""Books: the packages and texts of EPUB and FictionBook."""
