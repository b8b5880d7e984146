"""YAML is read as YAML 1.2 core, with exact places."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from yaml.nodes import MappingNode, Node, ScalarNode

from isotype.language import load
from isotype.language import yaml as language_yaml
from isotype.language.pure_yaml import PureParser
from isotype.language.yaml import Source, compose, plain, scalar
from tests.language.test_cases import CASES, sources
from tests.language.test_everything import EVERYTHING
from tests.schemas import used


def root(text: str) -> Node:
    node, findings = compose(Source("a.yaml", text))
    assert findings == []
    assert node is not None
    return node


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("no", "no"),
        ("on", "on"),
        ("12:30", "12:30"),
        ("012", 12),
        ("0o17", 15),
        ("0x1F", 31),
        ("0b11", "0b11"),
        ("1_000", "1_000"),
        ("+5", 5),
        ("1.0", Decimal("1.0")),
        ("1e3", Decimal("1e3")),
        (".5", Decimal("0.5")),
        ("5.", Decimal("5")),
        ("1.0.0", "1.0.0"),
        ("2025-10-01", "2025-10-01"),
        ("~", None),
        ("null", None),
        ("nULL", "nULL"),
        ("True", True),
        ("yes", "yes"),
        ("'5'", "5"),
        ('"true"', "true"),
        (".inf", Decimal("Infinity")),
        ("=", "="),
    ],
)
def test_scalars_mean_what_the_core_schema_says(written: str, meant: Any) -> None:
    """A plain scalar is text unless it is spelled as null, true, false or a number of YAML 1.2."""
    node = root(written)
    assert isinstance(node, ScalarNode)
    value = scalar(node)
    assert value == meant
    assert type(value) is type(meant)


@pytest.mark.parametrize(
    ("text", "offset", "line", "column"),
    [
        ("a: one two", 4, 1, 8),
        ("a: 'it''s two'", 5, 1, 11),
        ('a: "x\\u0041\\n\\ty"', 4, 1, 16),
        ("a: one\n  two\n  three", 8, 3, 3),
        ("a: |\n  one\n   two\n", 5, 3, 4),
        ("a: |2-  # a note\n    one\n  two\n", 2, 2, 5),
        ("a: >-\n  one\n  two\n\n  three\n", 8, 5, 3),
        ("é🦉: 'ß two'", 2, 1, 8),
        ("# \u2028 \r\na: one two", 4, 2, 8),
    ],
)
def test_an_offset_in_a_text_has_its_place_in_the_file(text: str, offset: int, line: int, column: int) -> None:
    """Whatever way a text is written, a character of its value is found where it stands."""
    source = Source("a.yaml", text)
    node, findings = compose(source)
    assert findings == []
    assert isinstance(node, MappingNode)
    value = node.value[0][1]
    index = source.inside(value, value.start_mark.index, value.end_mark.index, offset)
    assert source.place_of(index)[1:] == (line, column)


def test_the_parser_in_python_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without libyaml a schema means the same, at the same places."""
    text = EVERYTHING.read_text(encoding="utf-8")

    def placed(node: Node) -> list[tuple[int, int, str]]:
        mark = node.start_mark
        if isinstance(node, ScalarNode):
            return [(mark.line, mark.column, node.value)]
        below = [each for pair in node.value for each in pair] if isinstance(node, MappingNode) else node.value
        return [(mark.line, mark.column, ""), *(place for child in below for place in placed(child))]

    fast = root(text)
    monkeypatch.setattr(language_yaml, "_parser_class", lambda: PureParser)
    slow = root(text)
    assert plain(slow) == plain(fast)
    assert placed(slow) == placed(fast)


def _spans(node: Node, before: int = 0) -> list[tuple[int, int, Any]]:
    """Where a node and all that it holds begin and end, and what the scalars among them say."""
    here = (node.start_mark.index + before, node.end_mark.index + before, getattr(node, "style", None) and plain(node))
    return [here, *(span for child in _below(node) for span in _spans(child, before))]


def _below(node: Node) -> list[Node]:
    if isinstance(node, MappingNode):
        return [part for pair in node.value for part in pair]
    return [] if isinstance(node, ScalarNode) else node.value


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    for child in _below(node):
        yield from _nodes(child)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\u2028"])
def test_what_stands_in_a_span_is_composed_again(newline: str) -> None:
    """Every node, in braces or on lines of its own, is the same a second time, at the same indexes."""
    hard = "é: {\n a: [🦉, 'b'],\n  c: [{}, [1,\n 2]]\n }\nd:\n- e: |\n    x\n\n     y\n  f: {g: h, i: }\n"
    for text in (EVERYTHING.read_text(encoding="utf-8"), hard):
        source = Source("a.yaml", text.replace("\n", newline))
        whole, findings = compose(source)
        assert whole is not None, findings
        for node in _nodes(whole):
            again, before = source.composed(node.start_mark.index, node.end_mark.index)
            if again is None:
                assert node.value == ""
            else:
                assert _spans(again, before) == _spans(node)


def test_the_parser_in_python_gives_the_same_domain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sections are read while either parser composes them: with the same meaning, and the same findings."""
    broken = EVERYTHING.read_text(encoding="utf-8").replace("type: uuid", "typ: uuid").replace("min: 0", "min: none")
    fast = [load({"everything.yaml": text}, used) for text in (EVERYTHING.read_text(encoding="utf-8"), broken)]
    monkeypatch.setattr(language_yaml, "_parser_class", lambda: PureParser)
    slow = [load({"everything.yaml": text}, used) for text in (EVERYTHING.read_text(encoding="utf-8"), broken)]
    assert slow == fast
    assert fast[0].domain is not None and len(fast[1].findings) > 1


def test_the_parser_in_python_refuses_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without libyaml no text that is refused becomes readable, and nothing raises."""
    monkeypatch.setattr(language_yaml, "_parser_class", lambda: PureParser)
    for folder in CASES.iterdir():
        for file, text in sources(folder).items():
            node, findings = compose(Source(file, text))
            assert (node is None) == bool(findings)


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? ", "[{a: ", "[[],"])
def test_deep_nesting_is_refused_before_it_costs_a_stack(opening: str) -> None:
    """A hundred thousand collections in one another are one finding."""
    node, findings = compose(Source("a.yaml", opening * 100_000))
    assert node is None
    assert len(findings) == 1
    assert findings[0].place.line > 0


def test_marks_in_texts_are_no_anchors() -> None:
    """An ampersand, a star or an exclamation mark inside a text is just that."""
    text = "a: R&D and x *y\nb: 'see *this and &that !now'\nc: |\n  SELECT count(*) &x !y *z\nd: [a &b]\n"
    assert plain(root(text))["c"] == "SELECT count(*) &x !y *z\n"
