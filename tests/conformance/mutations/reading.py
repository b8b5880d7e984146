"""What a side of a question makes of a rule in a world: its names are read there, and what it compares is asked.

Numbers are not tried, they are sums of what names stand for, and comparisons of them are half-spaces. Of texts and all
else that has an order it matters where they stand among the constants and one another. What functions and predicates
say of anything is left open, but is the same whenever the same is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any, NamedTuple

from isotype.domain.expressions import (
    BOOLEAN,
    TEXT,
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
    children,
    names,
    walk,
)
from isotype.domain.patterns import Pattern
from isotype.domain.types import TEXTUAL, Array, EnumType, Scalar, Type, value_type
from isotype.domain.values import replace
from isotype.probes import forms
from isotype.probes.logic import OVERFLOW, UNKNOWN, Mark, evaluate
from isotype.probes.numbers import limits, step
from isotype.probes.texts import fits
from isotype.probes.values import ABSENT
from tests.conformance.mutations.languages import same_texts
from tests.conformance.mutations.sums import Number, Sum, constant, named, reach, step_of
from tests.conformance.mutations.worlds import Terms, World

_NUMBERS = ("integer", "decimal", "float")
_TEXTS = ("text", "enum")
_ORDERING = ("<", "<=", ">", ">=")
_GAP = 1000
"""So many values at most are told apart between two constants."""
_LEAST, _GREATEST = constant(-(2**63)), constant(2**63 - 1)
_UNPLACED = (Mark, int, float, Decimal, list, dict)
"""What stands in no order of places."""

OTHERWISE = "\t"


class Operand(NamedTuple):
    """What a name can stand for: the values of a type, and `further` ones in the form that rules compute with.

    Without a type there are the further ones alone. ABSENT among them is whatever a side takes what is absent for.
    """

    type: Type | None
    further: tuple[Any, ...] = ()


Operands = Mapping[str, Operand]


class Side(NamedTuple):
    """Rules, and what they take names for that are absent, in each way to be so; those that are not known to them.

    One operand may go by several names, since rules need not agree on that: what stands behind OTHERWISE in a name
    tells them apart.
    """

    rules: tuple[Expression, ...]
    absent: Mapping[str, tuple[Any, ...]] = MappingProxyType({})
    unknown: frozenset[str] = frozenset()

    def means(self, name: str) -> tuple[Any, ...]:
        """What a name is taken for that is absent, in each way to be so: on all sides there are as many, or one."""
        return self.absent.get(name, (UNKNOWN,))


def base(name: str) -> str:
    """The operand that goes by a name."""
    return name.partition(OTHERWISE)[0]


def operands_of(node: Expression) -> list[str]:
    """The operands that an expression reads, each once."""
    return list(dict.fromkeys(map(base, names(node))))


class Quantity(NamedTuple):
    """A number; a `double` is compared as one."""

    sum: Sum
    double: bool = False


class Place(NamedTuple):
    """Where a value stands in the order of its kind, and `of` what it is the value; '' for a constant."""

    at: Decimal | None
    of: str = ""


class Items(NamedTuple):
    """A constant list."""

    items: tuple[Any, ...]


class Space:
    """What the names and constants of some rules can stand for."""

    def __init__(self, sides: Iterable[Side], operands: Operands) -> None:
        self.terms = Terms()
        self._sides = tuple(sides)
        rules = [rule for side in self._sides for rule in side.rules]
        self._operands = {name: operands[name] for rule in rules for name in operands_of(rule)}
        self._compared = {name for rule in rules for name in _compared(rule)}
        self._together = _together(rules)
        self._ordered = {
            _group(side.type) for rule in rules for node in walk(rule) if _orders(node) for side in children(node)
        }
        self._places = {
            (group, value): Decimal(_GAP * place)
            for group, values in self._constants(rules).items()
            for place, value in enumerate(sorted(values))
        }
        self._texts = {at: value for (group, value), at in self._places.items() if group == "text"}
        self._states = {name: self._state(name, operand) for name, operand in self._operands.items()}
        self._opened: dict[Expression, Expression] = {}
        self._alike: dict[tuple[str, Pattern], Pattern] = {}
        self._sought: dict[str, list[Pattern]] = {}
        self.predicates: dict[str, Expression] = {}

    def operand(self, name: str) -> Operand:
        """What stands behind a name."""
        return self._operands[base(name)]

    def states(self, name: str) -> Sequence[Any]:
        """What a name can be."""
        return self._states[base(name)]

    def sizes(self, name: str) -> tuple[int, Fraction | None]:
        """The least and the greatest number of signs or items of what a name stands for."""
        operand = self._operands.get(name)
        least, most = _sizes(None if operand is None else operand.type)
        return least, None if most is None else Fraction(most)

    def sought(self, node: Match, value: Place) -> Pattern:
        """The pattern, or another one that is found in the same texts of what a name stands for."""
        of = self._operands[value.of].type if value.of in self._operands else None
        known = self._sought.setdefault(value.of, [])
        if node.pattern in known or not isinstance(of, Scalar) or of.base not in TEXTUAL:
            return node.pattern
        if (value.of, node.pattern) not in self._alike:
            wanted = replace(of, patterns=(*of.patterns, node.pattern))
            same = (one for one in known if same_texts(wanted, replace(of, patterns=(*of.patterns, one))))
            self._alike[value.of, node.pattern] = next(same, node.pattern)
            known.append(self._alike[value.of, node.pattern])
        return self._alike[value.of, node.pattern]

    def text(self, of: Place) -> str | None:
        """The text of a constant."""
        return None if of.at is None else self._texts.get(of.at)

    def placed(self, kind: ValueType, value: Any) -> Any:
        """A constant, in the form in which rules compute with it."""
        if value is None or isinstance(value, Mark | bool):
            return value
        if isinstance(value, int | float | Decimal):
            return Quantity(constant(float(value) if kind.kind == "float" else value), kind.kind == "float")
        if isinstance(value, list) and kind.item is not None:
            return Items(tuple(self.placed(kind.item, item) for item in value))
        at = None if isinstance(value, list | dict) else self._places.get((_group(kind), value))
        return Place(at, "" if at is not None else f"\0{value!r}")

    def opened(self, node: Expression) -> Expression:
        """A condition in which a name stands for each comparison and predicate."""
        found = self._opened.get(node)
        if found is None:
            found = self._opened[node] = self._open(node)
        return found

    def _open(self, node: Expression) -> Expression:
        match node:
            case And(parts=parts) | Or(parts=parts):
                return replace(node, parts=tuple(map(self.opened, parts)))
            case Not(part=part):
                return replace(node, part=self.opened(part))
            case IsTruth(value=value):
                return replace(node, value=self.opened(value))
            case In(value=value, options=options, negated=negated):
                either = Or(tuple(self.opened(_compare("=", value, option)) for option in options), type=BOOLEAN)
                return Not(either, type=BOOLEAN) if negated else either
            case Between(value=value, low=low, high=high, negated=negated):
                ends = (_compare(">=", value, low), _compare("<=", value, high))
                both = And(tuple(map(self.opened, ends)), type=BOOLEAN)
                return Not(both, type=BOOLEAN) if negated else both
            case Literal():
                return node
        name = f"{len(self.predicates)}"
        self.predicates[name] = node
        return Name(name, type=BOOLEAN)

    def _constants(self, rules: Iterable[Expression]) -> Mapping[str, set[Any]]:
        found: dict[str, set[Any]] = {}
        for node in (node for rule in rules for node in walk(rule)):
            if isinstance(node, Literal) and isinstance(node.value, str):
                found.setdefault(_group(node.type), set()).add(_order(node.type, node.value))
        for name, operand in self._operands.items():
            kind = _kind(operand)
            if isinstance(operand.type, EnumType) and name in self._compared:
                found.setdefault("text", set()).update(operand.type.enum.texts)
            absent = (
                value
                for side in self._sides
                for own, means in side.absent.items()
                if base(own) == name
                for value in means
            )
            for value in (*operand.further, *absent):
                if value is not None and value is not ABSENT and not isinstance(value, _UNPLACED):
                    found.setdefault(_group(kind), set()).add(value)
        return found

    def _state(self, name: str, operand: Operand) -> Sequence[Any]:
        further = [value if value is ABSENT else self.placed(_kind(operand), value) for value in operand.further]
        return list(dict.fromkeys([*self._own(name, operand), *further]))

    def _own(self, name: str, operand: Operand) -> Iterator[Any]:
        """The values of a type, as far as rules tell them apart."""
        of, group = operand.type, _group(_kind(operand))
        match of:
            case None:
                return
            case Scalar() if group == "number":
                low, high = map(Fraction, limits(of))
                self.terms.numbers[name] = Number(low, high, None if of.base == "float" else Fraction(step(of)))
                yield Quantity(named(name), of.base == "float")
            case Scalar(base="bool"):
                yield from (True, False)
            case _ if name not in self._compared:
                yield Place(None, name)
            case EnumType(enum=enum):
                yield from (Place(self._places["text", text], name) for text in enum.texts)
            case Scalar():
                known = sorted(at for (own, _), at in self._places.items() if own == group)
                count = self._together.get(name, 1)
                fitting = (at for at in known if of.base not in TEXTUAL or fits(of, self._texts[at]))
                yield from (Place(at, name) for at in fitting)
                for start in (Decimal(-_GAP), *known) if group in self._ordered else (Decimal(-_GAP),):
                    yield from (Place(start + number, name) for number in range(1, min(count, _GAP - 1) + 1))
            case _:
                yield Place(None, name)


class Reading:
    """A side in a world."""

    def __init__(self, world: World, side: Side, space: Space) -> None:
        self._world, self._side, self._space = world, side, space

    def verdict(self, rule: Expression) -> Any:
        """TRUE, FALSE, NULL or a mark."""
        return evaluate(self._space.opened(rule), self._predicate)

    def refuses(self) -> bool:
        """Whether one of the rules refuses."""
        return any(self.verdict(rule) in (False, OVERFLOW) for rule in self._side.rules)

    def same(self, one: Expression, other: Expression) -> bool:
        """Whether two expressions have the same value."""
        values = self.value(one), self.value(other)
        if any(value is None or isinstance(value, Mark) for value in values):
            return values[0] is values[1]
        return self._compared("=", *values) is True

    def value(self, node: Expression) -> Any:
        """A quantity, a place, a truth, None, or a mark."""
        match node:
            case Name(name=name):
                return self._named(name)
            case Literal(value=str() as text):
                return self._space.placed(node.type, _order(node.type, text))
            case Literal(value=value):
                return self._space.placed(node.type, value)
            case Call(function="coalesce", arguments=arguments):
                return next((found for part in arguments if (found := self.value(part)) is not None), None)
            case Case(branches=branches, otherwise=otherwise):
                for condition, result in branches:
                    chosen = self.verdict(condition)
                    if isinstance(chosen, Mark):
                        return chosen
                    if chosen:
                        return self.value(result)
                return None if otherwise is None else self.value(otherwise)
            case Arithmetic(left=left, right=right):
                return self._strict(node, left, right)
            case Negate(value=value):
                return self._strict(node, value)
            case Call(arguments=arguments):
                return self._strict(node, *arguments)
        return self.verdict(node)

    def _named(self, name: str) -> Any:
        if name in self._side.unknown:
            return UNKNOWN
        state = self._world.ask(f"name {base(name)}", self._space.states(name))
        if state is not ABSENT:
            return state
        means = self._side.means(name)
        way = self._world.ask(f"absent {base(name)}", range(len(means))) if len(means) > 1 else 0
        # What is absent no type is asked about.
        return self._space.placed(_kind(self._space.operand(name)), means[way])

    # Numbers

    def _strict(self, node: Expression, *parts: Expression) -> Any:
        """What is computed of values, unless one of them is a mark or NULL."""
        values = [self.value(part) for part in parts]
        for mark in (OVERFLOW, UNKNOWN, None):
            if any(value is mark for value in values):
                return mark
        match node:
            case Call(function="length" | "cardinality"):
                return Quantity(self._size(values[0]))
            case Call(function="abs"):
                found = values[0].sum if self._world.is_at_most(values[0].sum.times(-1)) else values[0].sum.times(-1)
                return self._bounded(node, Quantity(found, values[0].double))
            case Negate():
                return self._bounded(node, Quantity(values[0].sum.times(-1), values[0].double))
            case Call(function="round"):
                return self._bounded(node, self._rounded(*values))
            case Arithmetic(op="/"):
                if self._is_zero(values[1].sum):
                    return OVERFLOW
                return self._bounded(node, Quantity(self._open(f"{node.type.kind} /", *(one.sum for one in values))))
            case Arithmetic(op=op):
                return self._bounded(node, Quantity(self._combined(op, *(one.sum for one in values))))
        raise AssertionError(node)

    def _bounded(self, node: Expression, value: Quantity) -> Any:
        if node.type.kind != "integer":
            return value
        within = (value.sum.minus(_GREATEST), _LEAST.minus(value.sum))
        return value if all(self._world.is_at_most(end) for end in within) else OVERFLOW

    def _combined(self, op: str, left: Sum, right: Sum) -> Sum:
        match op:
            case "+":
                return left.plus(right)
            case "-":
                return left.minus(right)
        for one, other in ((left, right), (right, left)):
            if not one.factors:
                return other.times(one.constant)
        return self._open("*", *sorted((left, right)))

    def _rounded(self, value: Quantity, digits: Quantity | None = None) -> Quantity:
        places = Fraction(1) if digits is None else Fraction(1, 10) ** int(digits.sum.constant)
        if digits is not None and digits.sum.factors:
            return Quantity(self._open("round", value.sum, digits.sum))
        fine = step_of(value.sum, self._space.terms.numbers)
        if fine is not None and (fine / places).denominator == 1:
            return Quantity(value.sum)
        return Quantity(self._open(f"round {places}", value.sum, step=places))

    def _size(self, value: Place | Items) -> Sum:
        """How long a text is, or how many items there are."""
        if isinstance(value, Items):
            return constant(len(value.items))
        text = self._space.text(value)
        if text is not None:
            return constant(len(text))
        least, most = self._space.sizes(value.of)
        return self._term(f"\0size {value!r}", Number(Fraction(least), most, Fraction(1)))

    def _open(self, word: str, *of: Sum, step: Fraction | None = None) -> Sum:
        """What a function says of sums, of which nothing is known but how far products reach."""
        numbers = self._space.terms.numbers
        low = high = None
        if word == "*":
            one, other = (step_of(part, numbers) for part in of)
            step = None if one is None or other is None else one * other
            ends = [end for part in of for end in reach(part, numbers)[:2]]
            if None not in ends:
                corners = [
                    left * right for left in ends[:2] for right in ends[2:] if left is not None and right is not None
                ]
                low, high = min(corners), max(corners)
        return self._term(f"\0{word} {of!r}", Number(low, high, step))

    def _term(self, name: str, number: Number) -> Sum:
        self._space.terms.numbers.setdefault(name, number)
        return named(name)

    def _is_zero(self, of: Sum) -> bool:
        return self._world.is_at_most(of) and self._world.is_at_most(of.times(-1))

    # Predicates

    def _predicate(self, name: str) -> Any:
        node = self._space.predicates[name]
        match node:
            case Compare(op=op, left=left, right=right):
                return self._judged(lambda *values: self._compared(op, *values), left, right)
            case IsNull(value=value, negated=negated):
                given = self.value(value)
                return given if isinstance(given, Mark) else (given is None) != negated
            case Match(value=value) | Like(value=value):
                return self._judged(lambda given: self._found(node, given), value)
            case Quantified():
                return self._quantified(node)
        return self.value(node)

    def _judged(self, judge: Any, *parts: Expression) -> Any:
        values = [self.value(part) for part in parts]
        for mark in (OVERFLOW, UNKNOWN, None):
            if any(value is mark for value in values):
                return mark
        return judge(*values)

    def _compared(self, op: str, left: Any, right: Any) -> bool:
        if isinstance(left, Quantity) and isinstance(right, Quantity):
            return self._in_order(op, left, right)
        if isinstance(left, bool) and isinstance(right, bool) and op in ("=", "<>"):
            return (left == right) == (op == "=")
        if isinstance(left, Place) and isinstance(right, Place) and left.at is not None and right.at is not None:
            return _COMPARED[op]((left.at > right.at) - (left.at < right.at))
        return bool(self._world.ask(f"{op} {left!r} {right!r}", (True, False)))

    def _in_order(self, op: str, left: Quantity, right: Quantity) -> bool:
        one, other = left.sum, right.sum
        if left.double or right.double:
            # A constant is the nearest double; of anything else that is made one nothing is known.
            if any(not side.double and side.sum.factors for side in (left, right)):
                return bool(self._world.ask(f"{op} {left!r} {right!r}", (True, False)))
            one, other = (
                side.sum if side.sum.factors else constant(float(side.sum.constant)) for side in (left, right)
            )
        apart = one.minus(other)
        match op:
            case "<" | "<=":
                return self._world.is_at_most(apart, op == "<")
            case ">" | ">=":
                return self._world.is_at_most(apart.times(-1), op == ">")
        return self._is_zero(apart) == (op == "=")

    def _found(self, node: Match | Like, value: Any) -> bool:
        text = self._space.text(value) if isinstance(value, Place) else None
        if text is not None:
            return bool(evaluate(replace(node, value=Literal(text, type=TEXT)), lambda _: None))
        sought = (
            self._space.sought(node, value) if isinstance(node, Match) and isinstance(value, Place) else node.pattern
        )
        return bool(self._world.ask(f"{sought!r} in {value!r}", (True, False))) != node.negated

    def _quantified(self, node: Quantified) -> Any:
        value, items = self.value(node.value), self.value(node.array)
        for mark in (value, items):
            if isinstance(mark, Mark):
                return mark
        if items is None:
            return None
        if isinstance(items, Items):
            either = [None if None in (value, item) else self._compared(node.op, value, item) for item in items.items]
            parts = tuple(Literal(one, type=BOOLEAN) for one in either)
            return evaluate((Or if node.quantifier == "ANY" else And)(parts, type=BOOLEAN), self._predicate)
        array = self._space.operand(node.array.name).type if isinstance(node.array, Name) else None
        certain = isinstance(array, Array) and not array.nullable_items and value is not None
        answers = (True, False) if certain else (True, False, None)
        return self._world.ask(f"{value!r} {node.op} {node.quantifier} {items!r}", answers)


_COMPARED: Mapping[str, Callable[[int], bool]] = {
    "=": lambda way: way == 0,
    "<>": lambda way: way != 0,
    "<": lambda way: way < 0,
    "<=": lambda way: way <= 0,
    ">": lambda way: way > 0,
    ">=": lambda way: way >= 0,
}


def _compare(op: str, left: Expression, right: Expression) -> Compare:
    return Compare(op, left, right, type=BOOLEAN)


def _orders(node: Expression) -> bool:
    return isinstance(node, Between) or (isinstance(node, Compare | Quantified) and node.op in _ORDERING)


def _bare(node: Expression) -> Iterator[str]:
    """The operands in an expression of which more is read than what a function says of them."""
    match node:
        case Name(name=name):
            yield base(name)
        case Match() | Like() | IsNull() | Call(function="length" | "cardinality"):
            return
    for part in children(node):
        yield from _bare(part)


def _comparisons(rule: Expression) -> Iterator[Collection[str]]:
    """For each comparison what stands in it."""
    for node in walk(rule):
        if isinstance(node, Compare | In | Between | Quantified):
            yield {name for part in children(node) for name in _bare(part)}


def _compared(rule: Expression) -> Iterator[str]:
    for found in _comparisons(rule):
        yield from found


def _together(rules: Iterable[Expression]) -> dict[str, int]:
    """For each name with how many it is compared, itself and those that those are compared with among them."""
    sets: list[set[str]] = []
    for rule in rules:
        for met in map(set, _comparisons(rule)):
            apart = [one for one in sets if one.isdisjoint(met)]
            sets = [*apart, met.union(*(one for one in sets if not one.isdisjoint(met)))]
    return {name: len(one) for one in sets for name in one}


def _kind(operand: Operand) -> ValueType:
    return ValueType("") if operand.type is None else value_type(operand.type)


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


def _order(kind: ValueType, text: str) -> Any:
    return forms.ordered(kind.kind, text) if kind.kind in forms.FORMS else text
