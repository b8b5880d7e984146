"""Random conditions over the sample table, and mutations of them that mean the same or something else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

TEXTS = ("t", "v", "v20", "lower(t)", "slug", "(j ->> 'a')", "c::text", "e::text")
NUMBERS = ("a", "b", "s", "n", "n2", "f", "r", "length(t)", "cardinality(ia)", "(a + 1)", "(b - a)", "ia[1]")
TRUTHS = ("ok", "no")
ANY = ("a", "n", "t", "v20", "ok", "tz", "ia", "e", "j", "p", "slug")
WORDS = ("'a'", "'A'", "'b'", "'ab'", "''", "'a '", "NULL")
DIGITS = ("0", "1", "-1", "2", "0.5", "0.1", "1.0", "NULL")
CASTS = ("", "", "", "::text", "::varchar", "::varchar(1)", "::bpchar", "::varchar::text")
WIDENINGS = {
    **dict.fromkeys(("a", "s"), ("", "", "", "::bigint", "::numeric", "::float8", "::numeric(5,1)", "::real")),
    **dict.fromkeys(("b", "n", "n2", "f", "r"), ("", "", "", "::numeric", "::float8", "::real")),
}
COMPARISONS = ("=", "<>", "<", "<=", ">", ">=")
MATCHES = ("LIKE", "NOT LIKE", "ILIKE", "NOT ILIKE", "~", "!~", "~*", "!~*")
TESTS = (
    *("IS TRUE", "IS NOT TRUE", "IS FALSE", "IS NOT FALSE", "IS UNKNOWN", "IS NOT UNKNOWN"),
    *("= true", "<> true", "= false"),
)
LISTS = ("::text[]", "::varchar[]", "::varchar[]::text[]")


@dataclass(frozen=True)
class Condition:
    """A condition: how it is written, from which words and conditions."""

    kind: str
    words: tuple[str, ...] = ()
    of: tuple[Condition, ...] = ()

    @property
    def text(self) -> str:
        words = self.words
        of = [f"({item.text})" for item in self.of]
        match self.kind:
            case "junction":
                return f" {words[0]} ".join(of)
            case "not":
                return f"NOT {of[0]}"
            case "test":
                return f"{of[0]} {words[0]}"
            case "null":
                return f"{words[0]} {words[1]}"
            case "truth":
                return words[0]
            case "list":
                return f"{words[0]} {words[1]} ({', '.join(words[2:])})"
            case "quantified":
                return f"{words[0]} {words[1]} {words[2]} (ARRAY[{', '.join(words[4:])}]{words[3]})"
            case "between":
                return f"{words[0]} {words[1]} {words[2]} AND {words[3]}"
            case _:
                return " ".join(words)


def condition(chance: Random, depth: int) -> Condition:
    """A random condition."""
    if depth and chance.random() < 0.6:
        match chance.randrange(4):
            case 0 | 1:
                items = tuple(condition(chance, depth - 1) for _ in range(chance.choice((2, 2, 3))))
                return Condition("junction", (chance.choice(("AND", "OR")),), items)
            case 2:
                return Condition("not", (), (condition(chance, depth - 1),))
            case _:
                return Condition("test", (chance.choice(TESTS),), (condition(chance, depth - 1),))
    match chance.randrange(9):
        case 0 | 1:
            return Condition("comparison", (_number(chance), chance.choice(COMPARISONS), _number(chance)))
        case 2:
            return Condition("comparison", (_text(chance), chance.choice(("=", "<>")), _text(chance)))
        case 3:
            return Condition("match", (chance.choice(TEXTS), chance.choice(MATCHES), chance.choice(WORDS[:5])))
        case 4:
            return Condition("null", (chance.choice(ANY), chance.choice(("IS NULL", "IS NOT NULL"))))
        case 5:
            listed = chance.sample(DIGITS, chance.randrange(1, 4))
            return Condition("list", (chance.choice(NUMBERS), chance.choice(("IN", "NOT IN")), *listed))
        case 6:
            words = chance.sample(WORDS, chance.randrange(1, 4))
            of = (chance.choice(TEXTS[:6]), chance.choice(("=", "<>")), chance.choice(("ANY", "ALL")))
            return Condition("quantified", (*of, chance.choice(LISTS), *words))
        case 7:
            kind = chance.choice(("BETWEEN", "NOT BETWEEN", "BETWEEN SYMMETRIC"))
            return Condition("between", (chance.choice(NUMBERS), kind, chance.choice(DIGITS), chance.choice(DIGITS)))
        case _:
            return Condition("truth", (chance.choice(TRUTHS),))


def _number(chance: Random) -> str:
    if chance.random() < 0.5:
        return chance.choice(DIGITS) + chance.choice(("", "", "::numeric", "::float8"))
    name = chance.choice(tuple(WIDENINGS))
    return name + chance.choice(WIDENINGS[name])


def _text(chance: Random) -> str:
    return chance.choice(WORDS if chance.random() < 0.4 else TEXTS) + chance.choice(CASTS)


def mutated(chance: Random, one: Condition) -> Condition:
    """The condition with one place written in another way; half of the ways mean the same."""
    if one.of and chance.random() < 0.7:
        at = chance.randrange(len(one.of))
        return replace(one, of=(*one.of[:at], mutated(chance, one.of[at]), *one.of[at + 1 :]))
    words = list(one.words)
    match one.kind:
        case "junction":
            if chance.random() < 0.6:
                return replace(one, of=tuple(chance.sample(one.of, len(one.of))))
            return replace(one, words=("OR" if words[0] == "AND" else "AND",))
        case "not":
            return one.of[0] if chance.random() < 0.5 else Condition("not", (), (Condition("not", (), one.of),))
        case "test":
            return replace(one, words=(chance.choice(TESTS),))
        case "comparison":
            return _changed_comparison(chance, words)
        case "match":
            negated = words[1].removeprefix("NOT ") if words[1].startswith("NOT ") else f"NOT {words[1]}"
            if chance.random() < 0.5 and "~" not in words[1]:
                return Condition("not", (), (replace(one, words=(words[0], negated, words[2])),))
            return replace(one, words=(words[0], chance.choice(MATCHES), words[2]))
        case "null":
            opposite = "IS NULL" if words[1] == "IS NOT NULL" else "IS NOT NULL"
            turned = replace(one, words=(words[0], opposite))
            return turned if chance.random() < 0.3 else Condition("not", (), (turned,))
        case "list":
            return _changed_list(chance, one)
        case "quantified":
            if chance.random() < 0.5:
                return replace(one, words=(*words[:4], *chance.sample(words[4:], len(words) - 4), words[4]))
            return replace(one, words=(words[0], words[1], "ANY" if words[2] == "ALL" else "ALL", *words[3:]))
        case "between" if words[1] != "BETWEEN SYMMETRIC":
            low, high = (">=", "<=") if words[1] == "BETWEEN" else ("<", ">")
            if chance.random() < 0.4:
                low, high = chance.choice(COMPARISONS), chance.choice(COMPARISONS)
            of = (
                Condition("comparison", (words[3], _flipped(high), words[0])),
                Condition("comparison", (words[0], low, words[2])),
            )
            return Condition("junction", ("AND" if words[1] == "BETWEEN" else "OR",), of)
        case "truth":
            return Condition("comparison", (words[0], chance.choice(("=", "<>")), chance.choice(("true", "false"))))
    return Condition("not", (), (one,))


def _changed_comparison(chance: Random, words: list[str]) -> Condition:
    left, operator, right = words
    match chance.randrange(5):
        case 0:
            return Condition("comparison", (right, _flipped(operator), left))
        case 1:
            opposite = {"=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}[operator]
            return Condition("not", (), (Condition("comparison", (left, opposite, right)),))
        case 2:
            return Condition("comparison", (left, chance.choice(("=", "<>")), right))
        case 3 if operator == "=":
            return Condition("comparison", (left, "IS NOT DISTINCT FROM", right))
        case _:
            return Condition("comparison", (left, chance.choice(("=", "<>")), f"({right})"))


def _changed_list(chance: Random, one: Condition) -> Condition:
    of, kind, *items = one.words
    match chance.randrange(4):
        case 0:
            return Condition("list", (of, kind, *chance.sample(items, len(items)), items[0]))
        case 1:
            operator, junction = ("=", "OR") if kind == "IN" else ("<>", "AND")
            if chance.random() < 0.3:
                junction = "OR" if junction == "AND" else "AND"
            made = tuple(Condition("comparison", (item, operator, of)) for item in items)
            return Condition("junction", (junction,), made) if len(made) > 1 else made[0]
        case 2:
            return Condition("list", (of, "IN" if kind == "NOT IN" else "NOT IN", *items))
        case _:
            return Condition("list", (of, kind, *items, chance.choice(DIGITS)))


def _flipped(operator: str) -> str:
    return {"<": ">", ">": "<", "<=": ">=", ">=": "<="}.get(operator, operator)


VALUE_CASTS = ("::text", "::varchar", "::varchar(1)", "::varchar(20)", "::bpchar", "::text::varchar", "")
NUMBER_CASTS = ("::bigint", "::int", "::numeric", "::numeric(9,1)", "::float8", "::real", "")
DIGIT_VALUES = ("a", "s", "0", "1", "-1", "(- 1)", "1.0", "0.5", "length(t)", "a + 1", "'1'::bigint")
MOMENTS = (
    *("now()", "current_timestamp", "current_timestamp(0)", "localtimestamp", "localtimestamp(0)", "current_date"),
    *("now()::date", "now()::timestamp", "now()::timestamp(0)", "'now'::text::date", "'now'::text::timestamp"),
    *("localtimestamp::date", "localtimestamp(6)", "localtimestamp::timestamptz", "current_date::timestamp"),
    *("now()::time", "localtime", "(now() AT TIME ZONE 'UTC')", "transaction_timestamp()", "ts", "ts::timestamp(6)"),
)
PIECES = ("substr({}, 1, 1)", "substring({} from 1 for 1)", "substring({} for 1)", "strpos({}, 'a')")
ARRAYS = (
    *("'{}'::text[]", "ARRAY[]::text[]", "'{}'::varchar[]", "'{a,b}'::text[]", "ARRAY['a', 'b']", "'{b,a}'::text[]"),
    *("ARRAY['a', 'b']::varchar[]", "'{a,NULL}'::text[]", "ARRAY['a', NULL]", "'{a,\"NULL\"}'::text[]", "va::text[]"),
    *("'{1,2}'::int[]", "ARRAY[1, 2]", "ARRAY[1, 2]::bigint[]", "ARRAY[1, 2.0]", "'{{1,2}}'::int[]", "ARRAY[[1, 2]]"),
    *("'[0:1]={1,2}'::int[]", "ARRAY[a, 1]", "ARRAY[a, 1::bigint]", "'{1,2}'::bigint[]", "'{1.0,2}'::numeric[]"),
)


def value(chance: Random, depth: int = 2) -> str:
    """A random expression that is no condition: what an index key or a generated column may be."""
    match chance.randrange(8) if depth else chance.choice((0, 1)):
        case 0:
            return chance.choice((*TEXTS, *WORDS[:5])) + chance.choice(VALUE_CASTS)
        case 1:
            return f"({chance.choice(DIGIT_VALUES)})" + chance.choice(NUMBER_CASTS)
        case 2:
            return f"coalesce({text_value(chance, depth - 1)}, {text_value(chance, depth - 1)})"
        case 3:
            call = chance.choice(("length", "char_length", "octet_length", "lower", "btrim", "reverse"))
            return f"{call}({text_value(chance, depth - 1)})"
        case 4:
            return chance.choice(PIECES).format(text_value(chance, depth - 1))
        case 5:
            return chance.choice(MOMENTS)
        case 6:
            return chance.choice(ARRAYS)
        case _:
            one, other = text_value(chance, 0), text_value(chance, 0)
            return f"CASE WHEN {condition(chance, 1).text} THEN {one} ELSE {other} END"


def text_value(chance: Random, depth: int) -> str:
    """A random expression of type text."""
    if depth and chance.random() < 0.4:
        return f"({text_value(chance, depth - 1)} || {text_value(chance, depth - 1)})"
    return chance.choice((*TEXTS, *WORDS[:5])) + chance.choice(VALUE_CASTS[:-1]) + "::text"
