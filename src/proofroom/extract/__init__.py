"""Extract: every cell, line, property and member of an artifact, read in a sandbox."""
