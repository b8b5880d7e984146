"""Envelopes, results with names of their own, and properties that only the service has."""
