"""What shapes have in common is made once."""

from __future__ import annotations

from isotype.layers.sharing import once


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
