"""What tells one kind of file from another: signatures, zip and OLE directories, the look of text, names."""
