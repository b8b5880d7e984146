"""Probes: values for a domain, and what the schema itself says of them."""
