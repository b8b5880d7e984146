"""JSON values as probes hold them: Python's own, and texts that only the writer of JSON can choose."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from isotype.domain.values import frozen

SAFE = 2**53
"""Integers below this have one spelling as a double."""

DEEPEST = 200
"""No probe nests deeper than this, so that every reader of JSON gets to its end."""


@frozen
class Raw:
    """JSON text as it stands: `1.0`, `1e400`, a repeated key."""

    text: str


@frozen
class Absent:
    """Stands for a property that is left out."""


ABSENT = Absent()
Json = Any
"""None, bool, int, float, str, list, dict, Raw; ABSENT as a property."""

_written = json.JSONEncoder(separators=(",", ":")).encode
_quoted = json.encoder.encode_basestring_ascii


class NotJson(ValueError):
    """A text that is no JSON."""


def write(value: Json) -> str:
    """The JSON text of a value, in ASCII."""
    # By the usual types first: this is called a million times in a run.
    kind = type(value)
    if kind is str:
        return _quoted(value)
    if value is None:
        return "null"
    if kind is int:
        return str(value)
    match value:
        case Raw():
            return value.text
        case Mapping():
            entries = [f"{_quoted(name)}:{write(item)}" for name, item in value.items() if item is not ABSENT]
            return "{" + ",".join(entries) + "}"
        case list() | tuple():
            return "[" + ",".join(map(write, value)) + "]"
    return _written(value)


def in_ascii(text: str) -> str:
    """A JSON text with all beyond ASCII escaped, which is how half a surrogate pair can be sent at all."""
    return text if text.isascii() else "".join(sign if sign.isascii() else _written(sign)[1:-1] for sign in text)


def read(text: str) -> Any:
    """The value of a JSON text by the letter of RFC 8259; numbers are doubles, integers where they have no fraction.

    Of a repeated key the last counts; a number beyond a double is infinite. Raises `NotJson`.
    """
    try:
        return _reader.decode(text)
    except (ValueError, RecursionError) as error:
        raise NotJson(text) from error


def number(of: float) -> int | float:
    """A double without its spelling: minus zero is 0, and 1.0 is 1."""
    return int(of) if of.is_integer() and abs(of) < SAFE else of


def _number(text: str) -> int | float:
    return number(float(text))


def _refuse(word: str) -> NoReturn:
    raise NotJson(word)


_reader = json.JSONDecoder(parse_int=_number, parse_float=_number, parse_constant=_refuse)
