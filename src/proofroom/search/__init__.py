"""Search: words in, addresses out, with the match marked in the original text."""
