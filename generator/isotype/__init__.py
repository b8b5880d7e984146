"""Isotype: one schema; the same type in every layer."""

__version__ = "0.1.0"
