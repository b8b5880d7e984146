"""The shipped templates as plain Python functions.

They use little of Jinja: loops, conditions, includes and expressions. So they are translated to functions that need
nothing of it to run, once for an installation, and importing Jinja, which costs as much as reading a small schema and
rendering it, is left to those who override templates.

Jinja reads the templates, and what is made gives what Jinja would give. A template that uses more is a bug, and says
so when it is translated.
"""

from __future__ import annotations

import marshal
import os
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from isotype import __version__
from isotype.workspace import files
from isotype.workspace.manifest import digest

if TYPE_CHECKING:
    from jinja2 import nodes

Render = Callable[[dict[str, Any]], str]

SYNTAX: dict[str, Any] = {"trim_blocks": True, "lstrip_blocks": True, "keep_trailing_newline": True}
"""How Jinja reads a template of ours, or of a user who overrides one."""

_SUFFIX = ".j2"
_COMPARISONS = {"eq": "==", "ne": "!=", "gt": ">", "gteq": ">=", "lt": "<", "lteq": "<=", "in": "in", "notin": "not in"}


def compiled(folder: str) -> dict[str, Render]:
    """Every template of a folder by its path in it."""
    key = _key(folder)
    cache = _cache(folder)
    code = _kept(cache, key)
    if code is None:
        code = compile(translated(folder), f"<templates of {folder}>", "exec", optimize=2)
        _keep(cache, key, code)
    known: dict[str, Any] = {"attribute": _attribute}
    exec(code, known)
    made: dict[str, Render] = known["TEMPLATES"]
    return made


def translated(folder: str) -> str:
    """The templates of a folder as one Python module; `TEMPLATES` names its functions."""
    from jinja2 import Environment

    environment = Environment(**SYNTAX)

    def parse(name: str) -> nodes.Template:
        with open(f"{folder}/{name}", encoding="utf-8", newline="") as file:  # noqa: PTH123
            return environment.parse(file.read(), name)

    names = [name for name, _ in files.below(folder) if name.endswith(_SUFFIX)]
    lines: list[str] = []
    for number, name in enumerate(names):
        lines += (f"def template_{number}(view):", " parts = []", " add = parts.append")
        lines += _statements(parse(name).body, _Scope(name, parse), 1)
        lines.append(" return ''.join(parts)")
    table = ", ".join(f"{name!r}: template_{number}" for number, name in enumerate(names))
    return "\n".join((*lines, f"TEMPLATES = {{{table}}}", ""))


class _Scope:
    """The template being translated, how those it includes are read, and the names its loops give."""

    __slots__ = ("names", "parse", "template")

    def __init__(self, template: str, parse: Callable[[str], nodes.Template], names: frozenset[str] = frozenset()):
        self.template = template
        self.parse = parse
        self.names = names

    def inside(self, names: list[str]) -> _Scope:
        return _Scope(self.template, self.parse, self.names.union(names))

    def refused(self, node: nodes.Node) -> Exception:
        return ValueError(f"{self.template}:{node.lineno}: templates of ours do without {type(node).__name__}")


def _statements(body: list[Any], scope: _Scope, depth: int) -> Iterator[str]:
    indent = " " * depth
    if not body:
        yield f"{indent}pass"
    for node in body:
        match type(node).__name__:
            case "Output":
                for part in node.nodes:
                    text = repr(part.data) if hasattr(part, "data") else f"str({_expression(part, scope)})"
                    yield f"{indent}add({text})"
            case "If":
                yield f"{indent}if {_expression(node.test, scope)}:"
                yield from _statements(node.body, scope, depth + 1)
                for other in node.elif_:
                    yield f"{indent}elif {_expression(other.test, scope)}:"
                    yield from _statements(other.body, scope, depth + 1)
                if node.else_:
                    yield f"{indent}else:"
                    yield from _statements(node.else_, scope, depth + 1)
            case "For" if not node.else_ and not node.recursive:
                names = [it.name for it in getattr(node.target, "items", [node.target])]
                within = scope.inside(names)
                targets = "".join(f"of_{name}, " for name in names) if len(names) > 1 else f"of_{names[0]}"
                yield f"{indent}for {targets} in {_expression(node.iter, scope)}:"
                if node.test is not None:
                    yield f"{indent} if not ({_expression(node.test, within)}): continue"
                yield from _statements(node.body, within, depth + 1)
            case "Include" if type(node.template).__name__ == "Const":
                yield from _statements(scope.parse(node.template.value).body, scope, depth)
            case _:
                raise scope.refused(node)


