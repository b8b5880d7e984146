"""The relational projection by itself."""
