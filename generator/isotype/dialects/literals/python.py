"""Strings, docstrings and comments of Python, spelled as `ruff format` leaves them."""

from __future__ import annotations

import re
from functools import lru_cache

from isotype.dialects.literals.characters import escape, is_plain, paragraph_lines, spell_hexadecimal, visible, wrap
from isotype.domain.lazy import regular

WIDTH = 100
"""The line length of generated Python, within which prose is wrapped."""

_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\", '"': '\\"', "'": "\\'"}

# A quote at the end, which would join the closing ones unless a backslash stands before it.
_OPEN_QUOTE = regular(r'(?<!\\)(?:\\\\)*"\Z')

# Comments that tools obey. A dash before them, or a blank inside, leaves them to be read by people alone.
_DIRECTIVE = regular(
    r"#(?=\s*(?:type|fmt|noqa|ruff|flake8|isort|yapf|autopep8|mypy|pyright|pyre|pylint|pragma|nosec|region|endregion|"
    r"cython|distutils|coverage)\b|[!:])",
    re.IGNORECASE,
)
_ENCODING = regular(r"(coding)([:=])(?=[ \t]*[-\w.])")


def python_string(text: str) -> str:
    """A string literal on one line, in double quotes unless single ones need fewer backslashes."""
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    quote = "'" if text.count('"') > text.count("'") else '"'
    return quote + escape(text, _spell, "\\" + quote) + quote


def python_raw_string(text: str) -> str:
    """A raw string literal where its text can stand in one, as regular expressions can; else a plain one."""
    quote = "'" if '"' in text else '"'
    ends_open = (len(text) - len(text.rstrip("\\"))) % 2 == 1
    if "\\" not in text or quote in text or ends_open or escape(text, _spell) != text:
        return python_string(text)
    return f"r{quote}{text}{quote}"


def python_block(text: str) -> str:
    """A string literal in triple quotes, which keeps the lines of the text."""
    # Lines are escaped apart, since a line break stays what it is; most texts hold nothing else that could be hidden.
    shown = text.replace("\n", "")
    if shown.isascii() and shown.isprintable():
        kept = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    else:
        kept = "\n".join(map(_in_docstring, text.split("\n")))
    if " \n" in kept or kept.endswith(" "):
        kept = "\n".join([f"{line[:-1]}\\x20" if line.endswith(" ") else line for line in kept.split("\n")])
    before = kept[:-1]
    bare = kept.endswith('"') and (len(before) - len(before.rstrip("\\"))) % 2 == 0
    return '"""\\\n' + (f'{before}\\"' if bare else kept) + '"""'


def python_docstring(text: str, indent: str = "", width: int = WIDTH) -> list[str]:
    """The lines of a docstring; none when there is no text.

    Long lines are wrapped and blanks at line ends dropped; all else is what `inspect.cleandoc` gives back.
    """
    return list(_docstring(text, indent, width))


# Generated modules say many things in the same words.
@lru_cache(maxsize=4096)
def _docstring(text: str, indent: str, width: int) -> tuple[str, ...]:
    if is_plain(text) and '"' not in text and "\\" not in text and len(whole := f'{indent}"""{text}"""') <= width:
        return (whole,)
    paragraphs = [_in_docstring(line) for line in paragraph_lines(text)]
    if not paragraphs:
        return ()
    opening = '""" ' if paragraphs[0].startswith('"') else '"""'
    closing = ' """' if paragraphs[0].endswith('"') and _OPEN_QUOTE.search(paragraphs[0]) else '"""'
    whole = indent + opening + paragraphs[0] + closing
    if len(paragraphs) == 1 and len(whole) <= width:
        return (whole,)
    room = width - len(indent)
    first, *rest = wrap(paragraphs[0], room, room - len(opening))
    if len(paragraphs) == 1 and not rest:
        return (whole,)
    for paragraph in paragraphs[1:]:
        rest.extend(wrap(paragraph, room))
    return (indent + opening + first, *((indent + line).rstrip(" ") for line in rest), indent + '"""')


def python_comment_lines(text: str, indent: str = "", width: int = WIDTH) -> list[str]:
    """The text as `# ` lines which no tool takes for a directive; none when there is no text."""
    room = width - len(indent) - 2
    lines = (piece for line in paragraph_lines(text) for piece in wrap(visible(line), room))
    return [indent + _inert(f"# {line}".rstrip(" ")) for line in lines]


def _inert(comment: str) -> str:
    return _ENCODING.sub(r"\1 \2", _DIRECTIVE.sub("# -", comment))


def _in_docstring(line: str) -> str:
    escaped = escape(line, _spell, "\\")
    return escaped.replace('"""', '\\"\\"\\"')


def _spell(character: str) -> str:
    code = ord(character)
    if character in _NAMED:
        return _NAMED[character]
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return spell_hexadecimal(character) if code <= 0xFFFF else f"\\U{code:08x}"
