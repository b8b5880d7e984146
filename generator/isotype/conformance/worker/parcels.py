"""What goes between a run and its worker: pickles, in which a table that both have is its name."""

from __future__ import annotations

import copyreg
import pickle
from collections import ChainMap
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import IO, Any

from isotype.tables.model import Table


class Parcels:
    """Writes and reads values; `tables` are those that the other side has too, each of them one object there."""

    def __init__(self, tables: Iterable[Table] = ()) -> None:
        self._tables = {(table.schema, table.name): table for table in tables}
        self._reducing = ChainMap(
            {Table: self._reduced, MappingProxyType: lambda mapping: (frozen, (dict(mapping),))},
            copyreg.dispatch_table,
        )

    def write(self, value: object, stream: IO[bytes]) -> None:
        """Send a value."""
        pickler = pickle.Pickler(stream, pickle.HIGHEST_PROTOCOL)
        pickler.dispatch_table = self._reducing
        pickler.dump(value)
        stream.flush()

    def read(self, stream: IO[bytes]) -> Any:
        """The next value; raises `EOFError` where there is none."""
        return _Reader(stream, self._tables).load()

    def _reduced(self, table: Table) -> Any:
        key = (table.schema, table.name)
        return (known, key) if self._tables.get(key) is table else table.__reduce_ex__(pickle.HIGHEST_PROTOCOL)


class _Reader(pickle.Unpickler):
    def __init__(self, stream: IO[bytes], tables: Mapping[tuple[str, str], Table]) -> None:
        super().__init__(stream)
        self._tables = tables

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == (__name__, known.__name__):
            return lambda *key: self._tables[key]
        return super().find_class(module, name)


def known(schema: str, name: str) -> Table:
    """The table of a name, of those that a reader has."""
    raise KeyError(schema, name)


def frozen(mapping: Mapping[Any, Any]) -> Mapping[Any, Any]:
    """A mapping that cannot be changed."""
    return MappingProxyType(mapping)
