"""What both SQL dialects spell alike: connectives, predicates, CASE, and where parentheses must stand."""

from __future__ import annotations

from collections.abc import Callable

from isotype.domain.expressions import (
    And,
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
    Not,
    Or,
    Quantified,
    ValueType,
)

OR, AND, NOT, PREDICATE, SUM, PRODUCT, SIGN, ATOM = range(1, 9)
"""How tightly a text holds together; predicates inside predicates always stand in parentheses."""

Column = Callable[[str], str]
"""The SQL of a field by its name: an identifier, or an expression in parentheses."""


def fenced(text: str, power: int, least: int) -> str:
    """The text, in parentheses when it holds together less tightly than it must."""
    return text if power >= least else f"({text})"


class SqlPrinter:
    """Prints one tree; a dialect says how it spells values, numbers and searches."""

    def __init__(self, column: Column) -> None:
        self._column = column

    def condition(self, node: Expression, least: int = OR) -> str:
        """The text of a boolean expression."""
        match node:
            case And(parts=parts):
                return fenced(" AND ".join(self.condition(part, AND + 1) for part in parts), AND, least)
            case Or(parts=parts):
                return fenced(" OR ".join(self.condition(part, AND) for part in parts), OR, least)
            case Not(part=part):
                return fenced(f"NOT {self.condition(part, ATOM)}", NOT, least)
            case Name(name=name):
                return self._column(name)
            case Literal(value=value):
                return "NULL" if value is None else "TRUE" if value else "FALSE"
            case Case() | Call():
                return self.choice(node, self.condition)
        return fenced(self.predicate(node), PREDICATE, least)

    def predicate(self, node: Expression) -> str:
        """The text of a comparison or another test of values."""
        match node:
            case Compare(op=op, left=left, right=right):
                first, second = self.operands((left, right), ordered=op not in ("=", "<>"))
                return f"{first} {op} {second}"
            case In(value=value, options=options, negated=negated):
                first, *rest = self.operands((value, *options))
                return f"{first}{_not(negated)} IN ({', '.join(rest)})"
            case Between(value=value, low=low, high=high, negated=negated):
                first, least, most = self.operands((value, low, high), ordered=True)
                return f"{first}{_not(negated)} BETWEEN {least} AND {most}"
            case IsNull(value=value, negated=negated):
                return f"{self.tested(value)} IS{_not(negated)} NULL"
            case IsTruth(value=value, truth=truth, negated=negated):
                return f"{self.condition(value, SUM)} IS{_not(negated)} {'TRUE' if truth else 'FALSE'}"
            case Like() | Match() | Quantified():
                return self.search(node)
        raise TypeError(f"no such condition: {type(node).__name__}")

    def choice(self, node: Expression, value: Callable[[Expression], str]) -> str:
        """CASE or coalesce, its results printed by `value`."""
        match node:
            case Case(branches=branches, otherwise=otherwise):
                pieces = [f"WHEN {self.condition(condition)} THEN {value(result)}" for condition, result in branches]
                rest = [] if otherwise is None else [f"ELSE {value(otherwise)}"]
                return " ".join(["CASE", *pieces, *rest, "END"])
            case Call(function="coalesce", arguments=arguments):
                return f"coalesce({', '.join(map(value, arguments))})"
        raise TypeError(f"no such choice: {type(node).__name__}")

    def tested(self, node: Expression) -> str:
        """The text of what IS NULL asks about."""
        if isinstance(node, Name):
            return self._column(node.name)
        return self.condition(node, SUM) if node.type.kind == "boolean" else self.operands((node,))[0]

    def operands(self, nodes: tuple[Expression, ...], ordered: bool = False) -> list[str]:
        """The texts of values that meet in one predicate; `ordered` when their order matters."""
        raise NotImplementedError

    def search(self, node: Like | Match | Quantified) -> str:
        """The text of LIKE, a pattern match, ANY or ALL."""
        raise NotImplementedError


def is_number(of: ValueType) -> bool:
    return of.kind in ("integer", "decimal", "float")


def _not(negated: bool) -> str:
    return " NOT" if negated else ""
