"""The SQL layer on real databases."""
