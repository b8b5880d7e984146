"""Definitions as `pg_get_*def` writes them, cut at their key words."""

from __future__ import annotations

from collections.abc import Mapping

from isotype.catalog.expressions.tokens import Token, Unread, tokens
from isotype.catalog.expressions.types import quoted

_OPENING = {"(": 1, "[": 1, ")": -1, "]": -1}


class Clauses:
    """A definition, read clause by clause from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = tokens(text)
        self.at = 0

    def accept(self, *words: str) -> bool:
        """Step over these key words when they are next."""
        following = self.words[self.at : self.at + len(words)]
        if [(token.kind, token.text) for token in following] != [("word", word) for word in words]:
            return False
        self.at += len(words)
        return True

    def require(self, *words: str) -> None:
        if not self.accept(*words):
            raise Unread

    def one_of(self, choices: Mapping[tuple[str, ...], str], otherwise: str = "") -> str:
        """What the words that are next stand for."""
        return next((said for words, said in choices.items() if self.accept(*words)), otherwise)

    def name(self) -> str:
        """A name, as it is without quotes."""
        token = self.words[self.at]
        if token.kind not in ("word", "name"):
            raise Unread
        self.at += 1
        return token.text

    def qualified(self) -> str:
        """A name with its schema where it has one; `pg_catalog` is not written."""
        names = [self.name()]
        while self._mark("."):
            self.at += 1
            names.append(self.name())
        if names[0] == "pg_catalog" and len(names) > 1:
            del names[0]
        return ".".join(map(quoted, names))

    def opens(self) -> bool:
        """Whether a parenthesis is next."""
        return self._mark("(")

    def group(self) -> str:
        """The text between the parenthesis that is next and the one that closes it."""
        pieces = self.list()
        return self.text[pieces[0][0].start : pieces[-1][-1].end] if pieces else ""

    def list(self) -> list[list[Token]]:
        """What is between parentheses, cut at its commas; never an empty piece."""
        if not self.opens():
            raise Unread
        self.at += 1
        depth = 1
        pieces: list[list[Token]] = [[]]
        while True:
            token = self.words[self.at]
            if token.kind == "end":
                raise Unread
            self.at += 1
            depth += _OPENING.get(token.text, 0) if token.kind == "mark" else 0
            if depth == 0:
                break
            if depth == 1 and token.kind == "mark" and token.text == ",":
                pieces.append([])
            else:
                pieces[-1].append(token)
        if pieces != [[]] and not all(pieces):
            raise Unread
        return pieces if pieces != [[]] else []

    def names(self) -> tuple[str, ...]:
        """A list of names, without quotes."""
        made: list[str] = []
        for piece in self.list():
            if len(piece) != 1 or piece[0].kind not in ("word", "name"):
                raise Unread
            made.append(piece[0].text)
        return tuple(made)

    def name_list(self) -> tuple[str, ...]:
        """Names with commas between them, without quotes."""
        made = [self.name()]
        while self._mark(","):
            self.at += 1
            made.append(self.name())
        return tuple(made)

    def settings(self) -> tuple[str, ...]:
        """A list of settings, each `name=value`, in order of their names."""
        return tuple(sorted("".join(token.text for token in piece) for piece in self.list()))

    def begins(self, *words: str) -> bool:
        """Whether one of these key words is next."""
        token = self.words[self.at]
        return token.kind == "word" and token.text in words

    def begins_name(self) -> bool:
        """Whether a name is next."""
        return self.words[self.at].kind in ("word", "name")

    def operand(self) -> str:
        """The text of a name, a call or an expression in parentheses."""
        start = self.words[self.at].start
        if not self.opens():
            self.qualified()
        if self.opens():
            self.list()
        return self.text[start : self.words[self.at - 1].end]

    def operator(self) -> str:
        """An operator, which may be qualified."""
        if not self.accept("operator"):
            return self._operator()
        pieces = self.list()
        if len(pieces) != 1:
            raise Unread
        return "".join(token.text for token in pieces[0]).removeprefix("pg_catalog.")

    def _operator(self) -> str:
        token = self.words[self.at]
        if token.kind != "operator":
            raise Unread
        self.at += 1
        return token.text

    def rest(self) -> str:
        """All that is left."""
        start = self.words[self.at].start
        self.at = len(self.words) - 1
        return self.text[start:]

    def finish(self) -> None:
        """Nothing is left."""
        if self.words[self.at].kind != "end":
            raise Unread

    def _mark(self, text: str) -> bool:
        token = self.words[self.at]
        return token.kind == "mark" and token.text == text
