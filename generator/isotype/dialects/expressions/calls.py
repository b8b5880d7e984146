"""What the Python and TypeScript printers share: both print calls of support functions of the same meaning."""

from __future__ import annotations

from functools import lru_cache

from isotype.domain.expressions import Arithmetic, Call, Expression, walk
from isotype.domain.ledger import NotExpressible

COMPARISONS = {"=": "eq", "<>": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}
INEXACT = "division or rounding"
OPERATIONS = {"+": "add", "-": "subtract", "*": "multiply"}


@lru_cache(maxsize=1024)
def inexact(tree: Expression, target: str) -> NotExpressible | None:
    """Why a tree stays in the database: quotients and rounding are computed there only."""
    for node in walk(tree):
        if (isinstance(node, Arithmetic) and node.op == "/") or (isinstance(node, Call) and node.function == "round"):
            return NotExpressible(INEXACT, target, "Quotients are computed by the database only.")
    return None
