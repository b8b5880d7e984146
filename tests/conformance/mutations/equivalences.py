"""Mutants that no value can tell from what is whole, each with the sentence that proves it.

Nothing here speaks of names: what is proved is computed from what is whole and what is broken.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from isotype.domain.expressions import (
    BOOLEAN,
    Call,
    Compare,
    Expression,
    In,
    IsNull,
    Literal,
    Match,
    Name,
    Not,
    rename,
    walk,
)
from isotype.domain.types import (
    INTEGERS,
    TEXTUAL,
    Array,
    Enum,
    EnumType,
    Map,
    ObjectType,
    Scalar,
    Type,
    innermost,
    value_type,
)
from isotype.domain.values import replace
from isotype.probes.logic import UNKNOWN, operand
from isotype.probes.meaning import plain
from isotype.probes.numbers import limits, step, type_limits
from isotype.probes.values import ABSENT
from isotype.shapes.model import OUTPUT, UPDATE, Operand, Property, Shape, Shapes
from tests.conformance.mutations import deciding, expressions
from tests.conformance.mutations.languages import same_texts
from tests.conformance.mutations.model import Mutant

STRICT = "An input refuses every name that it does not have."
SAME_VALUES = "Both types take the same values."
SAME_SHAPE = "Both shapes have the same properties and rules."
SAME_RULES = "Both rules refuse the same rows, of all values that their operands can have."
RULED = "What only one of both types takes, a rule refuses."
VALUELESS = "Rules refuse every value but null."
RULED_ABSENT = "What lacks the property a rule refuses."
NULL_DEFAULT = "What is absent is null, with the default and without it."


def proof(mutant: Mutant, shapes: Shapes) -> str:
    """The sentence that proves a mutant equivalent; '' where there is none."""
    whole, broken = mutant.whole, mutant.broken
    if isinstance(whole, Shape) and isinstance(broken, Shape):
        return _of_shape(shapes, whole, broken, mutant.witness)
    if isinstance(whole, Enum) and isinstance(broken, Enum):
        return _of_enum(shapes, whole, broken, mutant.witness) if mutant.witness != "json_schema" else ""
    return ""


def _of_enum(shapes: Shapes, whole: Enum, broken: Enum, witness: str) -> str:
    """An enum that stands in no arrays and maps, and of which rules refuse whatever has changed, everywhere."""
    places = [(shape, prop) for shape in shapes.by_name.values() for prop in shape.properties]
    found = [(shape, prop) for shape, prop in places if innermost(prop.type) == EnumType(whole)]
    ruled = all(
        prop.type == EnumType(whole) and _ruled(shapes, shape, prop, replace(prop, type=EnumType(broken)), witness)
        for shape, prop in found
    )
    return RULED if found and ruled else ""


def _of_shape(shapes: Shapes, whole: Shape, broken: Shape, witness: str) -> str:
    if whole.refused != broken.refused:
        return STRICT if whole.direction != OUTPUT else ""
    if (whole.direction == OUTPUT) != (broken.direction == OUTPUT) or len(whole.properties) != len(broken.properties):
        return ""
    if [replace(prop, server_default=False) for prop in whole.properties] == [
        replace(prop, server_default=False) for prop in broken.properties
    ]:
        if witness == "zod":
            whole, broken = _read_once(whole), _read_once(broken)
        operands = {**_operands(shapes, broken), **_operands(shapes, whole)}
        same = deciding.same_sides(_side(shapes, whole), _side(shapes, broken, witness), operands)
        return SAME_RULES if same else ""
    pairs = [(one, other) for one, other in zip(whole.properties, broken.properties, strict=True) if one != other]
    return _of_property(shapes, whole, *pairs[0], witness) if len(pairs) == 1 else ""


def _of_property(shapes: Shapes, shape: Shape, one: Property, other: Property, witness: str) -> str:
    if replace(other, type=one.type) == one:
        if same_values(one.type, other.type):
            return SAME_VALUES
        if _same_shapes(shapes, one.type, other.type, witness):
            return SAME_SHAPE
    if replace(other, type=one.type, nullable=one.nullable) == one:
        if _ruled(shapes, shape, one, other, witness):
            return RULED
        if witness == "json_schema" or one.nullable != other.nullable:
            return ""
        if _valueless(shapes, shape, one, other, witness):
            return VALUELESS
        return RULED if _searched(shapes, shape, one, other, witness) else ""
    if witness == "json_schema":
        return ""
    if replace(other, required=True) == one:
        return RULED_ABSENT if _absence_refused(shapes, shape, other, witness) else ""
    if replace(other, default=one.default) == one:
        null = all(default is None or default.value is None for default in (one.default, other.default))
        return NULL_DEFAULT if null and one.nullable else ""
    return ""


# Types


def same_values(one: Type, other: Type) -> bool:
    """Whether it is proved that two types take the same values, and have the same canonical form for each."""
    if one == other:
        return True
    match one, other:
        case Scalar(), Scalar():
            return _same_scalars(one, other)
        case Array(), Array():
            return _same_arrays(one, other)
        case Map(), Map():
            return replace(one, value=other.value) == other and same_values(one.value, other.value)
    return False


def _same_scalars(one: Scalar, other: Scalar) -> bool:
    if one.base in TEXTUAL and other.base in TEXTUAL:
        return same_texts(one, other)
    if (_wire(one), one.number) != (_wire(other), other.number) or one.base not in (*INTEGERS, "decimal", "float"):
        return False
    return limits(one) == limits(other) and step(one) == step(other) and all(map(_is_narrow, (one, other)))


def _is_narrow(of: Scalar) -> bool:
    """Whether no bound is beyond what the type allows by itself: in the place of that some layers say the bound."""
    low, high = type_limits(of)
    unit = step(of)
    return (
        (of.minimum is None or of.minimum >= low)
        and (of.above is None or of.above >= low - unit)
        and (of.maximum is None or of.maximum <= high)
        and (of.below is None or of.below <= high + unit)
    )


def _wire(of: Scalar) -> str:
    return "int" if of.base == "smallint" else of.base


def _same_arrays(one: Array, other: Array) -> bool:
    return _plain_array(one) == _plain_array(replace(other, item=one.item)) and same_values(one.item, other.item)


def _plain_array(of: Array) -> Array:
    """The array with the words that say something of it."""
    most = of.max_items
    if of.unique_items:
        kinds = _count(of.item)
        if kinds is not None:
            kinds += of.nullable_items
            most = kinds if most is None else min(most, kinds)
    if most is not None and most < 2:
        of = replace(of, unique_items=False, sorted=False)
    return replace(of, max_items=most, min_items=of.min_items or None)


def _count(of: Type) -> int | None:
    """How many different values a type has, where that can be said."""
    match of:
        case EnumType(enum=enum):
            return len(enum.values)
        case Scalar(base="bool"):
            return 2
        case Scalar(base=base) if base in (*INTEGERS, "decimal"):
            low, high = limits(of)
            return max(0, int((high - low) / step(of)) + 1) if _is_narrow(of) else None
    return None


def _same_shapes(shapes: Shapes, one: Type, other: Type, witness: str) -> bool:
    """Whether two types are of objects that are made alike."""
    match one, other:
        case ObjectType(name=name), ObjectType(name=another):
            return name == another or _alike(shapes, shapes.shape(name), shapes.shape(another), witness)
        case Array(item=item), Array():
            return replace(other, item=item) == one and _same_shapes(shapes, item, other.item, witness)
        case Map(value=value), Map():
            return replace(other, value=value) == one and _same_shapes(shapes, value, other.value, witness)
    return one == other


def _alike(shapes: Shapes, one: Shape, other: Shape, witness: str) -> bool:
    if (one.direction == OUTPUT) != (other.direction == OUTPUT) or len(one.properties) != len(other.properties):
        return False
    # To a document of schemas rules and defaults are words, and Zod fills in no default.
    if witness != "json_schema" and (one.rules or other.rules):
        return False
    words = witness in ("json_schema", "zod")
    return all(
        (left.name, left.required, left.nullable) == (right.name, right.required, right.nullable)
        and (words or left.default == right.default)
        and _same_shapes(shapes, left.type, right.type, witness)
        for left, right in zip(one.properties, other.properties, strict=True)
    )


# Rules


def _ruled(shapes: Shapes, shape: Shape, one: Property, other: Property, witness: str) -> bool:
    """Whether rules refuse all that only one of two types takes, null where only one may be so.

    A document judges no rule: of it that is enough where it is the broken type that takes less.
    """
    names = {use.field: use for rule in shape.rules for use in rule.operands if use.wire == (one.name,)}
    loose = _loose(one.type, other.type)
    if not names or loose is None:
        return False
    [name] = names
    operands = dict(_operands(shapes, shape))
    further = tuple(dict.fromkeys((*operands[name].further, None)))
    operands[name] = deciding.Operand(loose, further)
    before, after = ([*_said(name, of.type, of.nullable)] for of in (one, other))
    side = _side(shapes, shape, witness)
    whole, broken = (side._replace(rules=tuple(said)) for said in (before, after))
    if witness == "json_schema" and not deciding.same_sides(side._replace(rules=(*before, *after)), broken, operands):
        return False
    return deciding.same_sides(whole, broken, operands, side.rules)


def _searched(shapes: Shapes, shape: Shape, one: Property, other: Property, witness: str) -> bool:
    """Whether rules ask for a pattern with which both types have the same texts."""
    left, right = one.type, other.type
    if not isinstance(left, Scalar) or not isinstance(right, Scalar) or {left.base, right.base} - {*TEXTUAL}:
        return False
    side, operands = _side(shapes, shape, witness), dict(_operands(shapes, shape))
    refusing = side._replace(rules=(Literal(False, type=BOOLEAN),))
    for rule in side.rules:
        for node in (node for node in walk(rule) if isinstance(node, Match) and isinstance(node.value, Name)):
            name = deciding.base(node.value.name) if isinstance(node.value, Name) else ""
            if not any(use.field == name and use.wire == (one.name,) for it in shape.rules for use in it.operands):
                continue
            patterns = ((*left.patterns, node.pattern), (*right.patterns, node.pattern))
            if same_texts(replace(left, patterns=patterns[0]), replace(right, patterns=patterns[1])):
                loose = Scalar("text", min_length=left.min_length, max_length=left.longest)
                known = {**operands, name: deciding.Operand(loose)}
                return deciding.same_sides(refusing, side, known, (Not(node, type=BOOLEAN),))
    return False


def _valueless(shapes: Shapes, shape: Shape, one: Property, other: Property, witness: str) -> bool:
    """Whether rules refuse a property whatever it is, of this type or another, unless it is null."""
    names = {use.field for rule in shape.rules for use in rule.operands if use.wire == (one.name,)}
    side, loose = _side(shapes, shape, witness), _of_both(one.type, other.type)
    if loose is None:
        rules = tuple(expressions.substituted(rule, lambda node: _unread(node, names)) for rule in side.rules)
        if witness == "pydantic" and rules != side.rules:
            # What cannot be compared is no refusal in Python.
            return False
        side = side._replace(rules=rules, unknown=side.unknown | {f"{name}{deciding.OTHERWISE}?" for name in names})
    operands = {
        name: deciding.Operand(loose or one.type) if name in names else operand
        for name, operand in _operands(shapes, shape).items()
    }
    return bool(names) and deciding.same_sides(side._replace(rules=(Literal(False, type=BOOLEAN),)), side, operands)


def _of_both(one: Type, other: Type) -> Type | None:
    """A type of all that rules can compute with in the place of either; None where they cannot for one of them."""
    kinds = {value_type(of).kind for of in (one, other)}
    if kinds <= {"integer", "decimal"}:
        return Scalar("decimal", precision=60, scale=20)
    if kinds == {"float"}:
        return Scalar("float")
    if all(isinstance(of, EnumType) or (isinstance(of, Scalar) and of.base in TEXTUAL) for of in (one, other)):
        return Scalar("text")
    return None


def _unread(node: Expression, names: Collection[str]) -> Expression | None:
    """A node as it is where it asks only whether one of the names is null; nothing is known of the name elsewhere."""
    match node:
        case IsNull(value=Name()):
            return node
        case Name(name=name) if deciding.base(name) in names:
            return replace(node, name=f"{deciding.base(name)}{deciding.OTHERWISE}?")
    return None


def _absence_refused(shapes: Shapes, shape: Shape, other: Property, witness: str) -> bool:
    """Whether rules refuse all that lacks a property."""
    broken = replace(shape, properties=tuple(other if one.name == other.name else one for one in shape.properties))
    names = {use.field for rule in shape.rules for use in rule.operands if use.wire == (other.name,)}
    side = _side(shapes, broken, witness)
    operands = {
        name: deciding.Operand(None, (ABSENT,)) if name in names else operand
        for name, operand in _operands(shapes, broken).items()
    }
    return bool(names) and deciding.same_sides(side._replace(rules=(Literal(False, type=BOOLEAN),)), side, operands)


def _side(shapes: Shapes, shape: Shape, witness: str = "") -> deciding.Side:
    """The rules of a shape, and what they take what is absent for: as it is meant, or as a witness does."""
    rules: list[Expression] = []
    absent: dict[str, tuple[Any, ...]] = {}
    unknown: set[str] = set()
    for rule in shape.rules:
        others: dict[str, str] = {}
        for use in rule.operands:
            way = list(_on_the_way(shapes, shape, use)) if use.known else []
            means = tuple(
                _absent(shape, way[place:], use, witness) for place, prop in enumerate(way) if not prop.required
            )
            # Of one field rules need not think alike.
            name = f"{use.field}{deciding.OTHERWISE}{means!r}" if use.known else f"{use.field}{deciding.OTHERWISE}?"
            others[use.field] = name
            if not use.known:
                unknown.add(name)
            elif means:
                absent[name] = means
        rules.append(rename(rule.expression, others))
    return deciding.Side(tuple(rules), absent, frozenset(unknown))


def _read_once(shape: Shape) -> Shape:
    """The shape as Zod has it, whose rules all read a field as the first of them says it."""
    first: dict[str, Operand] = {}
    for use in (use for rule in shape.rules for use in rule.operands):
        first.setdefault(use.field, use)
    rules = (replace(rule, operands=tuple(first[use.field] for use in rule.operands)) for rule in shape.rules)
    return replace(shape, rules=tuple(rules))


def _on_the_way(shapes: Shapes, shape: Shape, use: Operand) -> Iterator[Property]:
    """The properties on the way to an operand, itself the last."""
    for name in use.wire:
        prop = next(prop for prop in shape.properties if prop.name == name)
        yield prop
        if isinstance(prop.type, ObjectType):
            shape = shapes.shape(prop.type.name)


def _loose(one: Type, other: Type) -> Type | None:
    """A type that takes what both do, each of which is said of it by expressions; None where there is none."""
    match one, other:
        case (EnumType(), Scalar(base="text")) | (EnumType(), EnumType()):
            return Scalar("text")
        case Scalar(), Scalar() if (_wire(one), one.number, one.scale) == (_wire(other), other.number, other.scale):
            if one.base in (*INTEGERS, "decimal"):
                narrow = _is_narrow(one) and _is_narrow(other)
                return Scalar("decimal", precision=60, scale=one.scale) if narrow else None
            if one.base in TEXTUAL and one.patterns == other.patterns:
                return Scalar("text")
    return one if one == other else None


def _said(name: str, of: Type, nullable: bool) -> Iterator[Expression]:
    """What a type asks of a value, as rules."""
    value = Name(name, type=value_type(of))
    if not nullable:
        yield Not(IsNull(value, type=BOOLEAN), type=BOOLEAN)
    match of:
        case EnumType(enum=enum):
            yield In(value, tuple(Literal(text, type=value.type) for text in enum.texts), type=BOOLEAN)
        case Scalar(base=base) if base in (*INTEGERS, "decimal"):
            low, high = limits(of)
            yield Compare(">=", value, Literal(low, type=value.type), type=BOOLEAN)
            yield Compare("<=", value, Literal(high, type=value.type), type=BOOLEAN)
        case Scalar(base=base) if base in TEXTUAL:
            length = Call("length", (value,), type=value_type(Scalar("int")))
            for op, bound in ((">=", of.min_length), ("<=", of.longest)):
                if bound is not None:
                    yield Compare(op, length, Literal(Decimal(bound), type=length.type), type=BOOLEAN)


def _operands(shapes: Shapes, shape: Shape) -> Mapping[str, deciding.Operand]:
    """What each field that a rule of the shape reads can be there, to any rule that knows it."""
    uses = sorted((use for rule in shape.rules for use in rule.operands), key=lambda use: use.known)
    return {use.field: _operand(shapes, shape, use) for use in uses}


def _operand(shapes: Shapes, shape: Shape, use: Operand) -> deciding.Operand:
    if not use.known:
        return deciding.Operand(None, (UNKNOWN,))
    way = list(_on_the_way(shapes, shape, use))
    further: list[Any] = [None] if any(prop.nullable for prop in way) else []
    further += [ABSENT] if not all(prop.required for prop in way) else []
    return deciding.Operand(way[-1].type, tuple(further))


def _absent(shape: Shape, way: Sequence[Property], use: Operand, witness: str) -> Any:
    """What an operand is taken for where the first property of what is left of the way to it is absent."""
    first, last = way[0], way[-1]
    unsaid = _unsaid(shape, last, use)
    if witness == "zod":
        return UNKNOWN if use.default is None else operand(last.type, plain(use.default.value))
    if witness == "pydantic":
        # It fills in the defaults of a shape before its rules, and asks what was given inside another.
        return unsaid if len(use.wire) > 1 or unsaid is UNKNOWN else _filled(way, unsaid)
    null = first.nullable and shape.direction != UPDATE and not first.server_default
    return unsaid if first.default is None and not null else _filled(way, unsaid)


def _filled(way: Sequence[Property], unsaid: Any) -> Any:
    """What stands at the end of a way behind the default of its first property, which is null where there is none."""
    first, *others = way
    value = None if first.default is None else plain(first.default.value)
    for prop in others:
        if value is None:
            return None
        if prop.name not in value:
            return unsaid
        value = value[prop.name]
    return operand(way[-1].type, value)


def _unsaid(shape: Shape, prop: Property, use: Operand) -> Any:
    """What an operand means that is absent, where nothing was filled in for it."""
    if shape.direction == OUTPUT:
        return None
    if shape.direction == UPDATE:
        return UNKNOWN
    if use.default is not None:
        return operand(prop.type, plain(use.default.value))
    return UNKNOWN if prop.server_default else None
