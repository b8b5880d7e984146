"""Rules as plain Python conditions: what holds exactly when a rule refuses a row.

A rule refuses when it is FALSE, so two-valued logic is enough: of every part the condition asks whether it is TRUE or
whether it is FALSE, and a part that is NULL or not known is neither. What plain operators cannot say (sums that may
leave 64 bits, CASE, `coalesce`) is left to the calls of `python`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from isotype.dialects import patterns
from isotype.dialects.expressions.calls import OPERATIONS
from isotype.dialects.expressions.code import FunctionCall
from isotype.dialects.expressions.like import as_pattern
from isotype.dialects.expressions.python import print_literal
from isotype.dialects.literals.python import python_raw_string
from isotype.dialects.literals.widths import width
from isotype.dialects.python import INDENT, WIDTH, Bracket, bracket, layout
from isotype.domain.bounds import leaves_64_bits
from isotype.domain.expressions import (
    BOOLEAN,
    And,
    Arithmetic,
    Between,
    Call,
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
    names,
)
from isotype.domain.lazy import NamedTuple


class Given(NamedTuple):
    """How a condition reads a field.

    `text` may be None when `nullable`; then the field is NULL if `null_if` holds ('' always does, None never), and not
    known otherwise. It may be the mark `UNKNOWN` when `marked`.
    """

    text: str
    nullable: bool
    null_if: str | None = ""
    marked: bool = False


class Chain(NamedTuple):
    """Conditions joined by `and` or `or`."""

    word: str
    parts: tuple[Condition, ...]


Condition = bool | str | Bracket | Chain
"""A condition as a tree; a bool is one that always or never holds."""


class Refusal(NamedTuple):
    """When a rule refuses, and the functions of the support module `rules.py` that the condition calls."""

    condition: Condition
    helpers: frozenset[str]


def print_refusal(tree: Expression, given: Callable[[str], Given | None]) -> Refusal | None:
    """When the rule refuses; None when plain operators cannot say it. `given` is None for a field not known here."""
    return _printed(tree, id(tree), tuple(map(given, names(tree))))


# As for the calls of `python`.
@lru_cache(maxsize=1024)
def _printed(tree: Expression, identity: int, given: tuple[Given | None, ...]) -> Refusal | None:
    printer = _Printer(dict(zip(names(tree), given, strict=True)).__getitem__)
    try:
        return Refusal(printer.predicate(tree, truth=False), frozenset(printer.helpers))
    except _NotPlain:
        return None


class _NotPlain(Exception):
    """What plain operators cannot say."""


class _Value(NamedTuple):
    """A value, and the conditions under which it is known and not NULL; `atom` when None may be compared with it."""

    text: str
    guards: tuple[str, ...] = ()
    atom: bool = True


_INVERSE = {"=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_MIRRORED = {"=": "=", "<>": "<>", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
_SIGNS = {"=": "==", "<>": "!="}
_NUMBERS = frozenset({"integer", "decimal"})
_PLAIN = _NUMBERS | {"float", "boolean", "text", "enum", "timestamp", "local_timestamp", "date", "time", "uuid"}
"""Kinds whose Python values compare as the database's do."""


