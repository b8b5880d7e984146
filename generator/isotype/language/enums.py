"""Enums: their values, and the name each value has in code."""

from __future__ import annotations

from isotype.domain.lazy import regular
from isotype.domain.names import snake
from isotype.domain.types import Enum, EnumValue
from isotype.language.given import Given
from isotype.language.scope import Scope
from isotype.language.types import LONGEST_STRING
from isotype.language.wording import member, quoted

LONGEST_LABEL = 63
"""PostgreSQL's limit for the label of a native enum, in bytes (NAMEDATALEN - 1)."""

_BASE = regular(r"string ?\( ?([0-9]{1,9}) ?\)")


def read_enums(scope: Scope) -> None:
    """Fill the scope's tables of enums."""
    for name, given in scope.entries("enums"):
        enum = _enum(scope, name, given)
        if enum is not None:
            scope.enums[name] = enum
            scope.enum_texts[name] = enum.texts


def _enum(scope: Scope, name: str, given: Given) -> Enum | None:
    if "values" not in given:
        return None
    values = _values(scope, name, given)
    native = given.get("native", False)
    length = _length(scope, name, given)
    if "type_name" in given and not native:
        scope.report("misplaced-word", '"type_name" belongs to a native enum', given, "type_name", "write native: true")
    if native and "base" in given:
        scope.report("misplaced-word", "a native enum has no base", given, "base", "remove base, or native")
    for index, value in enumerate(values):
        _check_text(scope, name, given, index, value.value, LONGEST_LABEL if native else 0, length)
    return Enum(
        name,
        tuple(values),
        native,
        length,
        (given.get("type_name") or snake(name)) if native else "",
        given.text("description"),
        scope.of("enums").place(name),
    )


def _length(scope: Scope, name: str, given: Given) -> int | None:
    base: str | None = given.get("base")
    if base is None or base.strip() == "text":
        return None
    found = _BASE.fullmatch(base.strip())
    if found is None or not 1 <= int(found[1]) <= LONGEST_STRING:
        scope.report("bad-type", f"the base of enum {name} is {quoted(base)}", given, "base", "write text or string(n)")
        return None
    return int(found[1])


def _values(scope: Scope, name: str, given: Given) -> list[EnumValue]:
    listed = given.words["values"]
    made: list[EnumValue] = []
    if isinstance(listed, Given):
        for text, words in listed.words.items():
            if isinstance(words, Given):
                made.append(
                    EnumValue(
                        text,
                        words.get("member") or member(text),
                        words.text("label"),
                        words.text("description"),
                        words.get("was", ""),
                    )
                )
            else:
                made.append(EnumValue(text, member(text), (words or "").strip()))
    else:
        made = [EnumValue(text, member(text)) for text in listed]
    if not made and not (isinstance(listed, Given) and listed.broken):
        scope.report("bad-value", f"enum {name} has no values", given, "values", "name at least one")
    _check_names(scope, name, given, made)
    return made


def _check_names(scope: Scope, name: str, given: Given, values: list[EnumValue]) -> None:
    members: dict[str, str] = {}
    texts = {value.value for value in values}
    seen: set[str] = set()
    for index, value in enumerate(values):
        at = (scope, given, index, value.value)
        if value.value in seen:
            _report(*at, "repeated-name", f"enum {name} has the value {quoted(value.value)} twice", "remove one")
            continue
        seen.add(value.value)
        if not value.member:
            message = f"the value {quoted(value.value)} of enum {name} has no letter or digit to be named by in code"
            _report(*at, "bad-member", message, "write {member: NAME} for it")
        elif value.member in members:
            message = (
                f"the values {quoted(members[value.member])} and {quoted(value.value)} of enum {name} are both "
                f"{value.member} in code"
            )
            _report(*at, "bad-member", message, "write {member: NAME} for one of them")
        members.setdefault(value.member, value.value)
        if value.was and value.was in texts:
            message = f"the value {quoted(value.value)} was {quoted(value.was)}, which is still there"
            _report(*at, "former-name", message, "remove was, or the old value")


def _report(scope: Scope, given: Given, index: int, text: str, code: str, message: str, suggestion: str) -> None:
    """Note a finding about a value."""
    listed = given.words["values"]
    place = listed.key_place(text) if isinstance(listed, Given) else given.item_place("values", index)
    scope.report_at(code, message, place, given.path_of("values"), suggestion)


def _check_text(
    scope: Scope, name: str, given: Given, index: int, text: str, bytes_limit: int, length: int | None
) -> None:
    if bytes_limit and len(text.encode()) > bytes_limit:
        message = f"{quoted(text)} has more than the {bytes_limit} bytes a native enum keeps"
        _report(scope, given, index, text, "bad-value", message, "shorten it, or leave out native")
    elif length is not None and len(text) > length:
        message = f"{quoted(text)} has {len(text)} code points, but the base of enum {name} is string({length})"
        _report(scope, given, index, text, "bad-value", message, "give it a longer base")
