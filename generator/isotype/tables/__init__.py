"""The relational projection of a domain: `project` makes it, `model` says what it is."""

from isotype.tables.clashes import name_clashes
from isotype.tables.model import Tables
from isotype.tables.projection import project

__all__ = ["Tables", "name_clashes", "project"]
