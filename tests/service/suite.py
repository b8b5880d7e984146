"""Every change of every API, and every other way of saying it: whether a comparison answers as it has to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from isotype.service.comparison import compare, compared
from isotype.service.document import read
from tests.service.contracts import DOMAINS, contract, declared, plain, served
from tests.service.equivalents import each_inlined, equivalents
from tests.service.mutations import Mutation, mutations, says

WRITERS: dict[str, Callable[[str], dict[str, Any]]] = {"contract": contract, "plain": plain, "served": served}
"""Who wrote a document: Isotype, somebody with the words of OpenAPI alone, or FastAPI for the generated API."""

EVERY = [(domain, writer) for domain in DOMAINS for writer in WRITERS if writer != "plain" or domain == "library"]
"""What the whole suite asks."""


class Verdict(NamedTuple):
    """One case: its class, what it is called, whether the answer was right, and what it was."""

    kind: str
    name: str
    passed: bool
    said: str = ""


def changed(domain: str, writer: str, every: bool = True) -> Iterator[Verdict]:
    """A verdict for each change of a document, or for the first of each class and kind of object."""
    document = WRITERS[writer](domain)
    seen: set[tuple[str, str]] = set()
    for mutation in mutations(document):
        key = mutation.change, mutation.target.kind
        if every or key not in seen:
            seen.add(key)
            yield _verdict(domain, document, mutation, said=writer != "served" or says(document, mutation))


def _verdict(domain: str, document: dict[str, Any], mutation: Mutation, said: bool) -> Verdict:
    found = compared(declared(domain), read(mutation.document))
    if not said:
        # FastAPI cannot say it: it is left to probes, and counted there.
        counted = (mutation.target.kind, mutation.target.path) in {(it.kind, it.path) for it in found.unsaid}
        return Verdict(f"not said: {mutation.change}", f"{domain}: {mutation.name}", counted, "not counted")
    named = {(it.kind, it.path, it.attribute) for it in found.differences}
    return Verdict(mutation.change, f"{domain}: {mutation.name}", mutation.target in named, str(sorted(named)))


def respelled(domain: str, writer: str, every: bool = True) -> Iterator[Verdict]:
    """A verdict for each other way of saying a document, with `every` schema also written out by itself."""
    document = WRITERS[writer](domain)
    for name, made in equivalents(document):
        yield _silent(domain, writer, name, name, made)
    if every:
        for name, made in each_inlined(document):
            yield _silent(domain, writer, "one schema inlined", name, made)


def _silent(domain: str, writer: str, kind: str, name: str, document: dict[str, Any]) -> Verdict:
    found = compare(declared(domain), read(document))
    said = str([(it.kind, it.path, it.attribute, it.expected, it.actual) for it in found[:5]])
    return Verdict(kind, f"{domain}, {writer}: {name}", not found, said)
