"""The side of a worker: reads calls from standard input, and answers each on standard output: (error, result)."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from isotype.conformance.building import Compiled, importable
from isotype.conformance.engines import Engines
from isotype.conformance.garbage import seldom
from isotype.conformance.model import Answer, Said, Stage, Witness
from isotype.conformance.panel import Panel
from isotype.conformance.witnesses import assembled
from isotype.conformance.worker.parcels import Parcels
from isotype.probes import Probe
from isotype.probes.scenes import Scene


class Desk:
    """The witnesses of one domain after the other, and the engines that all of them share."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines
        self._domain = ExitStack()
        self._witnesses: dict[str, Any] = {}
        self._panel = Panel(())
        self.parcels = Parcels()
        self.calls: Mapping[str, Callable[..., object]] = {
            "open": self._open,
            "put": self._put,
            "judge": self._judge,
            "play": self._play,
            "leave": self._leave,
        }

    def _open(self, of: Compiled, root: Path, names: Sequence[str]) -> object:
        self._leave()
        self._domain.enter_context(importable(of.folder, of.package))
        found, missing = self._domain.enter_context(assembled(of, root, names, self._engines))
        self._witnesses = {witness.name: witness for witness in found}
        self._panel = self._domain.enter_context(Panel(found))
        self.parcels = Parcels(of.bindings.tables.tables)
        return [(witness.name, witness.target, isinstance(witness, Stage)) for witness in found], missing

    def _put(self, batch: Sequence[Probe], thin: bool) -> Sequence[Said]:
        return self._panel.put(batch, thin)()

    def _judge(self, name: str, probes: Sequence[Probe]) -> Sequence[Answer]:
        witness: Witness = self._witnesses[name]
        return witness.judge(probes)

    def _play(self, name: str, scenes: Sequence[Scene]) -> Sequence[Answer]:
        stage: Stage = self._witnesses[name]
        return stage.play(scenes)

    def _leave(self) -> None:
        self._domain.close()
        self.parcels = Parcels()


def _sendable(error: Exception) -> Exception:
    """An error with the way that led to it; another one with its words where it cannot be made again elsewhere."""
    error.add_note(traceback.format_exc())
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:  # whatever an error of a library stumbles over
        other = RuntimeError(f"{type(error).__name__}: {error}")
        for note in error.__notes__:
            other.add_note(note)
        return other
    return error


def main() -> None:
    """Answer until there are no more calls."""
    # Ctrl-C is for the run, which ends this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    calls, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # What libraries print is no answer.
    os.dup2(2, 1)
    seldom()
    with Engines() as engines:
        desk = Desk(engines)
        try:
            while True:
                method, arguments = desk.parcels.read(calls)
                writing = desk.parcels
                error, result = None, None
                try:
                    result = desk.calls[method](*arguments)
                except Exception as raised:  # it is raised again where the call came from
                    error = _sendable(raised)
                writing.write((error, result), answers)
        except EOFError:
            pass
        finally:
            desk.calls["leave"]()


if __name__ == "__main__":
    main()
