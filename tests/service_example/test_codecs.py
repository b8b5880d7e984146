"""The codecs compress really, at each of their levels, and the measurements are theirs."""

from __future__ import annotations

import gzip
from dataclasses import replace
from decimal import Decimal

import pytest

from examples.compression.server import codecs as libraries
from examples.compression.server.codecs import codecs, why_missing
from examples.compression.server.measuring import HIGHEST_RATIO, measure, measure_round_trip, ratio_of
from tests.engines import ROOT

TEXT = (ROOT / "schema" / "compression.yaml").read_bytes()


def test_all_are_installed() -> None:
    """The extra `service` brings every library."""
    assert set(codecs()) == {"gzip", "zlib", "bz2", "lzma", "zstd", "brotli", "lz4"}


@pytest.mark.parametrize("name", sorted(codecs()))
def test_every_level_restores_what_it_compressed(name: str) -> None:
    """Text shrinks, nothing stays nothing, and the same content gives the same bytes."""
    codec = codecs()[name]
    for level in codec.levels:
        compressed = codec.compress(TEXT, level)
        assert len(compressed) < len(TEXT) / 2 and codec.decompress(compressed) == TEXT
        assert codec.decompress(codec.compress(b"", level)) == b""
    assert codec.default_level in codec.levels and codec.version
    assert codec.compress(TEXT, codec.default_level) == codec.compress(TEXT, codec.default_level)


@pytest.mark.parametrize("name", ["gzip", "lzma", "zstd", "brotli"])
def test_the_highest_level_is_smaller_than_the_lowest(name: str) -> None:
    """A level is really handed to the library."""
    codec = codecs()[name]
    assert len(codec.compress(TEXT, codec.levels[-1])) < len(codec.compress(TEXT, codec.levels[0]))


def test_what_is_missing_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """A library that cannot be imported makes no codec."""
    library = replace(libraries._LIBRARIES["lz4"], module="no_such_module")
    monkeypatch.setattr(libraries, "_LIBRARIES", {"lz4": library})
    assert codecs.__wrapped__() == {}
    assert why_missing("lz4") == "The Python package lz4 is not installed."
    assert why_missing("owl") == "This service has no codec named owl."


def test_a_measurement_is_what_happened() -> None:
    """Sizes are those of the result, and a round trip compares what comes back."""
    there = measure(codecs()["gzip"], 6, TEXT)
    assert there.compressed_size == len(gzip.compress(TEXT, 6, mtime=0)) and there.milliseconds > 0
    assert there.ratio == ratio_of(len(TEXT), there.compressed_size) > 2
    trip = measure_round_trip(codecs()["zstd"], 3, TEXT)
    assert trip.is_lossless and trip.verdict == "viable" and 50 <= trip.score <= 100


def test_what_loses_content_is_unsuitable() -> None:
    """However small and fast it is."""
    lossy = replace(codecs()["gzip"], compress=lambda _, __: b"owl", decompress=lambda content: content)
    trip = measure_round_trip(lossy, 1, TEXT)
    assert not trip.is_lossless and trip.verdict == "unsuitable" and trip.score == 0


def test_what_does_not_shrink_is_unsuitable() -> None:
    """Two bytes become more of them."""
    trip = measure_round_trip(codecs()["gzip"], 9, b"ab")
    assert trip.is_lossless and trip.there.saved == 0 and trip.verdict == "unsuitable"


@pytest.mark.parametrize(
    ("original", "compressed", "ratio"),
    [(3, 2, "1.5000"), (2, 3, "0.6667"), (40_000_000, 20, "999999.9999"), (0, 20, "0"), (0, 0, "0")],
)
def test_ratios_fit_their_column(original: int, compressed: int, ratio: str) -> None:
    """Four digits, and at most what a column holds."""
    assert ratio_of(original, compressed) == Decimal(ratio) <= HIGHEST_RATIO
