"""What a schema may say, yet probably does not mean.

A rule is an identifier, one sentence of purpose and a function; `RULES` is the rule book.
A finding is silenced where it stands, by `waive: {rule-id: reason}` on the field, index or entity.
"""

from __future__ import annotations

from isotype.domain.model import Domain
from isotype.findings import Finding
from isotype.lint.rules import RULES

__all__ = ["RULES", "lint"]


def lint(domain: Domain) -> tuple[Finding, ...]:
    """Everything the rules find in a domain, in the order of the schema's lines."""
    found = [finding for rule in RULES for finding in rule.find(domain, rule.identifier)]
    return tuple(sorted(found, key=lambda finding: (finding.place, finding.code, finding.path)))
