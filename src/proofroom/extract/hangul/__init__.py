"""Documents of the Korean word processor Hangul: the older ones in a compound file, the newer ones in a zip."""
