"""How a schema is written: texts with positions in, a `Domain` or findings out."""

from isotype.language.grammar import editor_schema
from isotype.language.loading import Loaded, load

__all__ = ["Loaded", "editor_schema", "load"]
