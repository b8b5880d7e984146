"""The page on equivalence lists the laws there are."""

from __future__ import annotations

import re

from isotype.catalog.expressions.laws import LAWS
from tests.engines import ROOT


def test_every_law_is_listed() -> None:
    """The page names each law once, in the order in which they are written, and no other."""
    listed = re.findall(r"^\| `(\w+)` \|", (ROOT / "docs" / "equivalence.md").read_text(), re.M)
    laws = {law.__name__: law.__code__.co_firstlineno for of in LAWS.values() for law in of}
    assert listed == sorted(laws, key=lambda name: laws[name])
