"""Strings, names and comments of TypeScript, spelled as Biome leaves them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from isotype.dialects.literals.characters import escape, is_plain, paragraph_lines, spell_hexadecimal, visible, wrap
from isotype.domain.lazy import regular

WIDTH = 100
"""The line length of generated TypeScript, within which prose is wrapped."""

_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\", '"': '\\"', "'": "\\'"}

# What would end or confuse a script element, should the code ever be put into a page, and what linters take for a
# template literal with the wrong quotes.
_CONFUSING = regular(r"<(?=/script|!--|script)|\$(?=\{)", re.IGNORECASE)

# Tags and comments that tools obey.
_TAG = regular(r"(^|[\s{(*/])@(?=\w)")
# Biome finds these anywhere in a comment.
_COMPILER_TAG = regular(r"@ts-(?=\w)")
_DIRECTIVE = regular(
    r"^(?=\s*(?:biome-|eslint|prettier-|deno-|oxlint|tslint|jshint|jslint|istanbul|c8\b|v8\b|vitest|globals?\b|exported\b|"
    r"webpack|sourceMappingURL|[/#!<]))",
    re.IGNORECASE,
)


def typescript_string(text: str) -> str:
    """A string literal on one line, in double quotes unless single ones need fewer backslashes."""
    quote = "'" if text.count('"') > text.count("'") else '"'
    spelled = escape(text, _spell, "\\" + quote)
    if "<" in spelled or "$" in spelled:
        spelled = _CONFUSING.sub(_spell_in_hexadecimal, spelled)
    return quote + spelled + quote


@lru_cache(maxsize=8192)
def typescript_property(name: str) -> str:
    """A property's name in an object literal, an interface or a type: quoted only when it must be.

    A literal property `__proto__` would set the prototype, quoted or not, so that one is computed.
    """
    if name == "__proto__":
        return '["__proto__"]'
    return name if _is_name(name) else typescript_string(name)


@lru_cache(maxsize=8192)
def typescript_access(name: str) -> str:
    """What follows an object to reach its property: `.name`, or `["the name"]`."""
    return f".{name}" if _is_name(name) and name != "__proto__" else f"[{typescript_string(name)}]"


def typescript_regex(body: str) -> str:
    """The literal of a regular expression whose body a pattern printer wrote."""
    return f"/{body}/u"


def typescript_doc(text: str, indent: str = "", width: int = WIDTH) -> list[str]:
    """The lines of a JSDoc comment, in which nothing acts as a tag or a directive; none when there is no text."""
    return list(_doc(text, indent, width))


# An entity's variants, in every layer, say the same.
@lru_cache(maxsize=4096)
def _doc(text: str, indent: str, width: int) -> Sequence[str]:
    if is_plain(text) and len(whole := f"{indent}/** {_inert(text)} */") <= width:
        return [whole]
    room = width - len(indent) - 3
    lines = [piece for line in paragraph_lines(text) for piece in _pieces(line, room)]
    if not lines:
        return []
    if len(lines) == 1 and len(whole := f"{indent}/** {lines[0]} */") <= width:
        return [whole]
    return [f"{indent}/**", *(f"{indent} * {line}".rstrip(" ") for line in lines), f"{indent} */"]


def typescript_comment_lines(text: str, indent: str = "", width: int = WIDTH) -> list[str]:
    """The text as `// ` lines which no tool takes for a directive; none when there is no text."""
    room = width - len(indent) - 3
    pieces = (piece for line in paragraph_lines(text) for piece in _pieces(line, room))
    return [f"{indent}// {piece}".rstrip(" ") for piece in pieces]


# What an entity is stands above each of its variants, and what a variant is above that of each entity.
@lru_cache(maxsize=4096)
def _pieces(line: str, room: int) -> tuple[str, ...]:
    return tuple(map(_inert, wrap(visible(line), room)))


def _inert(line: str) -> str:
    inert = line.replace("*/", "*\\/")
    if "@" in inert:
        inert = _TAG.sub(r"\1\\@", _COMPILER_TAG.sub("@ts ", inert))
    return f"- {inert}" if _DIRECTIVE.match(inert) else inert


def _is_name(name: str) -> bool:
    return name.replace("$", "_").isidentifier()


def _spell_in_hexadecimal(match: re.Match[str]) -> str:
    return f"\\x{ord(match[0]):02x}"


def _spell(character: str) -> str:
    code = ord(character)
    if character in _NAMED:
        return _NAMED[character]
    return spell_hexadecimal(character) if code <= 0xFFFF else f"\\u{{{code:x}}}"
