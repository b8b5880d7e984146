"""What a schema means: frozen values that know no target, no text and no file."""
