"""Numbers, texts and constants: what differs between two sets of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple

from isotype.dialects.json_schema import NO_NUL
from isotype.service import forms
from isotype.service.dialects import DIGITS, NUL, TEXT_BOUNDS
from isotype.service.differences import NARROWER, WIDER
from isotype.service.languages import Relation, lengths, relation
from isotype.service.merging import tighter
from isotype.service.model import RESPONSE, Bound, Constants, Number, Text

NOTHING = "nothing"

Changes = frozenset[str]
NARROWS: Changes = frozenset({NARROWER})
WIDENS: Changes = frozenset({WIDER})
BOTH: Changes = frozenset({NARROWER, WIDER})
NEITHER: Changes = frozenset()


class Fact(NamedTuple):
    """A word that says otherwise: what was expected, what is there, and what that does to the values.

    `silent` names what the document does not say; then nothing differs.
    """

    word: str
    expected: str = ""
    actual: str = ""
    changes: Changes = NEITHER
    silent: str = ""


def numbers(expected: Number, actual: Number, silent: frozenset[str]) -> Iterator[Fact]:
    """What differs between two sets of numbers."""
    if expected.whole != actual.whole:
        changes = WIDENS if expected.whole else NARROWS
        yield Fact("type", _number_type(expected), _number_type(actual), changes)
    yield from _bound("minimum", expected.least, actual.least, 1, _counts_digits(expected, silent))
    yield from _bound("maximum", expected.greatest, actual.greatest, -1, _counts_digits(expected, silent))
    if expected.step != actual.step:
        yield Fact("multipleOf", _shown(expected.step), _shown(actual.step), _lost(expected.step, actual.step))
    if expected.form != actual.form:
        yield Fact("format", expected.form or NOTHING, actual.form or NOTHING, _lost(expected.form, actual.form))


def _number_type(number: Number) -> str:
    return "integer" if number.whole else "number"


def _counts_digits(expected: Number, silent: frozenset[str]) -> str:
    """Bounds below a power of ten say how many digits a decimal has, which some dialects lose."""
    return DIGITS if DIGITS in silent and not expected.whole else ""


def _bound(word: str, expected: Bound | None, actual: Bound | None, direction: int, silent: str) -> Iterator[Fact]:
    if expected == actual:
        return
    if actual is None and silent and expected is not None and _is_limit_of_digits(expected):
        yield Fact(word, _bounded(expected), silent=silent)
        return
    changes = NARROWS if tighter(expected, actual, direction) == actual else WIDENS
    yield Fact(word, _bounded(expected), _bounded(actual), changes)


def _is_limit_of_digits(bound: Bound) -> bool:
    return bound.exclusive and abs(bound.value).normalize().as_tuple().digits == (1,)


def _bounded(bound: Bound | None) -> str:
    if bound is None:
        return NOTHING
    return f"{_shown(bound.value)}, not reached" if bound.exclusive else _shown(bound.value)


def _shown(value: Decimal | int | None) -> str:
    if value is None:
        return NOTHING
    number = Decimal(value)
    text = f"{number:f}" if -20 < number.adjusted() < 30 else str(number)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _lost(expected: object, actual: object) -> Changes:
    """What the loss of a word does, or a new one; another value of it may do either."""
    if not actual:
        return WIDENS
    return BOTH if expected else NARROWS


def counts(words: tuple[str, str], expected: tuple[int, int | None], actual: tuple[int, int | None]) -> Iterator[Fact]:
    """What differs between two ranges of lengths, or of counts."""
    fewest, most = words
    if expected[0] != actual[0]:
        changes = NARROWS if actual[0] > expected[0] else WIDENS
        yield Fact(fewest, str(expected[0] or NOTHING), str(actual[0] or NOTHING), changes)
    if expected[1] != actual[1]:
        narrows = expected[1] is None or (actual[1] is not None and actual[1] < expected[1])
        yield Fact(most, _shown(expected[1]), _shown(actual[1]), NARROWS if narrows else WIDENS)


def texts(expected: Text, actual: Text, direction: str, silent: frozenset[str]) -> Iterator[Fact]:
    """What differs between two sets of texts."""
    if DIGITS in silent and direction == RESPONSE and expected.form == forms.DECIMAL and actual == Text():
        # FastAPI writes a decimal that it gives as a plain text.
        yield Fact("digits", _digits(expected.digits), silent=DIGITS)
    elif expected.form != actual.form:
        yield from _other_form(expected, actual)
    else:
        yield from _same_form(expected, actual, silent)
        yield from _patterns(expected, actual)
    if expected.form == actual.form:
        yield from _text_bounds(expected, actual, silent)
    if (expected.shortest, expected.longest) != (actual.shortest, actual.longest):
        yield from counts(("minLength", "maxLength"), _lengths(expected), _lengths(actual))
    if expected.without_nul and not actual.without_nul:
        yield Fact("pattern", NO_NUL, NOTHING, WIDENS, NUL if NUL in silent else "")


def _other_form(expected: Text, actual: Text) -> Iterator[Fact]:
    found = _relation(expected, actual) if _spelled(expected) and _spelled(actual) else None
    if found is not None and found.same:
        return
    if not actual.form and not actual.patterns:
        changes = WIDENS
    elif not expected.form and not expected.patterns:
        changes = NARROWS
    else:
        changes = _changes(found)
    yield Fact("format", _form(expected), _form(actual), changes)


def _spelled(text: Text) -> bool:
    """Whether the texts of a form are those of its pattern, as far as any document says them."""
    return not text.form or (text.form in forms.PATTERNS and text.form != "inet")


def _form(text: Text) -> str:
    return ", ".join((*([text.form] if text.form else []), *map(_readable, text.patterns))) or NOTHING


def _same_form(expected: Text, actual: Text, silent: frozenset[str]) -> Iterator[Fact]:
    if expected.digits == actual.digits:
        return
    if not actual.digits and (DIGITS in silent or TEXT_BOUNDS in silent):
        yield Fact("digits", _digits(expected.digits), silent=DIGITS)
        return
    yield Fact("digits", _digits(expected.digits), _digits(actual.digits), _digit_changes(expected, actual))


def _digits(digits: tuple[int, ...]) -> str:
    return f"{digits[0]}, of which {digits[1]} behind the point" if digits else NOTHING


def _digit_changes(expected: Text, actual: Text) -> Changes:
    if not actual.digits or not expected.digits:
        return WIDENS if expected.digits else NARROWS
    pairs = [
        (expected.digits[0] - expected.digits[1], actual.digits[0] - actual.digits[1]),
        (expected.digits[1], actual.digits[1]),
    ]
    wider = WIDENS if any(there > wanted for wanted, there in pairs) else NEITHER
    return wider | (NARROWS if any(there < wanted for wanted, there in pairs) else NEITHER)


def _text_bounds(expected: Text, actual: Text, silent: frozenset[str]) -> Iterator[Fact]:
    unsaid = TEXT_BOUNDS if TEXT_BOUNDS in silent else ""
    for word, wanted, there, direction in (
        ("minimum", expected.least, actual.least, 1),
        ("maximum", expected.greatest, actual.greatest, -1),
    ):
        if there is None and wanted is not None and unsaid:
            yield Fact(word, _bounded(wanted), silent=unsaid)
        else:
            yield from _bound(word, wanted, there, direction, "")


def _patterns(expected: Text, actual: Text) -> Iterator[Fact]:
    if expected.patterns == actual.patterns:
        return
    found = _relation(expected, actual)
    if found is not None and found.same:
        return
    if not actual.patterns or not expected.patterns:
        changes = WIDENS if expected.patterns else NARROWS
    else:
        changes = _changes(found)
    yield Fact("pattern", _listed(expected.patterns), _listed(actual.patterns), changes)


def _listed(patterns: Iterable[str]) -> str:
    return " and ".join(map(_readable, patterns)) or NOTHING


def _changes(found: Relation | None) -> Changes:
    if found is None:
        return BOTH
    return (NEITHER if found.left_in_right else NARROWS) | (NEITHER if found.right_in_left else WIDENS)


_COUNTED = 255
"""The longest text whose length a pattern is made to say."""


def _relation(expected: Text, actual: Text) -> Relation | None:
    found = relation(_language(expected), _language(actual))
    if found is None or found.same:
        return found
    # A length may say what a pattern says on the other side.
    return relation((*_language(expected), *_counts(expected)), (*_language(actual), *_counts(actual)))


def _counts(text: Text) -> tuple[str, ...]:
    """The length of a text as a pattern, where it is bounded and a pattern can count so far."""
    if (text.shortest, text.longest) == (0, None) or max(text.shortest, text.longest or 0) > _COUNTED:
        return ()
    return (f"^[\\s\\S]{{{text.shortest},{'' if text.longest is None else text.longest}}}$",)


def _language(text: Text) -> tuple[str, ...]:
    form = forms.PATTERNS.get(text.form)
    return (*([form] if form else []), *text.patterns)


def _lengths(text: Text) -> tuple[int, int | None]:
    """The lengths that texts can have, whether a length, a form or a pattern says so."""
    language = _language(text)
    implied = lengths(language) if language else None
    if implied is None:
        return text.shortest, text.longest
    least, most = implied
    known = [longest for longest in (most, text.longest) if longest is not None]
    return max(least, text.shortest), min(known) if known else None


def constants(expected: Constants, actual: Constants) -> Iterator[Fact]:
    """What differs between two lists of values."""
    if expected.values != actual.values:
        narrower = NEITHER if expected.values <= actual.values else NARROWS
        wider = NEITHER if actual.values <= expected.values else WIDENS
        yield Fact("enum", listed(expected), listed(actual), narrower | wider)


def listed(of: Constants) -> str:
    """The values of a list for a reader."""
    return ", ".join(sorted(_value(value) for value in of.values))


def _value(value: str) -> str:
    data = json.loads(value)
    return data if isinstance(data, str) else value


def _readable(pattern: str) -> str:
    """A pattern as a person writes it."""
    return pattern.replace("(?![\\s\\S])", "$")
