"""Witnesses in processes of their own answer as those here do, and end with the run."""

from __future__ import annotations

import io
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from itertools import chain
from pathlib import Path
from typing import TypeVar

import pytest

from isotype.conformance.building import compiled
from isotype.conformance.engines import Engines
from isotype.conformance.matrix import Matrix
from isotype.conformance.python_values import EXPRESSION
from isotype.conformance.run import Request, run
from isotype.conformance.witnesses import OF_ROWS, assembled
from isotype.conformance.worker.client import Remote
from isotype.conformance.worker.parcels import Parcels
from isotype.conformance.worker.serve import _sendable
from isotype.domain.model import Domain
from isotype.domain.types import Scalar
from isotype.findings import Finding, IsotypeError
from isotype.probes import Prober
from tests.conformance.conftest import ENGINES
from tests.conformance.test_run import MOVES, SHOP, break_file
from tests.engines import ROOT
from tests.probes.domains import bindings, schema, understood

T = TypeVar("T")

ROWS = tuple(name for group in OF_ROWS for name in group)


def verified(domain: Domain, folder: Path, request: Request, divided: bool) -> Matrix:
    """A run of those who are asked about rows."""
    with (
        compiled(domain, folder) as of,
        assembled(of, ROOT, ROWS, ENGINES, divided=divided) as (found, missing),
    ):
        assert not missing and all(isinstance(one, Remote) is divided for one in found)
        return run(of, found, missing, request)


def counted(matrix: Matrix) -> Mapping[str, object]:
    """All that does not depend on the clock."""
    cells = {
        (str(where), constraint, name): (cell.agree, cell.disagree, cell.gap, cell.gaps)
        for (where, constraint), row in matrix.cells.items()
        for name, cell in row.items()
    }
    asked = {name: rate.asked for name, rate in matrix.rates.items()}
    return matrix._replace(seconds=0, rates={}, cells={})._asdict() | {"cells": cells, "asked": asked}


@pytest.mark.parametrize(
    ("domain", "request_"),
    [(schema(MOVES), Request()), (understood("library"), Request(quick=True))],
    ids=["moves", "library"],
)
def test_the_same_answers(domain: Domain, request_: Request, tmp_path: Path) -> None:
    """Rows that are made, changed and moved, beside others, and of what no JSON says: the matrix is the same."""
    here, apart = (verified(domain, tmp_path / str(divided), request_, divided) for divided in (False, True))
    assert counted(here) == counted(apart)
    assert here.values and not here.disagreements


def test_a_break_is_found_with_its_smallest_value(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked once more to find a smaller value is asked there too."""
    break_file(monkeypatch, "sql/postgres.sql", "ends >= starts", "ends > starts")
    here, apart = (verified(schema(SHOP), tmp_path / str(divided), Request(), divided) for divided in (False, True))
    assert counted(here) == counted(apart)
    assert {one.witness for one in apart.disagreements} == {"postgres", "round_trip"}


def test_one_that_has_ended(tmp_path: Path) -> None:
    """Is said to have, in a sentence; who asks next gets a new one."""
    with Engines() as engines, compiled(schema(SHOP), tmp_path) as of:
        with assembled(of, ROOT, ["models", "pydantic"], engines, divided=True) as (found, missing):
            [models] = [one for one in found if isinstance(one, Remote)]
            models.worker._process.kill()
            with pytest.raises(IsotypeError, match=r"the process that asks about rows has ended.*witness-stopped"):
                run(of, found, missing, Request())
        with assembled(of, ROOT, ["models"], engines, divided=True) as (found, missing):
            assert run(of, found, missing, Request(only="Item.name")).holds


def test_what_is_raised_there_is_raised_here(tmp_path: Path) -> None:
    """With the way that led to it."""
    with compiled(schema(SHOP), tmp_path) as of:
        (of.folder / of.package / "models" / "__init__.py").write_text("import nowhere\n")
        with (
            pytest.raises(ModuleNotFoundError, match="nowhere") as raised,
            assembled(of, ROOT, ["models"], ENGINES, divided=True),
        ):
            pytest.fail("these models cannot be asked")
    assert any("models.py" in note for note in raised.value.__notes__)


def test_an_answer_that_breaks_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Is the end of who gave it, as no answer is."""
    with Engines() as engines, compiled(schema(SHOP), tmp_path) as of:
        worker = engines.worker("models")
        worker.open(of, ROOT, ["models"])
        output = worker.output
        monkeypatch.setattr(worker, "output", io.BytesIO(pickle.dumps((None, "x" * 100))[:50]))
        with pytest.raises(IsotypeError, match="witness-stopped"):
            worker.call("judge", "models", ())
        worker.leave()
        assert worker.ended
        output.close()


def test_an_error_that_cannot_be_sent() -> None:
    """Is told by another one, with its words and the way that led to it."""

    class Named(Exception):
        def __init__(self, *, code: str) -> None:
            super().__init__(f"the code is {code}")

    try:
        raise Named(code="x")
    except Named as error:
        sent = pickle.loads(pickle.dumps(_sendable(error)))
    assert str(sent) == "Named: the code is x"
    assert any("raise Named" in note for note in sent.__notes__)


def test_values_are_equal_in_every_process() -> None:
    """Also those of which the hash has been asked: that of a text is another one elsewhere."""
    one, other = Scalar("text"), Scalar("text")
    assert hash(one)
    program = "import pickle, sys; print(len(set(pickle.load(sys.stdin.buffer))))"
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=pickle.dumps([one, other]),
        env={**os.environ, "PYTHONPATH": str(ROOT / "generator"), "PYTHONHASHSEED": "17"},
        capture_output=True,
        check=True,
    )
    assert done.stdout.strip() == b"1"


