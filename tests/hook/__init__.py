"""The commit hook in real repositories."""
