"""Whether two rules refuse the same rows, for all values that their operands can have.

A rule sees of a value no more than where it stands among constants and other operands, and what functions and
predicates say of it. So a few values stand for all: every constant, as many values between two of them as there are
operands, and whatever a function of them may answer. What is tried is rather more than there is, so that what is
proved here holds; where it would be too much to try, nothing is proved.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, localcontext
from itertools import pairwise, product
from math import prod
from types import MappingProxyType
from typing import Any, NamedTuple

from isotype.domain.expressions import (
    BOOLEAN,
    And,
    Arithmetic,
    Between,
    Call,
    Case,
    Compare,
    Expression,
    In,
    IsNull,
    Like,
    Literal,
    Match,
    Name,
    Negate,
    Quantified,
    ValueType,
    names,
    walk,
)
from isotype.domain.types import INTEGERS, TEXTUAL, Array, EnumType, Scalar, Type, value_type
from isotype.domain.values import fields, replace
from isotype.probes import forms
from isotype.probes.logic import OVERFLOW, UNKNOWN, Mark, evaluate, refuses
from isotype.probes.numbers import limits, step
from isotype.probes.texts import fits
from isotype.probes.values import ABSENT
from tests.conformance.mutations import linear
from tests.conformance.mutations.languages import same_texts

MOST = 100_000
"""So many rows are tried at most."""

_NUMBERS = ("integer", "decimal", "float")
_TEXTS = ("text", "enum")
_SOMETHING = Decimal(0)
Range = tuple[Decimal | None, Decimal | None]


class Operand(NamedTuple):
    """What a name can stand for: the values of a type, and `further` ones in the form that rules compute with.

    Without a type there are the further ones alone. ABSENT among them is whatever a side takes what is absent for.
    """

    type: Type | None
    further: tuple[Any, ...] = ()

    @property
    def further_numbers(self) -> bool:
        """Whether there are values beside those of the type."""
        return any(isinstance(value, int | Decimal) for value in self.further)


class Side(NamedTuple):
    """Rules, and what they take names for that are absent; those that are not known to them at all.

    One operand may go by several names, since rules need not agree on that: what stands behind OTHERWISE in a name
    tells them apart.
    """

    rules: tuple[Expression, ...]
    absent: Mapping[str, Any] = MappingProxyType({})
    unknown: frozenset[str] = frozenset()

    def takes(self, name: str, value: Any) -> Any:
        """What a value of a name is here."""
        if name in self.unknown:
            return UNKNOWN
        # What is absent no type is asked about.
        return self.absent.get(name, UNKNOWN) if value is ABSENT else value


OTHERWISE = "\t"


def _base(name: str) -> str:
    return name.partition(OTHERWISE)[0]


def _names(node: Expression) -> list[str]:
    """The operands that an expression reads, each once."""
    return list(dict.fromkeys(map(_base, names(node))))


Operands = Mapping[str, Operand]


def same_refusals(
    before: Iterable[Expression], after: Iterable[Expression], operands: Operands, given: Iterable[Expression] = ()
) -> bool:
    """Whether it is proved that rules before refuse what rules after do, of rows that no `given` rule refuses."""
    return same_sides(Side(tuple(before)), Side(tuple(after)), operands, given)


def same_sides(before: Side, after: Side, operands: Operands, given: Iterable[Expression] = ()) -> bool:
    """The same, where both sides may take what is absent for something else; `given` rules do as the side before."""
    one, other = [*_parts(before.rules)], [*_parts(after.rules)]
    other = [_searching_alike(part, one, operands) for part in other]
    common = [part for part in one if part in other and _reads_alike(part, before, after)]
    one, other = ([part for part in side if part not in common] for side in (one, other))
    if not one and not other:
        return True
    before, after = before._replace(rules=tuple(one)), after._replace(rules=tuple(other))
    known = [*common, *_parts(given)]
    if before._replace(rules=()) == after._replace(rules=()) == Side(()) and _same_sums(one, other, known, operands):
        return True
    read = {name for rule in (*one, *other) for name in _names(rule)}
    tried: list[tuple[Expression, ...]] = []
    # What holds beside is tried only where nothing is proved without it, each alone, what is near first.
    beside = _near(known, read)
    for near in ((), *((rule,) for rule in beside), _within(known, read), beside, _reached(known, read)):
        if near not in tried:
            tried.append(near)
            if _pairwise(before, after, operands, before._replace(rules=near)):
                return True
            if _same(before, after, operands, before._replace(rules=near)):
                return True
    return False


def same_results(one: Expression, other: Expression, operands: Operands, given: Iterable[Expression] = ()) -> bool:
    """Whether it is proved that expressions have the same value, of rows that no `given` rule refuses."""
    known, read = [*_parts(given)], {*_names(one), *_names(other)}
    # What is compared is tried with as many values as there are names, so that no two are alike by chance.
    both = Compare("=", one, other, type=BOOLEAN)
    return any(
        _same_result(both, near, operands) for near in dict.fromkeys(((), _within(known, read), _near(known, read)))
    )


def _same_result(both: Compare, given: tuple[Expression, ...], operands: Operands) -> bool:
    space = _Space((both, *given), (), operands)
    rows = space.rows()
    if rows is None:
        return False
    one, other = space.opaque(both.left), space.opaque(both.right)
    known = Side(tuple(map(space.opaque, given)))
    return all(
        evaluate(one, read) == evaluate(other, read) or _refuses(known, row, space)
        for row in rows
        for read in (_Row(row, known, space),)
    )


def _same_sums(
    one: Sequence[Expression], other: Sequence[Expression], given: Iterable[Expression], operands: Operands
) -> bool:
    """Whether sums that are compared say the same, one by one, or what only one side has says nothing."""
    numbers = {
        name: of.type
        for name, of in operands.items()
        if isinstance(of.type, Scalar) and of.type.base in (*INTEGERS, "decimal") and set(of.further) <= {None}
    }
    filled = frozenset(name for name in numbers if not operands[name].further)
    known = linear.Known(numbers, filled, tuple(given))
    if len(one) == len(other):
        return all(linear.same_rules(*pair, known) for pair in zip(one, other, strict=True))
    return all(linear.never_refuses(rule, known) for rule in (*one, *other))


def _pairwise(before: Side, after: Side, operands: Operands, given: Side) -> bool:
    """Whether rules are the same one by one, which is sooner tried."""
    pairs = zip(before.rules, after.rules, strict=False)
    return 1 < len(before.rules) == len(after.rules) and all(
        _same(before._replace(rules=(one,)), after._replace(rules=(other,)), operands, given) for one, other in pairs
    )


def _searching_alike(rule: Expression, others: Iterable[Expression], operands: Operands) -> Expression:
    """The rule with the patterns of others, where in texts of the operand's type the same is found by both."""
    known = [node for other in others for node in walk(other) if isinstance(node, Match)]
    for node in [node for node in walk(rule) if isinstance(node, Match) and isinstance(node.value, Name)]:
        of = operands[_base(node.value.name)].type if isinstance(node.value, Name) else None
        for other in known:
            if (
                isinstance(of, Scalar)
                and of.base in TEXTUAL
                and replace(node, pattern=other.pattern) == other
                and node.pattern != other.pattern
                and same_texts(
                    replace(of, patterns=(*of.patterns, node.pattern)),
                    replace(of, patterns=(*of.patterns, other.pattern)),
                )
            ):
                rule = _exchanged(rule, node, other)
    return rule


