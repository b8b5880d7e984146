"""The reader of expressions as the server deparses them, tolerant of what a person would write.

It knows values, not queries: a subquery, an aggregate with its clauses or a window is not read.
"""

from __future__ import annotations

from isotype.catalog.expressions.tokens import Token, Unread, tokens
from isotype.catalog.expressions.trees import NOTHING, Tree, height
from isotype.catalog.expressions.types import INTEGERS, quoted, spelled

DEEPEST = 100
"""Levels of nesting in a text that is still read."""

HIGHEST = 150
"""Levels of a tree that is still worked on."""


def parse(text: str) -> Tree | None:
    """The tree of an expression; None for what this reader does not know."""
    try:
        reader = Reader(tokens(text))
        tree = reader.expression()
        reader.expect("end")
    except Unread:
        return None
    # A chain of operators without parentheses grows to the left without nesting in its text.
    return tree if height(tree) <= HIGHEST else None


OR, AND, NOT, IS, COMPARISON, RANGE, OTHER, SUM, PRODUCT, POWER, ZONE, COLLATE, SIGN, CAST = range(1, 15)
"""How strongly operators bind, from the manual's table."""

_BINDING = {
    **dict.fromkeys(("<", ">", "=", "<=", ">=", "<>", "!="), COMPARISON),
    **dict.fromkeys(("+", "-"), SUM),
    **dict.fromkeys(("*", "/", "%"), PRODUCT),
    "^": POWER,
}
_WORDS = {
    "or": OR,
    "and": AND,
    "is": IS,
    "isnull": IS,
    "notnull": IS,
    "between": RANGE,
    "in": RANGE,
    "like": RANGE,
    "ilike": RANGE,
    "not": RANGE,
    "operator": OTHER,
    "at": ZONE,
    "collate": COLLATE,
}
_LIKE = {"like": "~~", "ilike": "~~*"}
_VALUES = (
    *("current_date", "current_time", "current_timestamp", "localtime", "localtimestamp", "current_role"),
    *("current_user", "session_user", "user", "system_user", "current_catalog", "current_schema"),
)
_SPECIAL_CALLS = ("coalesce", "nullif", "greatest", "least")
_RESERVED = (
    *("and", "or", "not", "is", "in", "from", "for", "when", "then", "else", "end", "select", "where", "as", "with"),
    *("collate", "asc", "desc", "order", "union", "on", "using", "distinct", "between", "like", "ilike", "all", "any"),
)
_FIELDS_OF_INTERVAL = ("year", "month", "day", "hour", "minute", "second")
_TRIMS = {"both": "btrim", "leading": "ltrim", "trailing": "rtrim"}


