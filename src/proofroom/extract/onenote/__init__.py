"""Sections of OneNote: the two stores in which they are kept, the objects in these, and the pages they make."""
