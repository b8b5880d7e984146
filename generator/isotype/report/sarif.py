"""For code scanning: SARIF 2.1.0, as GitHub takes it."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from isotype import __version__
from isotype.domain.places import Place
from isotype.findings import ERROR, NOTE, WARNING, Finding
from isotype.report.grouping import ordered
from isotype.report.wording import details, sentence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from isotype.report import Report

_LEVELS = {ERROR: "error", WARNING: "warning", NOTE: "note"}


def render(report: Report) -> str:
    """One run. What has a line is a result; what has none, such as a database that does not answer, is a notification
    of the run, because GitHub refuses results without a line."""
    findings = ordered(report.findings)
    results = [finding for finding in findings if finding.place.file]
    notices = [finding for finding in findings if not finding.place.file]
    codes = sorted({finding.code for finding in findings})
    first = {finding.code: finding for finding in reversed(findings)}
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "isotype",
                "semanticVersion": __version__,
                "rules": [_rule(first[code]) for code in codes],
            }
        },
        # Commands that report on the same commit must not replace each other's results.
        "automationDetails": {"id": f"isotype/{report.command}/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": not any(finding.severity == ERROR for finding in notices),
                "toolExecutionNotifications": [_notification(finding, codes) for finding in notices],
            }
        ],
        "results": [_result(finding, codes.index(finding.code)) for finding in results],
    }
    document = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2) + "\n"


def _rule(finding: Finding) -> dict[str, Any]:
    words = finding.code.replace("-", " ")
    text = {"text": f"{words[:1].upper()}{words[1:]}"}
    way_out = {"text": f"{finding.suggestion[:1].upper()}{finding.suggestion[1:]}."} if finding.suggestion else text
    return {
        "id": finding.code,
        "name": finding.code.title().replace("-", ""),
        "shortDescription": text,
        "fullDescription": text,
        "help": way_out,
        "defaultConfiguration": {"level": _LEVELS.get(finding.severity, "none")},
    }


def _result(finding: Finding, rule: int) -> dict[str, Any]:
    location = _location(finding.place)
    if finding.path:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.path}]
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": _LEVELS.get(finding.severity, "none"),
        "message": {"text": sentence(finding)},
        "locations": [location],
    }
    if finding.related.file:
        said = {"id": 0, "message": {"text": "What the schema says"}}
        result["relatedLocations"] = [said | _location(finding.related)]
    if finding.object:
        # The same difference stays the same alert when its line moves, and two on one line are two.
        same = f"{finding.code}\n{finding.object}\n{finding.attribute}"
        result["partialFingerprints"] = {"primaryLocationLineHash": sha256(same.encode(errors="replace")).hexdigest()}
    properties = _properties(finding)
    return result | ({"properties": properties} if properties else {})


def _location(place: Place) -> dict[str, Any]:
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(place.file, errors="surrogateescape"), "uriBaseId": "%SRCROOT%"},
            "region": {"startLine": max(place.line, 1), "startColumn": max(place.column, 1)},
        }
    }


def _notification(finding: Finding, codes: list[str]) -> dict[str, Any]:
    notification: dict[str, Any] = {
        "level": _LEVELS.get(finding.severity, "none"),
        "message": {"text": sentence(finding)},
        "associatedRule": {"id": finding.code, "index": codes.index(finding.code)},
    }
    if finding.path:
        notification["locations"] = [{"logicalLocations": [{"fullyQualifiedName": finding.path}]}]
    properties = _properties(finding)
    return notification | ({"properties": properties} if properties else {})


def _properties(finding: Finding) -> dict[str, str]:
    named = {name: getattr(finding, name) for name in ("layer", "object", "attribute", "declaration")}
    return {name: value for name, value in (named | dict(details(finding))).items() if value}
