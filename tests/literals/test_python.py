"""Python text is read back as what it was made from, and `ruff format` has nothing to change."""

from __future__ import annotations

import ast
import inspect
import io
import subprocess
import sys
import tokenize
from pathlib import Path

import pytest

from isotype.dialects.literals.python import (
    python_comment_lines,
    python_docstring,
    python_raw_string,
    python_string,
)
from tests.literals.hostile import NEVER_IN_SQL, TEXTS

EVERYTHING = [*TEXTS, *NEVER_IN_SQL]


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("plain", '"plain"'),
        ("it's", '"it\'s"'),
        ('say "hi"', "'say \"hi\"'"),
        ('it\'s "both"', "'it\\'s \"both\"'"),
        ("a\nb\t\x0b\u202e\U000e0041", r'"a\nb\t\x0b\u202e\U000e0041"'),
        ("漢字 é", '"漢字 é"'),
    ],
)
def test_strings_are_spelled_as_ruff_would(text: str, spelled: str) -> None:
    """Double quotes unless single ones need fewer backslashes, and nothing that cannot be seen."""
    assert python_string(text) == spelled


def test_strings_are_read_back() -> None:
    """Python gives back every hostile text, from one line."""
    for text in EVERYTHING:
        for literal in (python_string(text), python_raw_string(text)):
            assert ast.literal_eval(literal) == text
            assert len(literal.splitlines()) == 1
    assert python_raw_string(r"^\d+\Z") == r'r"^\d+\Z"'


def test_docstrings_are_read_back() -> None:
    """Python gives back every hostile text as `inspect.cleandoc` gives it, without blanks at the ends of lines."""
    assert python_docstring(" \n ") == []
    for text in filter(str.strip, EVERYTHING):
        source = "\n".join(["class Holder:", *python_docstring(text, "    ", width=1000)])
        [holder] = ast.parse(source).body
        assert isinstance(holder, ast.ClassDef)
        unified = text.replace("\r\n", "\n").replace("\r", "\n").strip(" \t\n").expandtabs(4)
        lines = inspect.cleandoc(unified).split("\n")
        assert (ast.get_docstring(holder) or "").rstrip(" ") == "\n".join(line.rstrip(" ") for line in lines)


def test_long_docstrings_are_wrapped() -> None:
    """No line is longer than the width, unless one word is."""
    lines = python_docstring("word " * 50 + "\n\n" + "x" * 120, "    ", width=100)
    assert all(len(line) <= 100 for line in lines if "word" in line)
    assert lines[0].startswith('    """word') and lines[-1] == '    """'
    assert python_docstring("word " * 50, "    ", width=100)[1].startswith("    word")


def test_comments_stay_comments() -> None:
    """No text ends its comment lines, and no tool takes them for a directive."""
    assert python_comment_lines("type: ignore\n# noqa", "  ") == ["  # - type: ignore", "  # # - noqa"]
    for text in EVERYTHING:
        lines = python_comment_lines(text)
        source = "\n".join([*lines, "x = 1\n"])
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
        assert [token.string for token in tokens if token.type == tokenize.NAME] == ["x"]
        assert sum(token.type == tokenize.COMMENT for token in tokens) == len(lines)
        assert ast.parse(source.encode("utf-8", "surrogatepass") if text not in NEVER_IN_SQL else source)


def test_ruff_has_nothing_to_change(tmp_path: Path) -> None:
    """A module made of hostile texts is formatted as it stands."""
    source = ["# The first line.", "# The second line.", "VALUES = ["]
    source.extend(f"    {python_string(text)}," for text in EVERYTHING)
    source.append("]")
    for number, text in enumerate(EVERYTHING):
        docstring = python_docstring(text, "    ")
        source.extend(["", "", *python_comment_lines(text), f"class Holder{number}:", *docstring])
        if docstring:
            source.append("")
        source.extend([*python_comment_lines(text, "    "), "    value = 1"])
    module = tmp_path / "module.py"
    module.write_text("\n".join(source) + "\n", encoding="utf-8")
    for width in ("88", "100", "120"):
        command = [sys.executable, "-m", "ruff", "format", "--isolated", "--diff", "--line-length", width, module]
        result = subprocess.run(command, capture_output=True, text=True)
        assert (result.returncode, result.stdout) == (0, ""), result.stderr
    rules = ["--select", "E,F,W,PLE,RUF100,PGH,D300", "--ignore", "E501"]
    command = [sys.executable, "-m", "ruff", "check", "--isolated", *rules, str(module)]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout
