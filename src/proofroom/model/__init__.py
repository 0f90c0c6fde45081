"""The nouns, frozen: what every room reads and writes."""
