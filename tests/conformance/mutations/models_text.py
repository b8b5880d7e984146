"""The support code of the models, with one fault in its text at a time, put to the rows that `verify` asks."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from itertools import islice
from types import ModuleType
from typing import Any

from isotype.conformance.building import Compiled
from isotype.conformance.witnesses.models import Models
from isotype.probes import Probe
from tests.conformance.mutations import python_text, same_types
from tests.conformance.mutations.model import (
    EQUIVALENT,
    FOUND,
    SURVIVED,
    UNLOADED,
    Mutant,
    Rewrite,
    Subject,
    Verdict,
    verdict,
)
from tests.conformance.mutations.python_text import Fault
from tests.conformance.mutations.questions import Questions
from tests.conformance.mutations.rows import facts, in_order, rows

COLUMNS, BASE = "_columns.py", "base.py"
MAKING = re.compile(
    r"Spelled(?:\..+)?|_spell|sql|only_on|check|_constrain|ComputedOnPostgres(?:\..+)?|_compute|_create"
    r"|Physical(?:\..+)?|\w+\.(?:load_dialect_impl|native)"
)
"""What is about making tables, which `drift` compares."""
ANSWERING = frozenset({"_read_stamps", "_enforce_foreign_keys", "_refuse_writing"})
"""What models do with a database that answers, of SQLite's, and with views."""
FEW = 100
"""So many rows of each table are asked first."""


def faults(text: str, path: str) -> Iterator[Fault]:
    """Every fault of a module that rows show before they reach a database."""
    for fault in python_text.faults(text):
        if path == COLUMNS and MAKING.fullmatch(fault.function):
            continue
        if fault.function not in ANSWERING and not fault.old.startswith("TypeVar("):
            yield fault


class ModelsText:
    """Asks about the broken support code of one domain's models."""

    def __init__(self, subject: Subject, questions: Questions, compiled: Compiled) -> None:
        self._subject, self._questions, self._compiled = subject, questions, compiled
        self._rows = rows(subject, questions)
        self._agreed: dict[int, bool] = {}
        self._met: set[tuple[str, str]] = set()

    def mutants(self) -> Iterator[Mutant]:
        """Every fault of the modules that judge a row, and write it to SQLite."""
        for path in (COLUMNS, BASE):
            text = self._compiled.text("models", path)
            for kind, function, at, old, new in faults(text, path):
                line = text.count("\n", 0, at) + 1
                where = f"{path}:{line} {function}: {_short(old)} made {_short(new)}"
                yield Mutant("models", f"support: {kind}", where, Rewrite(path, old, new, at, function))

    def verdict(self, mutant: Mutant) -> Verdict | None:
        """What comes of a mutant; None where another one has made the same text."""
        rewrite = mutant.broken
        assert isinstance(rewrite, Rewrite)
        text = rewrite.applied(self.text(rewrite.path))
        if (rewrite.path, text) in self._met:
            return None
        self._met.add((rewrite.path, text))
        outcome, said = self._outcome(rewrite, text)
        proved = self.proof(mutant) if outcome == SURVIVED else ""
        return verdict(self._subject.name, mutant, *((EQUIVALENT, proved) if proved else (outcome, said)))

    def proof(self, mutant: Mutant) -> str:
        """Why a broken module does what the whole one does; '' where nothing says so."""
        assert isinstance(mutant.broken, Rewrite)
        path = mutant.broken.path
        whole = self.text(path)
        text = mutant.broken.applied(whole)
        folder = self._compiled.folder / self._compiled.package / "models"
        others = [file.read_text(encoding="utf-8") for file in folder.glob("*.py") if file.name != path]
        modules = self._module(path, whole), self._module(path, text)
        return same_types.proof(whole, text, modules, others, MAKING.fullmatch)

    def text(self, path: str) -> str:
        """A whole module."""
        return self._compiled.text("models", path)

    def _outcome(self, rewrite: Rewrite, text: str) -> tuple[str, str]:
        while True:
            with served(self._compiled, {rewrite.path: text}):
                try:
                    witness = Models(self._compiled)
                except Exception as error:  # whatever SQLAlchemy or Python has against the module
                    return UNLOADED, f"{type(error).__name__}: {error}".partition("\n")[0]
                try:
                    found = self._found(witness, rewrite.within)
                finally:
                    witness.close()
            if found is None:
                return SURVIVED, f"{sum(map(len, self._rows.values()))} rows"
            probe, fact = found
            if self._agrees(probe):
                return FOUND, f"{fact}: {str(probe)[:200]}"

    def _module(self, path: str, text: str) -> ModuleType:
        with served(self._compiled, {path: text}):
            return import_module(f"{self._compiled.package}.models.{path.removesuffix('.py')}")

    def _found(self, witness: Models, within: str) -> tuple[Probe, str] | None:
        """The first row on which the models disagree, but for those on which whole ones do, and the fact."""
        waiting = [iter(found) for found in self._ordered(within)]
        first = [islice(some, FEW) for some in waiting]
        for some in (*first, *waiting):
            while batch := list(islice(some, FEW)):
                for place, fact in facts(self._questions, witness, batch):
                    if self._agreed.get(id(batch[place]), True):
                        return batch[place], fact
        return None

    def _agrees(self, probe: Probe) -> bool:
        """Whether whole models answer a row as the schema does."""
        if id(probe) not in self._agreed:
            with served(self._compiled, {}):
                witness = Models(self._compiled)
                self._agreed[id(probe)] = not any(True for _ in facts(self._questions, witness, [probe]))
                witness.close()
        return self._agreed[id(probe)]

    def _ordered(self, within: str) -> Iterator[Sequence[Probe]]:
        """The rows of each table, those of columns of a type first."""
        name = within.partition(".")[0]
        models = self._compiled.module("models")
        tables = {one.table.name: getattr(models, one.class_name).__table__ for one in self._compiled.bindings.entities}
        found = []
        for table, probes in self._rows.items():
            columns = [column.name for column in tables[table].columns if _is_of(column.type, name)]
            found.append((not columns, len(probes), in_order(probes, columns) if columns else probes))
        for _, _, probes in sorted(found, key=lambda one: one[:2]):
            yield probes


