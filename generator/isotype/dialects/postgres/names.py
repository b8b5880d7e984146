"""The names a printer cannot know by itself."""

from __future__ import annotations

from collections.abc import Callable

from isotype.domain.types import Enum
from isotype.domain.values import frozen


@frozen
class Names:
    """How the file at hand spells what it creates, schema and quotes included.

    `enum` gives the type of a native enum, `helper` the function of `helpers.HELPERS`, `structure` the function that
    judges a typed JSON object by the object's name.
    """

    enum: Callable[[Enum], str]
    helper: Callable[[str], str]
    structure: Callable[[str], str]
