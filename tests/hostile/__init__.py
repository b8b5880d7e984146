"""A schema is untrusted text: it comes out as inert data in every layer, or it is refused."""
