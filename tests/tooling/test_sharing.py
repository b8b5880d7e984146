"""What shapes have in common is made once."""

from __future__ import annotations

from isotype.layers.sharing import again, once, together


def test_a_part_is_made_once_and_stands_wherever_it_is() -> None:
    """Parts that are one object are made once, also inside one list; equal ones that are two are made twice."""
    made: list[str] = []

    def make(part: list[str]) -> str:
        made.append(part[0])
        return part[0].upper()

    one, other, alike = ["a"], ["b"], ["a"]
    known: dict[int, str] = {}
    assert once(known, [one, other, one], make) == ["A", "B", "A"]
    assert once(known, [other, alike], make) == ["B", "A"]
    assert once(known, [], make) == []
    assert made == ["a", "b", "a"]


def test_nothing_can_be_what_is_made() -> None:
    """A part of which nothing is made is asked for once, too."""
    asked: list[object] = []
    known: dict[int, None] = {}
    part = object()
    assert once(known, [part, part], asked.append) == [None, None]
    assert once(known, [part], asked.append) == [None]
    assert asked == [part]


def test_a_whole_list_is_made_once() -> None:
    """A list that is one object is made once, and an equal one that is another object is made for itself."""
    made: list[list[str]] = []

    def make(parts: list[str]) -> str:
        made.append(parts)
        return "".join(parts)

    one, alike = ["a", "b"], ["a", "b"]
    known: dict[int, str] = {}
    assert [together(known, parts, make) for parts in (one, one, alike)] == ["ab", "ab", "ab"]
    assert [id(parts) for parts in made] == [id(one), id(alike)]


def test_only_what_comes_again_is_made() -> None:
    """A list is made when it comes a second time, and not before or after."""
    made: list[list[str]] = []

    def make(parts: list[str]) -> str:
        made.append(parts)
        return "".join(parts)

    one, alone = ["a", "b"], ["a", "b"]
    known: dict[int, str | None] = {}
    assert [again(known, parts, make) for parts in (one, alone, one, one)] == [None, None, "ab", "ab"]
    assert [id(parts) for parts in made] == [id(one)]
