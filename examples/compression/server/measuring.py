"""What a codec makes of a content: sizes and times, measured and never estimated."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from math import log10
from time import perf_counter_ns
from typing import Literal

from examples.compression.server.codecs import Codec

HIGHEST_RATIO = Decimal("999999.9999")
"""The largest that a column of ratios holds; a content that shrinks further is said to shrink so much."""

_SLOWEST, _SATURATED = 100_000, 200_000_000
"""Bytes per second below which speed counts for nothing, and above which more of it is no better."""


@dataclass(frozen=True)
class Measurement:
    """One content through one codec at one level."""

    algorithm: str
    level: int
    original_size: int
    compressed_size: int
    milliseconds: Decimal

    @property
    def ratio(self) -> Decimal:
        """The original size divided by the compressed size, to four digits."""
        return ratio_of(self.original_size, self.compressed_size)

    @property
    def saved(self) -> float:
        """The part of the content that is gone, from 0; a result that is larger saves nothing."""
        return max(0.0, 1 - self.compressed_size / self.original_size) if self.original_size else 0.0

    @property
    def speed(self) -> float:
        """How fast it went, from 0 to 1, on a scale that feels even: each step is a multiple."""
        per_second = self.original_size / max(float(self.milliseconds), 0.001) * 1000
        return min(1.0, _log_share(per_second))


@dataclass(frozen=True)
class RoundTrip:
    """A measurement, and what became of the content on the way back."""

    there: Measurement
    milliseconds_back: Decimal
    is_lossless: bool

    @property
    def score(self) -> Decimal:
        """Three parts size and two parts speed, from 0 to 100; what is not restored is worth nothing."""
        if not self.is_lossless:
            return Decimal(0)
        return Decimal(60 * self.there.saved + 40 * self.there.speed).quantize(Decimal("0.01"))

    @property
    def verdict(self) -> Literal["viable", "marginal", "unsuitable"]:
        """Unsuitable is what loses content or saves nothing, viable what earns half of the points."""
        if not self.is_lossless or self.there.saved == 0:
            return "unsuitable"
        return "viable" if self.score >= 50 else "marginal"


def measure(codec: Codec, level: int, content: bytes) -> Measurement:
    """Compress a content, and say how large the result is and how long it took."""
    begin = perf_counter_ns()
    compressed = codec.compress(content, level)
    return Measurement(codec.name, level, len(content), len(compressed), _milliseconds(perf_counter_ns() - begin))


def measure_round_trip(codec: Codec, level: int, content: bytes) -> RoundTrip:
    """Compress a content, restore it, and compare."""
    begin = perf_counter_ns()
    compressed = codec.compress(content, level)
    middle = perf_counter_ns()
    restored = codec.decompress(compressed)
    end = perf_counter_ns()
    there = Measurement(codec.name, level, len(content), len(compressed), _milliseconds(middle - begin))
    return RoundTrip(there, _milliseconds(end - middle), restored == content)


def ratio_of(original_size: int, compressed_size: int) -> Decimal:
    """The original size divided by the compressed size, to four digits and at most what a column holds."""
    if compressed_size == 0:
        return HIGHEST_RATIO if original_size else Decimal(0)
    return min(HIGHEST_RATIO, (Decimal(original_size) / compressed_size).quantize(Decimal("0.0001")))


def _milliseconds(nanoseconds: int) -> Decimal:
    return Decimal(nanoseconds // 1000).scaleb(-3)


def _log_share(per_second: float) -> float:
    if per_second <= _SLOWEST:
        return 0.0
    return log10(per_second / _SLOWEST) / log10(_SATURATED / _SLOWEST)