def test_parcels() -> None:
    """A table that both sides have is one object; so is what stands for SQL; an error keeps its findings."""
    of = bindings()
    parcels = Parcels(of.tables.tables)
    rows = [probe for _, probe in zip(range(500), Prober(of).all(), strict=False) if probe.row is not None]
    stream = io.BytesIO()
    error = IsotypeError(Finding("some-code", "a fact", suggestion="a way out"))
    parcels.write((rows, EXPRESSION, error), stream)
    stream.seek(0)
    read, expression, raised = parcels.read(stream)
    assert read == rows and all(one.row.table is other.row.table for one, other in zip(read, rows, strict=True))  # type: ignore[union-attr]
    assert expression is EXPRESSION and raised.findings == error.findings
    with pytest.raises(EOFError):
        parcels.read(stream)


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks processes up in /proc")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_run_leaves_no_process(how: signal.Signals, tmp_path: Path) -> None:
    """Ctrl-C in the middle reaches all at once; a run that is killed says nothing to anybody."""
    (tmp_path / "schema").mkdir()
    (tmp_path / "schema" / "shop.yaml").write_text(SHOP)
    (tmp_path / "isotype.toml").write_text("")
    command = [sys.executable, "-m", "isotype", "verify", "--cases", "10000000", "--witness", "models"]
    process = subprocess.Popen(
        [*command, "--witness", "postgres"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT / "generator"), "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # A shell lets what it starts in the background ignore SIGINT, and so would this.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        # Two workers, and PostgreSQL with a process for each of its connections.
        children = _until(lambda: found if len(found := _descendants(process.pid)) > 6 else [])
        assert children
        time.sleep(2)
    finally:
        os.killpg(process.pid, how)
        out, error = process.communicate(timeout=60)
    if how is signal.SIGINT:
        assert process.returncode == 130 and "Traceback" not in out + error
    assert _until(lambda: not any(map(_command, children)))


def _descendants(parent: int) -> list[Path]:
    """The processes that a process has started, and those that these have."""
    try:
        tasks = [task.read_text() for task in Path(f"/proc/{parent}/task").glob("*/children")]
    except OSError:
        return []
    children = [int(child) for task in tasks for child in task.split()]
    return [*(Path(f"/proc/{child}") for child in children), *chain.from_iterable(map(_descendants, children))]


def _command(process: Path) -> bytes:
    """What a process runs; nothing where it has ended."""
    try:
        return (process / "cmdline").read_bytes()
    except OSError:
        return b""


def _until(found: Callable[[], T]) -> T:
    deadline = time.monotonic() + 30
    while not (value := found()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return value
