"""What a content looks like, from its bytes alone."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from math import log2


@dataclass(frozen=True)
class Profile:
    """How the bytes of a content are distributed."""

    size: int
    distinct_bytes: int
    entropy: Decimal

    @property
    def redundancy(self) -> Decimal:
        """What perfect coding of single bytes would save, in percent."""
        if not self.size:
            return Decimal(0)
        return (100 - self.entropy * Decimal("12.5")).quantize(Decimal("0.01"))


def profile(content: bytes) -> Profile:
    """The size of a content, how many byte values occur, and their Shannon entropy in bits."""
    counts = Counter(content).values()
    size = len(content)
    bits = sum(count * log2(size / count) for count in counts) / size if size else 0.0
    return Profile(size, len(counts), min(Decimal(8), Decimal(bits).quantize(Decimal("0.0001"))))


def media_type(text: str) -> str:
    """The MIME type that a text looks like; a text that looks like nothing else is plain."""
    start = text.lstrip()[:100].lower()
    if start.startswith(("{", "[")) and _is_json(text):
        return "application/json"
    if start.startswith(("<!doctype html", "<html")):
        return "text/html"
    if re.match(r"<(\?xml|[a-z!])", start) and text.rstrip().endswith(">"):
        return "application/xml"
    return "text/csv" if _is_table(text) else "text/plain"


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _is_table(text: str) -> bool:
    """Whether the first lines have the same number of fields, at least two of them in at least two lines."""
    lines = text.splitlines()[:20]
    for delimiter in ",;\t":
        try:
            widths = {len(row) for row in csv.reader(lines, delimiter=delimiter) if row}
        except csv.Error:
            continue
        if len(lines) > 1 and len(widths) == 1 and widths.pop() > 1:
            return True
    return False