def _is_of(column: Any, name: str) -> bool:
    """Whether a column's type, or that of its items, is a class of this name or below it."""
    if any(of.__name__ == name for of in type(column).__mro__):
        return True
    return hasattr(column, "item") and _is_of(column.item, name)


@contextmanager
def served(compiled: Compiled, texts: Mapping[str, str]) -> Iterator[None]:
    """The models of a domain are imported anew, some of their modules with another text; at the end nothing is left."""
    forget(compiled)
    finder = _Served({f"{compiled.package}.models.{path.removesuffix('.py')}": text for path, text in texts.items()})
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        forget(compiled)


def forget(compiled: Compiled) -> None:
    """Nothing of the models is in memory: no module, no class that SQLAlchemy knows, nothing that listens to it."""
    from sqlalchemy import Engine, event
    from sqlalchemy.orm import Session

    own = f"{compiled.package}.models"
    base = sys.modules.get(f"{own}.base")
    if base is not None:
        for of, event_name, listener in (
            (Session, "before_flush", "_check_transitions"),
            (Engine, "connect", "_enforce_foreign_keys"),
        ):
            with suppress(Exception):  # where it does not listen
                event.remove(of, event_name, getattr(base, listener))
        for declared in ("Base", "View"):
            if hasattr(base, declared):
                getattr(base, declared).registry.dispose()
                getattr(base, declared).metadata.clear()
    for name in [name for name in sys.modules if name == own or name.startswith(f"{own}.")]:
        del sys.modules[name]


class _Served(MetaPathFinder, Loader):
    """Some modules by their names, from texts."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        return spec_from_loader(name, self) if name in self._texts else None

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self._texts[module.__name__], module.__name__, "exec"), vars(module))


def _short(text: str) -> str:
    return " ".join(text.split())[:80] or "nothing"
