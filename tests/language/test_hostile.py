"""A schema is untrusted text: whatever it holds, the answer is a domain or findings with places."""

from __future__ import annotations

import random
import time

import pytest

from isotype.language import load
from tests.language.mutation import damaged
from tests.language.test_everything import EVERYTHING
from tests.schemas import used

TEXT = EVERYTHING.read_text(encoding="utf-8")


def judged(text: str) -> None:
    loaded = load({"x.yaml": text}, used)
    errors = [finding for finding in loaded.findings if finding.severity == "error"]
    assert (loaded.domain is None) == bool(errors)
    assert all(finding.place.line > 0 and finding.place.column > 0 for finding in loaded.findings)
    assert all("\n" not in str(finding) and "\u202e" not in str(finding) for finding in loaded.findings)


@pytest.mark.parametrize("start", range(0, 400, 50))
def test_damaged_schemas_are_judged(start: int) -> None:
    """Nodes replaced, removed, doubled or moved never raise and never pass in silence."""
    for seed in range(start, start + 50):
        judged(damaged(TEXT, seed))


@pytest.mark.parametrize("start", range(0, 300, 100))
def test_damaged_texts_are_judged(start: int) -> None:
    """The same for characters removed, inserted and cut off."""
    for seed in range(start, start + 100):
        chance = random.Random(seed)
        text = TEXT
        for _ in range(chance.randint(1, 5)):
            at = chance.randrange(len(text))
            match chance.randrange(3):
                case 0:
                    text = text[:at] + text[at + chance.randint(1, 40) :]
                case 1:
                    text = text[:at] + chance.choice("\0\u202e\ud800\t\r\u2028&*!|>'\"{}[]:-?#%@` \n") + text[at:]
                case _:
                    text = text[:at] if chance.random() < 0.2 else text[:at] + text[at:].replace(" ", "", 1)
        judged(text)


def test_bombs_cost_nothing() -> None:
    """Aliases that would unfold to billions are refused as what they are, at once."""
    lines = ["a: &a [x]"]
    for above, below in zip("abcdefghi", "bcdefghij", strict=True):
        lines.append(f"{below}: &{below} [{','.join(['*' + above] * 8)}]")
    started = time.process_time()
    loaded = load({"x.yaml": "\n".join(lines)})
    assert {finding.code for finding in loaded.findings} == {"anchor"}
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    "text",
    [
        "isotype: 1\n" + "".join(f"word_{number}: x\n" for number in range(20_000)),
        "isotype: 1\ntypes: {" + ", ".join(f"T{number}: T{number + 1}" for number in range(5_000)) + "}\n",
        "isotype: 1\ndomain: a\nenums: {E: [" + ", ".join(f"v{number}" for number in range(20_000)) + "]}\n",
        "isotype: 1\ndomain: a\ndescription: '" + "x" * 5_000_000 + "'\n",
        "isotype: 1\ndomain: a\ntypes: {A: {base: text, pattern: '" + "(a+)+" * 50 + "$'}}\n"
        "entities: {B: {fields: {a: {type: A, default: '" + "a" * 200 + "!'}}}}\n",
        "isotype: 1\ndomain: a\nobjects: {"
        + ", ".join(f"O{number}: {{fields: {{a: O{number + 1}}}}}" for number in range(5_000))
        + "}\n",
        "isotype: 1\ndomain: a\nentities: {"
        + ", ".join(f"E{number}: {{fields: {{a: {{ref: E{number + 1}, key: true}}}}}}" for number in range(3_000))
        + "}\n",
    ],
    ids=[
        "unknown words",
        "long chain of types",
        "large enum",
        "long text",
        "slow pattern",
        "long chain of objects",
        "long chain of keys",
    ],
)
def test_large_schemas_take_seconds(text: str) -> None:
    """Size alone neither raises nor takes more than linear time."""
    started = time.process_time()
    judged(text)
    assert time.process_time() - started < 10


def test_no_schema_at_all() -> None:
    """Without a file there is a finding too."""
    assert [finding.code for finding in load({}).findings] == ["no-schema"]
