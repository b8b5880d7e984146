"""Printing, once, at the edge."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from typing import TextIO

from isotype import report
from isotype.cli import FAILED, say
from isotype.domain.lazy import NamedTuple
from isotype.findings import ERROR, Finding, Overview


class Output(NamedTuple):
    """How a command's result is printed: the format, the file it goes to ('' is standard output), and whether only
    findings are."""

    form: str = "text"
    file: str = ""
    quiet: bool = False


def emit(
    output: Output,
    command: str,
    findings: Sequence[Finding],
    code: int,
    summary: Sequence[str] = (),
    overview: Overview = Overview(),  # noqa: B008 -- frozen
) -> int:
    """Print a result; the exit code, which is 2 when the report cannot be written.

    Findings go to standard output, or to the file; why a job could not be done goes to standard error as text.
    What several domains find in a file that they share is said once.
    """
    findings = tuple(dict.fromkeys(findings))
    lines = [] if output.quiet else list(summary)
    around = Overview() if output.quiet and output.form == "text" else overview
    if output.file:
        try:
            with open(output.file, "w", encoding="utf-8", errors="backslashreplace") as file:  # noqa: PTH123
                file.write(report.render(findings, output.form, command=command, summary=lines, overview=around))
        except OSError as error:
            fail(f"the report cannot be written to {output.file!r}: {error.strerror}")
            return FAILED
        if findings and not output.quiet:
            lines = [f"{len(findings)} finding{'s' if len(findings) > 1 else ''}, written to {output.file}", *lines]
        findings = findings if code == FAILED else ()
    stdout, stderr = sys.stdout, sys.stderr
    if output.form != "text" and not output.file:
        write(stdout, report.render(findings, output.form, command=command, summary=lines, overview=around))
        return code
    failures = [finding for finding in findings if code == FAILED and not finding.place.file]
    reported = [] if output.file else [finding for finding in findings if finding not in failures]
    around = Overview() if output.file or output.quiet else overview
    write(stdout, report.render(reported, "text", summary=lines, overview=around, color=colored(stdout)))
    for failure in failures:
        severity = "" if failure.severity == ERROR else f"{failure.severity}: "
        write(stderr, f"isotype: {severity}" + report.render([failure._replace(severity=ERROR)], "text"))
    return code


def fail(message: str) -> None:
    """Say on standard error why the job cannot be done."""
    write(sys.stderr, f"isotype: {report.redacted(message)}\n")


def write(stream: TextIO, text: str) -> None:
    """Write text to a stream, whatever its encoding can hold."""
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")
    say(text, stream)


def colored(stream: TextIO) -> bool:
    """Whether colour is wanted: on a terminal that has it, unless NO_COLOR is set."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
