"""Whether two rules refuse the same rows, for all values that their operands can have.

Every world is looked at in which what the rules ask for stands in another way. There may be worlds among them that no
row is like, never a row without its world: what is proved here holds. Where there are too many, nothing is proved.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from isotype.domain.expressions import (
    BOOLEAN,
    And,
    Arithmetic,
    Compare,
    Expression,
    Negate,
    names,
    walk,
)
from tests.conformance.mutations.reading import OTHERWISE, Operand, Operands, Reading, Side, Space, base, operands_of
from tests.conformance.mutations.worlds import World, everywhere

__all__ = ["OTHERWISE", "Operand", "Operands", "Side", "base", "same_refusals", "same_results", "same_sides"]


def same_refusals(
    before: Iterable[Expression], after: Iterable[Expression], operands: Operands, given: Iterable[Expression] = ()
) -> bool:
    """Whether it is proved that rules before refuse what rules after do, of rows that no `given` rule refuses."""
    return same_sides(Side(tuple(before)), Side(tuple(after)), operands, given)


def same_sides(before: Side, after: Side, operands: Operands, given: Iterable[Expression] = ()) -> bool:
    """The same, where both sides may take what is absent for something else; `given` rules do as the side before."""
    one, other = [*_parts(before.rules)], [*_parts(after.rules)]
    common = [part for part in one if part in other and _reads_alike(part, before, after)]
    one, other = ([part for part in side if part not in common] for side in (one, other))
    if len(one) == len(other) > 1:
        # One by one it is sooner found out; what is the same is known of both sides.
        pairs = list(zip(one, other, strict=True))
        same = [_alone(before, after, pair, operands) for pair in pairs]
        common += [rule for rule, alike in zip(one, same, strict=True) if alike]
        one, other = ([rule for rule, alike in zip(side, same, strict=True) if not alike] for side in (one, other))
    before, after = before._replace(rules=tuple(one)), after._replace(rules=tuple(other))
    known = [*common, *_parts(given)]
    read = {name for rule in (*before.rules, *after.rules) for name in operands_of(rule)}
    # What holds beside is asked only where it is needed.
    return any(_same(before, after, operands, before._replace(rules=near)) for near in _beside(known, read))


def same_results(one: Expression, other: Expression, operands: Operands, given: Iterable[Expression] = ()) -> bool:
    """Whether it is proved that expressions have the same value, of rows that no `given` rule refuses."""
    read = {*operands_of(one), *operands_of(other)}
    both = Side((Compare("=", one, other, type=BOOLEAN),))
    return any(_same_values(both, Side(near), operands) for near in _beside([*_parts(given)], read))


def _alone(before: Side, after: Side, pair: tuple[Expression, Expression], operands: Operands) -> bool:
    """Whether two rules are the same by themselves."""
    one, other = before._replace(rules=pair[:1]), after._replace(rules=pair[1:])
    return _same(one, other, operands, before._replace(rules=()))


def _same(before: Side, after: Side, operands: Operands, given: Side) -> bool:
    space = Space((before, after, given), operands)

    def holds(world: World) -> bool:
        one, other, known = (Reading(world, side, space) for side in (before, after, given))
        return one.refuses() == other.refuses() or known.refuses()

    return everywhere(holds, space.terms)


def _same_values(both: Side, given: Side, operands: Operands) -> bool:
    space = Space((both, given), operands)
    [compared] = both.rules
    assert isinstance(compared, Compare)

    def holds(world: World) -> bool:
        same = Reading(world, both, space).same(compared.left, compared.right)
        return same or Reading(world, given, space).refuses()

    return everywhere(holds, space.terms)


def _beside(rules: Sequence[Expression], read: Collection[str]) -> Iterator[tuple[Expression, ...]]:
    """The rules that are near what is read: none, each alone, and all that reach it, the nearest first."""
    near = [rule for rule in rules if not set(read).isdisjoint(operands_of(rule))]
    near.sort(key=lambda rule: len({*operands_of(rule)} - {*read}))
    yield ()
    for count, rule in enumerate(near):
        if count:
            yield (rule,)
    yield tuple(near)
    reached = _reached(rules, read)
    if len(reached) > len(near):
        yield (*near, *(rule for rule in reached if rule not in near))


def _reads_alike(rule: Expression, one: Side, other: Side) -> bool:
    return all(
        (name in one.unknown) == (name in other.unknown) and one.means(name) == other.means(name)
        for name in names(rule)
    )


def _reached(rules: Sequence[Expression], read: Collection[str]) -> list[Expression]:
    """The rules that have to do with names, by way of others."""
    found = [rule for rule in rules if not set(read).isdisjoint(operands_of(rule))]
    further = {*read, *(name for rule in found for name in operands_of(rule))}
    return found if further == set(read) else _reached(rules, further)


def _parts(rules: Iterable[Expression]) -> Iterator[Expression]:
    """Rules that refuse what these refuse together: of a conjunction each part, whichever decides."""
    for rule in rules:
        # A sum that leaves 64 bits refuses too, unless what stands before it has decided.
        if isinstance(rule, And) and not any(isinstance(node, Arithmetic | Negate) for node in walk(rule)):
            yield from _parts(rule.parts)
        else:
            yield rule
