"""The bridge between tables and shapes: `bind` makes it, `model` says what it is."""

from isotype.binding.model import Bindings
from isotype.binding.projection import bind

__all__ = ["Bindings", "bind"]
