"""Synthetic content is what its configuration says, and the same seed gives the same bytes."""

from __future__ import annotations

import csv
import io
import json
from itertools import product
from typing import Any
from xml.etree import ElementTree

import pytest

from examples.compression.server.analysis import profile
from examples.compression.server.codecs import codecs
from examples.compression.server.synthetic import Synthetic, generate
from generated.compression.schemas.enums import SyntheticContent, SyntheticStructure, TextEncoding
from generated.compression.schemas.synthetic_data_config import SyntheticDataConfig

PLAIN: dict[str, Any] = {
    "patterns": [],
    "complexity": 0.3,
    "volume": 4000,
    "contentType": "text",
    "extensions": [],
    "mixedContent": False,
    "entropy": 0,
    "redundancy": 0,
    "structure": "flat",
    "language": "en",
    "encoding": "utf-8",
    "metadata": {},
    "customPatterns": [],
    "compressionChallenges": False,
    "learningOptimization": False,
    "diversityControl": False,
}
EVERYTHING = PLAIN | {
    "patterns": ["night owl", "<&>\"'", "🦉"],
    "entropy": 0.2,
    "redundancy": 0.4,
    "mixedContent": True,
    "customPatterns": ['"quoted", <tag> &amp;\nnext line', "ünï\u0001"],
    "compressionChallenges": True,
    "learningOptimization": True,
    "diversityControl": True,
    "language": "de-AT",
}


def make(seed: int = 1, **changes: Any) -> Synthetic:
    """Content of a plain configuration with changes."""
    return generate(SyntheticDataConfig.model_validate(PLAIN | changes), seed)


def zipped(content: bytes) -> int:
    return len(codecs()["zstd"].compress(content, 9))


@pytest.mark.parametrize("kind", list(SyntheticContent))
def test_the_volume_is_exact_and_the_form_is_whole(kind: SyntheticContent) -> None:
    """Any structure, encoding and volume: so many bytes, which readers of the kind read."""
    for structure, encoding, volume in product(SyntheticStructure, TextEncoding, (1, 2, 60, 1000, 5000)):
        config = EVERYTHING | {"contentType": kind, "structure": structure, "encoding": encoding, "volume": volume}
        content = make(**config).content
        assert len(content) == volume
        assert content == make(**config).content
        if volume >= 1000:
            assert content != make(2, **config).content
            _read(kind, content, encoding)


def _read(kind: SyntheticContent, content: bytes, encoding: str) -> None:
    if kind == SyntheticContent.BINARY:
        return
    text = content.decode(encoding)
    if kind == SyntheticContent.JSON:
        json.loads(text)
    elif kind == SyntheticContent.XML:
        ElementTree.fromstring(content)
    elif kind == SyntheticContent.CSV:
        assert len({len(row) for row in csv.reader(io.StringIO(text)) if row}) == 1
    elif kind == SyntheticContent.CODE:
        compile(text, "synthetic", "exec")


def test_entropy_is_how_random_it_is() -> None:
    """From few byte values to noise, in even steps where the content is binary."""
    measured = [
        profile(make(contentType="binary", entropy=part, volume=50_000).content).entropy for part in (0, 0.5, 1)
    ]
    assert measured[0] < 0.1 and 3.9 < measured[1] < 4.1 and measured[2] > 7.9
    texts = [profile(make(entropy=part, volume=50_000).content).entropy for part in (0, 0.5, 1)]
    assert texts == sorted(texts) and texts[2] > 5.8


def test_each_setting_does_what_it_says() -> None:
    """What repeats compresses better, what is varied or hard worse, what is in order better."""
    size = zipped(make(volume=100_000).content)
    assert zipped(make(volume=100_000, redundancy=0.8).content) < size / 2
    assert zipped(make(volume=100_000, redundancy=1).content) < size / 20
    assert zipped(make(volume=100_000, complexity=0).content) < size
    assert zipped(make(volume=100_000, compressionChallenges=True).content) > size * 1.2
    jumbled = make(volume=500_000, redundancy=0.5).content
    ordered = make(volume=500_000, redundancy=0.5, learningOptimization=True).content
    fast = codecs()["zstd"]
    assert len(fast.compress(ordered, 1)) < len(fast.compress(jumbled, 1))


def test_words_are_those_asked_for() -> None:
    """Patterns and the language show; inserted texts stand as they are; other kinds are mixed in."""
    assert b"gegen" not in make(complexity=1).content and "größe".encode() in make(complexity=1, language="de").content
    content = make(patterns=["night owl"], customPatterns=["<as it is>"]).content
    assert content.count(b"night owl") > 10 and b"<as it is>" in content
    assert b"<row c1=" in make(mixedContent=True, volume=20_000).content
    assert b"<row c1=" not in make(volume=20_000).content


def test_control_of_diversity_keeps_patterns_even() -> None:
    """The most frequent of two patterns comes more than twice as often without it, and about as often with it."""
    patterns = ["first", "second", "third"]
    free = make(patterns=patterns, volume=50_000).content
    even = make(patterns=patterns, volume=50_000, diversityControl=True, complexity=0.1).content
    assert free.count(b"first") > 2 * free.count(b"third")
    assert even.count(b"first") < 1.2 * even.count(b"third")


def test_the_name_and_type_are_offered() -> None:
    """The extension is one of those given, or that of the kind."""
    made = make(7, extensions=[".log", "txt"])
    assert made.file_name in ("synthetic-7.log", "synthetic-7.txt") and made.media_type == "text/plain"
    made = make(7, contentType="xml", encoding="utf-16")
    assert (made.file_name, made.media_type) == ("synthetic-7.xml", "application/xml; charset=utf-16")
