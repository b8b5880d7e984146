"""Passwords, taken out of whatever is printed."""

from __future__ import annotations

from isotype.domain.lazy import regular
from isotype.findings import Accepted, Finding, Overview

# The password ends at the last @ of the authority, because people put an @ into passwords unescaped.
_URL_PASSWORD = regular(r"([a-zA-Z][a-zA-Z0-9+.\-]*://[^\s/:@'\"]*:)[^\s'\"]*?(@(?=[^\s@'\"]*(?:[\s'\"]|$)))")
_SETTING_PASSWORD = regular(r"(?i)\b((?:pg)?(?:password|passwd|sslpassword)\s*=\s*)('(?:[^'\\]|\\.)*'|[^\s&'\"]+)")


def redacted(text: str) -> str:
    """The text without the passwords in it: those of URLs, and those of `password=…` settings."""
    if "://" in text:
        text = _URL_PASSWORD.sub(r"\1***\2", text)
    return _SETTING_PASSWORD.sub(r"\1***", text) if "=" in text else text


def safe(finding: Finding) -> Finding:
    """A finding without passwords."""
    return finding._replace(
        message=redacted(finding.message),
        suggestion=redacted(finding.suggestion),
        path=redacted(finding.path),
        expected=redacted(finding.expected),
        actual=redacted(finding.actual),
        repair=redacted(finding.repair),
        object=redacted(finding.object),
        within=redacted(finding.within),
    )


def safe_overview(overview: Overview) -> Overview:
    """What stands around the findings, without passwords."""
    return overview._replace(
        compared=tuple(one._replace(subject=redacted(one.subject)) for one in overview.compared),
        accepted=tuple(
            Accepted(safe(one.finding), redacted(one.owner), redacted(one.reason), one.expires)
            for one in overview.accepted
        ),
    )
