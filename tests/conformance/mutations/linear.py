"""Whether comparisons of sums say the same, wherever others hold: by eliminating one name after the other.

A comparison of sums is a half-space, and what holds beside it are others. Where no point of all of them is left, what
is asked for follows; where there may be one, nothing is proved.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from isotype.domain.expressions import (
    And,
    Arithmetic,
    Between,
    Compare,
    Expression,
    Literal,
    Name,
    Negate,
    Or,
    names,
    walk,
)
from isotype.domain.types import INTEGERS, Scalar
from isotype.domain.values import fields, frozen
from isotype.probes.numbers import limits

MOST = 400
"""So many half-spaces are looked at at most."""
SAFE = 2**62
"""Sums that stay below leave 64 bits nowhere."""
Sum = tuple[dict[str, Fraction], Fraction]
"""Names with their factors, and a constant."""


@frozen
class Space:
    """A half-space: a sum of names, each times its factor, is at most `most`, or less than that if `strict`."""

    factors: tuple[tuple[str, Fraction], ...]
    most: Fraction
    strict: bool = False


@frozen
class Known:
    """What is known beside: the numbers that names stand for, the names that are never NULL, rules that hold."""

    numbers: Mapping[str, Scalar]
    filled: frozenset[str]
    rules: tuple[Expression, ...]


def same_rules(one: Expression, other: Expression, known: Known) -> bool:
    """Whether two rules are proved to refuse the same rows."""
    return _same(one, other, known) or (never_refuses(one, known) and never_refuses(other, known))


def never_refuses(rule: Expression, known: Known) -> bool:
    """Whether a rule is proved to refuse no row: it is TRUE, or NULL where something that it reads is."""
    match rule:
        case And(parts=parts):
            return all(never_refuses(part, known) for part in parts)
        case Or(parts=parts):
            return any(never_refuses(part, known) for part in parts)
    return _is_linear(rule, known) and _follows(None, rule, set(names(rule)), known)


def _same(one: Expression, other: Expression, known: Known) -> bool:
    """Whether two expressions differ in nothing but comparisons that say the same."""
    if one == other or (_is_linear(one, known) and _is_linear(other, known) and _are_alike(one, other, known)):
        return True
    if type(one) is not type(other):
        return False
    parts = [part for part in fields(one) if part not in ("at", "type")]
    return all(_same_parts(getattr(one, part), getattr(other, part), known) for part in parts)


def _same_parts(one: object, other: object, known: Known) -> bool:
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(_same_parts(*pair, known) for pair in zip(one, other, strict=True))
    if isinstance(one, Expression) and isinstance(other, Expression):
        return _same(one, other, known)
    return one == other


def _are_alike(one: Expression, other: Expression, known: Known) -> bool:
    """Whether two comparisons are true of the same rows, and NULL of the same."""
    read = {*names(one), *names(other)}
    if set(names(one)) != set(names(other)) and not known.filled >= read:
        return False
    return _follows(one, other, read, known) and _follows(other, one, read, known)


def _follows(given: Expression | None, asked: Expression, read: Collection[str], known: Known) -> bool:
    """Whether a comparison is true wherever another one is, of names that are not NULL."""
    spaces = list(_beside(read, known))
    for within in [()] if given is None else _where(given, True):
        for outside in _where(asked, False):
            if not _is_empty([*spaces, *within, *outside], known):
                return False
    return True


def _beside(read: Collection[str], known: Known) -> Iterator[Space]:
    """What rules and types say of names that are not NULL, as far as it has to do with those that are read."""
    there = known.filled.union(read)
    parts = [part for rule in known.rules for part in _conjuncts(rule)]
    said = [list(_where(part, True)) for part in parts if _is_linear(part, known) and there.issuperset(names(part))]
    spaces = [space for ways in said if len(ways) == 1 for space in ways[0]]
    near = set(read)
    while more := [one for one in spaces if near & {name for name, _ in one.factors}]:
        yield from more
        near |= {name for one in more for name, _ in one.factors}
        spaces = [one for one in spaces if one not in more]
    for name in near:
        low, high = limits(known.numbers[name])
        yield Space(((name, Fraction(1)),), Fraction(high))
        yield Space(((name, Fraction(-1)),), -Fraction(low))


def _conjuncts(rule: Expression) -> Iterator[Expression]:
    if isinstance(rule, And):
        for part in rule.parts:
            yield from _conjuncts(part)
    else:
        yield rule


def _is_linear(node: Expression, known: Known) -> bool:
    """Whether it compares sums of numbers that leave 64 bits nowhere."""
    match node:
        case Compare(left=left, right=right):
            sides: tuple[Expression, ...] = (left, right)
        case Between(value=value, low=Literal() as low, high=Literal() as high):
            sides = (value, low, high)
        case _:
            return False
    return all(_sum(side) is not None and _largest(side, known) < SAFE for side in sides)


def _largest(side: Expression, known: Known) -> Fraction:
    """A number that no part of a sum exceeds."""
    found = Fraction(0)
    for node in walk(side):
        if isinstance(node, Name):
            if node.name not in known.numbers:
                return Fraction(SAFE)
            if side != node:
                found += max(abs(Fraction(end)) for end in limits(known.numbers[node.name]))
        elif isinstance(node, Literal) and isinstance(node.value, int | Decimal):
            found += abs(Fraction(node.value))
    return found


def _sum(node: Expression) -> Sum | None:
    """The names of a sum with their factors, and its constant; None where it is no sum."""
    match node:
        case Name(name=name):
            return {name: Fraction(1)}, Fraction(0)
        case Literal(value=bool()):
            return None
        case Literal(value=int() | Decimal() as value):
            return {}, Fraction(value)
        case Negate(value=value):
            return _times(_sum(value), -1)
        case Arithmetic(op="+" | "-" as op, left=left, right=right):
            return _plus(_sum(left), _times(_sum(right), 1 if op == "+" else -1))
    return None


def _plus(one: Sum | None, other: Sum | None) -> Sum | None:
    if one is None or other is None:
        return None
    both = {name: one[0].get(name, Fraction(0)) + other[0].get(name, Fraction(0)) for name in {*one[0], *other[0]}}
    return both, one[1] + other[1]


def _times(of: Sum | None, factor: int) -> Sum | None:
    return None if of is None else ({name: value * factor for name, value in of[0].items()}, of[1] * factor)


def _where(node: Expression, truth: bool) -> Iterator[list[Space]]:
    """Where a comparison is true, or where it is false: half-spaces that hold together, each list for itself."""
    match node:
        case Compare(op=op, left=left, right=right):
            yield from _compared(op if truth else _OPPOSITE[op], left, right)
        case Between(value=value, low=low, high=high, negated=negated):
            if truth != negated:
                yield [space for sides in ((low, value), (value, high)) for space in next(_compared("<=", *sides))]
            else:
                yield from _compared("<", value, low)
                yield from _compared(">", value, high)


_OPPOSITE = {"=": "<>", "<>": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}


def _compared(op: str, left: Expression, right: Expression) -> Iterator[list[Space]]:
    match op:
        case "<" | "<=":
            yield [_half(left, right, op == "<")]
        case ">" | ">=":
            yield [_half(right, left, op == ">")]
        case "=":
            yield [_half(left, right, False), _half(right, left, False)]
        case _:
            yield [_half(left, right, True)]
            yield [_half(right, left, True)]


def _half(less: Expression, more: Expression, strict: bool) -> Space:
    made = _plus(_sum(less), _times(_sum(more), -1))
    assert made is not None
    return Space(tuple(sorted((name, value) for name, value in made[0].items() if value)), -made[1], strict)


# Elimination


def _is_empty(spaces: Iterable[Space], known: Known) -> bool:
    """Whether half-spaces have no point in common; whole numbers are told from others as far as the bounds go."""
    left = list(dict.fromkeys(_whole(space, known) for space in spaces))
    for name in sorted({name for space in left for name, _ in space.factors}):
        left = _without(name, left)
        if len(left) > MOST:
            return False
    return any(space.most < 0 or (space.strict and space.most == 0) for space in left if not space.factors)


def _whole(space: Space, known: Known) -> Space:
    """Of whole numbers less than a bound is at most one less."""
    whole = all(known.numbers[name].base in INTEGERS and factor.denominator == 1 for name, factor in space.factors)
    if not whole or not space.strict or space.most.denominator != 1:
        return space
    return Space(space.factors, space.most - 1)


def _without(name: str, spaces: Sequence[Space]) -> list[Space]:
    """What half-spaces say of all other names."""
    above = [(space, factor) for space in spaces if (factor := dict(space.factors).get(name, Fraction(0))) > 0]
    below = [(space, factor) for space in spaces if (factor := dict(space.factors).get(name, Fraction(0))) < 0]
    found = [space for space in spaces if name not in dict(space.factors)]
    for one, up in above:
        for other, down in below:
            factors = {key: value / up for key, value in one.factors}
            for key, value in other.factors:
                factors[key] = factors.get(key, Fraction(0)) - value / down
            kept = tuple(sorted((key, value) for key, value in factors.items() if value))
            found.append(Space(kept, one.most / up - other.most / down, one.strict or other.strict))
    return list(dict.fromkeys(found))
