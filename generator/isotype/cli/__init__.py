"""The command line: arguments → one call → print → exit code.

`main` is the way in. What needs no arguments read — `--version`, `--help`, and a check that finds everything in sync —
is answered here, without importing what the other commands stand on. `arguments` reads command lines; each command is
a module with a function `run`, wired to its collaborators by `pipeline`.

Exit codes: 0 nothing found, 1 findings, 2 the job could not be done, 130 interrupted.
"""

from __future__ import annotations

import gc
import os
import sys

from isotype import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn, TextIO

OK, FINDINGS, FAILED, INTERRUPTED = 0, 1, 2, 130


def main(command_line: list[str] | None = None) -> int:
    """Run one command line; the result is the exit code. Without one given, the process's own is run, and ends it."""
    if command_line is None:
        _leave(main(sys.argv[1:]))
    given = command_line
    try:
        # A run ends before its garbage matters; looking for cycles takes longer than loading a large schema does.
        gc.disable()
        code = _answer(given)
        if code is None:
            from isotype.cli import arguments

            code = arguments.run(given)
        return code
    except KeyboardInterrupt:
        return interrupted(given)
    except Exception as error:
        return _internal_error(error)


def _leave(code: int) -> NoReturn:
    """End the process at once: taking apart all that it built is a tenth of a run, and is of use to nobody."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            code = code or FAILED
    os._exit(code)


def _answer(given: list[str]) -> int | None:
    """The exit code of what can be answered at once; None when the command line has to be read."""
    if given in (["--version"], ["-V"]):
        say(f"isotype {__version__}\n")
        return OK
    if given in (["--help"], ["-h"], []):
        from isotype.cli.commands import help_text

        say(help_text(), sys.stdout if given else sys.stderr)
        return OK if given else FAILED
    if given[0] == "check" and (code := _quick_check(given[1:])) is not None:
        return code
    if given[0] in ("generate", "check") and not any(name.startswith("-") for name in given):
        # Nothing but names: `click` has nothing to read, and importing it would cost more than reading them does.
        from importlib import import_module

        return int(import_module(f"isotype.cli.{given[0]}").run(given[1:]))
    return None


def _quick_check(given: list[str]) -> int | None:
    names = [argument for argument in given if argument not in ("--quiet", "-q")]
    if any(name.startswith("-") for name in names):
        return None
    from isotype.workspace import quick

    domains = quick.in_sync(os.getcwd(), names, __version__)  # noqa: PTH109 -- pathlib is not imported yet
    if domains is None:
        return None
    if len(names) == len(given):
        say("".join(f"{name}: {count} files, in sync\n" for name, count in domains))
    return OK


def say(text: str, stream: TextIO | None = None) -> None:
    """Print text, on standard output unless another stream is given, and let a reader leave before its end."""
    stream = sys.stdout if stream is None else stream
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        # Whoever reads has seen enough; the interpreter must not fail on the same text again while it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def interrupted(given: Sequence[str]) -> int:
    """Say that a command line was interrupted; what it was writing, it has either finished or taken back."""
    written = "; the generated files are either all old or all new" if "generate" in given else ""
    print(f"isotype: interrupted{written}", file=sys.stderr)
    return INTERRUPTED


def _internal_error(error: Exception) -> int:
    if os.environ.get("ISOTYPE_DEBUG"):
        import traceback

        traceback.print_exception(error)
        return FAILED
    from isotype.report import redacted

    words = " ".join(f"{type(error).__name__}: {error}".split())
    hint = "run with ISOTYPE_DEBUG=1 for the traceback"
    print(f"isotype: internal error: {redacted(words)} ({hint})", file=sys.stderr)
    return FAILED
