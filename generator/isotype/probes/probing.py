"""Every probe of a domain: valid records, one fault at a time, rules, pairs of faults, and random ones without end."""

from __future__ import annotations

import random
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial
from itertools import islice
from math import prod
from zlib import crc32

from isotype.binding.model import Bindings
from isotype.domain.types import Array, Map, ObjectType, Scalar, Type
from isotype.domain.values import replace
from isotype.probes import chance
from isotype.probes.candidates import Candidate, essential, kinds, spelled, traps
from isotype.probes.inputs import with_inputs
from isotype.probes.logic import evaluate
from isotype.probes.meaning import Judged, Meaning, Path
from isotype.probes.model import ACCEPT, REFUSE, Probe
from isotype.probes.numbers import is_exact, operands, written
from isotype.probes.records import (
    Record,
    Records,
    at,
    ends,
    hinted,
    loosened,
    near_patterns,
    ordered_texts,
    results,
    signature,
)
from isotype.probes.roundings import near_half, rounding, some
from isotype.probes.rows import STORED, Row, Rows
from isotype.probes.spellings import ORDERS
from isotype.probes.unseen import MOVED, NEW, computed, states, unseen, unseen_rules, with_tables
from isotype.probes.values import ABSENT, Json, NotJson, read, write
from isotype.shapes.model import OUTPUT, Operand, Property, Shape, ShapeRule

_NO_SUCH: Sequence[tuple[str, str, Json]] = (
    ("required", "absent", ABSENT),
    ("null", "null", None),
    ("type", "a list of lists", [[[]]]),
)
"""What most properties take none of, each with its constraint and what is special about it."""

Texts = dict[str, str]
"""A record by the JSON text of each property."""

RULE_TRIES = 60
VARIED = 10
"""Values for one thing that a rule reads, beside everything else as it is."""
EMPTIED = 12
"""In so many of the records that were found everything that a rule reads is left out once, one by one."""
COMBINED = 120
"""Combinations of what a rule reads; beyond this a sample of them."""
CLEAR_TRIES = 6
"""How often a record is looked for in which rules have nothing against a value."""
HELPED = 6
"""Records that rules were content with for other values of a property, which are tried first."""
STUCK = 3
"""After so many values of a property for which none is found, the same rules are not fought again."""
ROUNDED_TRIES = 600
"""So many numbers are tried in the place of those that something rounded is computed from."""
PAIRS = 2
"""Pairs of faults for each property of a shape."""


