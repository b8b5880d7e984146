"""Asking the APIs of a run themselves: whether, with what, and how much."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from isotype.domain.lazy import NamedTuple
from isotype.drift.api_documents import ENDINGS, Target, failure
from isotype.findings import IsotypeError
from isotype.service.differences import MISSING, OPERATION, Comparison, Difference

if TYPE_CHECKING:
    from isotype.binding import Bindings
    from isotype.service.live import Probed

NONE, READ, WRITE = "none", "read", "write"

_HEADER = re.compile(r"([A-Za-z0-9!#$%&'*+.^_`|~-]+):[ \t]*([\x20-\x7e\x80-\xff]*)")


class Calls(NamedTuple):
    """`probe` is NONE, READ or WRITE; `headers` go with every call; the others are limits of `live.Limits`.

    `writable` are the addresses of the APIs that are there for tests, where rows may be made.
    """

    probe: str = NONE
    headers: Mapping[str, str] = {}
    requests: int = 2000
    seconds: float = 300.0
    one: float = 30.0
    writable: tuple[str, ...] = ()


def headers(written: tuple[str, ...]) -> dict[str, str]:
    """Headers by their names, each given as `Name: value`; raises `IsotypeError`."""
    found: dict[str, str] = {}
    for one in written:
        match = _HEADER.fullmatch(one)
        if match is None:
            # What stands in a header may be a secret, so it is not shown.
            raise failure("invalid-header", "a header cannot be read", "write --header 'Name: value'")
        found[match[1]] = match[2]
    return found


def asked(
    bindings: Bindings, target: Target, calls: Calls, comparison: Comparison, progress: Callable[[str], None]
) -> Probed:
    """What an API answers, where it is asked; raises `IsotypeError` when it does not answer at all.

    Operations that its document lacks are not called.
    """
    from isotype.service.live import Caller, Limits, Unanswered, probe

    check(target, calls)
    without = [it.path[0] for it in comparison.differences if it.kind == OPERATION and it.way == MISSING]
    limits = Limits(calls.requests, calls.seconds, calls.one)
    caller = Caller(target.name, base(target.address), limits, calls.headers)
    try:
        return probe(bindings, caller, write=calls.probe == WRITE, without=without, progress=progress)
    except Unanswered as error:
        raise unanswered(error) from error
    finally:
        caller.close()


def check(target: Target, calls: Calls) -> None:
    """Raises `IsotypeError` where an API cannot be asked, or must not be."""
    if not target.remote:
        raise failure("no-api-to-call", f"{target.name} is a file, and cannot be called", "give the URL of the API")
    if calls.probe == WRITE and target.address not in calls.writable:
        raise failure(
            "no-test-target",
            f"{target.name} is not declared as an API in which tests may write",
            "name it under test_apis in the configuration",
        )


def unanswered(error: Exception) -> IsotypeError:
    """Why an API was not asked to the end."""
    from isotype.service.live import Unanswered

    assert isinstance(error, Unanswered)
    return failure(error.code, error.sentence, error.suggestion)


def further(found: Probed, comparison: Comparison) -> tuple[Difference, ...]:
    """The differences that answers show, and the document does not already."""
    said = {(it.kind, it.path, it.attribute, it.way) for it in comparison.differences}
    return tuple(it for it in found.differences if (it.kind, it.path, it.attribute, it.way) not in said)


def base(address: str) -> str:
    """Where the operations are: the address itself, or the folder of a document."""
    parts = urlsplit(address)
    path = parts.path.rsplit("/", 1)[0] if parts.path.endswith(ENDINGS) else parts.path
    return urlunsplit(parts._replace(path=path.rstrip("/"), query="", fragment=""))