class _Printer:
    def __init__(self, given: Callable[[str], Given | None]) -> None:
        self._given = given
        self.helpers: set[str] = set()

    def predicate(self, node: Expression, truth: bool) -> Condition:
        """When a predicate is TRUE, or when it is FALSE."""
        match node:
            case And(parts=parts) | Or(parts=parts):
                word = "and" if isinstance(node, And) is truth else "or"
                return chain(word, [self.predicate(part, truth) for part in parts])
            case Not(part=part):
                return self.predicate(part, not truth)
            case Literal(value=value) if value is None or isinstance(value, bool):
                return value is truth
            case Name(name=name):
                return _flag(self._given(name), truth)
            case Compare(op=op, left=left, right=right):
                return self._comparison(op if truth else _INVERSE[op], left, right)
            case In(value=value, options=options, negated=negated):
                return self._membership(value, options, truth is not negated)
            case Between(value=value, low=Literal() as low, high=Literal() as high, negated=negated):
                return self._within(value, low, high, truth is not negated)
            case Between(value=value, low=low, high=high, negated=negated):
                both = (Compare(">=", value, low, type=BOOLEAN), Compare("<=", value, high, type=BOOLEAN))
                return self.predicate(And(both, type=BOOLEAN), truth is not negated)
            case IsNull(value=Name(name=name), negated=negated):
                return _nullness(self._given(name), truth is not negated)
            case IsTruth(value=Name(name=name), truth=wanted, negated=negated):
                return _truth(self._given(name), wanted, truth is not negated)
            case Like(value=value, pattern=pattern, negated=negated):
                return self._search(value, patterns.python(as_pattern(pattern)), truth is not negated)
            case Match(value=value, pattern=parsed, negated=negated):
                return self._search(value, patterns.python(parsed), truth is not negated)
        raise _NotPlain

    def _comparison(self, op: str, left: Expression, right: Expression) -> Condition:
        if isinstance(left, Literal):
            if isinstance(right, Literal):
                raise _NotPlain
            op, left, right = _MIRRORED[op], right, left
        if isinstance(right, Literal) and isinstance(right.value, bool):
            if op not in _SIGNS:
                raise _NotPlain
            return self.predicate(left, right.value is (op == "="))
        if left.type.kind == "uuid" and isinstance(right, Literal):
            raise _NotPlain
        one, other = self._value(left), self._value(right)
        if one is None or other is None:
            return False
        guards = (*one.guards, *other.guards)
        if op == "=" and one.atom and other.atom and not (one.guards and other.guards):
            guards = ()
        return chain("and", [*guards, f"{one.text} {_SIGNS.get(op, op)} {other.text}"])

    def _within(self, value: Expression, low: Literal, high: Literal, inside: bool) -> Condition:
        found, least, greatest = map(self._value, (value, low, high))
        if found is None or least is None or greatest is None or isinstance(value, Literal):
            raise _NotPlain
        test = f"{least.text} <= {found.text} <= {greatest.text}"
        return chain("and", [*found.guards, test if inside else f"not {test}"])

    def _membership(self, value: Expression, options: tuple[Expression, ...], inside: bool) -> Condition:
        constants = [option for option in options if isinstance(option, Literal) and option.value is not None]
        if len(constants) < len(options) or len(options) < 2 or value.type.kind in ("boolean", "uuid"):
            equal = tuple(Compare("=", value, option, type=BOOLEAN) for option in options)
            return self.predicate(Or(equal, type=BOOLEAN) if len(equal) > 1 else equal[0], inside)
        found = self._value(value)
        if found is None:
            return False
        texts = [self._literal(option) for option in constants]
        word = "in" if inside else "not in"
        guards = () if inside and found.atom else found.guards
        return chain("and", [*guards, bracket(f"{found.text} {word} (", texts, ")", literal=True)])

    def _search(self, value: Expression, pattern: str, found: bool) -> Condition:
        text = self._value(value)
        if text is None:
            return False
        call = bracket(f"{self._helper('found' if found else 'missed')}(", (python_raw_string(pattern), text.text), ")")
        return chain("and", [*text.guards, call])

    def _value(self, node: Expression) -> _Value | None:
        """The value; None when it is NULL or not known whatever the row."""
        if node.type.kind not in _PLAIN and node.type.kind != "null":
            raise _NotPlain
        match node:
            case Literal(value=None):
                return None
            case Literal():
                return _Value(self._literal(node))
            case Name(name=name):
                return _known(self._given(name))
            case Negate(value=value) if not leaves_64_bits(node):
                return self._computed(node, "-{}", "negate", value)
            case Arithmetic(op=op, left=left, right=right) if op in OPERATIONS and not leaves_64_bits(node):
                return self._computed(node, f"{{}} {op} {{}}", OPERATIONS[op], left, right)
            case Call(function="length" | "cardinality", arguments=(Name(name=name),)):
                known = _known(self._given(name))
                return known and _Value(f"len({known.text})", known.guards, atom=False)
            case Call(function="abs", arguments=(value,)) if not leaves_64_bits(node):
                return self._computed(node, "abs({})", "absolute", value)
        raise _NotPlain

    def _computed(self, node: Expression, integers: str, decimals: str, *operands: Expression) -> _Value | None:
        if not {node.type.kind, *(operand.type.kind for operand in operands)} <= _NUMBERS:
            raise _NotPlain
        found = [self._value(operand) for operand in operands]
        known = [value for value in found if value is not None]
        if len(known) < len(found):
            return None
        guards = tuple(guard for value in known for guard in value.guards)
        if node.type.kind == "integer":
            nested = [
                f"({value.text})" if isinstance(operand, Arithmetic | Negate) else value.text
                for value, operand in zip(known, operands, strict=True)
            ]
            return _Value(integers.format(*nested), guards, atom=False)
        return _Value(f"{self._helper(decimals)}({', '.join(value.text for value in known)})", guards, atom=False)

    def _literal(self, node: Literal) -> str:
        code = print_literal(node)
        if isinstance(code, FunctionCall):
            self._helper(code.name)
        return str(code)

    def _helper(self, name: str) -> str:
        self.helpers.add(name)
        return name


def _known(given: Given | None) -> _Value | None:
    if given is None:
        return None
    guards = [f"{given.text} is not None"] if given.nullable else []
    guards += [f"{given.text} is not UNKNOWN"] if given.marked else []
    return _Value(given.text, tuple(guards))


def _flag(given: Given | None, truth: bool) -> Condition:
    if given is None:
        return False
    if given.nullable or given.marked:
        return f"{given.text} is {truth}"
    return given.text if truth else f"not {given.text}"