def _expression(node: Any, scope: _Scope) -> str:
    def inner(part: Any) -> str:
        return _expression(part, scope)

    match type(node).__name__:
        case "Const":
            return repr(node.value)
        case "Name" if node.name != "loop":
            return f"of_{node.name}" if node.name in scope.names else f"view[{node.name!r}]"
        case "Getattr":
            return f"attribute({inner(node.node)}, {node.attr!r})"
        case "Not":
            return f"(not {inner(node.node)})"
        case "And" | "Or" | "Add" | "Sub" | "Mul":
            return f"({inner(node.left)} {node.operator} {inner(node.right)})"
        case "Compare":
            rest = "".join(f" {_COMPARISONS[it.op]} {inner(it.expr)}" for it in node.ops)
            return f"({inner(node.expr)}{rest})"
        case "CondExpr" if node.expr2 is not None:
            return f"({inner(node.expr1)} if {inner(node.test)} else {inner(node.expr2)})"
        case "Tuple" | "List":
            return f"({''.join(f'{inner(item)}, ' for item in node.items)})"
        case "Getitem" if type(node.arg).__name__ == "Slice":
            start, stop, step = (
                "" if it is None else inner(it) for it in (node.arg.start, node.arg.stop, node.arg.step)
            )
            return f"{inner(node.node)}[{start}:{stop}:{step}]"
        case "Getitem":
            return f"{inner(node.node)}[{inner(node.arg)}]"
        case "Call" if not (node.kwargs or node.dyn_args or node.dyn_kwargs):
            return f"{inner(node.node)}({', '.join(map(inner, node.args))})"
    raise scope.refused(node)


def _attribute(of: Any, name: str) -> Any:
    """What `of.name` means in a template."""
    try:
        return getattr(of, name)
    except AttributeError:
        return of[name]


def _key(folder: str) -> str:
    """What changes whenever a template does, or what runs it."""
    facts = [f"{__version__} {sys.implementation.cache_tag} {folder}"]
    for name, _ in files.below(folder):
        status = os.stat(f"{folder}/{name}")  # noqa: PTH116
        facts.append(f"{name} {status.st_size} {status.st_mtime_ns}")
    return digest("\n".join(facts).encode())


def _cache(folder: str) -> str:
    """Where the translation of a folder is kept: one file, next to those of other installations."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111
    return f"{base}/isotype/templates-{digest(folder.encode())[:16]}"


def _kept(cache: str, key: str) -> Any:
    try:
        content = files.read(cache)
    except OSError:
        return None
    width = 2 * len(key)
    head, body = content[:width], content[width:]
    return marshal.loads(body) if head == (key + digest(body)).encode() else None


def _keep(cache: str, key: str, code: Any) -> None:
    """Keep a translation for the next run; one that cannot be kept is made again."""
    body = marshal.dumps(code)
    draft = f"{cache}.{os.getpid()}"
    try:
        os.makedirs(os.path.dirname(cache), mode=0o700, exist_ok=True)  # noqa: PTH103, PTH120
        with open(draft, "wb") as file:  # noqa: PTH123
            file.write((key + digest(body)).encode() + body)
        os.replace(draft, cache)  # noqa: PTH105
    except OSError:
        return