def _narrowed(of: Scalar, node: Match) -> Scalar:
    return replace(of, patterns=(*of.patterns, node.pattern))


def _exchanged(rule: Any, node: Expression, other: Expression) -> Any:
    if rule == node:
        return other
    if isinstance(rule, tuple):
        return tuple(_exchanged(part, node, other) for part in rule)
    if not isinstance(rule, Expression):
        return rule
    changes = {
        part: _exchanged(getattr(rule, part), node, other) for part in fields(rule) if part not in ("type", "at")
    }
    return replace(rule, **changes)


def _reads_alike(rule: Expression, one: Side, other: Side) -> bool:
    return all(
        (name in one.unknown) == (name in other.unknown) and one.absent.get(name) == other.absent.get(name)
        for name in names(rule)
    )


def _within(rules: Iterable[Expression], read: Collection[str]) -> tuple[Expression, ...]:
    """The rules that read nothing but names."""
    return tuple(rule for rule in rules if set(read).issuperset(_names(rule)))


def _near(rules: Iterable[Expression], read: Collection[str]) -> tuple[Expression, ...]:
    return tuple(rule for rule in rules if not set(read).isdisjoint(_names(rule)))


def _reached(rules: Sequence[Expression], read: Collection[str]) -> tuple[Expression, ...]:
    """The rules that have to do with names, by way of others."""
    found = _near(rules, read)
    further = {*read, *(name for rule in found for name in _names(rule))}
    return found if further == set(read) else _reached(rules, further)


