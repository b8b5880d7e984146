"""A trigger definition in parts, so that a difference can be named."""

from __future__ import annotations

from collections.abc import Mapping

from isotype.catalog.expressions.clauses import Clauses
from isotype.catalog.expressions.normal import normal
from isotype.catalog.expressions.tokens import Unread
from isotype.catalog.expressions.types import NOWHERE, Scope
from isotype.domain.values import frozen


@frozen
class TriggerDefinition:
    """What `pg_get_triggerdef` says of a trigger, but for its name and its table."""

    constraint: bool
    timing: str
    events: frozenset[str]
    columns: frozenset[str]
    referenced: str
    deferrable: str
    transitions: frozenset[tuple[str, str]]
    level: str
    condition: str | None
    function: str
    arguments: str

    def parts(self, scope: Scope = NOWHERE) -> Mapping[str, object]:
        """The parts by which two definitions are compared, by their names; equal where they mean the same.

        The order of events and of columns does not matter.
        """
        return {
            "constraint": self.constraint,
            "timing": self.timing,
            "events": self.events,
            "columns": self.columns,
            "referenced": self.referenced,
            "deferrable": self.deferrable,
            "transitions": self.transitions,
            "level": self.level,
            "condition": self.condition and normal(self.condition, scope),
            "function": self.function,
            "arguments": self.arguments,
        }


def trigger_definition(text: str) -> TriggerDefinition | None:
    """The parts of what `pg_get_triggerdef` prints; None for what this reader does not know."""
    try:
        return _read(Clauses(text))
    except Unread:
        return None


_TIMINGS: Mapping[tuple[str, ...], str] = {
    ("before",): "before",
    ("after",): "after",
    ("instead", "of"): "instead of",
}
_EVENTS: Mapping[tuple[str, ...], str] = {(word,): word for word in ("insert", "update", "delete", "truncate")}
_DEFERRABLE: Mapping[tuple[str, ...], str] = {
    ("not", "deferrable"): "no",
    ("deferrable", "initially", "deferred"): "initially deferred",
    ("deferrable", "initially", "immediate"): "yes",
    ("deferrable",): "yes",
}
_LEVELS: Mapping[tuple[str, ...], str] = {("row",): "row", ("statement",): "statement"}


def _read(clauses: Clauses) -> TriggerDefinition:
    clauses.require("create")
    constraint = clauses.accept("constraint")
    clauses.require("trigger")
    clauses.name()
    timing = _said(clauses, _TIMINGS)
    events, columns = _events(clauses)
    clauses.require("on")
    clauses.qualified()
    referenced = clauses.qualified() if clauses.accept("from") else ""
    deferrable = clauses.one_of(_DEFERRABLE, "no")
    clauses.accept("initially", "immediate")
    transitions = _transitions(clauses)
    clauses.require("for", "each")
    level = _said(clauses, _LEVELS)
    condition = clauses.group() if clauses.accept("when") else None
    clauses.require("execute", "function")
    function = clauses.qualified()
    arguments = clauses.group()
    clauses.finish()
    return TriggerDefinition(
        constraint, timing, events, columns, referenced, deferrable, transitions, level, condition, function, arguments
    )


def _said(clauses: Clauses, choices: Mapping[tuple[str, ...], str]) -> str:
    found = clauses.one_of(choices)
    if not found:
        raise Unread
    return found


def _events(clauses: Clauses) -> tuple[frozenset[str], frozenset[str]]:
    """The events, and the columns whose update is one."""
    events: set[str] = set()
    columns: frozenset[str] = frozenset()
    while True:
        events.add(_said(clauses, _EVENTS))
        if clauses.accept("of"):
            columns = frozenset(clauses.name_list())
        if not clauses.accept("or"):
            return frozenset(events), columns


def _transitions(clauses: Clauses) -> frozenset[tuple[str, str]]:
    """The tables of old and of new rows, and what they are called."""
    found: set[tuple[str, str]] = set()
    if clauses.accept("referencing"):
        while word := clauses.one_of({("old", "table"): "old", ("new", "table"): "new"}):
            clauses.require("as")
            found.add((word, clauses.name()))
    return frozenset(found)
