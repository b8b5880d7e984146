"""Classes of values are what `dataclasses` would make of them."""

from __future__ import annotations

import dataclasses

import pytest

from isotype.domain.values import field, fields, frozen, mutable, replace


@frozen
class Shape:
    """`at` does not count in comparisons."""

    name: str = field(default="", kw_only=True)
    at: int = field(default=0, kw_only=True, compare=False)


@frozen
class Box(Shape):
    width: int
    tags: tuple[str, ...] = ()


@frozen
class Crate(Shape):
    width: int
    tags: tuple[str, ...] = ()


@mutable
class Pile:
    title: str
    items: list[int] = field(default_factory=list)


@mutable
class Pair:
    left: int
    right: object = field(default_factory=list)


@mutable
class Couple:
    first: int
    second: object = field(default=4, kw_only=True)


@dataclasses.dataclass(frozen=True, slots=True)
class Model:
    """What a dataclass with the fields of `Box` is."""

    name: str = dataclasses.field(default="", kw_only=True)
    at: int = dataclasses.field(default=0, kw_only=True, compare=False)
    width: int
    tags: tuple[str, ...] = ()


def test_values_are_equal_by_class_and_fields() -> None:
    """Equal contents are equal and one key; another class, or another content, is not."""
    assert Box(1, ("a",), at=1) == Box(1, tags=("a",), at=2)
    assert len({Box(1, at=1), Box(1, at=2), Box(1, name="b"), Box(2)}) == 3
    shapes: list[Shape] = [Box(1), Crate(1), Shape()]
    assert [shapes.index(shape) for shape in shapes] == [0, 1, 2]


def test_what_is_mutable_is_itself() -> None:
    """Two things that fill up are two, and share no default."""
    first, second = Pile("a"), Pile("a")
    first.items.append(1)
    assert first != second
    assert second.items == []


@pytest.mark.parametrize(
    ("given", "named"),
    [((), {}), ((1, (), 2), {}), ((1,), {"width": 1}), ((1,), {"height": 1}), ((1, (), ""), {"at": 1})],
)
def test_wrong_arguments_are_refused_as_by_a_function(given: tuple[object, ...], named: dict[str, object]) -> None:
    """A constructor takes what a dataclass's takes, first call or later."""
    for made in (Model, Box, Box):
        with pytest.raises(TypeError, match=r"__init__\(\)"):
            made(*given, **named)  # type: ignore[arg-type]


def test_classes_with_as_many_fields_share_no_name() -> None:
    """A constructor knows the fields of its own class, its defaults and what it makes when nothing is given."""
    assert (Pair(1, 2).left, Couple(1, second=2).first, Couple(first=3).second) == (1, 1, 4)
    assert Couple(1).first is not Pair(1, 2).right
    first, second = Pair(1), Pair(1)
    assert first.right == second.right == []
    assert first.right is not second.right
    for made, named in ((Pair, "first"), (Couple, "left")):
        with pytest.raises(TypeError, match=named):
            made(1, **{named: 2})


def test_they_are_dataclasses_to_those_who_ask() -> None:
    """Names, order and defaults of the fields, the text of a value, and a changed copy are those of a dataclass."""
    box, model = Box(1, ("a",), name="b"), Model(1, ("a",), name="b")
    assert fields(box) == tuple(it.name for it in dataclasses.fields(model))
    assert {it.name: it.default for it in dataclasses.fields(box)} == {
        it.name: it.default for it in dataclasses.fields(model)
    }
    assert repr(box) == repr(model).replace("Model", "Box")
    assert replace(box, width=2) == dataclasses.replace(box, width=2) == Box(2, ("a",), name="b")
    assert not hasattr(box, "__dict__")
    match box:
        case Box(width, tags):
            assert (width, tags) == (1, ("a",))