def _parts(rules: Iterable[Expression]) -> Iterator[Expression]:
    """Rules that refuse what these refuse together: of a conjunction each part, whichever decides."""
    for rule in rules:
        # A sum that leaves 64 bits refuses too, unless what stands before it has decided.
        if isinstance(rule, And) and not any(isinstance(node, Arithmetic | Negate) for node in walk(rule)):
            yield from _parts(rule.parts)
        else:
            yield rule


def _same(before: Side, after: Side, operands: Operands, given: Side) -> bool:
    sides = (before, after, given)
    space = _Space([rule for side in sides for rule in side.rules], sides, operands)
    rows = space.rows()
    if rows is None:
        return False
    one, other, known = (side._replace(rules=tuple(map(space.opaque, side.rules))) for side in sides)
    return all(
        _refuses(one, row, space) == _refuses(other, row, space)
        or _refuses(known, row, space)
        or not space.can_be(_Row(row, known, space))
        for row in rows
    )


def _refuses(side: Side, values: Mapping[str, Any], space: _Space) -> bool:
    read = _Row(values, side, space)
    return any(refuses(rule, read) for rule in side.rules)


class _Row:
    """Reads a name as a side does: what it was given, or what a function of others says."""

    def __init__(self, values: Mapping[str, Any], side: Side, space: _Space) -> None:
        self._values, self._side, self._space = values, side, space

    def _value(self, name: str) -> Any:
        given = self._values[_base(name)]
        value = self._side.takes(name, given)
        return self._space.placed(_base(name), value) if given is ABSENT else value

    def __call__(self, name: str) -> Any:
        node = self._space.functions.get(name)
        if node is None:
            return self._value(name)
        read = {one: self._value(one) for one in names(node)}
        for mark in (UNKNOWN, None) if _is_strict(node) else ():
            if any(value is mark for value in read.values()):
                return mark
        match node:
            case Quantified() if any(value is UNKNOWN for value in read.values()):
                return UNKNOWN
            case Quantified(array=Name(name=array)) if read[array] is None:
                return None
            case Match(value=Name()) | Like(value=Name()) | Call(arguments=(Name(),)):
                [value] = read.values()
                text = self._space.text(value)
                if text is not None:
                    return evaluate(node, lambda _: text)
        return self._values[name]


