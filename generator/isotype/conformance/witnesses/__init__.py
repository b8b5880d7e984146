"""One real engine in each module: whoever can be asked about a value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from isotype.conformance.building import Compiled
from isotype.conformance.engines import Engines
from isotype.conformance.model import NotAsked, Witness

if TYPE_CHECKING:
    from isotype.service.live import Caller

NAMES = ("pydantic", "zod", "json_schema", "datamodel", "models", "sqlite", "postgres", "round_trip", "http")
"""Every witness, in the order in which they are listed."""


@contextmanager
def assembled(
    of: Compiled,
    root: Path,
    names: Iterable[str] = NAMES,
    engines: Engines | None = None,
    running: Caller | None = None,
) -> Iterator[tuple[Sequence[Witness], Mapping[str, str]]]:
    """The witnesses that can be asked here, and why the others cannot; they are let go at the end.

    `engines` are those of a run over several domains; without them there are some for this one alone. `running` is an
    API that runs elsewhere, which is asked instead of the generated one.
    """
    missing: dict[str, str] = {}
    with ExitStack() as stack:
        shared = engines or stack.enter_context(Engines())
        found: list[Witness] = []
        for name in names:
            try:
                witness = _made(name, of, root, found, shared, running)
            except NotAsked as error:
                missing[name] = str(error)
            else:
                stack.callback(witness.close)
                found.append(witness)
        yield found, missing


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
