"""Sums of numbers, the half-spaces that comparisons of them are, and whether half-spaces have a point in common.

Names are eliminated one after the other (Fourier and Motzkin). Where no point of all half-spaces is left, there is
none; where one is left, there may be one: it need not be whole, and is not looked for where that is too much.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from math import gcd
from typing import NamedTuple

MOST = 300
"""So many half-spaces are looked at at most."""


class Number(NamedTuple):
    """What a name can stand for: from the least to the greatest, in steps; None where that is not known."""

    low: Fraction | None = None
    high: Fraction | None = None
    step: Fraction | None = None


Numbers = Mapping[str, Number]


class Sum(NamedTuple):
    """Names with their factors, none of which is 0, in order; and a constant."""

    factors: tuple[tuple[str, Fraction], ...]
    constant: Fraction = Fraction(0)

    def plus(self, other: Sum) -> Sum:
        found = dict(self.factors)
        for name, factor in other.factors:
            found[name] = found.get(name, Fraction(0)) + factor
        return _sum(found, self.constant + other.constant)

    def times(self, factor: int | Fraction) -> Sum:
        return _sum({name: value * factor for name, value in self.factors}, self.constant * factor)

    def minus(self, other: Sum) -> Sum:
        return self.plus(other.times(-1))


def constant(value: int | float | Decimal | Fraction) -> Sum:
    """A number by itself."""
    return Sum((), Fraction(value))


def named(name: str) -> Sum:
    """What a name stands for."""
    return Sum(((name, Fraction(1)),))


def _sum(factors: Mapping[str, Fraction], rest: Fraction) -> Sum:
    return Sum(tuple(sorted((name, factor) for name, factor in factors.items() if factor)), rest)


def unit(of: Sum, numbers: Numbers) -> Fraction | None:
    """What a sum without its constant is a multiple of; None where nothing is known."""
    steps = [(factor, numbers[name].step) for name, factor in of.factors]
    found = [abs(factor * step) for factor, step in steps if step is not None]
    return reduce(_common, found) if found and len(found) == len(steps) else None


def step_of(of: Sum, numbers: Numbers) -> Fraction | None:
    """What a sum is a multiple of; None where nothing is known."""
    found = unit(of, numbers) if of.factors else abs(of.constant)
    return found if found and (of.constant / found).denominator == 1 else None


def _common(one: Fraction, other: Fraction) -> Fraction:
    """The greatest number of which both are multiples."""
    return Fraction(
        gcd(one.numerator * other.denominator, other.numerator * one.denominator), one.denominator * other.denominator
    )


def reach(of: Sum, numbers: Numbers) -> Number:
    """Between which numbers a sum stays."""
    ends = [(factor, numbers[name]) for name, factor in of.factors]
    lows = [factor * end if (end := by.low if factor > 0 else by.high) is not None else None for factor, by in ends]
    highs = [factor * end if (end := by.high if factor > 0 else by.low) is not None else None for factor, by in ends]
    low, high = (
        None if None in side else sum((end for end in side if end is not None), of.constant) for side in (lows, highs)
    )
    return Number(low, high)


class Space(NamedTuple):
    """A half-space: a sum of names is at most `most`, or less than that if `strict`. The first factor is 1 or -1."""

    factors: tuple[tuple[str, Fraction], ...]
    most: Fraction
    strict: bool = False

    @property
    def opposite(self) -> Space:
        """The half-space of all other points."""
        return Space(tuple((name, -factor) for name, factor in self.factors), -self.most, not self.strict)


def space(of: Sum, strict: bool, numbers: Numbers) -> Space:
    """Where a sum with names is at most 0, or less; of numbers in steps as narrow as it can be said."""
    factors, most = of.factors, -of.constant
    step = unit(of, numbers)
    if step is not None:
        count = most / step
        most = step * (
            count - 1 if strict and count.denominator == 1 else Fraction(count.numerator // count.denominator)
        )
        strict = False
    size = abs(factors[0][1]) if factors else Fraction(1)
    return Space(tuple((name, factor / size) for name, factor in factors), most / size, strict)


def is_empty(spaces: Iterable[Space], numbers: Numbers) -> bool:
    """Whether it is proved that half-spaces of such numbers have no point in common."""
    left = _narrowest([*spaces, *_ends({name for one in spaces for name, _ in one.factors}, numbers)])
    while names := {name for one in left for name, _ in one.factors}:
        if any(_is_nowhere(one) for one in left):
            return True
        if len(left) > MOST:
            return False
        left = _narrowest(_without(min(sorted(names), key=lambda name: _growth(name, left)), left, numbers))
    return any(_is_nowhere(one) for one in left)


def _is_nowhere(one: Space) -> bool:
    return not one.factors and (one.most < 0 or (one.strict and one.most == 0))


def _ends(names: Iterable[str], numbers: Numbers) -> Iterator[Space]:
    for name in names:
        of = numbers[name]
        if of.high is not None:
            yield Space(((name, Fraction(1)),), of.high)
        if of.low is not None:
            yield Space(((name, Fraction(-1)),), -of.low)


def _narrowest(spaces: Iterable[Space]) -> list[Space]:
    """Of half-spaces in one direction the one that is in all others."""
    found: dict[tuple[tuple[str, Fraction], ...], Space] = {}
    for one in spaces:
        known = found.get(one.factors)
        if known is None or (one.most, not one.strict) < (known.most, not known.strict):
            found[one.factors] = one
    return list(found.values())


def _growth(name: str, spaces: Iterable[Space]) -> int:
    signs = [factor > 0 for one in spaces for own, factor in one.factors if own == name]
    return sum(signs) * (len(signs) - sum(signs))


def _without(name: str, spaces: Iterable[Space], numbers: Numbers) -> Iterator[Space]:
    """What half-spaces say of all other names."""
    above: list[tuple[Space, Fraction]] = []
    below: list[tuple[Space, Fraction]] = []
    for one in spaces:
        factor = dict(one.factors).get(name)
        if factor is None:
            yield one
        else:
            (above if factor > 0 else below).append((one, abs(factor)))
    for one, up in above:
        for other, down in below:
            both = Sum(one.factors, -one.most).times(1 / up).plus(Sum(other.factors, -other.most).times(1 / down))
            yield space(both, one.strict or other.strict, numbers)