class _Space:
    """The values that are tried for what some rules read."""

    def __init__(self, rules: Sequence[Expression], sides: Sequence[Side], operands: Operands) -> None:
        self._operands = {name: operands[name] for rule in rules for name in _names(rule)}
        self.functions: dict[str, Expression] = {}
        self._constants: dict[str, set[Any]] = {}
        self._facts = tuple(map(self.opaque, self._of_sums(rules)))
        self._together = _together(map(self.opaque, rules))
        for rule in rules:
            for node in walk(rule):
                if isinstance(node, Literal) and isinstance(node.value, str | int | Decimal):
                    self._known(node.type, node.value)
        self._compared = {name for rule in map(self.opaque, rules) for name in _compared(rule)}
        for name, operand in self._operands.items():
            if isinstance(operand.type, EnumType) and name in self._compared:
                self._constants.setdefault("text", set()).update(operand.type.enum.texts)
            absent = (value for side in sides for other, value in side.absent.items() if _base(other) == name)
            for value in (*operand.further, *absent):
                if not isinstance(value, Mark | bool | list | dict) and value is not None and value is not ABSENT:
                    self._constants.setdefault(_kind(operand), set()).add(value)
        self._ranks = {
            (group, value): Decimal(1000 * place)
            for group, values in self._constants.items()
            if group != "number"
            for place, value in enumerate(sorted(values))
        }
        self._texts = {rank: value for (group, value), rank in self._ranks.items() if group == "text"}

    def can_be(self, read: Callable[[str], Any]) -> bool:
        """Whether a row keeps what holds of all sums."""
        return all(evaluate(fact, read) is not False for fact in self._facts)

    def _of_sums(self, rules: Sequence[Expression]) -> list[Expression]:
        """Of each sum of operands that are all there: no part of it is more, where the others are not negative."""
        compared = {name for rule in map(self.opaque, rules) for name in _compared(rule)}
        sums = {node: terms for rule in rules for node in walk(rule) if len(terms := self._summands(node)) > 1}
        parts = {part: (part,) for terms in sums.values() for part in terms if _base(part.name) in compared}
        return [
            Compare(">=", node, part, type=BOOLEAN)
            for node, terms in sums.items()
            for part, own in (*parts.items(), *sums.items())
            if node != part and not (Counter(own) - Counter(terms)) and self._adds(Counter(terms) - Counter(own))
        ]

    def _summands(self, node: Expression) -> tuple[Name, ...]:
        """The operands of a sum of nothing else, none of which may be absent; () of what is no such sum."""
        if isinstance(node, Name):
            return () if ABSENT in self._operands[_base(node.name)].further else (node,)
        if not isinstance(node, Arithmetic) or node.op != "+":
            return ()
        left, right = (self._summands(side) for side in (node.left, node.right))
        return (*left, *right) if left and right else ()

    def _adds(self, terms: Iterable[Name]) -> bool:
        """Whether terms make no sum smaller."""
        lows = (self._range(term)[0] for term in terms)
        return all(low is not None and low >= 0 for low in lows)

    def _known(self, kind: ValueType, value: Any) -> None:
        if not isinstance(value, bool):
            self._constants.setdefault(_group(kind), set()).add(_ordered(kind, value))

    def text(self, value: Any) -> str | None:
        """The text of a value that is a constant."""
        return self._texts.get(value) if isinstance(value, Decimal) else None

    def opaque(self, node: Expression) -> Any:
        """The expression with names for what functions of operands say, and places in an order for constants."""
        if _is_function(node):
            name = f"\0{node!r}"
            self.functions[name] = node
            return Name(name, type=node.type)
        if isinstance(node, Literal):
            return self._constant(node)
        changes = {part: self._within(getattr(node, part)) for part in fields(node) if part not in ("type", "at")}
        return replace(node, **changes)

    def _within(self, value: Any) -> Any:
        if isinstance(value, Expression):
            return self.opaque(value)
        return tuple(map(self._within, value)) if isinstance(value, tuple) else value

    def _constant(self, node: Literal) -> Literal:
        key = (_group(node.type), _ordered(node.type, node.value))
        rank = getattr(self, "_ranks", {}).get(key) if isinstance(node.value, str) else None
        return node if rank is None else Literal(rank, type=ValueType("decimal"))

    def rows(self) -> Iterator[Mapping[str, Any]] | None:
        """Every combination; None where they are too many."""
        choices = {name: self._choices(name, operand) for name, operand in self._operands.items()}
        choices |= {name: self._answers(name, node) for name, node in self.functions.items()}
        if prod(map(len, choices.values())) > MOST:
            return None
        return (dict(zip(choices, values, strict=True)) for values in product(*choices.values()))

    def _choices(self, name: str, operand: Operand) -> list[Any]:
        group = _kind(operand)
        further = [value if value is ABSENT else self.placed(name, value) for value in operand.further]
        match operand.type:
            case None:
                own: list[Any] = []
            case _ if name not in self._compared:
                own = [_SOMETHING]
            case Scalar(base="bool"):
                own = [True, False]
            case EnumType(enum=enum):
                own = [self._ranks["text", text] for text in enum.texts]
            case Scalar() as of if group == "number":
                low, high = limits(of)
                own = [value for value in self._numbers(name) if low <= value <= high]
            case Scalar(base=base) as of:
                own = list(self._places(group, name))
                if base in TEXTUAL:
                    own = [value for value in own if value not in self._texts or fits(of, self._texts[value])]
            case _:
                own = [_SOMETHING]
        return list(dict.fromkeys([*own, *further]))

    def placed(self, name: str, value: Any) -> Any:
        """A value among those that are tried."""
        group = _kind(self._operands[name])
        if value is None or group == "number" or isinstance(value, Mark | bool):
            return value
        return _SOMETHING if isinstance(value, list | dict) else self._ranks.get((group, value), _SOMETHING)

    def _answers(self, own: str, node: Expression) -> list[Any]:
        open_answers = [] if _is_strict(node) else [None, *([] if isinstance(node, Quantified) else [UNKNOWN])]
        match node:
            case Match() | Like() | Quantified():
                return [True, False, *open_answers]
            case Call(function="length" | "cardinality", arguments=(Name(name=name),)):
                least, most = _sizes(self._operands[_base(name)].type)
                return [value for value in self._numbers(own) if least <= value and (most is None or value <= most)]
        low, high = self._range(node)
        numbers = (
            value for value in self._numbers(own) if (low is None or low <= value) and (high is None or value <= high)
        )
        return [*numbers, *([OVERFLOW] if node.type.kind == "integer" else []), *open_answers]

    def _range(self, node: Expression) -> Range:
        """Between which values an expression stays, as far as sums and products of bounds say."""
        match node:
            case Name(name=name):
                of = self._operands[_base(name)]
                known = isinstance(of.type, Scalar) and _kind(of) == "number" and not of.further_numbers
                return limits(of.type) if known and isinstance(of.type, Scalar) else (None, None)
            case Literal(value=int() | Decimal() as value):
                return Decimal(value), Decimal(value)
            case Negate(value=value):
                low, high = self._range(value)
                return (None if high is None else -high), (None if low is None else -low)
            case Arithmetic(op="+", left=left, right=right):
                return _summed(self._range(left), self._range(right))
            case Arithmetic(op="-", left=left, right=right):
                low, high = self._range(right)
                return _summed(self._range(left), ((None if high is None else -high), (None if low is None else -low)))
        return None, None

    def _numbers(self, name: str) -> list[Any]:
        """The constants, the bounds of all operands, and between them as many values as are compared together."""
        scalars = [of.type for of in self._operands.values() if _kind(of) == "number"]
        sized = [_sizes(of.type) for of in self._operands.values() if isinstance(of.type, Array | Scalar)]
        ends = {end for of in scalars if isinstance(of, Scalar) for end in limits(of)}
        ends |= {end for node in self.functions.values() for end in self._range(node) if end is not None}
        ends |= {Decimal(size) for pair in sized for size in pair if size is not None}
        ends |= {Decimal(value) for value in self._constants.get("number", ())}
        unit = min((step(of) for of in scalars if isinstance(of, Scalar) and of.base != "float"), default=Decimal(1))
        dense = any(isinstance(of, Scalar) and of.base == "float" for of in scalars)
        count = self._together.get(name, 1)
        found: set[Decimal] = set(ends)
        with localcontext(prec=2000):
            for low, high in pairwise(sorted(ends)):
                gap = (high - low) / (count + 1) if dense else unit
                found.update(low + gap * n for n in range(1, count + 1) if low + gap * n < high)
            last = max(ends, default=Decimal(0))
            found.update(last + unit * n for n in range(1, count + 1))
        return sorted(found)

    def _places(self, group: str, name: str) -> Iterator[Decimal]:
        count = self._together.get(name, 1)
        ranks = sorted(rank for (other, _), rank in self._ranks.items() if other == group)
        yield from ranks
        for rank in (Decimal(-1000), *ranks):
            yield from (rank + n for n in range(1, count + 1))


