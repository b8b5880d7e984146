"""Where something stands in a source text."""

from __future__ import annotations

from isotype.domain.lazy import NamedTuple


class Place(NamedTuple):
    """A position in a schema file; lines and columns count from one, columns in code points."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


NOWHERE = Place("", 0, 0)
