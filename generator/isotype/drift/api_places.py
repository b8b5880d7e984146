"""The line of the schema that says what an object of an API is, and what of the schema it is."""

from __future__ import annotations

from isotype.domain.places import NOWHERE, Place
from isotype.drift.declarations import Declarations
from isotype.service.differences import ENUM, PROPERTY, SHAPE, Path
from isotype.shapes.model import Shapes


class Places:
    """Finds the place of an object by its kind and path; of what the schema does not name, the nearest around it."""

    def __init__(self, shapes: Shapes) -> None:
        self._declarations = Declarations(shapes)
        self._operations = {it.call: it.place for it in shapes.operations}

    def of(self, kind: str, path: Path) -> Place:
        """The place; nowhere for what the schema does not know at all."""
        if kind not in (SHAPE, PROPERTY, ENUM):
            return self._operations.get(path[0], NOWHERE)
        if path[0] not in self._declarations.names:
            return NOWHERE
        return self._declarations.of(path[0], path[1:]).place

    def declaration(self, kind: str, path: Path) -> str:
        """What of the schema an object is, such as `Order.status`; '' for what is none of it by itself."""
        if kind not in (SHAPE, PROPERTY, ENUM) or path[0] not in self._declarations.names:
            return ""
        return self._declarations.of(path[0], path[1:]).name
