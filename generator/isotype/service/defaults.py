"""What the absence of a value means: when two defaults are the same, however they are written."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from isotype.service import forms
from isotype.service.dialects import FASTAPI
from isotype.service.model import Number, Option, Text


def same(expected: str, actual: str, options: Iterable[Option], dialect: str) -> bool:
    """Whether two defaults, as canonical JSON, are one value of a schema with these options; '' is none."""
    if expected == actual:
        return True
    if not expected or not actual:
        return False
    before, after = json.loads(expected), json.loads(actual)
    if dialect == FASTAPI and _without_nulls(before) == _without_nulls(after):
        return True
    return any(_same(option, before, after, dialect) for option in options)


def _same(option: Option, before: Any, after: Any, dialect: str) -> bool:
    match option:
        case Text(form=forms.DECIMAL | forms.BIG_INTEGER):
            return _number(before) is not None and _number(before) == _number(after)
        case Text(form="bytes"):
            # FastAPI writes bytes as the text that they spell.
            spelled = dialect == FASTAPI and isinstance(after, str)
            return spelled and before == b64encode(after.encode("utf-8", "surrogatepass")).decode()
        case Number():
            # And a decimal as text, also where it travels as a number.
            return dialect == FASTAPI and _number(before) is not None and _number(before) == _number(after)
        case _:
            return False


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def _without_nulls(value: Any) -> Any:
    """A value without what is null inside it, which FastAPI leaves out of defaults."""
    if isinstance(value, dict):
        return {key: _without_nulls(part) for key, part in value.items() if part is not None}
    return [_without_nulls(part) for part in value] if isinstance(value, list) else value
