"""The words of SQL as SQLite stores it, and one spelling for all ways to write them.

A token is a piece of the text as it stands; blanks and comments are no tokens. `spelled` writes tokens anew:
keywords in capitals, names in small letters and quoted only where they must be, one sign for each operator. Two
texts that are spelled the same are the same to SQLite.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from isotype.catalog.sqlite.parentheses import needed

# A text that ends inside a string or a comment cannot be stored; what stands alone is read as a sign.
_TOKEN = re.compile(
    r"""
      [ \t\n\f\r]+ | --[^\n]* | /\*.*?(?:\*/|\Z)
    | ( [xX]'[0-9a-fA-F]*'
      | '(?:[^']|'')*' | "(?:[^"]|"")*" | `(?:[^`]|``)*` | \[[^\]]*\]
      | 0[xX][0-9a-fA-F]+
      | (?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9_]+)?
      | [A-Za-z_\x80-\U0010ffff][\w$\x80-\U0010ffff]*
      | ->>|->|\|\||<<|>>|<=|>=|<>|==|!=
      | .
      )
    """,
    re.VERBOSE | re.DOTALL,
)

_RESERVED = """
    ADD ALL ALTER AND AS AUTOINCREMENT BETWEEN CASE CHECK COLLATE COMMIT CONSTRAINT CREATE CROSS CURRENT_DATE
    CURRENT_TIME CURRENT_TIMESTAMP DEFAULT DEFERRABLE DELETE DISTINCT DROP ELSE ESCAPE EXCEPT EXISTS FALSE FOREIGN FROM
    FULL GROUP HAVING IN INDEX INDEXED INNER INSERT INTERSECT INTO IS ISNULL JOIN LEFT LIMIT NATURAL NOT NOTHING NOTNULL
    NULL ON OR ORDER OUTER PRIMARY REFERENCES RETURNING RIGHT SELECT SET TABLE THEN TO TRANSACTION TRUE UNION UNIQUE
    UPDATE USING VALUES WHEN WHERE