class Prober:
    """The probes of one domain. The same seed makes the same probes, in the same order.

    Of the faults of properties, and of what rules read, one in `share` is asked; the same ones in every run.
    """

    def __init__(self, bindings: Bindings, seed: int = 0, share: int = 1) -> None:
        self.shapes = with_inputs(with_tables(bindings))
        self.meaning = Meaning(self.shapes)
        self.records = Records(self.meaning)
        self.rows = Rows(bindings, self.records)
        self._unseen = {entity.entity: unseen(entity) for entity in bindings.entities}
        self._unseen_rules = {entity.entity: unseen_rules(entity) for entity in bindings.entities}
        self._states = {entity.entity: states(entity) for entity in bindings.entities}
        self._computed = dict(computed(bindings))
        # Objects that a row holds as JSON, which databases judge by other means than columns.
        self._stored = frozenset(one.name for one in bindings.tables.structures)
        self._seed = seed
        self._share = share
        # Types that were asked for everything, once in each direction.
        self._asked: set[tuple[object, ...]] = set()
        self._stuck: Counter[object] = Counter()
        # Records that were found for other values of a property.
        self._helped: dict[tuple[str, str], deque[Record]] = {}
        self._loose: dict[tuple[str, str], Shape] = {}

    def all(self) -> Iterator[Probe]:
        """What every run asks: everything but random records."""
        for shape in self.shapes.by_name.values():
            yield from self.of_shape(shape)

    def of_shape(self, shape: Shape) -> Iterator[Probe]:
        """The probes of one shape, each text once."""
        seen: set[str] = set()
        table = shape.variant in (NEW, MOVED)
        for probe in self._of_table(shape) if table else self._of_shape(shape):
            if probe.text not in seen and not (table and probe.row is None):
                seen.add(probe.text)
                yield probe

    def valid(self, shape: Shape, whole: bool = False) -> Probe | None:
        """A record that the shape takes, with what it must have or with all it can have; None when none was found."""
        record = self.records.valid(shape, whole)
        if record is None:
            return None
        return self._probe(shape, _texts(record), (), "valid", "whole" if whole else "least")

    def again(self, probe: Probe, record: Record) -> Probe:
        """Another record with the place and the words of a probe."""
        shape = self.shapes.shape(probe.shape)
        return self._probe(shape, _texts(record), probe.path, probe.constraint, probe.label)

    def _of_shape(self, shape: Shape) -> Iterator[Probe]:
        least, whole = self.records.valid(shape, False), self.records.valid(shape, True)
        if least is None or whole is None:
            return
        for record, label in ((least, "least"), (whole, "whole")):
            yield self._probe(shape, _texts(record), (), "valid", label)
        yield from self._edges(shape, least)
        faults: list[tuple[Path, Candidate]] = []
        for prop in shape.properties:
            near = self._beside(shape, prop, least, whole)
            for path, candidate in self._property(shape, prop):
                faults.append((path, candidate))
                if self._is_asked(shape.name, *path, candidate.label):
                    record = self._clear(shape, (near, least, whole), path, candidate)
                    yield self._changed(shape, record, path, candidate)
        yield from self._rules(shape, (*shape.rules, *self._computed.get(shape.name, ())), least, whole)
        yield from self._pairs(shape, whole, faults)

    def _of_table(self, shape: Shape) -> Iterator[Probe]:
        """Of a table as a shape, what the others do not show."""
        least, whole = self.records.valid(shape, False), self.records.valid(shape, True)
        if least is None or whole is None:
            return
        names = self._unseen[shape.owner]
        for record, label in ((least, "least"), (whole, "whole")):
            yield self._probe(shape, _texts(record), (), "valid", label)
        asked = names | self._states[shape.owner] if shape.variant == NEW else names
        for prop in shape.properties:
            if prop.name in asked:
                near = self._beside(shape, prop, least, whole)
                for path, candidate in self._property(shape, prop):
                    if self._is_asked(shape.name, *path, candidate.label):
                        record = self._clear(shape, (near, least, whole), path, candidate)
                        yield self._changed(shape, record, path, candidate)
        half = self._unseen_rules[shape.owner]
        rules = [rule for rule in shape.rules if rule.name in half or any(_reads(rule, name) for name in names)]
        yield from self._rules(shape, rules, least, whole)

    # Properties

    def _beside(self, shape: Shape, prop: Property, least: Record, whole: Record) -> Record:
        """The record to change a property in: the least, unless rules want others beside what it then holds."""
        if least.get(prop.name) is not None or not any(_reads(rule, prop.name) for rule in shape.rules):
            return least
        samples = self.records.samples(prop.type)
        if any(not self.meaning.whole(shape, write({**least, prop.name: value})).refusals for value in samples[:3]):
            return least
        return whole

    def _clear(self, shape: Shape, bases: Sequence[Record], path: Path, candidate: Candidate) -> Record:
        """A record in which the rules have nothing against a value, whatever its type has: one thing at a time.

        Where none is found it is the first of those that are there already.
        """
        near = bases[0]
        if len(path) > 1 or not any(_reads(rule, path[0]) for rule in shape.rules):
            return near
        loosened = self._loosened(shape, path[0])
        stuck: object = None
        nearest, fewest = near, 0
        known = (shape.name, path[0])
        helped: Sequence[Record] = tuple(self._helped.get(known, ()))
        for base in (*bases, *helped):
            made = {**base, path[0]: candidate.value}
            refusals = self.meaning.record(loosened, _texts(made)).refusals
            if not refusals:
                return base
            if not all(refusal.constraint.startswith("rule:") for refusal in refusals):
                # No rule can read it; where others were of use to what rules can, they have least against it.
                return next(iter(helped), near)
            # Where nothing keeps a sum below zero, something may above.
            below = _texts(made).get(path[0], "").lstrip('"').startswith("-")
            stuck = stuck or (shape.name, path[0], below, frozenset(refusals))
            if not fewest or len(refusals) < fewest:
                nearest, fewest = base, len(refusals)
        # Where what helped others lacks one thing alone, it is asked for even if nothing else has helped.
        tries = CLEAR_TRIES if self._stuck[stuck] < STUCK else int(fewest == 1 and nearest is not near)
        made = {**nearest, path[0]: candidate.value}
        source = self._source(shape.name, *path, candidate.label)
        for _ in range(tries):
            record = self.records.settled(loosened, made, path, source)
            if record is not None:
                self._helped.setdefault(known, deque(maxlen=HELPED)).appendleft(record)
                return record
        self._stuck[stuck] += tries > 1
        return near

    def _loosened(self, shape: Shape, name: str) -> Shape:
        """The shape in which a property takes whatever rules can read."""
        key = (shape.name, name)
        if key not in self._loose:
            properties = [
                replace(prop, type=loosened(prop.type), nullable=True, required=False) if prop.name == name else prop
                for prop in shape.properties
            ]
            self._loose[key] = replace(shape, properties=tuple(properties))
        return self._loose[key]

    def _property(self, shape: Shape, prop: Property) -> Iterator[tuple[Path, Candidate]]:
        path = (prop.name,)
        yield path, Candidate("required", "absent", ABSENT)
        yield path, Candidate("null", "null", None)
        for rule in shape.rules:
            if _reads(rule, prop.name):
                for value in (*hinted(rule.expression, prop.type), *near_patterns(rule.expression, prop.type)):
                    yield path, Candidate(f"rule:{rule.name}", "what it speaks of", value)
        yield from ((path, candidate) for candidate in self._candidates(shape, prop))
        if shape.variant not in (*STORED, "update"):
            yield from ((path, candidate) for candidate in self._shown(prop.type))
            return
        if isinstance(prop.type, ObjectType):
            yield from self._inside(shape, prop, path)
        yield from self._held(shape, prop.type, path)

    def _shown(self, of: Type) -> Iterator[Candidate]:
        """What is no row's own holds an object, in a list of an answer too: each property of it, with what is no such.

        All else is asked where the object stands by itself.
        """
        match of:
            case Array(item=held) | Map(value=held):
                filled = next((found for found in self.records.samples(of) if found), None)
                for candidate in self._shown(held) if filled is not None else ():
                    yield candidate._replace(value=_first(filled, candidate.value))
            case ObjectType(name=name):
                within = self.shapes.shape(name)
                whole = self.records.valid(within, True)
                if whole is None:
                    return
                for inner in within.properties:
                    for constraint, label, value in _NO_SUCH:
                        yield Candidate(constraint, f"inside: {inner.name} {label}", {**whole, inner.name: value})
                    for candidate in self._shown(inner.type) if within.variant == "list" else ():
                        yield candidate._replace(value={**whole, inner.name: candidate.value})

    def _held(self, shape: Shape, of: Type, path: Path) -> Iterator[tuple[Path, Candidate]]:
        """What a row holds in a list or a map of objects: the first of them with one thing changed."""
        item = of.item if isinstance(of, Array) else of.value if isinstance(of, Map) else None
        if not isinstance(item, ObjectType):
            return
        within = self.shapes.shape(item.name)
        least, whole = (self.records.valid(within, every) for every in (False, True))
        filled = next((found for found in self.records.samples(of) if found), None)
        if least is None or whole is None or filled is None:
            return

        for inner in within.properties:
            missing = (Candidate("required", "absent", ABSENT), Candidate("null", "null", None))
            for candidate in (*missing, *self._candidates(shape, inner, True)):
                value = _first(filled, {**whole, inner.name: candidate.value})
                yield path, Candidate(candidate.constraint, f"inside: {inner.name} {candidate.label}", value)
        for rule in within.rules:
            for label, record in self._of_rule(shape, within, rule, path):
                yield path, Candidate(f"rule:{rule.name}", f"inside: {label}", _first(filled, record))

    def _inside(
        self, shape: Shape, prop: Property, path: Path, above: tuple[str, ...] = ()
    ) -> Iterator[tuple[Path, Candidate]]:
        """What a row holds is asked where the row is: groups of columns, and objects in columns."""
        assert isinstance(prop.type, ObjectType)
        within = self.shapes.shape(prop.type.name)
        if within.name in above:
            return
        yield from ((path, candidate) for candidate in self._alone(prop, within))
        for inner in within.properties:
            here = (*path, inner.name)
            yield here, Candidate("required", "absent", ABSENT)
            yield here, Candidate("null", "null", None)
            for candidate in self._candidates(shape, inner, within.name in self._stored):
                yield here, candidate
            if isinstance(inner.type, ObjectType):
                yield from self._inside(shape, inner, here, (*above, within.name))
            yield from self._held(shape, inner.type, here)
        for rule in within.rules:
            for label, record in self._of_rule(shape, within, rule, path):
                yield path, Candidate(f"rule:{rule.name}", label, record)

    def _alone(self, group: Property, within: Shape) -> Iterator[Candidate]:
        """A group that may be null, with one thing in it: it is there by that alone."""
        several = len(within.properties) > 1 and all(inner.nullable for inner in within.properties)
        for inner in within.properties if several and group.nullable and not group.field else ():
            for value in self.records.samples(inner.type)[:1]:
                nothing = dict.fromkeys(other.name for other in within.properties)
                yield Candidate("null", f"{inner.name} alone", {**nothing, inner.name: value})

    def _of_rule(self, shape: Shape, within: Shape, rule: ShapeRule, path: Path) -> Iterator[tuple[str, Record]]:
        """Objects in which what a rule of theirs reads stands in many combinations."""
        least, whole = (self.records.valid(within, every) for every in (False, True))
        if least is not None and whole is not None:
            source = self._source(shape.name, *path, rule.name)
            yield from self._combined(within, rule, least, whole, source)
            for number, record in enumerate(self._standings(within, rule, least, whole, source)):
                yield f"standing {number}", record

    def _candidates(self, shape: Shape, prop: Property, stored: bool = False) -> Iterator[Candidate]:
        """What is asked of a property; if it is `stored` in a document, whatever was asked of a column of its type."""
        samples = self.records.samples
        key = (shape.direction == OUTPUT, prop.type, prop.nullable, stored)
        yield from essential(prop.type, samples)
        if key not in self._asked:
            self._asked.add(key)
            yield from traps(prop.type, samples)
            yield from spelled(prop.type, samples)
        elif shape.variant in STORED:
            yield from traps(prop.type, samples)
        else:
            yield from kinds(prop.type, samples)

    def _changed(self, shape: Shape, record: Record, path: Path, candidate: Candidate) -> Probe:
        made = self._with(shape, record, path, candidate.value)
        return self._probe(shape, _texts(made), path, candidate.constraint, candidate.label)

    def _with(self, shape: Shape, record: Record, path: Path, value: Json) -> Record:
        """The record with a value at a path; what holds it is made where it is not there."""
        name, *rest = path
        if not rest:
            return {**record, name: value}
        prop = next(prop for prop in shape.properties if prop.name == name)
        inner = record.get(name)
        if not isinstance(inner, Mapping):
            inner = (self.records.samples(prop.type) or [{}])[0]
        assert isinstance(prop.type, ObjectType)
        return {**record, name: self._with(self.shapes.shape(prop.type.name), dict(inner), tuple(rest), value)}

    # What is no property

    def _edges(self, shape: Shape, least: Record) -> Iterator[Probe]:
        """Other kinds of value, properties that nobody knows or that other variants have, keys given twice."""
        whole = write(least)
        for text in ("null", "[]", "true", "1", '"{}"', f"[{whole}]", "", whole[:-1], f"{whole}x", f" {whole}\n", "{}"):
            yield self._raw(shape, text, "type", f"instead of an object: {text[:12]!r}")
        names = {prop.name for prop in shape.properties}
        further = ["no_such_property", "", "__proto__", "constructor", "toString", "model_config", "REFUSED", "a\0b"]
        further += [prop.name.upper() for prop in shape.properties[:4]]
        further += [prop.attribute for prop in shape.properties]
        for name in dict.fromkeys(further):
            if name not in names:
                for further_value in ("1", "{}"):
                    texts = {**_texts(least), name: further_value}
                    yield self._probe(shape, texts, (name,), "unknown", "a further property")
        for name, _ in shape.refused:
            for refused in ("null", '"x"'):
                texts = {**_texts(least), name: refused}
                yield self._probe(shape, texts, (name,), "read_only", "a property of others")
        for prop in shape.properties:
            if prop.name in least:
                twice = f"{{{write(prop.name)}:[[[]]],{whole[1:]}"
                yield self._raw(shape, twice, "type", "given twice, the last counts", (prop.name,))
                last = f"{whole[:-1]},{write(prop.name)}:[[[]]]}}"
                yield self._raw(shape, last, "type", "given twice, the last is wrong", (prop.name,))
                break

    # Rules

    def _rules(self, shape: Shape, rules: Sequence[ShapeRule], least: Record, whole: Record) -> Iterator[Probe]:
        """What each rule reads, and what each value is computed from, in many combinations."""
        for rule in rules:
            source = self._source(shape.name, rule.name)
            known = [operand for operand in rule.operands if operand.known]
            for label, record in self._combined(shape, rule, least, whole, source):
                if self._is_asked(shape.name, rule.name, label):
                    yield self._probe(shape, _texts(record), (), f"rule:{rule.name}", label)
            for attempt in range(RULE_TRIES // self._share if known else 0):
                record = (least, whole)[attempt % 2]
                for _ in range(1 + attempt // 2 % 3):
                    record = self.records.shaken(shape, record, rule, source, leave=attempt % 3 > 0)
                yield self._probe(shape, _texts(record), (), f"rule:{rule.name}", f"values {attempt}")
            for number, record in enumerate(self._standings(shape, rule, least, whole, source)):
                yield self._probe(shape, _texts(record), (), f"rule:{rule.name}", f"standing {number}")

    def _standings(
        self, shape: Shape, rule: ShapeRule, least: Record, whole: Record, source: random.Random
    ) -> Iterator[Record]:
        """Records that no other rule refuses, each showing something else of how what a rule compares can stand."""
        known = [operand for operand in rule.operands if operand.known]
        pinned = {operand.wire[0] for operand in known}
        uses = {operand.field: operand for operand in rule.operands}
        special = (
            *self._ordered(shape, rule, least),
            *self._rounded(shape, rule, whole, source),
            *self._reached(shape, rule, least),
        )
        for number, record in enumerate(special):
            if self._is_asked(shape.name, rule.name, f"order {number}"):
                settled = self.records.settled(shape, record, pinned, source, rule.name)
                if settled is not None:
                    yield settled
        seen: set[tuple[object, ...]] = set()
        found: list[Record] = [least, whole]
        for number, record in enumerate(self._varied(shape, rule, found, source)):
            if not self._is_asked(shape.name, rule.name, f"standing {number}"):
                continue
            judged = self.meaning.record(shape, _texts(record))
            if any(not refusal.constraint.startswith("rule:") for refusal in judged.refusals):
                continue
            absent = tuple(at(record, operand.wire) is ABSENT for operand in known)
            read = partial(self._read, shape, uses, judged.value)
            shown = (absent, *signature(rule.expression, read))
            # What the rule reads stays as it is, and so does what is shown.
            settled = None if shown in seen else self.records.settled(shape, record, pinned, source, rule.name)
            if settled is not None:
                seen.add(shown)
                found.append(settled)
                yield settled

    def _ordered(self, shape: Shape, rule: ShapeRule, base: Record) -> Iterator[Record]:
        """Records whose texts show by what a rule orders them, which no other sign of how they stand does."""
        paths = {operand.field: operand.wire for operand in rule.operands if operand.known}
        for one, other in ordered_texts(rule.expression):
            for low, high in ORDERS if one in paths and other in paths else ():
                record = self.records.with_value(shape, base, paths[one], low)
                yield self.records.with_value(shape, record, paths[other], high)

    def _rounded(self, shape: Shape, rule: ShapeRule, base: Record, source: random.Random) -> Iterator[Record]:
        """Records in which what is rounded lies at a half, or so near that to round it twice is something else."""
        nodes = list(rounding(rule.expression))
        numbers = {
            operand.field: (operand.wire, of)
            for operand in rule.operands
            if operand.known and isinstance(of := self.meaning.at(shape, operand.wire).type, Scalar) and is_exact(of)
        }
        if not nodes or not numbers:
            return
        uses = {operand.field: operand for operand in rule.operands}
        made = self.meaning.record(shape, _texts(base)).value
        for value, places in nodes:
            seen: set[object] = set()
            for _ in range(ROUNDED_TRIES):
                chosen = {name: some(of, source) for name, (_, of) in numbers.items()}

                def read(name: str, chosen: Mapping[str, Decimal] = chosen) -> Json:
                    return chosen[name] if name in chosen else self._read(shape, uses, made, name)

                shown = near_half(evaluate(value, read), places)
                if shown and shown not in seen:
                    seen.add(shown)
                    record = base
                    for name, (path, of) in numbers.items():
                        record = self.records.with_value(shape, record, path, written(of, chosen[name]))
                    yield record

    def _reached(self, shape: Shape, rule: ShapeRule, base: Record) -> Iterator[Record]:
        """Records in which what two fields make is just what it is compared with, and just beside."""
        paths = {operand.field: operand.wire for operand in rule.operands if operand.known}
        for op, one, other, bound, digit in results(rule.expression):
            if one == other or one not in paths or other not in paths:
                continue
            first, second = (self.meaning.at(shape, paths[name]).type for name in (one, other))
            assert isinstance(first, Scalar) and isinstance(second, Scalar)
            for by in (-digit, 0, digit):
                pair = operands(op, Decimal(str(bound.value)) + by, first, second)
                if pair is not None:
                    record = self.records.with_value(shape, base, paths[one], written(first, pair[0]))
                    yield self.records.with_value(shape, record, paths[other], written(second, pair[1]))

    def _read(self, shape: Shape, uses: Mapping[str, Operand], made: Mapping[str, Json], name: str) -> Json:
        return self.meaning.operand(shape, uses[name], made)

    def _varied(self, shape: Shape, rule: ShapeRule, found: list[Record], source: random.Random) -> Iterator[Record]:
        """Records with another value for one thing that a rule reads, and then for several."""
        known = [operand for operand in rule.operands if operand.known]
        for base in found[:2]:
            yield base
            for operand in known:
                prop = self.meaning.at(shape, operand.wire)
                choices = {write(value): value for value in self.records.choices(shape, base, rule, prop)}
                values: list[Json] = [*([None] if prop.nullable else []), *([] if prop.required else [ABSENT])]
                for value in (*values, *list(choices.values())[:VARIED]):
                    yield self.records.with_value(shape, base, operand.wire, value)
        # What was found meanwhile, with one thing less: what is missed there alone.
        for base in islice(found, 2, EMPTIED):
            for operand in known:
                prop = self.meaning.at(shape, operand.wire)
                for value in (*([None] if prop.nullable else []), *([] if prop.required else [ABSENT])):
                    yield self.records.with_value(shape, base, operand.wire, value)
        for _ in range(RULE_TRIES if known else 0):
            yield self.records.shaken(shape, source.choice(found), rule, source, leave=True)

    def _combined(
        self, shape: Shape, rule: ShapeRule, least: Record, whole: Record, source: random.Random
    ) -> Iterator[tuple[str, Record]]:
        """Each value that a rule may read beside each other, nothing among them; some of them where they are many."""
        known = [(operand.wire, self.meaning.at(shape, operand.wire)) for operand in rule.operands if operand.known]
        pools: list[list[Json]] = []
        for _, prop in known:
            said = hinted(rule.expression, prop.type)
            pools.append([*([None] if prop.nullable else []), ABSENT, *self.records.samples(prop.type)[:4], *said[:6]])
        total = prod(map(len, pools)) if pools else 0
        for number in range(total) if total <= COMBINED else sorted(source.sample(range(total), COMBINED)):
            record, rest = source.choice((least, whole)), number
            for (path, _), pool in zip(known, pools, strict=True):
                rest, at = divmod(rest, len(pool))
                record = self.records.with_value(shape, record, path, pool[at])
            yield f"combination {number}", record
        for record in (least, whole):
            for path, prop in known:
                record = self.records.with_value(shape, record, path, None if prop.nullable else ABSENT)
            yield "nothing of what it reads", record
        for path, prop in known:
            # What a clock says is behind the first and before the last of them.
            for other, beside in known if prop.server_default else ():
                for value in () if beside is prop else ends(beside.type, self.records.samples(beside.type)):
                    record = self.records.with_value(shape, least, path, ABSENT)
                    yield "beside what is made", self.records.with_value(shape, record, other, value)
        yield from self._in_other_forms(shape, known, whole)

    def _in_other_forms(
        self, shape: Shape, known: Sequence[tuple[Path, Property]], base: Record
    ) -> Iterator[tuple[str, Record]]:
        """Each of several instants with a zone too many or too few: read so, it cannot be compared with the others."""
        texts = {
            path: str(self.records.samples(prop.type)[0])
            for path, prop in known
            if isinstance(prop.type, Scalar) and prop.type.base in ("timestamp", "local_timestamp")
        }
        for path, text in texts.items():
            base = self.records.with_value(shape, base, path, text)
        for path, text in texts.items() if len(texts) > 1 else ():
            other = text.removesuffix("Z") if text.endswith("Z") else f"{text}Z"
            yield "in another form", self.records.with_value(shape, base, path, other)

    def _pairs(self, shape: Shape, record: Record, faults: list[tuple[Path, Candidate]]) -> Iterator[Probe]:
        source = self._source(shape.name, "pairs")
        for _ in range(PAIRS * len(shape.properties) // self._share if len(shape.properties) > 1 else 0):
            (first, one), (second, other) = source.choice(faults), source.choice(faults)
            if first[0] != second[0]:
                made = self._with(shape, self._with(shape, record, first, one.value), second, other.value)
                label = f"{'.'.join(first)} {one.label}; {'.'.join(second)} {other.label}"
                yield self._probe(shape, _texts(made), first, "pair", label)

    # Chance

    def by_chance(self) -> Iterator[Probe]:
        """Random records of all shapes in turn, without end."""
        source = self._source("random")
        every = [shape for shape in self.shapes.by_name.values() if shape.variant not in (NEW, MOVED)]
        shapes = [shape for shape in every if self.records.valid(shape, False) is not None]
        bases = {shape.name: [self.records.valid(shape, whole) or {} for whole in (False, True)] for shape in shapes}
        pools: dict[tuple[str, str], list[Json]] = {}
        while shapes:
            for shape in shapes:
                record = dict(source.choice(bases[shape.name]))
                for prop in source.sample(shape.properties, min(len(shape.properties), 1 + source.getrandbits(3))):
                    record[prop.name] = self._chosen(shape, prop, source, pools)
                yield self._probe(shape, _texts(record), (), "random", "by chance")

    def _chosen(
        self, shape: Shape, prop: Property, source: random.Random, pools: dict[tuple[str, str], list[Json]]
    ) -> Json:
        odds = source.random()
        if odds < 0.06 and prop.nullable:
            return None
        if odds < 0.12 and not prop.required:
            return ABSENT
        if odds > 0.94:
            key = (shape.name, prop.name)
            if key not in pools:
                candidates = (*essential(prop.type, self.records.samples), *traps(prop.type, self.records.samples))
                pools[key] = [candidate.value for candidate in candidates]
            return source.choice(pools[key])
        if odds > 0.75:
            return source.choice(self.records.samples(prop.type) or [None])
        return chance.value(prop.type, self.records, source)

    # Probes

    def _is_asked(self, *about: str) -> bool:
        return self._share == 1 or crc32(" ".join(about).encode(errors="surrogatepass")) % self._share == 0

    def _source(self, *about: str) -> random.Random:
        return random.Random(f"{self._seed} {' '.join(about)}")

    def _probe(self, shape: Shape, texts: Texts, path: Path, constraint: str, label: str) -> Probe:
        text = "{" + ",".join(f"{write(name)}:{part}" for name, part in texts.items()) + "}"
        judged = self.meaning.record(shape, texts)
        if any(refusal.constraint == "type" for refusal in judged.refusals) and not _is_json(text):
            # A part that is no JSON makes the whole none.
            return self._raw(shape, text, constraint, label, path)
        return _made(shape, text, path, constraint, label, judged, self.rows.row(shape, texts, judged))

    def _raw(self, shape: Shape, text: str, constraint: str, label: str, path: Path = ()) -> Probe:
        judged = self.meaning.whole(shape, text)
        return _made(shape, text, path, constraint, label, judged, None)


def _made(shape: Shape, text: str, path: Path, constraint: str, label: str, judged: Judged, row: Row | None) -> Probe:
    expected = REFUSE if judged.refusals else ACCEPT
    return Probe(
        shape.name,
        shape.variant,
        shape.direction,
        text,
        path,
        constraint,
        label,
        expected,
        judged.refusals,
        judged.value,
        row,
    )


def _first(held: Json, value: Json) -> Json:
    """A list or a map with another value in the place of its first."""
    return [value, *held[1:]] if isinstance(held, list) else {**held, next(iter(held)): value}


def _is_json(text: str) -> bool:
    try:
        read(text)
    except NotJson:
        return False
    return True


def _texts(record: Mapping[str, Json]) -> Texts:
    return {name: write(value) for name, value in record.items() if value is not ABSENT}


def _reads(rule: ShapeRule, name: str) -> bool:
    return any(operand.known and operand.wire[0] == name for operand in rule.operands)
