"""The schema language: what it reads, what it refuses, and where it says so."""
