"""The documented forms of text types whose meaning is a form: `email` and `url`.

`email` is the HTML Living Standard's "valid e-mail address" (section 4.10.5.1.5).
`url` is an absolute `http` or `https` URL in the characters of RFC 3986, with a host, without blanks.
Every layer prints these patterns as it prints a pattern of the schema, so all of them take the same texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from isotype.domain.patterns import Characters, End, Node, Pattern, Repeat, Sequence, Start


def _any_of(*ranges: str) -> Characters:
    """The union of single characters and `a-z` ranges; a lone `-` is itself."""
    pairs = sorted((ord(item[0]), ord(item[-1])) for item in ranges)
    merged: list[tuple[int, int]] = []
    for low, high in pairs:
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return Characters(tuple(merged))


def _text(literal: str) -> tuple[Node, ...]:
    return tuple(Characters(((ord(char), ord(char)),)) for char in literal)


def _optional(*parts: Node) -> Repeat:
    return Repeat(parts[0] if len(parts) == 1 else Sequence(parts), 0, 1)


_ALPHANUMERIC = ("a-z", "A-Z", "0-9")
_INNER = _any_of(*_ALPHANUMERIC, "-")
_LABEL = (_any_of(*_ALPHANUMERIC), _optional(Repeat(_INNER, 0, 61), _any_of(*_ALPHANUMERIC)))
_LOCAL = _any_of(*_ALPHANUMERIC, *".!#$%&'*+/=?^_`{|}~-")
_EMAIL = Sequence(
    (
        Start(),
        Repeat(_LOCAL, 1, None),
        *_text("@"),
        *_LABEL,
        Repeat(Sequence((*_text("."), *_LABEL)), 0, None),
        End(),
    )
)

_HOST = _any_of(*_ALPHANUMERIC, *"._~%!$&'()*+,;=:@[]-")
_REST = _any_of(*_ALPHANUMERIC, *"._~%!$&'()*+,;=:@[]-/?#")
_URL = Sequence(
    (
        Start(),
        *_text("http"),
        _optional(*_text("s")),
        *_text("://"),
        Repeat(_HOST, 1, None),
        _optional(_any_of(*"/?#"), Repeat(_REST, 0, None)),
        End(),
    )
)

FORMATS: Mapping[str, Pattern] = MappingProxyType(
    {
        "email": Pattern(
            r"^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
            r"(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$",
            _EMAIL,
        ),
        "url": Pattern(
            r"^https?://[a-zA-Z0-9._~%!$&'()*+,;=:@\[\]-]+(?:[/?#][a-zA-Z0-9._~%!$&'()*+,;=:@\[\]/?#-]*)?$",
            _URL,
        ),
    }
)