def _compared(rule: Expression) -> Iterator[str]:
    """The names of which a rule asks more than whether they are NULL."""
    asked = [node.value for node in walk(rule) if isinstance(node, IsNull)]
    # A name stands in as many places as it is read in; what is only asked for NULL stands in no other.
    every = [_base(node.name) for node in walk(rule) if isinstance(node, Name)]
    nulls = [_base(node.name) for node in asked if isinstance(node, Name)]
    yield from (name for name in dict.fromkeys(every) if every.count(name) > nulls.count(name))


def _together(rules: Iterable[Expression]) -> dict[str, int]:
    """For each name with how many it is compared, itself and those that those are compared with among them."""
    sets: list[set[str]] = []
    for node in (node for rule in rules for node in walk(rule)):
        if isinstance(node, Compare | In | Between):
            met = set(_names(node))
            apart = [one for one in sets if one.isdisjoint(met)]
            sets = [*apart, met.union(*(one for one in sets if not one.isdisjoint(met)))]
    return {name: len(one) for one in sets for name in one}


def _is_function(node: Expression) -> bool:
    """Whether all that is known of a node is that it says something of the names in it."""
    return isinstance(node, Match | Like | Quantified | Arithmetic | Negate) or (
        isinstance(node, Call) and node.function != "coalesce"
    )


def _is_strict(node: Expression) -> bool:
    """Whether it is NULL where anything that it reads is."""
    return not any(
        isinstance(part, Quantified | Case) or (isinstance(part, Call) and part.function == "coalesce")
        for part in walk(node)
    )


def _summed(one: Range, other: Range) -> Range:
    (low, high), (least, most) = one, other
    return (
        None if low is None or least is None else low + least,
        None if high is None or most is None else high + most,
    )


def _kind(operand: Operand) -> str:
    return "" if operand.type is None else _group(value_type(operand.type))


def _sizes(of: Type | None) -> tuple[int, int | None]:
    match of:
        case Array(min_items=least, max_items=most):
            return least or 0, most
        case Scalar(min_length=least):
            return least or 0, of.longest
    return 0, None


def _group(kind: ValueType) -> str:
    """Kinds whose values are compared with one another."""
    return "number" if kind.kind in _NUMBERS else "text" if kind.kind in _TEXTS else kind.kind


def _ordered(kind: ValueType, value: Any) -> Any:
    if isinstance(value, str):
        return forms.ordered(kind.kind, value) if kind.kind in forms.FORMS else value
    return Decimal(value) if isinstance(value, int | Decimal) else value
