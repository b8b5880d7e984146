"""The side of the run: witnesses that are asked in the process of a worker."""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from isotype.conformance.building import Compiled
from isotype.conformance.model import Answer, Said
from isotype.conformance.processes import Process
from isotype.conformance.worker.parcels import Parcels
from isotype.findings import Finding, IsotypeError
from isotype.probes import Probe
from isotype.probes.scenes import Scene

SCRIPT = Path(__file__).parent / "serve.py"
PATIENCE = 10
"""Seconds in which it puts its engines away."""


class Remote:
    """A witness in the process of a worker, which lets it go."""

    apart = True

    def __init__(self, worker: Worker, name: str, target: str) -> None:
        self.worker, self.name, self.target = worker, name, target

    def asks(self, probe: Probe) -> bool:
        """What it is asked about is decided there."""
        return True

    def judge(self, probes: Sequence[Probe]) -> Sequence[Answer]:
        """Its answer to each probe."""
        found: Sequence[Answer] = self.worker.call("judge", self.name, probes)
        return found

    def close(self) -> None:
        """Nothing is held here."""


class RemoteStage(Remote):
    """One that several rows can be put to at once."""

    def play(self, scenes: Sequence[Scene]) -> Sequence[Answer]:
        """Its answer to each scene."""
        found: Sequence[Answer] = self.worker.call("play", self.name, scenes)
        return found


class Worker(Process):
    """A Python of its own, which is asked about one domain after the other."""

    def __init__(self) -> None:
        path = os.pathsep.join(filter(None, sys.path))
        environment = {**os.environ, "PYTHONPATH": path}
        super().__init__(SCRIPT, sys.executable, "-P", environment=environment, folder=Path.cwd())
        self._parcels = Parcels()
        self._bodies = self._owes = False

    def open(self, of: Compiled, root: Path, names: Iterable[str]) -> tuple[list[Remote], dict[str, str]]:
        """The witnesses of a domain that can be asked there, and why the others cannot."""
        found, missing = self.call("open", of, root, tuple(names))
        # From now on both have the same tables.
        self._parcels = Parcels(of.bindings.tables.tables)
        # The whole way begins with a body.
        self._bodies = any(name == "round_trip" for name, _, _ in found)
        made = ((RemoteStage if plays else Remote)(self, name, target) for name, target, plays in found)
        return list(made), missing

    def leave(self) -> None:
        """Let the witnesses of a domain go; one who was interrupted in the middle is ended."""
        if self._owes:
            self.close()
        elif not self.ended:
            self.call("leave")
        self._parcels = Parcels()

    def put(self, batch: Sequence[Probe], thin: bool) -> Sequence[Said]:
        """Put a batch to all witnesses, or its rows alone where nobody knows more."""
        places = [place for place, probe in enumerate(batch) if self._bodies or probe.row is not None]
        said: Sequence[Said] = self.call("put", [batch[place] for place in places], thin)
        return [one._replace(places=[places[place] for place in one.places]) for one in said]

    def call(self, method: str, *arguments: object) -> Any:
        """What the other side answers, one call after the other. Raises what was raised there."""
        self._owes = True
        try:
            self._parcels.write((method, arguments), self.input)
            error, found = self._parcels.read(self.output)
        except (OSError, EOFError, pickle.UnpicklingError) as gone:
            fact = f"the process that asks about rows has ended: {self.said()}"
            self.close()
            raise IsotypeError(Finding("witness-stopped", fact)) from gone
        self._owes = False
        if error is not None:
            raise error
        return found
