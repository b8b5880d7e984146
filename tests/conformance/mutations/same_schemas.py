"""Whether two classes of Pydantic read and write JSON by the same code, whatever they make of Python values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType, MethodWrapperType, ModuleType
from typing import Any

from pydantic_core import PydanticCustomError

REASON = "what differs is reached by no JSON text: documents, messages and Python values are made by it"

_WORDS = frozenset({"metadata", "ref", "custom_error_type", "custom_error_message", "custom_error_context"})
"""What a core schema says that has no part in a verdict or a value."""
_EXTRAS = frozenset({"extra_behavior", "extras_keys_schema"})
_NAMES_OF_NONE = ("", "x", "REFUSED", "a\0b")
_PYTHON = {"lax-or-strict": "lax_schema", "json-or-python": "json_schema"}
"""Schemas that read JSON by one of their parts alone."""


def reads_alike(whole: Iterable[type], broken: Iterable[type]) -> bool:
    """Whether classes of the same names are built of the same parts, as far as JSON text reaches them."""
    return [_of_class(one) for one in whole] == [_of_class(one) for one in broken]


def plain(value: Any) -> Any:
    """A part of a core schema, equal to another one that does the same with JSON."""
    return _plain(value, {})


def _of_class(of: Any) -> Any:
    seen: dict[int, str] = {}
    return of.__name__, _plain(of.__pydantic_core_schema__, seen)


def _plain(value: Any, seen: dict[int, str]) -> Any:
    """A value that equals another exactly where both do the same with JSON."""
    match value:
        case Mapping() if isinstance(value.get("type"), str):
            return _of_schema(value, seen)
        case Mapping():
            return tuple((str(name), _plain(part, seen)) for name, part in value.items())
        case list() | tuple():
            return tuple(_plain(part, seen) for part in value)
        case set() | frozenset():
            return tuple(sorted(map(repr, value)))
        case FunctionType():
            return _of_function(value, seen)
        case MethodType():
            return _plain(value.__func__, seen), _plain(value.__self__, seen)
        case partial():
            return _plain(value.func, seen), _plain(value.args, seen), _plain(value.keywords, seen)
        case type():
            return value.__qualname__
        case ModuleType():
            return value.__name__
        case BuiltinFunctionType() | MethodWrapperType():
            return value.__qualname__, _plain(value.__self__, seen)
        case re.Pattern():
            return value.pattern, value.flags
        case CodeType():
            constants = _plain(value.co_consts[_documented(value) :], seen)
            return value.co_code, value.co_names, value.co_freevars, value.co_exceptiontable, constants
    if type(value).__module__.rpartition(".")[2].startswith("broken_") or hasattr(type(value), "core"):
        return _of_object(value, seen)
    # What shows no more of itself than where it is, is like itself alone.
    return repr(value)


def _of_schema(schema: Mapping[str, Any], seen: dict[int, str]) -> Any:
    kind = schema["type"]
    if kind in _PYTHON:
        return _plain(schema[_PYTHON[kind]], seen), _plain(schema.get("serialization"), seen)
    if kind == "custom-error":
        return "custom-error", _plain(schema["schema"], seen), _plain(schema.get("serialization"), seen)
    if kind == "chain" and len(schema["steps"]) == 1 and "serialization" not in schema:
        return _plain(schema["steps"][0], seen)
    if kind == "function-after" and _forbids_nul(schema) and leaves_no_nul(schema["schema"]):
        return _plain(schema["schema"], seen)
    parts = {name: part for name, part in schema.items() if name not in _WORDS and name not in _EXTRAS}
    if kind == "str":
        # No JSON value but a text is ever taken for one.
        parts.pop("strict", None)
        if not parts.get("min_length"):
            parts.pop("min_length", None)
    if kind == "model":
        parts["config"] = {name: part for name, part in parts["config"].items() if name != "extra_fields_behavior"}
        parts["further"] = _further(schema)
    if parts.get("when_used") in ("json", "always"):
        del parts["when_used"]
    if kind == "definition-ref":
        parts["schema_ref"] = re.sub(r"^.*\.|:\d+$", "", str(parts["schema_ref"]))
    return tuple((name, _plain(part, seen)) for name, part in sorted(parts.items()))


def _further(schema: Mapping[str, Any]) -> str:
    """What becomes of properties that a model does not name; that a function refuses all of them is no other thing.

    A model that has room for them where its fields have none, or the other way round, is written in a way of its own.
    """
    inner: Mapping[str, Any] = schema
    while inner["type"] != "model-fields":
        inner = inner["schema"]
    said = schema["config"].get("extra_fields_behavior", "ignore")
    kept = inner.get("extra_behavior", said)
    if (kept == "allow") != (said == "allow"):
        return f"{kept} in a model that says {said}"
    names = inner.get("extras_keys_schema", {}).get("function", {}).get("function")
    if kept == "allow" and names is not None:
        return "forbid" if all(_refuses_name(names, name) for name in _NAMES_OF_NONE) else "allow"
    return str(kept)


def _refuses_name(function: Callable[[str], Any], name: str) -> bool:
    for one in (name, *getattr(getattr(function, "__self__", None), "REFUSED", ())):
        try:
            function(one)
        except PydanticCustomError:
            continue
        except Exception:  # Whatever else is raised is another answer.
            return False
        return False
    return True


def _forbids_nul(schema: Mapping[str, Any]) -> bool:
    function = schema["function"]["function"]
    return isinstance(function, FunctionType) and _computed(function) == _computed(_without_nul)


# What a function has to be that refuses texts with U+0000, and no other.
def _without_nul(text: str) -> str:
    if "\0" in text:
        raise PydanticCustomError("text", "Text should not hold U+0000")
    return text


def _computed(function: Any) -> Any:
    return function.__code__.co_code, function.__code__.co_names, function.__code__.co_consts


def leaves_no_nul(schema: Mapping[str, Any]) -> bool:
    """Whether a pattern describes a text from end to end, and no sign of it is U+0000."""
    if schema["type"] == "chain":
        return any(map(leaves_no_nul, schema["steps"]))
    if schema["type"] != "str" or not schema.get("pattern"):
        return False
    items = list(parser.parse(schema["pattern"]))
    whole = items[0] == (sre.AT, sre.AT_BEGINNING) and items[-1] == (sre.AT, sre.AT_END)
    return whole and not any(map(_holds_nul, items[1:-1]))


def _holds_nul(item: Any) -> bool:
    """Whether a part of a parsed pattern takes U+0000, or is of a kind that is not looked into."""
    match item:
        case (sre.LITERAL, code):
            return bool(code == 0)
        case (sre.IN, [(sre.NEGATE, _), *_]):
            return True
        case (sre.IN, members):
            return not all(
                kind in (sre.LITERAL, sre.RANGE) and part not in (0,) and _low(part) for kind, part in members
            )
        case (sre.MAX_REPEAT | sre.MIN_REPEAT, (_, _, part)) | (sre.SUBPATTERN, (_, _, _, part)):
            return any(map(_holds_nul, part))
        case (sre.BRANCH, (_, branches)):
            return any(_holds_nul(part) for branch in branches for part in branch)
    return True


def _low(part: Any) -> bool:
    return bool(part[0] if isinstance(part, tuple) else part)


def _of_object(value: Any, seen: dict[int, str]) -> Any:
    name = type(value).__qualname__
    if id(value) in seen:
        return seen[id(value)]
    seen[id(value)] = name
    return name, _plain(vars(value), seen) if hasattr(value, "__dict__") else ""


def _of_function(function: Callable[..., Any], seen: dict[int, str]) -> Any:
    assert isinstance(function, FunctionType)
    if id(function) in seen:
        return seen[id(function)]
    seen[id(function)] = function.__qualname__
    held = [cell.cell_contents for cell in function.__closure__ or ()]
    used = [(name, function.__globals__[name]) for name in _names(function.__code__) if name in function.__globals__]
    return (
        function.__qualname__,
        _plain(function.__code__, seen),
        _plain(function.__defaults__ or (), seen),
        _plain(function.__kwdefaults__ or {}, seen),
        _plain(held, seen),
        tuple((name, _plain(part, seen)) for name, part in used),
    )


def _names(code: CodeType) -> list[str]:
    """The names that a function and those inside of it speak of."""
    inner = [name for part in code.co_consts if isinstance(part, CodeType) for name in _names(part)]
    return sorted({*code.co_names, *inner})


def _documented(code: CodeType) -> int:
    """How many of the constants of a function are its words for people."""
    return int(bool(code.co_consts) and isinstance(code.co_consts[0], str) and code.co_flags & 0x4000000 != 0)
