"""The generated API, served here on a SQLite file that holds what an operation needs, and nothing else."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping

from isotype.binding.derivation import UPDATE
from isotype.conformance.building import Compiled
from isotype.conformance.engines import Engines
from isotype.conformance.http.model import NOTHING, Asked, Standing, fits, steady
from isotype.conformance.http.rows import File
from isotype.conformance.model import NotAsked
from isotype.layers.api.groups import groups
from isotype.layers.api.types import domain_classes
from isotype.probes import Probe, Prober
from isotype.probes.meaning import plain
from isotype.probes.rows import Cell
from isotype.service.live import Caller
from isotype.service.live.model import Heard

PACKAGES = ("fastapi", "uvicorn", "sqlalchemy", "pydantic")


class Served:
    """It has the same rows whenever it is asked: none where a row is made, one where a row is changed, and all that
    these refer to."""

    alone = True

    def __init__(self, of: Compiled, engines: Engines, prober: Prober) -> None:
        asynchronous = of.bindings.session != "sync"
        for package in (*PACKAGES, *(("aiosqlite",) if asynchronous else ())):
            if importlib.util.find_spec(package) is None:
                raise NotAsked(f"{package} is not installed: pip install 'isotype[verify]'")
        self._present = ""
        self._rows: dict[str, Standing | None] = {}
        path = of.folder / "served.db"
        self._file = File(of, path, prober)
        self._host = engines.host()
        classes = {group.module: group.class_name for group in groups(of.bindings, domain_classes(of.bindings))}
        where = [str(of.folder), of.package, str(path), self._file.schema]
        error, ports = self._host.ask(["serve", *where, asynchronous, classes])
        if error:
            self._file.close()
            raise NotAsked(f"the API cannot be served: {error}")
        self._ports: list[int] = ports
        callers = [steady("the generated API", f"http://127.0.0.1:{port}") for port in ports]
        self.caller: Caller = callers[0]
        self.stood_in: Caller | None = callers[1]

    def standing(self, one: Asked) -> Standing | None:
        name = one.operation.name
        if name not in self._rows:
            self._rows[name] = self._row(one) if one.made.kind == UPDATE else NOTHING
        if self._present != name:
            self._present = name
            self._restore(one)
        return self._rows[name]

    def _row(self, one: Asked) -> Standing | None:
        cells = self._file.base(one.made.entity.table)
        if cells is None:
            return None
        held = {match.parameter.name: cells.get(match.field.column.name) for match in one.made.keys}
        values = {name: plain(cell.value) for name, cell in held.items() if cell is not None}
        return Standing(cells, values) if len(values) == len(held) and fits(values) else None

    def _restore(self, one: Asked) -> None:
        standing = self._rows[one.operation.name]
        if not self._file.replace(one.made.entity.table, standing.cells if standing is not None else {}):
            self._rows[one.operation.name] = None

    def fitted(self, one: Asked, probe: Probe) -> Probe:
        return probe

    def provides(self, one: Asked, cells: Mapping[str, Cell]) -> bool:
        return self._file.provide(one.made.entity.table, cells)

    def failure(self) -> str:
        lines = [line for line in self._host.said().splitlines() if line and not line.startswith(("[", "(", " "))]
        return lines[-1] if lines else ""

    def done(self, one: Asked, heard: Heard) -> None:
        self._restore(one)

    def left(self) -> str:
        return ""

    def close(self) -> None:
        for caller in (self.caller, self.stood_in):
            if caller is not None:
                caller.close()
        self._file.close()
        for port in () if self._host.ended else reversed(self._ports):
            self._host.ask(["end", port])
