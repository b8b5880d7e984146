"""The wire projection of a domain: `project` makes it, `model` says what it is."""

from isotype.shapes.model import Shapes
from isotype.shapes.projection import project

__all__ = ["Shapes", "project"]
