"""Rule text → tree: the closed grammar of rules, computed values and index conditions.

```
OR  <  AND  <  NOT  <  IS  <  = <> < <= > >=  <  IN BETWEEN LIKE ~  <  + -  <  * /  <  unary -
```

The order is PostgreSQL's. Nothing is looked up here: names, types and enum values are judged in `checking`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import NoReturn

from isotype.domain.expressions import (
    And,
    Arithmetic,
    Between,
    Call,
    Case,
    Compare,
    Expression,
    In,
    IsNull,
    IsTruth,
    Like,
    Literal,
    Match,
    Name,
    Negate,
    Not,
    Or,
    Quantified,
    children,
)
from isotype.domain.lazy import NamedTuple, regular
from isotype.domain.values import frozen
from isotype.language import patterns
from isotype.language.wording import quoted

LONGEST = 10_000
"""Code points an expression may have."""

DEEPEST = 60
"""Levels an expression may have, so that no reader of the tree runs out of stack."""

LONGEST_NUMBER = 300


@frozen
class ExpressionError:
    """What is wrong at offset `at` of an expression; `suggestion` is the way out, '' when there is none."""

    at: int
    message: str
    suggestion: str = ""
    code: str = "rule-syntax"


def parse(text: str) -> Expression | tuple[ExpressionError, ...]:
    """The untyped tree of an expression, or everything that is wrong with its spelling, in order of place."""
    if len(text) > LONGEST:
        fact = f"the expression has {len(text)} characters; the limit is {LONGEST}"
        return (ExpressionError(LONGEST, fact, "split it into several rules", "rule-too-long"),)
    parser = _Parser(text)
    try:
        tree = parser.whole()
    except _Stopped:
        tree = None
    if tree is None or parser.errors:
        return tuple(sorted(parser.errors, key=lambda error: error.at))
    if _height(tree) > DEEPEST:
        fact = f"the expression is more than {DEEPEST} levels deep"
        return (ExpressionError(tree.at, fact, "split it into several rules", "rule-too-deep"),)
    return tree


def _height(tree: Expression) -> int:
    level, height = [tree], 0
    while level:
        level, height = [part for node in level for part in children(node)], height + 1
    return height


# --- tokens -----------------------------------------------------------------------------------------------------------

_TOKEN = regular(
    r"""(?P<blank>\s+)
    | (?P<number>(?:\d+(?:\.\d+)?|\.\d+))
    | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<quoted>"(?:[^"]|"")*")
    | (?P<text>'(?:[^']|'')*')
    | (?P<sign><=|>=|<>|!=|!~|[=<>~+\-*/(),])
    """,
    re.VERBOSE | re.ASCII,
)

_CAST = regular(r"::\s*(?:[A-Za-z_]\w*(?:\s*\(\s*\d+(?:\s*,\s*\d+)?\s*\))?(?:\[\])?)?", re.ASCII)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_KEYWORDS = _words(
    """AND OR NOT IN BETWEEN IS NULL TRUE FALSE LIKE CASE WHEN THEN ELSE END ANY ALL SOME ILIKE SIMILAR EXISTS SELECT
    CAST ARRAY INTERVAL COLLATE"""
)

_FOREIGN_SIGNS = (
    ("--", "comments do not belong in an expression", "say it in a description"),
    ("/*", "comments do not belong in an expression", "say it in a description"),
    ("::", "casts are not part of rules", "compare values of the same type; literals take the type of the other side"),
    ("->", "the inside of JSON cannot be read in a rule", "give the value a field of its own"),
    ("==", "equality is written =", "write ="),
    ("&&", "'&&' is not an operator here", "write AND"),
    ("||", "'||' is not an operator here", "write OR for conditions; texts are not joined in rules"),
    ("~*", "matching without regard to case differs between engines", "list both cases in the pattern: [Aa]"),
    ("!~*", "matching without regard to case differs between engines", "list both cases in the pattern: [Aa]"),
    ("@>", "'@>' is not an operator here", "write value = ANY (array)"),
    ("<@", "'<@' is not an operator here", "write value = ANY (array)"),
    ("!", "'!' is not an operator here", "write NOT"),
    ("%", "the remainder operator is not part of rules", ""),
    ("^", "'^' is not an operator here", "write the product out with *"),
    (".", "a name holds no dot", "name a field of this row by its name alone"),
    ("[", "array items cannot be picked by position", "write value = ANY (array) or value <= ALL (array)"),
    ('"', "the quoted name is not closed", 'close it with "'),
    ("'", "the text is not closed", "close it with ', and write a quote inside as ''"),
    ("`", "names are not quoted with `", 'write "name" or the bare name'),
)


class _Token(NamedTuple):
    kind: str
    text: str
    at: int


def _tokens(text: str, errors: list[ExpressionError]) -> list[_Token]:
    tokens: list[_Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        foreign = None
        if match is None or match.lastgroup == "sign":
            foreign = next((row for row in _FOREIGN_SIGNS if text.startswith(row[0], at)), None)
        longer = foreign is not None and (match is None or len(foreign[0]) > len(match.group()))
        if match is None or longer:
            sign, fact, suggestion = foreign or ("", f"{quoted(text[at])} has no meaning here", "")
            errors.append(ExpressionError(at, fact, suggestion, "rule-cast" if sign == "::" else "rule-syntax"))
            if sign == "::":
                at = _CAST.match(text, at).end()  # type: ignore[union-attr]  # the pattern begins with the sign alone
            elif sign in ("~*", "!~*"):
                tokens.append(_Token("sign", sign[:-1], at))
                at += len(sign)
            else:
                break
            continue
        kind, found = match.lastgroup or "", match.group()
        if kind == "word" and found.upper() in _KEYWORDS:
            tokens.append(_Token("keyword", found.upper(), at))
        elif kind != "blank":
            tokens.append(_Token(kind, found, at))
        at = match.end()
    tokens.append(_Token("end", "", len(text)))
    return tokens


# --- functions --------------------------------------------------------------------------------------------------------

_ARGUMENTS = {"length": (1, 1), "cardinality": (1, 1), "abs": (1, 1), "coalesce": (2, 20), "round": (2, 2)}

_CLOCK = ("reads the clock, so the same row would pass today and fail tomorrow", "compare with a timestamp field")
_AGGREGATE = ("reads other rows", "a rule sees one row; use a unique, a reference or a trigger")
_CASE = ("changes letters differently in every engine", "allow only one case with a pattern, such as ~ '^[a-z]+$'")
_TEXT = ("has no one meaning in every engine", "say it with a pattern: field ~ '…'")
_PART = ("depends on the time zone of the session", "store the part in a field of its own")
_LENGTH = ("is spelled length here", "write length(…)")
_EXTREME = ("is not part of rules", "compare with each value in turn")
_REFUSED: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        **dict.fromkeys(
            _words("now current_timestamp current_date current_time localtimestamp clock_timestamp"), _CLOCK
        ),
        **dict.fromkeys(_words("count sum avg min max string_agg array_agg bool_and bool_or"), _AGGREGATE),
        **dict.fromkeys(_words("lower upper initcap"), _CASE),
        **dict.fromkeys(_words("trim btrim ltrim rtrim substring substr left right position strpos replace"), _TEXT),
        **dict.fromkeys(_words("extract date_part date_trunc age to_char"), _PART),
        **dict.fromkeys(_words("random gen_random_uuid uuid"), ("gives another answer every time", "")),
        **dict.fromkeys(_words("char_length character_length"), _LENGTH),
        **dict.fromkeys(_words("greatest least"), _EXTREME),
        "array_length": ("is NULL for an empty array", "write cardinality(array)"),
        "nullif": ("is not part of rules", "write CASE WHEN a <> b THEN a END"),
    }
)
_WITHOUT_PARENTHESES = _words("current_timestamp current_date current_time localtimestamp")
_TYPED_TEXT = _words("date time timestamp timestamptz uuid interval numeric bytea text")


# --- grammar ----------------------------------------------------------------------------------------------------------

_OR, _AND, _NOT, _IS, _COMPARISON, _RANGE, _SUM, _PRODUCT, _SIGN = range(1, 10)
_COMPARISONS = frozenset({"=", "<>", "!=", "<", "<=", ">", ">="})
_POWERS: Mapping[str, int] = MappingProxyType(
    {
        "OR": _OR,
        "AND": _AND,
        "IS": _IS,
        **dict.fromkeys(_COMPARISONS, _COMPARISON),
        **dict.fromkeys(("IN", "BETWEEN", "LIKE", "NOT", "~", "!~"), _RANGE),
        **dict.fromkeys("+-", _SUM),
        **dict.fromkeys("*/", _PRODUCT),
    }
)
_REFUSED_KEYWORDS: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "SELECT": ("a rule cannot query", "a rule sees one row; write value op ANY (array) for array items", ""),
        "EXISTS": ("a rule cannot query", "a rule sees one row; use a reference", ""),
        "CAST": ("casts are not part of rules", "literals take the type of the other side", "rule-cast"),
        "ARRAY": ("array literals are not part of rules", "write value IN (a, b)", ""),
        "INTERVAL": ("arithmetic on time is not part of rules", "store the duration in a field of its own", ""),
        "ILIKE": ("matching without regard to case differs between engines", "write ~ with both cases: [Aa]", ""),
        "SIMILAR": ("SIMILAR TO is not part of rules", "write ~ 'pattern'", ""),
        "COLLATE": ("text is always ordered by code point", "leave COLLATE out", ""),
        "SOME": ("SOME is spelled ANY here", "write ANY (array)", ""),
    }
)


class _Stopped(Exception):
    """What follows cannot be read; the errors say why."""


class _Parser:
    """Reads one expression; `errors` grows while reading goes on."""

    def __init__(self, text: str) -> None:
        self.errors: list[ExpressionError] = []
        self._tokens = _tokens(text, self.errors)
        self._cut = bool(self.errors)
        self._index = 0
        self._depth = 0
        self._infixes: dict[str, Callable[[Expression, _Token], Expression]] = {
            **dict.fromkeys(_COMPARISONS, self._comparison),
            **dict.fromkeys("+-*/", self._arithmetic),
            "AND": self._connective,
            "OR": self._connective,
            "IS": self._is,
            "NOT": self._negated,
            "IN": self._in,
            "BETWEEN": self._between,
            "LIKE": self._like,
            "~": self._match,
            "!~": self._match,
        }

    def whole(self) -> Expression:
        if self._next.kind == "end" and not self._cut:
            self._stop(self._next, "the expression is empty", "write a condition such as amount >= 0")
        tree = self._expression(0)
        if self._next.kind != "end":
            self._unexpected(self._next)
        return tree

    # Tokens

    @property
    def _next(self) -> _Token:
        return self._tokens[self._index]

    def _take(self) -> _Token:
        token = self._tokens[self._index]
        self._index = min(self._index + 1, len(self._tokens) - 1)
        return token

    def _accept(self, text: str) -> bool:
        token = self._next
        if token.kind in ("keyword", "sign") and token.text == text:
            self._take()
            return True
        return False

    def _expect(self, text: str, purpose: str) -> None:
        if not self._accept(text):
            found = "the expression ends" if self._next.kind == "end" else f"{quoted(self._next.text)} stands"
            self._stop(self._next, f"{found} where {text} should be", purpose)

    def _refuse(self, token: _Token, message: str, suggestion: str = "", code: str = "") -> None:
        self.errors.append(ExpressionError(token.at, message, suggestion, code or "rule-syntax"))

    def _stop(self, token: _Token, message: str, suggestion: str = "", code: str = "") -> NoReturn:
        # Where the tokens were cut short, their error has already said why the text ends here.
        if not (self._cut and token.kind == "end"):
            self._refuse(token, message, suggestion, code)
        raise _Stopped

    def _unexpected(self, token: _Token) -> NoReturn:
        if token.kind == "end":
            self._stop(token, "the expression ends where a value should be", "complete it")
        if token.text in _REFUSED_KEYWORDS and token.kind == "keyword":
            message, suggestion, code = _REFUSED_KEYWORDS[token.text]
            self._stop(token, message, suggestion, code)
        if token.text == ")":
            self._stop(token, "')' closes nothing", "remove it, or open it with (")
        self._stop(token, f"{quoted(token.text)} is not expected here", self._joining(token))

    def _joining(self, token: _Token) -> str:
        return "join conditions with AND or OR" if token.kind in ("word", "quoted", "number", "text") else ""

    # Expressions

    def _expression(self, power: int) -> Expression:
        self._depth += 1
        if self._depth > DEEPEST:
            fact = f"the expression is more than {DEEPEST} levels deep"
            self._stop(self._next, fact, "split it into several rules", "rule-too-deep")
        left = self._operand(power)
        while True:
            token = self._next
            if token.kind not in ("sign", "keyword") or _POWERS.get(token.text, 0) <= power:
                self._depth -= 1
                return left
            left = self._infixes[token.text](left, self._take())

    def _connective(self, left: Expression, token: _Token) -> Expression:
        kind, power = (And, _AND) if token.text == "AND" else (Or, _OR)
        right = self._expression(power)
        flat = (inner for part in (left, right) for inner in (part.parts if isinstance(part, kind) else (part,)))
        return kind(tuple(flat), at=left.at)

    def _comparison(self, left: Expression, token: _Token) -> Expression:
        op = "<>" if token.text == "!=" else token.text
        quantifier = self._next
        if quantifier.kind == "keyword" and quantifier.text in ("ANY", "ALL", "SOME"):
            if self._take().text == "SOME":
                self._refuse(quantifier, *_REFUSED_KEYWORDS["SOME"])
            self._expect("(", f"write {quantifier.text} (array_field)")
            array = self._expression(0)
            self._expect(")", "close the parenthesis")
            tree: Expression = Quantified(op, left, quantifier.text, array, at=left.at)
        else:
            tree = Compare(op, left, self._expression(_COMPARISON), at=left.at)
        if self._next.kind == "sign" and self._next.text in _COMPARISONS:
            self._stop(self._next, "comparisons do not chain", "write a < b AND b < c, or x BETWEEN low AND high")
        return tree

    def _arithmetic(self, left: Expression, token: _Token) -> Expression:
        power = _SUM if token.text in "+-" else _PRODUCT
        return Arithmetic(token.text, left, self._expression(power), at=left.at)

    def _is(self, left: Expression, token: _Token) -> Expression:
        negated = self._accept("NOT")
        if self._accept("NULL"):
            return IsNull(left, negated, at=left.at)
        for word in ("TRUE", "FALSE"):
            if self._accept(word):
                return IsTruth(left, word == "TRUE", negated, at=left.at)
        self._stop(self._next, "IS is followed by NULL, TRUE or FALSE", "write IS NULL or IS NOT NULL")

    def _negated(self, left: Expression, token: _Token) -> Expression:
        kind = self._take()
        if kind.kind != "keyword" or kind.text not in ("IN", "BETWEEN", "LIKE"):
            if kind.text == "ILIKE":
                self._unexpected(kind)
            self._stop(token, "NOT stands between two values", "write NOT IN, NOT BETWEEN, NOT LIKE, or AND NOT")
        return self._infixes[kind.text](left, token)

    def _in(self, left: Expression, token: _Token) -> Expression:
        self._expect("(", "write IN (first, second)")
        options = [self._expression(0)]
        while self._accept(","):
            options.append(self._expression(0))
        self._expect(")", "close the list")
        return In(left, tuple(options), token.text == "NOT", at=left.at)

    def _between(self, left: Expression, token: _Token) -> Expression:
        low = self._expression(_RANGE)
        self._expect("AND", "write BETWEEN low AND high")
        return Between(left, low, self._expression(_RANGE), token.text == "NOT", at=left.at)

    def _like(self, left: Expression, token: _Token) -> Expression:
        literal = self._text_literal("LIKE")
        body = literal.text[1:-1].replace("''", "'")
        if (len(body) - len(body.rstrip("\\"))) % 2:
            self._refuse(literal, "the LIKE pattern ends in an escape", "write \\\\ for one backslash")
        return Like(left, body, token.text == "NOT", at=left.at)

    def _match(self, left: Expression, token: _Token) -> Expression:
        literal = self._text_literal(token.text)
        body = literal.text[1:-1]
        pattern = patterns.parse(body.replace("''", "'"))
        if isinstance(pattern, patterns.PatternError):
            at = literal.at + 1 + _spelled_offset(body, pattern.at)
            self.errors.append(ExpressionError(at, pattern.message, pattern.suggestion, "rule-pattern"))
            return left
        return Match(left, pattern, token.text == "!~", at=left.at)

    def _text_literal(self, operator: str) -> _Token:
        token = self._take()
        if token.kind != "text":
            self._stop(token, f"{operator} is followed by a text in quotes", f"write {operator} 'pattern'")
        return token

    # Operands

    def _operand(self, power: int) -> Expression:
        token = self._take()
        match token.kind:
            case "number":
                return self._number(token, "")
            case "text":
                return self._text(token)
            case "quoted":
                return Name(token.text[1:-1].replace('""', '"'), at=token.at)
            case "word":
                return self._word(token)
        match token.text:
            case "(":
                inner = self._expression(0)
                self._expect(")", "close the parenthesis")
                return inner
            case "-":
                if self._next.kind == "number":
                    return self._number(self._take(), "-", token.at)
                return Negate(self._expression(_SIGN), at=token.at)
            case "NOT":
                if power > _NOT:
                    self._stop(token, "NOT stands inside a comparison", "put NOT and its condition in parentheses")
                return Not(self._expression(_NOT - 1), at=token.at)
            case "TRUE" | "FALSE":
                return Literal(token.text == "TRUE", at=token.at)
            case "NULL":
                return Literal(None, at=token.at)
            case "CASE":
                return self._case(token)
        self._unexpected(token)

    def _number(self, token: _Token, sign: str, at: int | None = None) -> Literal:
        place = token.at if at is None else at
        if len(token.text) > LONGEST_NUMBER:
            self._refuse(token, f"the number has more than {LONGEST_NUMBER} digits", "", "rule-literal")
            return Literal(0, at=place)
        if self._next.kind == "word" and self._next.at == token.at + len(token.text):
            hint = "write the number out" if self._next.text[0] in "eE" else "names start with a letter"
            self._stop(self._next, f"{quoted(token.text + self._next.text)} is no number", hint, "rule-literal")
        digits = sign + token.text
        return Literal(Decimal(digits) if "." in digits else int(digits), at=place)

    def _text(self, token: _Token) -> Literal:
        value = token.text[1:-1].replace("''", "'")
        if any(char == "\0" or "\ud800" <= char <= "\udfff" for char in value):
            self._refuse(token, "no text holds U+0000 or an unpaired surrogate", "remove it", "rule-literal")
        return Literal(value, at=token.at)

    def _word(self, token: _Token) -> Expression:
        lowered = token.text.lower()
        if self._next.kind == "text" and lowered in _TYPED_TEXT:
            fact = f"{token.text} before a text is a cast, and casts are not part of rules"
            self._refuse(token, fact, "write the text alone; it takes the type of the other side", "rule-cast")
            return self._text(self._take())
        if self._accept("("):
            return self._call(token, lowered)
        if lowered in _WITHOUT_PARENTHESES:
            fact, suggestion = _REFUSED[lowered]
            self._refuse(token, f"{token.text} {fact}", suggestion, "rule-function")
        return Name(token.text, at=token.at)

    def _call(self, token: _Token, function: str) -> Expression:
        arguments: list[Expression] = []
        if not self._accept(")"):
            arguments.append(self._expression(0))
            while self._accept(","):
                arguments.append(self._expression(0))
            self._expect(")", f"close the arguments of {token.text}")
        if function in _REFUSED:
            fact, suggestion = _REFUSED[function]
            self._refuse(token, f"{token.text}() {fact}", suggestion, "rule-function")
        elif function not in _ARGUMENTS:
            known = "length, cardinality, abs and coalesce"
            self._refuse(
                token,
                f"{token.text}() is not a function of rules",
                f"there are {known}, and round in computed values",
                "rule-function",
            )
        else:
            fewest, most = _ARGUMENTS[function]
            if not fewest <= len(arguments) <= most:
                wanted = str(fewest) if fewest == most else f"{fewest} to {most}"
                fact = f"{function}() takes {wanted} {'value' if most == 1 else 'values'}, not {len(arguments)}"
                self._refuse(token, fact, "", "rule-function")
        return Call(function, tuple(arguments), at=token.at)

    def _case(self, token: _Token) -> Expression:
        if self._next.kind != "keyword" or self._next.text != "WHEN":
            self._stop(self._next, "CASE is followed by WHEN", "write CASE WHEN field = value THEN … END")
        branches: list[tuple[Expression, Expression]] = []
        while self._accept("WHEN"):
            condition = self._expression(0)
            self._expect("THEN", "write WHEN condition THEN value")
            branches.append((condition, self._expression(0)))
        otherwise = self._expression(0) if self._accept("ELSE") else None
        self._expect("END", "close CASE with END")
        return Case(tuple(branches), otherwise, at=token.at)


def _spelled_offset(body: str, at: int) -> int:
    """The offset inside a quoted text of the `at`-th character of its value."""
    spelled = 0
    for _ in range(min(at, len(body))):
        spelled += 2 if body.startswith("''", spelled) else 1
    return spelled
