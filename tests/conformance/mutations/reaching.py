"""Which declarations of a support module others speak of, and what these speak of in turn.

Names are what is looked at: a word in a text is taken for a use of what has its name. So too much may be reached, and
never too little.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from isotype.domain.lazy import NamedTuple
from isotype.domain.reach import reached

_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_DECLARED = re.compile(r"^(?:export )?(?:(?:async )?function|const|let|type|interface|class|enum) (\w+)", re.MULTILINE)


class _Part(NamedTuple):
    """A part of a module: the names that it declares, and the words that it is made of."""

    names: frozenset[str]
    words: frozenset[str]


def of_python(text: str, names: Iterable[str]) -> frozenset[str]:
    """The names of a Python module that are reached from some of them; those of a class or function are one."""
    return _reached(list(_python(text)), names)


def of_typescript(text: str, names: Iterable[str]) -> frozenset[str]:
    """The same of a TypeScript module."""
    return _reached(list(_typescript(text)), names)


def _reached(parts: list[_Part], names: Iterable[str]) -> frozenset[str]:
    # What declares nothing is run in any case.
    always = (word for part in parts if not part.names for word in part.words)
    edges: dict[str, set[str]] = {}
    for part in parts:
        for name in part.names:
            edges.setdefault(name, set()).update(part.names, part.words)
    return reached((*names, *always), {name: sorted(words & edges.keys()) for name, words in edges.items()})


def _python(text: str) -> Iterator[_Part]:
    for node in ast.parse(text).body:
        words = frozenset(_WORD.findall(ast.unparse(node)))
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield _Part(frozenset({name}), words)
            case ast.Assign(targets=targets):
                yield _Part(_names(targets), words)
            case ast.AnnAssign(target=target):
                yield _Part(_names([target]), words)
            case ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant()):
                pass
            case _:
                yield _Part(frozenset(), words)


def _names(targets: Iterable[ast.expr]) -> frozenset[str]:
    return frozenset(one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name))


def _typescript(text: str) -> Iterator[_Part]:
    found = list(_DECLARED.finditer(text))
    ends = [*(one.start() for one in found[1:]), len(text)]
    for declared, end in zip(found, ends, strict=True):
        yield _Part(frozenset({declared[1]}), frozenset(_WORD.findall(text[declared.start() : end])))