class Reader:
    """Reads tokens from left to right, each once."""

    def __init__(self, words: list[Token]) -> None:
        self.words = words
        self.at = 0
        self.depth = 0

    # Tokens.

    @property
    def next(self) -> Token:
        return self.words[self.at]

    def sees(self, *texts: str) -> bool:
        """Whether these words and marks are next."""
        # The list ends with a token that is no word, so a comparison stops before its end.
        for offset, text in enumerate(texts):
            token = self.words[self.at + offset]
            if token.text != text or token.kind not in ("word", "mark", "operator"):
                return False
        return True

    def accept(self, *texts: str) -> bool:
        """Step over these words and marks when they are next."""
        if self.sees(*texts):
            self.at += len(texts)
            return True
        return False

    def require(self, *texts: str) -> None:
        if not self.accept(*texts):
            raise Unread

    def expect(self, *kinds: str) -> Token:
        """The next token, which is of one of these kinds."""
        token = self.words[self.at]
        if token.kind not in kinds:
            raise Unread
        if token.kind != "end":
            self.at += 1
        return token

    def name(self) -> str:
        return self.expect("word", "name").text

    # Expressions.

    def expression(self, binding: int = 0) -> Tree:
        """An expression whose operators bind more strongly than `binding`."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise Unread
        left = self._operand()
        while True:
            token = self.words[self.at]
            if token.kind == "operator":
                if (strength := _BINDING.get(token.text, OTHER)) <= binding:
                    break
                self.at += 1
                left = self._operation("<>" if token.text == "!=" else token.text, left, strength)
            elif token.kind == "mark":
                if token.text == "::" and binding < CAST:
                    self.at += 1
                    left = _cast(self.type(), left)
                elif token.text == "[":
                    left = self._subscript(left)
                else:
                    break
            elif token.kind == "word" and (strength := _WORDS.get(token.text, 0)) > binding:
                self.at += 1
                left = self._continued(token.text, left, strength)
            else:
                break
        self.depth -= 1
        return left

    def _continued(self, word: str, left: Tree, strength: int) -> Tree:
        """What follows an operand and a word."""
        match word:
            case "and" | "or":
                items = [left, self.expression(strength)]
                while self.accept(word):
                    items.append(self.expression(strength))
                return (word, *items)
            case "is":
                return self._test(left)
            case "isnull" | "notnull":
                return ("is", "NULL" if word == "isnull" else "NOT NULL", left)
            case "collate":
                return ("collate", left, self.qualified())
            case "at":
                if self.accept("local"):
                    return ("call", "timezone", left)
                self.require("time", "zone")
                return ("call", "timezone", self.expression(strength), left)
            case "operator":
                return self._operation(self._operator_name(), left, strength)
            case "not":
                return self._ranged(self.expect("word").text, left, "not")
            case _:
                return self._ranged(word, left, "")

    def _ranged(self, word: str, left: Tree, negation: str) -> Tree:
        """BETWEEN, IN and LIKE, with NOT before them or without."""
        made: Tree
        match word:
            case "between":
                symmetric = self.accept("symmetric")
                low = self.expression(RANGE)
                self.require("and")
                high = self.expression(RANGE)
                made = _between(left, low, high)
                if symmetric:
                    made = ("or", made, _between(left, high, low))
            case "in":
                self.require("(")
                made = ("any", "=", left, ("array", *self._list(")")))
            case "like" | "ilike":
                made = ("operation", _LIKE[word], left, self.expression(RANGE))
                if self.sees("escape"):
                    raise Unread
            case _:
                raise Unread
        return ("not", made) if negation else made

    def _operation(self, operator: str, left: Tree, strength: int) -> Tree:
        for word, kind in (("any", "any"), ("some", "any"), ("all", "all")):
            if self.accept(word, "("):
                array = self.expression()
                self.require(")")
                return (kind, operator, left, array)
        return ("operation", operator, left, self.expression(strength))

    def _operator_name(self) -> str:
        self.require("(")
        names: list[str] = []
        while self.next.kind in ("word", "name"):
            names.append(quoted(self.name()))
            self.require(".")
        operator = self.expect("operator").text
        self.require(")")
        return operator if names in ([], ["pg_catalog"]) else ".".join([*names, operator])

    def _test(self, of: Tree) -> Tree:
        negation = "NOT " if self.accept("not") else ""
        if self.accept("distinct", "from"):
            made: Tree = ("distinct", of, self.expression(IS))
            return ("not", made) if negation else made
        form = self.next.text if self.sees(self.next.text, "normalized") else ""
        if form or self.sees("normalized"):
            self.at += 2 if form else 1
            made = ("call", "is_normalized", of, ("literal", "text", form.upper() or "NFC"))
            return ("not", made) if negation else made
        words = [self.expect("word").text.upper()]
        if words[0] not in ("NULL", "TRUE", "FALSE", "UNKNOWN", "DOCUMENT", "JSON"):
            raise Unread
        if words[0] == "JSON":
            while self.next.text in ("object", "array", "scalar", "value", "with", "without", "unique", "keys"):
                words.append(self.expect("word").text.upper())
        return ("is", negation + " ".join(words), of)

    def _subscript(self, of: Tree) -> Tree:
        made: list[Tree] = []
        while self.accept("["):
            low = NOTHING if self.sees(":") else self.expression()
            if self.accept(":"):
                low = ("slice", low, NOTHING if self.sees("]") else self.expression())
            made.append(low)
            self.require("]")
        return ("subscript", of, *made)

    def _list(self, closing: str) -> list[Tree]:
        """Expressions up to the closing mark."""
        items: list[Tree] = []
        if not self.accept(closing):
            items.append(self.expression())
            while self.accept(","):
                items.append(self.expression())
            self.require(closing)
        return items

    # Operands.

    def _operand(self) -> Tree:
        token = self.words[self.at]
        self.at += token.kind != "end"
        match token.kind:
            case "text":
                return ("literal", "unknown", token.text)
            case "number":
                return _number(token.text)
            case "bits":
                return ("literal", "bit" if token.text[0] in "bB" else "hexadecimal bits", token.text[2:-1])
            case "name":
                return self._named(token)
            case "operator":
                return ("prefix", token.text, self.expression(SIGN if token.text in "+-" else OTHER))
            case "word":
                return self._word(token)
            case "mark" if token.text == "(":
                items = self._list(")")
                if not items:
                    raise Unread
                made = items[0] if len(items) == 1 else ("row", *items)
                while self.accept("."):
                    made = ("field", made, self.name())
                return made
            case _:
                raise Unread

    def _word(self, token: Token) -> Tree:
        word = token.text
        match word:
            case "true" | "false":
                return ("literal", "boolean", word)
            case "null":
                return ("null", "")
            case "not":
                return ("not", self.expression(NOT))
            case "case":
                return self._case()
            case "array" if self.accept("["):
                return ("array", *self._items())
            case "row" if self.accept("("):
                return ("row", *self._list(")"))
            case "operator":
                return ("prefix", self._operator_name(), self.expression(OTHER))
        if word in _VALUES:
            digits = (_number(self.expect("number").text),) if self.accept("(") else ()
            if digits:
                self.require(")")
            return ("call", word.upper(), *digits)
        if word in _RESERVED:
            raise Unread
        if self.next.kind == "text":
            # A typed literal in front of its text, as in `DATE '2025-01-01'`; never printed.
            return ("literal", spelled(word), self.expect("text").text)
        if word in _SPECIAL_CALLS and self.accept("("):
            return ("call", word.upper(), *self._list(")"))
        if (special := _SPECIAL_GRAMMARS.get(word)) and self.accept("("):
            return special(self)
        return self._named(token)

    def _items(self) -> list[Tree]:
        """The items of an array, whose inner arrays may go without their word."""
        if self.accept("]"):
            return []
        items: list[Tree] = []
        while True:
            if self.accept("["):
                self.depth += 1
                if self.depth > DEEPEST:
                    raise Unread
                items.append(("array", *self._items()))
                self.depth -= 1
            else:
                items.append(self.expression())
            if not self.accept(","):
                self.require("]")
                return items

    def _case(self) -> Tree:
        of = NOTHING if self.sees("when") else self.expression()
        made = [of]
        while self.accept("when"):
            made.append(self.expression())
            self.require("then")
            made.append(self.expression())
        made.append(self.expression() if self.accept("else") else NOTHING)
        self.require("end")
        return ("case", *made)

    def _named(self, first: Token) -> Tree:
        """A column, or a call."""
        names = [first.text]
        while self.accept("."):
            if self.sees("*"):
                raise Unread
            names.append(self.name())
        if not self.accept("("):
            return ("column", *names)
        if names[0] == "pg_catalog" and len(names) == 2:
            del names[0]
        call = ("call", ".".join(map(quoted, names)), *self._arguments())
        if self.next.kind == "word" and self.next.text in ("filter", "over", "within"):
            raise Unread
        return call

    def _arguments(self) -> list[Tree]:
        items: list[Tree] = []
        if self.accept(")"):
            return items
        while True:
            if self.accept("variadic"):
                items.append(("variadic", self.expression()))
            elif self.next.kind in ("word", "name") and self.words[self.at + 1].text in ("=>", ":="):
                name = self.name()
                self.at += 1
                items.append(("named", name, self.expression()))
            else:
                items.append(self.expression())
            if not self.accept(","):
                self.require(")")
                return items

    # Calls with a grammar of their own; each becomes the plain call that the server makes of it.

    def _extract_call(self) -> Tree:
        field = self.expect("word", "text", "name").text
        self.require("from")
        of = self.expression()
        self.require(")")
        return ("call", "extract", ("literal", "text", field), of)

    def _position_call(self) -> Tree:
        needle = self.expression(RANGE)
        self.require("in")
        within = self.expression()
        self.require(")")
        return ("call", "position", within, needle)

    def _substring_call(self) -> Tree:
        items = [self.expression()]
        if self.accept(","):
            return ("call", "substring", items[0], *self._list(")"))
        if self.accept("from"):
            items.append(self.expression())
        elif self.sees("for"):
            items.append(("literal", "integer", "1"))
        if self.accept("for"):
            items.append(self.expression())
        self.require(")")
        return ("call", "substring", *items)

    def _overlay_call(self) -> Tree:
        items = [self.expression()]
        for word in ("placing", "from"):
            if not self.accept(","):
                self.require(word)
            items.append(self.expression())
        if self.accept("for") or self.accept(","):
            items.append(self.expression())
        self.require(")")
        return ("call", "overlay", *items)

    def _trim_call(self) -> Tree:
        call = "btrim"
        for word, name in _TRIMS.items():
            if self.accept(word):
                call = name
        if self.accept("from"):
            return ("call", call, *self._list(")"))
        characters = self.expression()
        if self.accept("from"):
            return ("call", call, *self._list(")"), characters)
        self.require(")")
        return ("call", call, characters)

    def _normalize_call(self) -> Tree:
        of = self.expression()
        form = self.expect("word").text.upper() if self.accept(",") else "NFC"
        self.require(")")
        return ("call", "normalize", of, ("literal", "text", form))

    def _cast_call(self) -> Tree:
        of = self.expression()
        self.require("as")
        made = _cast(self.type(), of)
        self.require(")")
        return made

    # Names and types.

    def qualified(self) -> str:
        """A name with its schema, unless that is the server's own."""
        names = [self.name()]
        while self.accept("."):
            names.append(self.name())
        if len(names) == 2 and names[0] == "pg_catalog":
            del names[0]
        return ".".join(map(quoted, names))

    def type(self) -> str:
        """A type, in its one spelling."""
        first = self.expect("word", "name")
        if self.sees("."):
            names = [first.text]
            while self.accept("."):
                names.append(self.name())
            name = ".".join(map(quoted, names))
        elif first.kind == "name":
            # `"char"` and `"bit"` are other types than the same words without quotes.
            name = f'"{first.text}"'
        else:
            name = first.text
            if name in ("character", "char", "bit") and self.accept("varying"):
                name += " varying"
            elif name == "double":
                self.require("precision")
                name = "double precision"
            elif name == "interval":
                name = " ".join([name, *self._interval_fields()])
        modifiers = self._modifiers()
        zone = ""
        if name in ("timestamp", "time"):
            zone = next((f"{word} time zone" for word in ("with", "without") if self.accept(word, "time", "zone")), "")
        made = spelled(name, modifiers, zone)
        while self.accept("["):
            if not self.accept("]"):
                self.expect("number")
                self.require("]")
            made += "[]"
        return made

    def _interval_fields(self) -> list[str]:
        fields: list[str] = []
        while self.next.kind == "word" and self.next.text in (*_FIELDS_OF_INTERVAL, "to"):
            fields.append(self.expect("word").text)
        return fields

    def _modifiers(self) -> tuple[str, ...]:
        if not self.accept("("):
            return ()
        made: list[str] = []
        while True:
            sign = "-" if self.accept("-") else ""
            made.append(sign + self.expect("number", "word", "text", "name").text)
            if not self.accept(","):
                self.require(")")
                return tuple(made)


_SPECIAL_GRAMMARS = {
    "cast": Reader._cast_call,
    "extract": Reader._extract_call,
    "normalize": Reader._normalize_call,
    "overlay": Reader._overlay_call,
    "position": Reader._position_call,
    "substring": Reader._substring_call,
    "trim": Reader._trim_call,
}


def _between(of: Tree, low: Tree, high: Tree) -> Tree:
    return ("and", ("operation", ">=", of, low), ("operation", "<=", of, high))


def _number(text: str) -> Tree:
    if text.isdigit() and len(text) < 20:
        for name in ("integer", "bigint"):
            if int(text) < INTEGERS[name]:
                return ("literal", name, text)
    return ("literal", "numeric", text)


def _cast(to: str, of: Tree) -> Tree:
    """A cast; of a quoted text or NULL it is no cast but says their type."""
    if of[0] == "literal" and of[1] == "unknown":
        return ("literal", to, of[2])
    if of == ("null", ""):
        return ("null", to)
    return ("cast", to, of)
