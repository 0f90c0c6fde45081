"""What several rooms must know about scripts: folding, Han characters, and the token stream of the search."""
