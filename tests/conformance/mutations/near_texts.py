"""Texts of each form, and every text that is one sign away from some of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from isotype.probes.forms import canonical
from isotype.probes.spellings import EMAILS, EVERY, SPELLINGS, URLS

_SIGNS: Mapping[str, str] = {
    **dict.fromkeys(("date", "time", "local_timestamp", "timestamp"), "0123456789-:.,+TZtz \n\u0661"),
    "duration": "0123456789PDTHMSYW.,-p \n",
    "uuid": "0189afgAFG-{ \n",
    "bytes": "AEQgwBz09+/=-_ \n",
    "inet": "0123456789afgAF:.%/ \n",
    **dict.fromkeys(("bigint", "decimal"), "0123456789-+.eE \n"),
    **dict.fromkeys(("email", "url"), "azAZ09.-_@:/\"?#[]<>\\~%^`{|}!$&'*+=,;() \x7fé\n\u017f\u212a"),
}
"""Signs that a text of the form has somewhere, and some that it never has."""
_ONES: Mapping[str, tuple[str, ...]] = {
    "bigint": ("0", "7", "-1", "10", "9223372036854775807", "-9223372036854775808", "922337203685477580"),
    "decimal": ("0", "-0.0", "7.5", "12.34", "-99999.999", "123456", "0.001", "1234567890123456789.0123456789"),
    "email": ("z@z.zz", *(f"a@a.{'a' * size}" for size in (62, 63, 64)), *EMAILS),
    "url": ("http://z/z", *URLS),
}
BASES = tuple(_SIGNS)
_SEEDS = 24
"""So many texts of a form are changed in every place."""


@cache
def near(base: str) -> tuple[str, ...]:
    """Texts of a form and beside it, each once."""
    known = (*SPELLINGS.get(base, ()), *EVERY.get(base, ()), *_ONES.get(base, ()))
    whole = [text for text in known if base in _ONES or canonical(base, text) is not None]
    step = max(1, len(whole) // _SEEDS)
    changed = (text for seed in whole[::step] for text in _changed(seed, _SIGNS[base]))
    return tuple(dict.fromkeys((*known, *changed)))


def _changed(text: str, signs: str) -> Iterator[str]:
    for at in range(len(text) + 1):
        yield text[:at] + text[at + 1 :]
        for sign in signs:
            yield text[:at] + sign + text[at:]
            yield text[:at] + sign + text[at + 1 :]
