"""What the pattern parser reads, and what it refuses with a reason."""

from __future__ import annotations

import pytest

from isotype.dialects import patterns as printers
from isotype.domain.patterns import Pattern
from isotype.language.patterns import MAXIMUM_NESTING, PatternError, is_anchored, parse


def read(source: str) -> Pattern:
    pattern = parse(source)
    assert isinstance(pattern, Pattern), pattern
    return pattern


@pytest.mark.parametrize(
    ("source", "printed"),
    [
        ("^[a-z0-9_]+$", r"^[a-z0-9_]+\Z"),
        ("^[_0-9a-z]+$", r"^[a-z0-9_]+\Z"),
        (r"\d\w\s", r"[0-9][a-zA-Z0-9_][\t-\r ]"),
        (r"\D\W\S", r"[^0-9][^a-zA-Z0-9_][^\t-\r ]"),
        (r"[\s\S]", r"[\s\S]"),
        (r"[^\D]", "[0-9]"),
        (r"[\w.-]", "[a-zA-Z0-9._-]"),
        (".", r"[^\n\r\u2028\u2029]"),
        (r"\x41\u0042\u{43}\u{1F600}\ud83d\ude00", r"ABC\U0001f600\U0001f600"),
        (r"\/\-\#\ ", "/-# "),
        ("(a|b)(?:c)", "(?:a|b)c"),
        ("(?:ab)*?(?:c{2})+?", "(?:ab)*(?:c{2})+"),
        ("a{1}b{0}c{0,}d{1,}e{0,1}f{2,2}", "ac*d+e?f{2}"),
        (r"[^\x00-\x1f]", r"[^\u0001-\u001f]"),
        (r"[\^-]", "[-^]"),
        (r"[+--]", "[+,-]"),
        (r"[a\]\[\\]", r"[a\[\\\]]"),
        ("(?![\\s\\S])", r"\Z"),
        ("a   b", "a {3}b"),
        ("é", "é"),
        ("e\u0301", r"e\u0301"),
        ("(a|)", "a|(?:)"),
    ],
)
def test_reads(source: str, printed: str) -> None:
    """A portable pattern is read into the tree that prints as expected."""
    assert printers.python(read(source)) == printed


@pytest.mark.parametrize(
    ("source", "at", "part"),
    [
        ("a(?=b)", 1, "look-ahead"),
        ("a(?!b)", 1, "look-ahead"),
        ("(?<=a)b", 0, "look-behind"),
        ("(?<!a)b", 0, "look-behind"),
        (r"(a)\1", 3, "back-reference"),
        (r"(?P<x>a)", 0, "named group"),
        ("(?<x>a)", 0, "named group"),
        (r"\k<x>", 0, "back-reference"),
        ("(?i)a", 0, "inline flag"),
        ("(?i:a)", 0, "inline flag"),
        ("(?>a)", 0, "atomic"),
        ("(?#a)", 0, "comment"),
        ("[[:alpha:]]", 1, "POSIX"),
        (r"\p{L}", 0, "Unicode tables"),
        (r"a\b", 1, "word boundary"),
        (r"a\Z", 1, "'\\Z'"),
        ("[a&&b]", 2, "set operation"),
        ("[a--b]", 2, "set operation"),
        ("a**", 2, "repeat follows"),
        ("a++", 2, "possessive"),
        ("a{2}{3}", 4, "repeat follows"),
        ("*a", 0, "nothing to repeat"),
        ("^*", 0, "no character"),
        ("(^|$)+", 0, "no character"),
        ("(^a){3}", 0, "counted repeat"),
        ("[]", 0, "empty class"),
        ("[^]", 0, "empty class"),
        (r"[^\s\S]", 0, "no character"),
        ("[z-a]", 1, "'z-a'"),
        (r"[\d-z]", 1, "cannot bound"),
        ("[a-c-e]", 4, "after the range"),
        ("[a", 0, "never closed"),
        ("(a", 0, "never closed"),
        ("a)", 1, "closes no group"),
        ("a{", 1, "opens no count"),
        ("a{,3}", 1, "lower bound"),
        ("a{3,2}", 1, "ends before"),
        ("a{256}", 1, "above 255"),
        ("a{1,99999999999999999999}", 1, "above 255"),
        ("a}", 1, "lone '}'"),
        ("a]", 1, "lone ']'"),
        ("\\", 0, "ends in a backslash"),
        (r"\x4", 0, "2 hexadecimal"),
        (r"\u12", 0, "4 hexadecimal"),
        (r"\u{110000}", 0, "no code point"),
        (r"\ud800", 0, "surrogate"),
        (r"[\ud800-\udfff]", 1, "surrogate"),
        (r"\0", 0, "U+0000"),
        (r"\é", 0, "no meaning"),
        ("", 0, "empty pattern"),
        ("((a{255}){9})", 0, "counts are written out"),
        ("(a?){255}(b?){255}", 0, "steps"),
        ("(" * 2000 + "a", MAXIMUM_NESTING + 1, "nested"),
    ],
)
def test_refuses(source: str, at: int, part: str) -> None:
    """What engines read differently is refused where it stands, with a reason and a way out."""
    error = parse(source)
    assert isinstance(error, PatternError), error
    assert (error.at, part in error.message) == (at, True), error
    assert error.suggestion


@pytest.mark.parametrize("printer", [printers.javascript, printers.json_schema, printers.pydantic])
@pytest.mark.parametrize("source", ["^[a-z0-9_]+$", r"^[^\x00-\x1f\u{1f600}]*\.$", "(a|b|)/{2,3}", r"[\^\-]$"])
def test_printed_patterns_are_read_again(printer: object, source: str) -> None:
    """ECMAScript's, JSON Schema's and Rust's spellings read back as the tree they were printed from."""
    assert callable(printer)
    assert read(printer(read(source))).root == read(source).root


@pytest.mark.parametrize(
    ("source", "anchored"),
    [
        ("^a$", True),
        ("^a$|^b$", True),
        ("(^a|^b)c$", True),
        ("^a$|b", False),
        ("^a", False),
        ("a$", False),
        ("a", False),
    ],
)
def test_knows_patterns_that_speak_of_the_whole_text(source: str, anchored: bool) -> None:
    """A pattern is anchored when each of its alternatives is, at both ends."""
    assert is_anchored(read(source)) is anchored