"""
RESERVED = frozenset(_RESERVED.split())
"""Words that mean something else without quotes than within."""

_OPERATORS = frozenset(("LIKE", "GLOB", "REGEXP", "MATCH"))
_AFTER_OPERAND = _OPERATORS | {"END", "ASC", "DESC", "OVER", "FILTER", "OFFSET"}
"""Words that are names too, and keywords where an operand has just ended."""

_POSTFIX = {"ISNULL": ("IS",), "NOTNULL": ("IS", "NOT")}
_ENDING = frozenset(("AND", "OR", "THEN", "WHEN", "ELSE", "END"))
_SIGNS = {"==": "=", "!=": "<>"}
_VALUES = frozenset(("NULL", "TRUE", "FALSE", "CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP"))
_PLAIN = re.compile(r"[a-z_\x80-\U0010ffff][\w$\x80-\U0010ffff]*\Z")
_CAPITALS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
_CLOSING = {'"': '"', "`": "`", "[": "]", "'": "'"}


def tokens(text: str) -> list[str]:
    """The tokens of a text."""
    return [token for token in _TOKEN.findall(text) if token]


def fold(name: str) -> str:
    """The name as SQLite compares it: it does not tell upper from lower case, in ASCII."""
    return name.translate(_CAPITALS)


def unquoted(token: str) -> str:
    """The name that a token is, whichever of the four quotes it stands in."""
    closing = _CLOSING.get(token[0])
    if closing is None:
        return token
    inner = token[1:-1]
    return inner if closing == "]" else inner.replace(closing * 2, closing)


def identifier(name: str) -> str:
    """The name in one spelling."""
    folded = fold(name)
    if _PLAIN.match(folded) and folded.upper() not in RESERVED:
        return folded
    return '"' + folded.replace('"', '""') + '"'


def keyword(token: str) -> str:
    """The word that a token is when it is not quoted, in capitals; '' for anything else."""
    return token.upper() if _starts_name(token) and token[-1] != "'" else ""


def spelled(of: Sequence[str], names: Collection[str] | None = None) -> str:
    """Tokens as one text in one spelling.

    `names` are the names, folded, that double quotes may hold here: what else stands in them is a string, as SQLite
    has it. None when all of them are names.
    """
    return _joined(needed(list(_words(without_outer(of), names))))


def without_outer(of: Sequence[str]) -> Sequence[str]:
    """The tokens without parentheses round all of them."""
    while len(of) > 2 and of[0] == "(" and closing(of, 0) == len(of) - 1:
        of = of[1:-1]
    return of


def closing(of: Sequence[str], opening: int) -> int:
    """Where the parenthesis closes that opens at `opening`; the end when it does not."""
    depth = 0
    for at in range(opening, len(of)):
        if of[at] == "(":
            depth += 1
        elif of[at] == ")":
            depth -= 1
            if depth == 0:
                return at
    return len(of)


def parts(of: Sequence[str], separator: str = ",") -> Iterator[Sequence[str]]:
    """The tokens between separators that stand outside parentheses."""
    depth = start = 0
    for at, token in enumerate(of):
        if token == "(":
            depth += 1
        elif token == ")":
            depth -= 1
        elif token == separator and depth == 0:
            yield of[start:at]
            start = at + 1
    if start < len(of):
        yield of[start:]


def _words(of: Sequence[str], names: Collection[str] | None) -> Iterator[str]:
    """Each token in its one spelling; synonyms of several words are written out."""
    before = ""
    for at, token in enumerate(of):
        first = token[0]
        after = of[at + 1] if at + 1 < len(of) else ""
        if first == '"' and names is not None and "." not in (before, after) and fold(unquoted(token)) not in names:
            word = "'" + unquoted(token).replace("'", "''") + "'"
        elif first in '"`[':
            word = identifier(unquoted(token)) if len(token) > 1 else token
        elif first == "'":
            word = token
        elif keyword(token):
            word = token.upper()
            if word in _POSTFIX and _ends_expression(after):
                yield from _POSTFIX[word]
                word = "NULL"
            elif word == "NOT" and _ends_operand(before) and keyword(after or " ") == "NULL":
                following = of[at + 2] if at + 2 < len(of) else ""
                if _ends_expression(following):
                    yield "IS"
            elif word not in RESERVED and not _is_operator(word, before):
                word = fold(token)
        elif token[-1] == "'":
            word = token.upper()
        elif first.isdigit() or (first == "." and len(token) > 1):
            word = token.lower().replace("_", "")
        else:
            word = _SIGNS.get(token, token)
        yield word
        before = word


def _ends_expression(following: str) -> bool:
    """Whether nothing follows that binds tighter than IS: `a NOTNULL + 1` is not `a IS NOT NULL + 1`."""
    return not following or following in "),;" or keyword(following) in _ENDING


def _starts_name(word: str) -> bool:
    return word[0].isalpha() or word[0] == "_" or word[0] >= "\x80"


def _is_operator(word: str, before: str) -> bool:
    return word in _AFTER_OPERAND and (_ends_operand(before) or (before == "NOT" and word in _OPERATORS))


def _ends_operand(word: str) -> bool:
    if not word:
        return False
    if word[0] in "'\")" or word[0].isdigit() or word[-1] == "'" or word == "END":
        return True
    return _starts_name(word) and word not in _OPERATORS and (word in _VALUES or word not in RESERVED)


_TIGHT_BEFORE = frozenset((")", ",", ".", ";"))
_TIGHT_AFTER = frozenset(("(", "."))


def _joined(words: Sequence[str]) -> str:
    """The words as a person would space them."""
    pieces: list[str] = []
    before = ""
    earlier = ""
    for word in words:
        if not before or word in _TIGHT_BEFORE or before in _TIGHT_AFTER:
            tight = True
        elif word == "(":
            tight = before not in RESERVED and before not in _AFTER_OPERAND and _ends_operand(before)
        else:
            tight = before in "+-~" and not _ends_operand(earlier) and word[0] not in "+-"
        pieces.append(word if tight else " " + word)
        earlier, before = before, word
    return "".join(pieces)


def known(of: Iterable[str]) -> frozenset[str]:
    """The plain names among tokens, folded."""
    return frozenset(fold(token) for token in of if keyword(token))