def _nullness(given: Given | None, null: bool) -> Condition:
    if given is None:
        return False
    if not null:
        known = _known(given)
        return chain("and", known.guards if known is not None else ())
    if not given.nullable or given.null_if is None:
        return False
    return chain("and", [f"{given.text} is None", *([given.null_if] if given.null_if else [])])


def _truth(given: Given | None, wanted: bool, holds: bool) -> Condition:
    """Whether `IS TRUE` or `IS FALSE`, as `wanted` says, holds or does not; never NULL, but perhaps not known."""
    if given is None or holds:
        return _flag(given, wanted)
    if given.marked or (given.nullable and given.null_if != ""):
        raise _NotPlain
    return f"{given.text} is not {wanted}"


def chain(word: str, parts: Iterable[Condition]) -> Condition:
    """The parts joined, each once: what is short first, since a guard stands before what it guards."""
    decisive = word == "or"
    flat: list[Condition] = []
    for part in parts:
        if part is decisive:
            return decisive
        flat += part.parts if isinstance(part, Chain) and part.word == word else [part]
    kept = sorted(dict.fromkeys(part for part in flat if part is not (not decisive)), key=_weight)
    if not kept:
        return not decisive
    if len(kept) == 1:
        return kept[0]
    plain = frozenset(part for part in kept if not isinstance(part, Chain))
    settled = [_settled(part, plain) if isinstance(part, Chain) else part for part in kept]
    return Chain(word, tuple(kept)) if settled == kept else chain(word, settled)


def _settled(group: Chain, plain: frozenset[Condition]) -> Condition:
    """A group inside a chain, where the chain's plain parts have decided themselves already.

    What the chain joins by `and` holds in all of it; what it joins by `or` does not hold where the rest is looked at.
    """
    inner = [
        Chain(part.word, tuple(other for other in part.parts if other not in plain))
        if isinstance(part, Chain)
        else part
        for part in group.parts
    ]
    parts = [part.parts[0] if isinstance(part, Chain) and len(part.parts) == 1 else part for part in inner]
    empty = any(isinstance(part, Chain) and not part.parts for part in parts)
    return group if empty else chain(group.word, parts)


def _weight(part: Condition) -> int:
    return 2 if isinstance(part, Chain) else 1 if isinstance(part, Bracket) else 0


# ----- layout


# As for the printed rules themselves.
@lru_cache(maxsize=1024)
def if_lines(condition: Condition, indent: str) -> Sequence[str] | None:
    """The line or lines of `if condition:`, as ruff lays them out; None when no line break would do.

    Only breaks between parts and in the brackets of a last part are made.
    """
    text = _flat(condition)
    if len(indent) + width(text) + len("if :") <= WIDTH:
        return [f"{indent}if {text}:"]
    if isinstance(condition, Bracket):
        return layout(condition, f"{indent}if ", ":")
    if isinstance(condition, Chain) and len(condition.parts) == 2:
        first, last = condition.parts
        head = f"{indent}if {_flat(first, nested=True)} {condition.word} "
        opening = last.opening if isinstance(last, Bracket) else "(" if isinstance(last, Chain) else ""
        if not opening and _flat(last).endswith(")"):
            return None
        if opening and width(head) + width(opening) <= WIDTH:
            if isinstance(last, Bracket):
                return layout(last, head, ":")
            inner = _chain_lines(last, indent + INDENT)
            return inner and [f"{head}(", *inner, f"{indent}):"]
        if isinstance(first, Bracket):
            return None
        if isinstance(first, Chain):
            inner = _chain_lines(first, indent + INDENT)
            tail = f"{indent}) {condition.word} {_flat(last, nested=True)}:"
            return inner and [f"{indent}if (", *inner, tail] if width(tail) <= WIDTH else None
    elif not isinstance(condition, Chain) and "(" in text:
        return None
    inner = _chain_lines(condition, indent + INDENT)
    return inner and [f"{indent}if (", *inner, f"{indent}):"]


def _chain_lines(condition: Condition, indent: str) -> list[str] | None:
    """The lines of a condition inside brackets."""
    if len(indent) + width(_flat(condition)) <= WIDTH:
        return [indent + _flat(condition)]
    if not isinstance(condition, Chain):
        return None
    lines: list[str] = []
    word = ""
    for part in condition.parts:
        before = f"{indent}{word}"
        text = _flat(part, nested=True)
        if len(before) + width(text) <= WIDTH:
            lines.append(before + text)
        else:
            inner = _chain_lines(part, indent + INDENT) if isinstance(part, Chain) else None
            if inner is None:
                return None
            lines += [f"{before}(", *inner, f"{indent})"]
        word = f"{condition.word} "
    return lines


def _flat(condition: Condition, nested: bool = False) -> str:
    if isinstance(condition, Chain):
        text = f" {condition.word} ".join(_flat(part, nested=True) for part in condition.parts)
        return f"({text})" if nested else text
    return condition.text if isinstance(condition, Bracket) else str(condition)
