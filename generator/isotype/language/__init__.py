"""How a schema is written: text with places in, a domain or findings out."""
