"""Calls, what is heard, and what a run found."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from isotype.domain.values import field, frozen
from isotype.service.differences import Difference
from isotype.shapes.model import ApiOperation


class Unanswered(Exception):
    """The API did not answer, or not in a way that a call can have; the sentence says why.

    `code` is the code of the failure, `suggestion` the way out.
    """

    def __init__(self, code: str, sentence: str, suggestion: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.suggestion = suggestion


@frozen
class Limits:
    """What a run may take: this many requests, and seconds for all of them and for one."""

    requests: int = 2000
    seconds: float = 120.0
    one: float = 30.0


@frozen
class Reply:
    """An answer as it arrived; `media` is its media type in lower case, without parameters."""

    status: int
    media: str
    content: bytes


@frozen
class Subject:
    """What a call puts to the test, as differences name it; `attribute` is the constraint, '' for none.

    `takes` is what the contract says of it.
    """

    kind: str
    path: tuple[str, ...]
    attribute: str = ""
    takes: str = ""


@frozen
class Call:
    """One request: `path` holds the parameters already, `body` is JSON text.

    `wanted` are the statuses that may answer it. `refused` is the subject for which it must not be taken, None for a
    call that keeps to the contract; `shown` is how reports show what it asks.
    """

    operation: ApiOperation
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    body: str | None = None
    wanted: frozenset[int] = frozenset()
    refused: Subject | None = None
    shown: str = field(default="", compare=False)

    @property
    def name(self) -> str:
        """`GET /posts/{id}`: the operation as reports name it."""
        return self.operation.call


@frozen
class Heard:
    """An answer as a plan of calls sees it: `value` is its JSON, `sound` that it kept to the contract.

    `canonical` is the value in its canonical form, where it is sound.
    """

    status: int
    value: Any = None
    canonical: Any = None
    sound: bool = False


Plan = Generator[Call | Difference, Heard | None, None]
"""Calls, each sent what was heard; and differences that only several of them show."""


@frozen
class Probed:
    """What a run found; `asked` counts its requests, `operations` those that were called at all.

    `left` says what could not be asked, and why; `failure` why it ended early.
    """

    differences: tuple[Difference, ...]
    asked: int
    operations: int
    left: tuple[str, ...] = ()
    failure: Unanswered | None = None
