"""Nothing is proved that is not so: whatever is claimed to be the same is the same of every value that is tried.

Rules, types and patterns are made at random, with one of their mutants or with another one beside them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial
from itertools import product
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from isotype.domain import patterns as nodes
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
    IsTruth,
    Like,
    Literal,
    Match,
    Name,
    Negate,
    Not,
    Or,
    Quantified,
    ValueType,
    names,
    rename,
)
from isotype.domain.patterns import Pattern
from isotype.domain.types import Array, Enum, EnumType, EnumValue, Map, Scalar, Type, value_type
from isotype.probes.candidates import essential, traps
from isotype.probes.logic import UNKNOWN, evaluate, refuses
from isotype.probes.meaning import Meaning
from isotype.probes.records import Records
from isotype.probes.texts import fits
from isotype.probes.values import ABSENT, write
from tests.conformance.mutations import deciding, expressions, suite, types
from tests.conformance.mutations import patterns as changed_patterns
from tests.conformance.mutations.deciding import OTHERWISE, Operand, Side
from tests.conformance.mutations.equivalences import same_values
from tests.conformance.mutations.languages import same_texts
from tests.conformance.mutations.model import EQUIVALENT, FOUND, REFUTED, SURVIVED, UNLOADED, Mutant, Verdict
from tests.probes.domains import bindings

MANY = 20 if suite.EVERY else 1


def many(examples: int) -> settings:
    """So many examples, the same ones in every run; more of them where every mutant is asked."""
    known = list(HealthCheck)
    return settings(max_examples=MANY * examples, derandomize=True, deadline=None, suppress_health_check=known)


# Rules over a few operands, each with some of the values that it can have

COLOURS = Enum("Colour", (EnumValue("a", "A"), EnumValue("b", "B")))
WHOLE = ValueType("integer")
A, AB = (nodes.Characters(tuple((ord(sign), ord(sign)) for sign in signs)) for signs in ("a", "ab"))
STARTS_WITH_A = Pattern("^a", nodes.Sequence((nodes.Start(), A)))
HAS_AB = Pattern("ab", nodes.Sequence((A, nodes.Characters(((98, 98),)))))
TYPES: Mapping[str, tuple[Type, tuple[Any, ...]]] = {
    "n": (Scalar("int", minimum=0, maximum=2), (0, 1, 2)),
    "m": (Scalar("int", minimum=-1, maximum=5), (-1, 0, 1, 2, 5)),
    "k": (Scalar("bigint"), (-(2**63), -1, 0, 3, 2**63 - 1)),
    "q": (Scalar("decimal", precision=2, scale=1), tuple(map(Decimal, ("-9.9", "0", "0.5", "1", "1.5", "9.9")))),
    "t": (Scalar("text"), ("", "a", "ab", "b", "ba")),
    "u": (Scalar("string", length=2, patterns=(STARTS_WITH_A,)), ("a", "aa", "ab")),
    "e": (EnumType(COLOURS), ("a", "b")),
    "f": (Scalar("bool"), (True, False)),
    "l": (Array(Scalar("int"), nullable_items=True, max_items=2), ([], [0], [1, None], [2, 0])),
}
NAMES = {name: Name(name, type=value_type(of)) for name, (of, _) in TYPES.items()}
COMPARISONS = st.sampled_from(("=", "<>", "<", "<=", ">", ">="))
FURTHER = st.sampled_from(((), (None,), (ABSENT,), (None, ABSENT)))
WAYS = 2
"""So many ways to be absent there are at most."""


def _truth(make: Any, *parts: Any) -> Any:
    return st.builds(partial(make, type=BOOLEAN), *parts)


def _whole(value: int | Decimal) -> Literal:
    return Literal(value, type=WHOLE if isinstance(value, int) else ValueType("decimal", scale=1))


_constants = st.sampled_from([_whole(value) for value in (-1, 0, 1, 2, 3, Decimal("0.5"))])
_number_names = st.sampled_from([NAMES[name] for name in "nmkq"])
_text_names = st.sampled_from([NAMES[name] for name in "tue"])
_text_constants = st.sampled_from(("a", "ab", "b", "c")).map(lambda text: Literal(text, type=ValueType("text")))


def _computed(op: str, left: Expression, right: Expression) -> Expression:
    both = {left.type.kind, right.type.kind}
    return Arithmetic(op, left, right, type=WHOLE if both == {"integer"} else ValueType("decimal"))


def _negated(value: Expression) -> Expression:
    return Negate(value, type=value.type)


def _chosen(condition: Expression, one: Expression, other: Expression | None) -> Expression:
    return Case(((condition, one),), other, type=one.type)


def _numbers(inner: Any) -> Any:
    sums = st.builds(_computed, st.sampled_from("+-*/"), inner, inner)
    absolute = inner.map(lambda value: Call("abs", (value,), type=value.type))
    filled = st.builds(lambda one, other: Call("coalesce", (one, other), type=one.type), inner, inner)
    chosen = st.builds(_chosen, _truth(IsNull, inner), inner, st.none() | inner)
    return sums | sums | inner.map(_negated) | absolute | filled | chosen


_sizes = (_text_names | st.just(NAMES["l"])).map(
    lambda of: Call("cardinality" if of == NAMES["l"] else "length", (of,), type=WHOLE)
)
_numeric = st.recursive(_number_names | _constants | _sizes, _numbers, max_leaves=3)
_flags = st.booleans()
_predicates = (
    _truth(Compare, COMPARISONS, _numeric, _numeric)
    | _truth(Compare, COMPARISONS, _text_names, _text_names | _text_constants)
    | _truth(Between, _numeric, _constants, _constants | _number_names, _flags)
    | _truth(In, _numeric, st.lists(_constants, min_size=1, max_size=2).map(tuple), _flags)
    | _truth(In, _text_names, st.lists(_text_constants, min_size=1, max_size=2).map(tuple), _flags)
    | _truth(Like, _text_names, st.sampled_from(("a%", "_", "%b")), _flags)
    | _truth(Match, _text_names, st.sampled_from((STARTS_WITH_A, HAS_AB)), _flags)
    | _truth(IsNull, st.sampled_from(list(NAMES.values())), _flags)
    | _truth(Quantified, COMPARISONS, _numeric, st.sampled_from(("ANY", "ALL")), st.just(NAMES["l"]))
    | st.just(NAMES["f"])
)


def _connected(inner: Any) -> Any:
    parts = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return _truth(And, parts) | _truth(Or, parts) | _truth(Not, inner) | _truth(IsTruth, inner, _flags, _flags)


RULES = st.recursive(_predicates, _connected, max_leaves=4)


@st.composite
def _beside(draw: Any, rule: Expression) -> Expression:
    """A mutant of a rule, mostly; else any other one."""
    mutants = [made for _, made in expressions.mutated(rule)]
    found: Expression = draw(st.sampled_from(mutants) | st.sampled_from(mutants) | RULES if mutants else RULES)
    return found


def _rows(read: Sequence[str], operands: Mapping[str, Operand]) -> Iterator[Mapping[str, Any]]:
    pools = [(*TYPES[name][1], *operands[name].further) for name in read]
    return (dict(zip(read, values, strict=True)) for values in product(*pools))


def _is_refused(side: Side, row: Mapping[str, Any], way: int) -> bool:
    """Whether rules refuse a row, of which everything is absent in the same way that is so."""

    def read(name: str) -> Any:
        value = row[name.partition(OTHERWISE)[0]]
        return (side.means(name) * WAYS)[way] if value is ABSENT else value

    return any(refuses(rule, read) for rule in side.rules)


@st.composite
def _side(draw: Any, rules: Sequence[Expression], operands: Mapping[str, Operand]) -> Side:
    """Rules that take what is absent for something, all for the same or each for something else, in one way or two."""
    made: list[Expression] = []
    absent: dict[str, tuple[Any, ...]] = {}
    apart = draw(st.booleans())
    for rule in rules:
        others = {}
        for name in names(rule):
            if ABSENT in operands[name].further:
                taken = st.sampled_from((None, UNKNOWN, TYPES[name][1][0], TYPES[name][1][-1]))
                means = draw(st.tuples(taken) | st.tuples(taken, taken))
                others[name] = f"{name}{OTHERWISE}{means!r}" if apart else name
                absent.setdefault(others[name], means)
        made.append(rename(rule, others))
    return Side(tuple(made), MappingProxyType(absent))


@many(200)
@given(st.data())
def test_rules_that_are_proved_the_same_refuse_the_same_rows(data: st.DataObject) -> None:
    """Of no row does one of two sides refuse what the other does not, unless a rule beside them refuses it."""
    before = tuple(data.draw(st.lists(RULES, min_size=1, max_size=2)))
    after = (data.draw(_beside(before[0])), *before[1:])[: data.draw(st.sampled_from((1, 2, 2)))]
    beside = tuple(data.draw(st.lists(RULES, max_size=1)))
    read = list(dict.fromkeys(name for rule in (*before, *after, *beside) for name in names(rule)))
    assume(read)
    operands = {name: Operand(TYPES[name][0], data.draw(FURTHER)) for name in read}
    one, other = data.draw(_side(before, operands)), data.draw(_side(after, operands))
    if deciding.same_sides(one, other, operands, beside):
        known = one._replace(rules=beside)
        ways = max((len(means) for side in (one, other) for means in side.absent.values()), default=1)
        for row, way in product(_rows(read, operands), range(ways)):
            refused = [_is_refused(side, row, way) for side in (known, one, other)]
            assert refused[0] or refused[1] == refused[2], (row, way)


@many(120)
@given(st.data())
def test_what_is_proved_to_be_computed_alike_is(data: st.DataObject) -> None:
    """Two expressions have the same value of every row that no rule beside them refuses."""
    one = data.draw(_numeric)
    mutants = [made for _, made in expressions.mutated(one)]
    other = data.draw(st.sampled_from(mutants) if mutants else _numeric)
    beside = tuple(data.draw(st.lists(RULES, max_size=1)))
    read = list(dict.fromkeys(name for part in (one, other, *beside) for name in names(part)))
    operands = {name: Operand(TYPES[name][0], data.draw(st.sampled_from(((), (None,))))) for name in read}
    if deciding.same_results(one, other, operands, beside):
        for row in _rows(read, operands):
            known = any(refuses(rule, row.__getitem__) for rule in beside)
            assert known or evaluate(one, row.__getitem__) == evaluate(other, row.__getitem__), row


# Patterns and types

_sets = st.sampled_from(("a", "b", "ab", "abc")).map(
    lambda signs: nodes.Characters(nodes.union((ord(sign), ord(sign)) for sign in signs))
)
_leaves = _sets | st.sampled_from((nodes.Start(), nodes.End(), nodes.Characters((), negated=True)))


def _is_repeated(node: nodes.Node) -> bool:
    """Whether a pattern may have it several times."""
    return not isinstance(node, nodes.Start | nodes.End)


def _composed(inner: Any) -> Any:
    parts = st.lists(inner, max_size=3).map(tuple)
    options = st.lists(inner, min_size=2, max_size=3).map(tuple)
    counts = st.sampled_from(((0, 1), (0, None), (1, None), (1, 2), (2, 2), (0, 2)))
    repeated = st.builds(lambda part, ends: nodes.Repeat(part, *ends), inner.filter(_is_repeated), counts)
    return parts.map(nodes.Sequence) | options.map(nodes.Alternatives) | repeated


PATTERNS = st.recursive(_leaves, _composed, max_leaves=5).map(lambda root: Pattern("", root))
TEXTS = ["".join(signs) for size in range(5) for signs in product("abc\n", repeat=size)]


@many(120)
@given(st.data())
def test_patterns_that_are_proved_the_same_find_the_same(data: st.DataObject) -> None:
    """Of no text is one type and not the other."""
    pattern = data.draw(PATTERNS)
    other = data.draw(st.sampled_from([made for _, made in changed_patterns.mutated(pattern)] or [pattern]) | PATTERNS)
    lengths = [data.draw(st.sampled_from((None, None, 1, 2))) for _ in range(4)]
    one = Scalar("text", min_length=lengths[0], max_length=lengths[1], patterns=(pattern,))
    another = Scalar("text", min_length=lengths[2], max_length=lengths[3], patterns=(other,))
    assert same_texts(one, one)
    if same_texts(one, another):
        assert [fits(one, text) for text in TEXTS] == [fits(another, text) for text in TEXTS]


_bounds = st.none() | st.sampled_from((0, 1, 2, Decimal("1.5")))
_decimals = st.builds(
    lambda scale, number, low, high: Scalar(
        "decimal", precision=3, scale=scale, number=number, minimum=low, below=high
    ),
    st.sampled_from((0, 1)),
    _flags,
    _bounds,
    _bounds,
)
_integers = st.builds(
    lambda base, low, high: Scalar(base, above=low, maximum=high), st.sampled_from(("smallint", "int")), *(_bounds,) * 2
)
_texts = st.builds(
    lambda least, pattern: Scalar("string", length=3, min_length=least, patterns=pattern),
    st.sampled_from((None, 0, 1, 4)),
    st.sampled_from(((), (STARTS_WITH_A,), (HAS_AB, STARTS_WITH_A))),
)
_scalars = _decimals | _integers | _texts | st.sampled_from((Scalar("bool"), Scalar("email"), Scalar("timestamp")))
_counts = st.none() | st.integers(0, 3)


def _holding(inner: Any) -> Any:
    arrays = st.builds(Array, inner, _flags, _counts, _counts, _flags, st.just(False))
    return arrays | st.builds(Map, inner, _flags, _counts)


@many(150)
@given(st.recursive(_scalars | st.just(EnumType(COLOURS)), _holding, max_leaves=2), st.data())
def test_types_that_are_proved_the_same_take_the_same(one: Type, data: st.DataObject) -> None:
    """No value that is asked about either type is taken by one of them alone, or has another canonical form."""
    changes = [made for _, made in types.mutated(one)]
    assume(changes)
    other = data.draw(st.sampled_from(changes))
    if same_values(one, other):
        meaning = Meaning(bindings().shapes)
        samples = Records(meaning).samples
        for of in (one, other):
            for candidate in (*essential(of, samples), *traps(of, samples)):
                judged = [meaning.text(kind, False, write(candidate.value)) for kind in (one, other)]
                assert len({bool(found.refusals) for found in judged}) == 1, candidate
                assert judged[0].refusals or judged[0].value == judged[1].value, candidate


class _Claiming:
    """A bench that has one proof for everything."""

    def __init__(self, said: str) -> None:
        self._said = said

    def mutants(self) -> Iterator[Mutant]:
        yield from ()

    def verdict(self, mutant: Mutant) -> None:
        return None

    def proof(self, mutant: Mutant) -> str:
        return self._said


@pytest.mark.parametrize("outcome", [FOUND, EQUIVALENT, UNLOADED, SURVIVED])
@pytest.mark.parametrize("said", ["", "Both are the same."])
def test_what_is_found_refutes_its_proof(outcome: str, said: str) -> None:
    """A proof of what a value finds is a failure, and of nothing else."""
    mutant, made = Mutant("zod", "", "", None), Verdict("library", "zod", "", "", outcome, "takes 1")
    judged = suite.held(_Claiming(said), mutant, made)
    if said and outcome == FOUND:
        assert (judged.outcome, judged.said) == (REFUTED, "Both are the same. Yet it takes 1")
    else:
        assert judged == made


def test_a_bound_beyond_a_type_is_no_bound_of_the_type() -> None:
    """Some layers ask for a bound in the place of the size of a type, so that one beyond it says something else."""
    size = Scalar("int", maximum=2**31 - 1)
    assert same_values(size, Scalar("int")) and same_values(size, Scalar("int", below=2**31))
    assert not same_values(size, Scalar("int", maximum=2**31))
    whole = Scalar("bigint", number=True, maximum=2**53 - 1)
    assert not same_values(whole, Scalar("bigint", number=True, maximum=2**53))
