"""Whole domains, held against the real tools of every target."""
