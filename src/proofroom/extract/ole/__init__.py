"""Compound files (MS-CFB), and what old Office programs keep in them alike: macros, pictures, objects."""
