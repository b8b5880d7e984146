"""Whether two support modules of Pydantic read and write the texts of each form alike."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from sys import float_info
from types import ModuleType
from typing import Annotated, Any

from tests.conformance.mutations.near_texts import near
from tests.conformance.mutations.same_schemas import plain

REASON = "every form reads and writes alike all its spellings and all texts that are a sign away from them"

PARTS = re.compile(
    r"_(DAY|MOST_YEARS|TIME|OFFSET|HOURS|MINUTES|SECONDS|CLOCK|DURATION|PARTS|USUAL_DAY|FIRST|LAST|INTEGER)|_TextValue.*|"
    r"Timestamp|LocalTimestamp|CalendarDate|TimeOfDay|Duration|Uuid|Base64|IpAddress|BigInteger|Integer|SmallInteger|"
    r"SafeInteger|FiniteFloat|(BigInteger|Decimal|DecimalNumber|Float|Integer)Form\..*|_Boolean\..*|_check_(json|texts|number)|_SURROGATE|_DEPTH|_AnyJson\..*|Json|_(seconds|with_fixed_|"
    r"write_|parse_|address|json_number|read|written|in_two_steps).*"
)
"""The functions and constants that forms are made of, and nothing else is."""

_NAMES = {
    **{"Timestamp": "timestamp", "LocalTimestamp": "local_timestamp", "CalendarDate": "date", "TimeOfDay": "time"},
    **{"Duration": "duration", "Uuid": "uuid", "Base64": "bytes", "IpAddress": "inet", "BigInteger": "bigint"},
}
_STEPS = (-1, 0, 1, 2**968, 2**969, 2**970 - 1, 2**970, 2**971)
_HUGE = (*(str(int(float_info.max) + by) for by in _STEPS), "1" * 400)
_NESTED = (("[", "", "]"), ("[", "1", "]"), ('{"a":', "1", "}"), ('[{"a":', '"x"', "}]"), ('{"a":[', "{}", "]}"))
_NUMBERS = (
    *(
        "0",
        "-0",
        "-0.0",
        "1",
        "1.0",
        "1.5",
        "1e0",
        "10e-1",
        "true",
        '"1"',
        "null",
        "[]",
        "1e400",
        "-1e400",
        "NaN",
        "Infinity",
        "-Infinity",
    ),
    *("2147483647", "2147483648", "-2147483648", "-2147483649", "2147483647.5", "32767", "32768", "-32768", "-32769"),
    *("9007199254740991", "9007199254740992", "-9007199254740991", "-9007199254740992", "9007199254740993", "1e16"),
    *("9223372036854775807", "9223372036854775808", "1e18", "1e19", "1e300", "5e-324", "1.7976931348623157e308"),
    *("0.1", "0.01", "0.001", "0.005", "99.99", "99.995", "99.5", "99.49", "999.99", "1000", "-999.99", "-1000"),
    *("0.30000000000000004", "123456789012345", "999999999999999", "1000000000000000", "-999999999999999", "1e-7"),
    *("0.1234567891", "-0.5", "-0.501", "9.99", "10", "-10", "-9.99", "12.5", "12.50000000001", '"0.50"', '"-0"'),
)


_JSON = (
    *(
        opening * depth + core + closing * depth
        for opening, core, closing in _NESTED
        for depth in (1, 62, 63, 64, 65, 66)
    ),
    *("null", '""', '"a"', '"\\u0000"', '"a\\u0000b"', '"\\ud83e"', '"\\ud83e\\udd89"', '"\u00e9\\u0000"', "[]", "{}"),
    *('{"\\u0000":1}', '{"a":{"\\u0000":1}}', '{"a":"\\u0000"}', '["\\ud83e"]', '{"\\udd89":1}', "[null, true, 0.5]"),
    *('{"a":1,"a":null}', "[[1],[2,[3]]]", *_NUMBERS, *(f"[{one}]" for one in _NUMBERS)),
    *(f"{sign}{digits}{rest}" for sign in ("", "-") for digits in _HUGE for rest in ("", ".0")),
)


def forms(module: ModuleType) -> Mapping[str, tuple[Any, str]]:
    """Each form of a module with the texts that it is asked about: of a base, or numbers."""
    form: Callable[[str], Any] = module.__dict__.__getitem__
    decimal, number, integer, double = map(form, ("DecimalForm", "DecimalNumberForm", "IntegerForm", "FloatForm"))
    exact = form("Decimal")
    found: dict[str, tuple[Any, str]] = {name: (form(name), base) for name, base in _NAMES.items()}
    for name in ("Integer", "SmallInteger", "SafeInteger", "FiniteFloat", "Boolean"):
        found[name] = (form(name), "")
    for name, made in (
        ("decimal(6,3)", decimal(6, 3)),
        ("decimal(3,3)", decimal(3, 3)),
        ("decimal(5,0)", decimal(5, 0, gt=-10, lt=10)),
        ("decimal(29,10)", decimal(29, 10, ge=exact("0.001"), le=1234567890123456789)),
    ):
        found[name] = (Annotated[form("Decimal"), made], "decimal")
    for name, made in (
        ("number(5,2)", number(5, 2)),
        ("number(15,0)", number(15, 0)),
        ("number(5,2) bounded", number(5, 2, ge=exact("0.01"), lt=exact("99.5"))),
        ("number(5,2) finely", number(5, 2, le=exact("12.50000000000000000001"))),
    ):
        found[name] = (Annotated[form("Decimal"), made], "")
    for name, made in (("int", integer(gt=-10, lt=10)), ("float", double(ge=0.1, lt=99.5))):
        found[name] = (Annotated[int if name == "int" else float, made], "")
    found["Json"] = (form("Json"), "json")
    return found


def reads_alike(whole: ModuleType, broken: ModuleType) -> bool:
    """Whether each form of both modules takes the same texts, and writes what it took alike."""
    try:
        for name, (of, base) in forms(broken).items():
            adapter = _adapter(of)
            same = plain(adapter.core_schema) == plain(_whole(whole)[name].core_schema)
            if not same and _answers(adapter, base) != _of_whole(whole, name, base):
                return False
    except Exception:  # Whatever a broken form raises is another answer.
        return False
    return True


@cache
def _whole(module: ModuleType) -> Mapping[str, Any]:
    return {name: _adapter(of) for name, (of, _) in forms(module).items()}


@cache
def _of_whole(module: ModuleType, name: str, base: str) -> list[Any]:
    return _answers(_whole(module)[name], base)


def _adapter(of: Any) -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(of)


@cache
def _texts(base: str) -> tuple[bytes, ...]:
    texts = _JSON if base == "json" else [json.dumps(text) for text in near(base)] if base else _NUMBERS
    return tuple(text.encode() for text in texts)


def _answers(adapter: Any, base: str) -> list[Any]:
    from pydantic import ValidationError

    found: list[Any] = []
    for text in _texts(base):
        try:
            # 1 and 1.0 are the same JSON number; null is what NaN is written as.
            found.append([json.loads(adapter.dump_json(adapter.validate_json(text)))])
        except ValidationError:
            found.append("refused")
    return found
