"""Texts that have broken somebody's generator."""

from __future__ import annotations

TEXTS = [
    "",
    "plain",
    " blanks at both ends ",
    "it's",
    'say "hi"',
    'it\'s "both"',
    "''",
    '"""',
    "'''",
    'ends in "quotes"',
    'ends in """three"""',
    "a backslash \\",
    "two \\\\",
    "\\n is not a line end",
    "\\' OR 1=1 --",
    "'; DROP TABLE users; --",
    "$$ $body$ $1",
    "%s %(name)s {0} {name} ${name} `${1+1}` #{x}",
    "{{ 7 * 7 }} {% raw %} {# #}",
    "two\nlines",
    "windows\r\nlines",
    "old\rmac",
    "\n\nblank lines\n\n\nbetween\n\n",
    "tab\there",
    "\ttab first",
    "    indented\n        more\n    less",
    "list:\n  - one\n  - two",
    "*/ alert(1) /*",
    "**/",
    "/* -- # // <!-- --> */",
    "</script><script>alert(1)</script><!--",
    "-- comment",
    "# type: ignore",
    "fmt: off",
    "# noqa",
    "-*- coding: latin-1 -*-",
    "@ts-ignore",
    "@ts-nocheck @internal {@link x}",
    "biome-ignore lint: x",
    "eslint-disable",
    "/ <reference path='x' />",
    "# sourceMappingURL=x",
    "mail me@example.org",
    "\u2028\u2029 line separators \u0085",
    "\u202e\u2066bidi\u2069\u202c",
    "zero\u200bwidth\ufeff",
    "a\u0301 combining \u200d joiner",
    "emoji \U0001f600 and \U000e0041 tag",
    "\x01\x08\x0b\x0c\x1a\x1b[31mred\x7f\x9b",
    "\ufffe\uffff\ufdd0\U0010ffff",
    "__proto__",
    "constructor",
    "Ünïcödé 漢字 кириллица עברית",
    "long " * 60,
    "x" * 300,
]
"""Texts without U+0000 and unpaired surrogates: what the language lets through."""

NEVER_IN_SQL = ["nul \0 inside", "unpaired \ud800 surrogate"]
"""Texts that only a bug could bring to SQL; Python and TypeScript can still say them."""

NAMES = [
    "plain", "camelCase", "Upper", "with space", "with-hyphen", 'quo"te', "back\\slash", "select", "order", "user",
    "json", "__proto__", "constructor", "class", "1", "01", "1e3", "$dollar", "_private", "é", "Ünï", "a.b", "",
    "two\nlines",
]  # fmt: skip
"""Names as they may come from anywhere."""
