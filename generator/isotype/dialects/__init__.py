"""How each target language writes identifiers, literals, types, patterns and rules; one module per language."""
