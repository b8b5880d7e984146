"""Whatever is changed in the document of an API is found and named; whatever only looks changed is not.

`ISOTYPE_EVERY_MUTATION=1` asks every case, as `make mutations` does; otherwise it is one of each class and kind.
"""

from __future__ import annotations

import os

import pytest

from isotype.service.comparison import compare, compared
from isotype.service.document import read
from tests.service import suite
from tests.service.contracts import DOMAINS, contract, declared, plain, served

WHOLE = bool(os.environ.get("ISOTYPE_EVERY_MUTATION"))
USUAL = [("compression", "served"), ("library", "contract"), ("library", "served")]
CASES = suite.EVERY if WHOLE else USUAL


@pytest.mark.parametrize(("domain", "writer"), CASES)
def test_every_change_is_found_and_named(domain: str, writer: str) -> None:
    """The object and the attribute that were changed are among what is said; what cannot be said is counted."""
    verdicts = [*suite.changed(domain, writer, WHOLE)]
    assert [one for one in verdicts if not one.passed] == []
    assert len({one.kind for one in verdicts}) > 40


@pytest.mark.parametrize(("domain", "writer"), CASES)
def test_other_words_are_no_difference(domain: str, writer: str) -> None:
    """Whichever way a document says it, the same is the same."""
    verdicts = [*suite.respelled(domain, writer, WHOLE)]
    assert [one for one in verdicts if not one.passed] == []
    assert len(verdicts) > 30


@pytest.mark.parametrize("domain", DOMAINS)
def test_same_words_are_no_difference(domain: str) -> None:
    """The contract, the same without Isotype's own words, and the document of the generated API say the same."""
    for written in (contract(domain), plain(domain), served(domain)):
        assert compare(declared(domain), read(written)) == ()


def test_what_fastapi_cannot_say_is_counted() -> None:
    """Rules, bounds of numbers that travel as text and the like are named as left to probes."""
    said = compared(declared("compression"), read(served("compression")))
    assert {"rules", "texts without U+0000"} <= {unsaid.fact for unsaid in said.unsaid}
    rules = [unsaid for unsaid in said.unsaid if unsaid.fact == "rules"]
    assert ("shape", ("CompressRequest",), "rule chk_speed_level") in {(it.kind, it.path, it.attribute) for it in rules}
