"""Collections that are nested too deep are refused before they are composed, which would take the process down."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from isotype.language import load
from isotype.language import yaml as reading

CLOSED_IN_QUOTES = ['{a: "}", b:', "{a: '}', b:", '{a: "\n}\n", b:', "{a: x # }\n , b:", "{a: 'it''s }', b:"]


@pytest.mark.parametrize("part", CLOSED_IN_QUOTES)
def test_what_is_quoted_closes_nothing(part: str) -> None:
    """Brackets inside of quotes and comments do not hide how deep it is."""
    text = "isotype: 1\ndomain: x\ntypes:\n  A: " + "\n   ".join([part] * 100_000) + " 1" + "}" * 100_000 + "\n"
    [finding] = load({"x.yaml": text}, lambda name: None).findings
    assert finding.code == "too-deep"


def test_what_is_quoted_opens_nothing() -> None:
    """Brackets that are quoted or commented, closed or not, need no second look however many there are."""
    assert not reading._may_be_deep("a: {type: 'string(30)[]', pattern: '[{', tags: \"[\"} # [\n" * 1000)


PARTS = [
    "{",
    "}",
    "[",
    "]",
    '"',
    "'",
    ",",
    ", ",
    ": ",
    ":",
    " ",
    "\n",
    "\n ",
    "\r",
    "\x85",
    "\u2028",
    "x",
    "#",
    " #",
    "- ",
    "? ",
    "\\",
    "!t ",
    "&a ",
]


@given(st.lists(st.sampled_from(PARTS), max_size=40).map(lambda parts: "{a: " + "".join(parts)))
@example('{a: x "y, b: " } ", c: x " y, d: {e: {f: {g: 1')
@example('{a: x\n"y, b: " } , ", c: x " , d:{e:{f:{g: 1')
@example('{a: x"y, b: "}", c: x"y, d: {e: {f: {g: 1')
@example('{"a":"}", b: {c: {d: {e: 1')
@example("{a: [#]\n{b: {c: 1")
def test_a_no_is_sure(text: str) -> None:
    """Where the quick look says that nothing is deep, nothing is, as far as the text is YAML."""
    most = 3
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "_STACK", most)
        assert reading._may_be_deep(text) or _deepest(text) <= most


def _deepest(text: str) -> int:
    end, depth, deepest = len(text), 0, 0
    try:
        list(yaml.parse(text))
    except yaml.MarkedYAMLError as error:
        end = error.problem_mark.index if error.problem_mark is not None else end
    try:
        for token in yaml.scan(text):
            if token.start_mark.index >= end:
                break
            depth += isinstance(token, yaml.FlowSequenceStartToken | yaml.FlowMappingStartToken)
            depth -= isinstance(token, yaml.FlowSequenceEndToken | yaml.FlowMappingEndToken)
            deepest = max(deepest, depth)
    except yaml.YAMLError:
        pass
    return deepest
