"""What leads where."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import example, given
from hypothesis import strategies as st

from isotype.domain.reach import reached, strongly_connected

EDGES = st.dictionaries(st.sampled_from("abcdefg"), st.lists(st.sampled_from("abcdefgxy"), max_size=3), max_size=7)


@given(EDGES)
@example({"a": ["b"], "b": ["c"], "c": ["b", "a"], "d": ["d"], "e": ["a", "f"], "f": []})
@example({"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": ["a"]})
def test_names_that_lead_to_one_another(edges: Mapping[str, list[str]]) -> None:
    """Are those that each of them reaches, by the simplest way to find out."""
    behind = {name: reached(edges[name], edges) for name in edges}
    meant = {name: frozenset(it for it in behind[name] if name in behind.get(it, ())) for name in edges}
    assert strongly_connected(edges) == tuple(dict.fromkeys(filter(None, meant.values())))


def test_a_long_chain() -> None:
    """Is walked without recursion, and every name once."""
    chain = {str(number): [str(number + 1)] for number in range(50_000)}
    assert strongly_connected(chain) == ()
    [loop] = strongly_connected({**chain, "50000": ["0"]})
    assert len(loop) == 50_001
