"""Patterns and texts made at random, from few characters, so that they often meet."""

from __future__ import annotations

import random

CHARACTERS = [
    *"aabbc0-_.^]",
    "\n",
    "\r",
    " ",
    "\t",
    "é",
    "\u0301",
    "\u2028",
    "\u0085",
    "\ufffd",
    "\U0001f600",
    "\U0010ffff",
]
CLASSES = [
    *("a", "b", "a", "b", "c", "0", "-", r"\.", "é", r"\n", r"\u2028", r"\u{1f600}", r"\^", r"\]", "/", " "),
    *("[ab]", "[a-c]", "[^a]", "[^a-c]", "[0-9]", r"[\w-]", r"[^\s]", r"\d", r"\D", r"\w", r"\W", r"\s", r"\S", "."),
    *(
        r"[\s\S]",
        r"[\]^-]",
        r"[^\]^-]",
        "[ab-]",
        r"[+-/]",
        r"[^\x00-\x1f]",
        r"[\u{1f600}-\u{10ffff}]",
        r"[^\ud7ff-\ue000]",
    ),
    *(
        r"[Z-^]",
        r"[\]-a]",
        r"[--/]".replace("--", r"\--"),
        r"[^\n]",
        r"[ -~]",
        r"[\x01-\x20a]",
        r"[*?\[]",
        r"\*",
        r"\[",
    ),
]
QUANTIFIERS = ["", "", "", "", "*", "+", "?", "{2}", "{1,2}", "{2,}", "{0,3}", "*?", "{1,9}"]


def pattern(source: random.Random, depth: int = 2) -> str:
    """The text of a pattern, anchored or not, which the parser may still refuse."""
    parts = [_part(source, depth) for _ in range(source.choice((1, 1, 2, 2, 3, 4)))]
    if depth == 2:
        start, end = source.choice((("^", "$"), ("^", "$"), ("^", ""), ("", "$"), ("", "")))
        return start + "".join(parts) + end
    return "".join(parts)


def _part(source: random.Random, depth: int) -> str:
    kind = source.random()
    if depth and kind < 0.25:
        options = [pattern(source, depth - 1) for _ in range(source.choice((1, 2, 2, 3)))]
        if source.random() < 0.15:
            options.append(source.choice(("", "^", "$", "^a", "b$")))
        return f"({'|'.join(options)}){source.choice(QUANTIFIERS)}"
    if kind < 0.29:
        return source.choice("^$")
    return source.choice(CLASSES) + source.choice(QUANTIFIERS)


def texts(source: random.Random, count: int = 24) -> list[str]:
    """Short texts, the empty one and last newlines among them."""
    made = ["", "\n", "a", "a\n", "\u2028"]
    made.extend("".join(source.choices(CHARACTERS, k=source.randint(1, 7))) for _ in range(count))
    made.extend("".join(source.choices("ab0-.", k=source.randint(1, 12))) for _ in range(count))
    made.extend(text + "\n" for text in made[-6:])
    return made
