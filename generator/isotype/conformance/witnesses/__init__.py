"""One real engine in each module: whoever can be asked about a value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from isotype.conformance.building import Compiled
from isotype.conformance.engines import Engines
from isotype.conformance.model import NotAsked, Witness

if TYPE_CHECKING:
    from isotype.conformance.worker.client import Remote
    from isotype.service.live import Caller

OF_ROWS = (("models",), ("sqlite", "postgres", "round_trip"))
"""Witnesses that are asked about rows alone: those of each group may be asked in the process of a worker."""

NAMES = ("pydantic", "zod", "json_schema", "datamodel", "models", "sqlite", "postgres", "round_trip", "http")
"""Every witness, in the order in which they are listed."""


@contextmanager
def assembled(
    of: Compiled,
    root: Path,
    names: Iterable[str] = NAMES,
    engines: Engines | None = None,
    running: Caller | None = None,
    divided: bool = False,
) -> Iterator[tuple[Sequence[Witness], Mapping[str, str]]]:
    """The witnesses that can be asked here, and why the others cannot; they are let go at the end.

    `engines` are those of a run over several domains; without them there are some for this one alone. `running` is an
    API that runs elsewhere, which is asked instead of the generated one. Where the work is `divided`, witnesses of rows
    are asked by processes of their own.
    """
    with ExitStack() as stack:
        shared = engines or stack.enter_context(Engines())
        found: dict[str, Witness] = {}
        missing: dict[str, str] = {}
        ordered = tuple(names)
        groups = [[name for name in ordered if name in group] for group in OF_ROWS if divided]
        apart = set(chain.from_iterable(groups))
        with ThreadPoolExecutor(max_workers=len(OF_ROWS)) as meanwhile:
            opening = [meanwhile.submit(_opened, of, root, group, shared, stack) for group in groups if group]
            for name in ordered:
                if name in apart:
                    continue
                try:
                    witness = _made(name, of, root, tuple(found.values()), shared, running)
                except NotAsked as error:
                    missing[name] = str(error)
                else:
                    stack.callback(witness.close)
                    found[name] = witness
        for opened in opening:
            remote, lacking = opened.result()
            found.update((one.name, one) for one in remote)
            missing.update(lacking)
        yield [found[name] for name in ordered if name in found], {it: missing[it] for it in ordered if it in missing}


def _opened(
    of: Compiled, root: Path, names: Sequence[str], engines: Engines, stack: ExitStack
) -> tuple[Sequence[Remote], Mapping[str, str]]:
    worker = engines.worker(names[0])
    stack.callback(worker.leave)
    return worker.open(of, root, names)


def _made(
    name: str, of: Compiled, root: Path, others: Sequence[Witness], engines: Engines, running: Caller | None
) -> Witness:
    match name:
        case "pydantic":
            from isotype.conformance.witnesses.pydantic import Pydantic

            return Pydantic(of)
        case "zod":
            from isotype.conformance.witnesses.zod import Zod

            return Zod(of, root, engines)
        case "json_schema":
            from isotype.conformance.witnesses.json_schema import JsonSchema

            return JsonSchema(of)
        case "datamodel":
            from isotype.conformance.witnesses.datamodel import Datamodel

            return Datamodel(of)
        case "models":
            from isotype.conformance.witnesses.models import Models

            return Models(of)
        case "sqlite":
            from isotype.conformance.witnesses.sqlite import Sqlite

            return Sqlite(of)
        case "postgres":
            from isotype.conformance.witnesses.postgres import Postgres

            return Postgres(of, engines)
        case "round_trip":
            from isotype.conformance.witnesses.postgres import Postgres as Database
            from isotype.conformance.witnesses.round_trip import RoundTrip

            return RoundTrip(of, next((other for other in others if isinstance(other, Database)), None))
        case "http":
            from isotype.conformance.witnesses.http import Http

            return Http(of, engines, running)
    raise KeyError(name)
