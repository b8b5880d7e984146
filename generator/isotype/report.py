"""Findings → text, JSON, SARIF, GitHub annotations, JUnit, HTML.

Every format says the same; passwords are taken out of all of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from isotype import __version__
from isotype.findings import ERROR, NOTE, WARNING, Finding

FORMATS = ("text", "json", "sarif", "github", "junit", "html")

_COLORS = {ERROR: "31", WARNING: "33", NOTE: "36"}
_DETAILS = ("expected", "actual", "repair")


def render(
    findings: Sequence[Finding], form: str, *, command: str = "", summary: Sequence[str] = (), color: bool = False
) -> str:
    """The report on what `command` found, ending in a newline unless it is empty.

    `summary` are the lines a person reads after the findings. `color` is heeded by text alone.
    """
    safe = [_safe(finding) for finding in findings]
    lines = [redacted(line) for line in summary]
    return _text(safe, lines, color) if form == "text" else _FORMATS[form](safe, command, lines)


def redacted(text: str) -> str:
    """The text without the passwords in it: those of URLs, and those of `password=…` settings."""
    text = _URL_PASSWORD.sub(r"\1***\2", text)
    return _SETTING_PASSWORD.sub(r"\1***", text)


def _safe(finding: Finding) -> Finding:
    return finding._replace(
        message=redacted(finding.message),
        suggestion=redacted(finding.suggestion),
        path=redacted(finding.path),
        expected=redacted(finding.expected),
        actual=redacted(finding.actual),
        repair=redacted(finding.repair),
    )


# The password ends at the last @ of the authority, because people put an @ into passwords unescaped.
_URL_PASSWORD = re.compile(r"([a-zA-Z][a-zA-Z0-9+.\-]*://[^\s/:@'\"]*:)[^\s'\"]*?(@(?=[^\s@'\"]*(?:[\s'\"]|$)))")
_SETTING_PASSWORD = re.compile(r"(?i)\b((?:pg)?(?:password|passwd|sslpassword)\s*=\s*)('(?:[^'\\]|\\.)*'|[^\s&'\"]+)")


# Text


def _text(findings: Sequence[Finding], summary: Sequence[str], color: bool) -> str:
    lines: list[str] = []
    for finding in findings:
        lines.append(_text_line(finding, color))
        for name in _DETAILS:
            if value := getattr(finding, name):
                label = f"  {name}: "
                lines.append(label + f"\n{' ' * len(label)}".join(_visible(line) for line in value.split("\n")))
    lines += summary
    return "".join(f"{line}\n" for line in lines)


def _text_line(finding: Finding, color: bool) -> str:
    where = str(finding.place) if finding.place.file else finding.path
    where = f"{where}: " if where else ""
    severity = "" if finding.severity == ERROR else f"{finding.severity}: "
    suggestion = f" ({finding.suggestion})" if finding.suggestion else ""
    where, fact, suggestion = _visible(where), _visible(finding.message), _visible(suggestion)
    if not color:
        return f"{where}{severity}{fact}{suggestion} [{finding.code}]"
    paint = _COLORS.get(finding.severity, "0")
    return f"\x1b[1m{where}\x1b[0m{severity}\x1b[{paint}m{fact}\x1b[0m{suggestion} \x1b[2m[{finding.code}]\x1b[0m"


def _visible(text: str) -> str:
    """The text on one line, with what a terminal would obey or hide written as an escape."""
    return "".join(
        character if character.isprintable() or character == "\t" else character.encode("unicode_escape").decode()
        for character in text
    )


# JSON


def _json(findings: Sequence[Finding], command: str, summary: Sequence[str]) -> str:
    document = {
        "version": 1,
        "isotype": __version__,
        "command": command,
        "summary": list(summary),
        "counts": {severity: _count(findings, severity) for severity in (ERROR, WARNING, NOTE)},
        "findings": [_as_object(finding) for finding in findings],
    }
    return _dumped(document)


def _dumped(document: dict[str, Any]) -> str:
    import json

    return json.dumps(document, indent=2) + "\n"


def _as_object(finding: Finding) -> dict[str, Any]:
    fields = finding._asdict()
    fields["place"] = finding.place._asdict() if finding.place.file else None
    return fields


def _count(findings: Sequence[Finding], severity: str) -> int:
    return sum(1 for finding in findings if finding.severity == severity)


# SARIF 2.1.0


def _sarif(findings: Sequence[Finding], command: str, summary: Sequence[str]) -> str:
    rules = sorted({finding.code for finding in findings})
    document = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "isotype",
                        "semanticVersion": __version__,
                        "rules": [{"id": code, "name": code.title().replace("-", "")} for code in rules],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_sarif_result(finding, rules.index(finding.code)) for finding in findings],
            }
        ],
    }
    return _dumped(document)


def _sarif_result(finding: Finding, rule: int) -> dict[str, Any]:
    location: dict[str, Any] = {}
    if finding.place.file:
        from urllib.parse import quote

        region = {"startLine": max(finding.place.line, 1), "startColumn": max(finding.place.column, 1)}
        location["physicalLocation"] = {
            "artifactLocation": {"uri": quote(finding.place.file, errors="surrogateescape")},
            "region": region,
        }
    if finding.path:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.path}]
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": finding.severity if finding.severity in (ERROR, WARNING, NOTE) else "none",
        "message": {"text": _sentence(finding)},
    }
    if location:
        result["locations"] = [location]
    properties = {name: value for name in ("layer", *_DETAILS) if (value := getattr(finding, name))}
    return result | ({"properties": properties} if properties else {})


def _sentence(finding: Finding) -> str:
    return f"{finding.message} ({finding.suggestion})" if finding.suggestion else finding.message


# GitHub annotations


def _github(findings: Sequence[Finding], command: str, summary: Sequence[str]) -> str:
    return "".join(f"{_annotation(finding)}\n" for finding in findings)


def _annotation(finding: Finding) -> str:
    kind = {ERROR: "error", WARNING: "warning"}.get(finding.severity, "notice")
    properties = {"title": finding.code}
    if finding.place.file:
        place = finding.place
        properties = {"file": place.file, "line": str(place.line), "col": str(place.column)} | properties
    written = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    details = [f"{name}: {value}" for name in _DETAILS if (value := getattr(finding, name))]
    return f"::{kind} {written}::{_data(chr(10).join([_sentence(finding), *details]))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


# JUnit


def _junit(findings: Sequence[Finding], command: str, summary: Sequence[str]) -> str:
    name = _attribute(f"isotype {command}".strip())
    cases = "".join(_junit_case(finding) for finding in findings)
    if not findings:
        cases = f'    <testcase classname="isotype" name={name}/>\n'
    counts = f'tests="{max(len(findings), 1)}" failures="{len(findings)}" errors="0"'
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<testsuites {counts}>\n  <testsuite name={name} {counts}>\n{cases}  </testsuite>\n</testsuites>\n"
    )


def _junit_case(finding: Finding) -> str:
    place = str(finding.place) if finding.place.file else finding.path
    title = _attribute(_xml(f"{place}: {finding.message}" if place else finding.message))
    details = [f"{name}: {value}" for name in _DETAILS if (value := getattr(finding, name))]
    body = _escaped(_xml("\n".join([str(finding), *details])))
    return (
        f'    <testcase classname="isotype.{finding.code}" name={title}>\n'
        f'      <failure type="{finding.code}" message={_attribute(_xml(finding.message))}>{body}</failure>\n'
        "    </testcase>\n"
    )


def _escaped(text: str) -> str:
    """The text as HTML and XML hold it, between tags and in quoted attributes alike."""
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#39;")):
        text = text.replace(character, entity)
    return text


def _attribute(text: str) -> str:
    return '"' + _escaped(text).replace("\n", "&#10;").replace("\t", "&#9;") + '"'


def _xml(text: str) -> str:
    """The text with what XML 1.0 cannot hold replaced."""
    return re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\N{REPLACEMENT CHARACTER}", text)


# HTML


def _html(findings: Sequence[Finding], command: str, summary: Sequence[str]) -> str:
    title = _escaped(f"isotype {command}".strip())
    counted = [(severity, _count(findings, severity)) for severity in (ERROR, WARNING, NOTE)]
    counts = ", ".join(f"{count} {severity}{'s' if count != 1 else ''}" for severity, count in counted if count)
    rows = "".join(_html_row(finding) for finding in findings)
    table = (
        "<table>\n<thead><tr><th>Severity</th><th>Place</th><th>Finding</th><th>Code</th></tr></thead>\n"
        f"<tbody>\n{rows}</tbody>\n</table>\n"
        if findings
        else ""
    )
    closing = "".join(f"<p>{_escaped(_visible(line))}</p>\n" for line in summary)
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
        f"<p>{counts or 'Nothing found.'}</p>\n{table}{closing}</body>\n</html>\n"
    )


def _html_row(finding: Finding) -> str:
    place = str(finding.place) if finding.place.file else finding.path
    suggestion = f"<p>{_escaped(_visible(finding.suggestion))}</p>" if finding.suggestion else ""
    details = "".join(
        f"<dt>{name}</dt><dd><pre>{_escaped(_lines(value))}</pre></dd>"
        for name in _DETAILS
        if (value := getattr(finding, name))
    )
    listed = f"<dl>{details}</dl>" if details else ""
    return (
        f'<tr class="{_escaped(finding.severity)}"><td>{_escaped(finding.severity)}</td>'
        f"<td><code>{_escaped(_visible(place))}</code></td>"
        f"<td>{_escaped(_visible(finding.message))}{suggestion}{listed}</td>"
        f"<td><code>{_escaped(finding.code)}</code></td></tr>\n"
    )


def _lines(text: str) -> str:
    return "\n".join(_visible(line) for line in text.split("\n"))


_STYLE = """
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 75rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid #8884; padding: .5rem; text-align: left; vertical-align: top; }
td p, dl, pre { margin: .25rem 0; }
td p { opacity: .75; }
dt { font-weight: 600; }
dd { margin: 0; }
pre { overflow-x: auto; white-space: pre-wrap; }
.error td:first-child { color: #c33; }
.warning td:first-child { color: #a60; }
"""

_FORMATS: dict[str, Callable[[Sequence[Finding], str, Sequence[str]], str]] = {
    "json": _json,
    "sarif": _sarif,
    "github": _github,
    "junit": _junit,
    "html": _html,
}
