"""Named tuples and regular expressions that are made late are those of the standard library."""

from __future__ import annotations

import copy
import pickle
import re
import typing

import pytest

from isotype.domain import lazy


class Late(lazy.NamedTuple):
    """Two numbers and a text."""

    left: int
    right: int = 2
    text: str = ""

    @property
    def sum(self) -> int:
        """Both together."""
        return self.left + self.right


class Model(typing.NamedTuple):
    """What `typing` makes of the same."""

    left: int
    right: int = 2
    text: str = ""


class Later(lazy.NamedTuple):
    """One whose constructor nobody has called yet."""

    left: int


def test_they_are_named_tuples() -> None:
    """Contents, equality, defaults, a changed copy and the text of one are those of `typing.NamedTuple`."""
    late, model = Late(1, text="a"), Model(1, text="a")
    assert tuple(late) == tuple(model) == (1, 2, "a")
    assert late == Late(1, 2, "a") != Late(1)
    assert late.sum == 3
    assert (late._fields, late._field_defaults) == (model._fields, model._field_defaults)
    assert late._asdict() == model._asdict()
    assert late._replace(right=3) == Late._make([1, 3, "a"]) == Late(1, 3, "a")
    assert repr(late) == repr(model).replace("Model", "Late")
    assert pickle.loads(pickle.dumps(late)) == copy.copy(late) == late
    assert type(late._replace(right=3)) is Late
    match late:
        case Late(left, right):
            assert (left, right) == (1, 2)


def test_wrong_arguments_are_refused() -> None:
    """The first call of a constructor refuses what a later one does, and a copy a field that is none."""
    for _ in range(2):
        with pytest.raises(TypeError, match="left"):
            Later()  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        Late(1, 2, "", 4)  # type: ignore[call-arg]
    with pytest.raises(ValueError, match="height"):
        Late(1)._replace(height=2)  # type: ignore[call-arg]
    with pytest.raises(AttributeError):
        Late(1).left = 2  # type: ignore[misc]


def test_a_pattern_is_compiled_when_it_is_asked() -> None:
    """It answers as the compiled one does; one that is wrong is noticed by the first question."""
    found, model = lazy.regular("(a+)b", re.IGNORECASE), re.compile("(a+)b", re.IGNORECASE)
    assert found.pattern == model.pattern
    assert found.flags == model.flags
    for _ in range(2):
        assert found.sub(r"\1", "xAAbx") == model.sub(r"\1", "xAAbx") == "xAAx"
        assert found.fullmatch("ba") is None
    broken = lazy.regular("(")
    with pytest.raises(re.error):
        broken.match("")
