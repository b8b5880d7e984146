"""TypeScript text is read back as what it was made from, and Biome has nothing to change."""

from __future__ import annotations

from pathlib import Path

import pytest

from isotype.dialects import patterns as printers
from isotype.dialects.literals.typescript import (
    typescript_access,
    typescript_comment_lines,
    typescript_doc,
    typescript_property,
    typescript_regex,
    typescript_string,
)
from isotype.domain.patterns import Pattern
from isotype.language.patterns import parse
from tests.engines.node import Node
from tests.engines.typescript import biome, typecheck
from tests.literals.hostile import NAMES, NEVER_IN_SQL, TEXTS

SCRIPT = Path(__file__).with_name("read.mjs")


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("plain", '"plain"'),
        ("it's", '"it\'s"'),
        ('say "hi"', "'say \"hi\"'"),
        ("</script><!--", '"\\x3c/script>\\x3c!--"'),
        ("${a} $b", '"\\x24{a} $b"'),
        ("a\nb\u2028\U000e0041", r'"a\nb\u2028\u{e0041}"'),
    ],
)
def test_strings_are_spelled_as_biome_would(text: str, spelled: str) -> None:
    """Double quotes unless single ones need fewer backslashes, and nothing that a page could trip over."""
    assert typescript_string(text) == spelled


def test_strings_are_read_back(node: Node) -> None:
    """JavaScript gives back every hostile text, from one line."""
    texts = [*TEXTS, *NEVER_IN_SQL]
    literals = [typescript_string(text) for text in texts]
    assert all(len(literal.splitlines()) == 1 for literal in literals)
    assert node.call(SCRIPT, "values", literals) == texts


def test_property_names_are_read_back(node: Node) -> None:
    """An object literal has the one property it names, `__proto__` included."""
    found = node.call(SCRIPT, "keys", [typescript_property(name) for name in NAMES])
    assert found == [[[name], True] for name in NAMES]
    reached = [
        f"({{ {typescript_property(name)}: {index} }}){typescript_access(name)}" for index, name in enumerate(NAMES)
    ]
    assert node.call(SCRIPT, "values", reached) == list(range(len(NAMES)))


@pytest.mark.parametrize(
    ("name", "spelled"), [("plain", "plain"), ("class", "class"), ("$a", "$a"), ("a-b", '"a-b"'), ("1", '"1"')]
)
def test_property_names_are_quoted_only_when_needed(name: str, spelled: str) -> None:
    """A name that is an identifier stands as it is."""
    assert typescript_property(name) == spelled


def test_comments_stay_comments() -> None:
    """No text ends its comment, acts as a tag, or is taken for a directive."""
    assert typescript_doc("a */ b") == ["/** a *\\/ b */"]
    assert typescript_doc("one\n\ntwo", "  ") == ["  /**", "   * one", "   *", "   * two", "   */"]
    assert typescript_doc("@internal, {@link x}, me@home") == ["/** \\@internal, {\\@link x}, me@home */"]
    assert typescript_doc("biome-ignore x") == ["/** - biome-ignore x */"]
    assert typescript_comment_lines("/ <reference />\n@ts-nocheck") == ["// - / <reference />", "// \\@ts nocheck"]
    for text in (*TEXTS, *NEVER_IN_SQL):
        assert all("*/" not in line.removesuffix("*/") for line in typescript_doc(text))
        assert all(line.startswith("//") and len(line.splitlines()) == 1 for line in typescript_comment_lines(text))


def test_compiler_and_biome_take_everything(tmp_path: Path) -> None:
    """A module made of hostile texts compiles, and Biome has nothing against it."""
    sources = [
        "^[a-z]+/[\\[\\]^-]$",
        "a   b",
        "[^\\x00-\\x1f\\x7f]",
        "\\{\\}\\.é\\u{1f600}",
        "[+--]",
        "(a|)[\\s\\S]",
        "[-^][.-/]",
    ]
    patterns = [pattern for pattern in map(parse, sources) if isinstance(pattern, Pattern)]
    assert len(patterns) == len(sources)
    lines = ["// Made from hostile texts.", "export const texts = ["]
    lines.extend(f"  {typescript_string(text)}," for text in (*TEXTS, *NEVER_IN_SQL))
    lines.extend(["];", "export const patterns = ["])
    lines.extend(f"  {typescript_regex(printers.javascript(pattern))}," for pattern in patterns)
    lines.extend(["];", "export interface Names {"])
    lines.extend(f"  {typescript_property(name)}: string;" for name in NAMES)
    lines.append("}")
    for number, text in enumerate((*TEXTS, *NEVER_IN_SQL)):
        lines.extend(
            [*typescript_comment_lines(text), *typescript_doc(text), f"export const value{number} = {number};"]
        )
        lines.extend([f"export interface Holder{number} {{", *typescript_doc(text, "  "), "  value: string;", "}"])
    (tmp_path / "module.ts").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert typecheck(tmp_path) == []
    assert biome(tmp_path) == []


def test_comments_hide_no_error(tmp_path: Path) -> None:
    """A type error below a hostile comment is still found."""
    errors = 0
    lines: list[str] = []
    for number, text in enumerate(TEXTS):
        for comment in (typescript_doc(text), typescript_comment_lines(text)):
            lines.extend([*comment, f"export const value{number}{errors}: string = 1;"])
            errors += 1
    (tmp_path / "module.ts").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert len(typecheck(tmp_path)) == errors
