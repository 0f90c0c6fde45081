"""The parent's side of passwords: what a cache itself offers, in which order it is tried, and what came of it."""
