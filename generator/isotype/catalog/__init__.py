"""What a live database is: facts read from its catalog, their normal form, the comparison of two sets."""
