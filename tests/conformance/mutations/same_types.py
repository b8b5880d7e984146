"""Whether broken support code of models judges, writes and reads all that whole one does.

Each proof compares the two texts as trees, and the classes that come of them: none knows a name of what it is about but
those that Python, SQLAlchemy and the making of tables give.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import FunctionType, ModuleType

WORDS = "a refusal in other words"
CACHE = "the same column types, of which SQLAlchemy keeps less"
MADE = "what only making tables asks for"

_BESIDE = frozenset({"__module__", "__doc__", "__dict__", "__weakref__", "__parameters__", "__init_subclass__"})
"""What every class has of its own, and what has done its work when a class is there."""
Making = Callable[[str], object]
"""Whether a function of a module, by its name, is about making tables."""


def proof(
    whole: str, broken: str, modules: tuple[ModuleType, ModuleType], others: Iterable[str], making: Making
) -> str:
    """Why nobody can tell the two from one another; '' where nothing says so. The others are all modules beside it."""
    before, after = ast.parse(whole), ast.parse(broken)
    if _unsaid(before) == _unsaid(after):
        return WORDS
    if _kept(before) == _kept(after) and _held(modules[0]) == _held(modules[1]):
        return CACHE
    unread = _unread(before, making) & _unread(after, making)
    unread = {name for name in unread if not any(name in text for text in others)}
    return MADE if unread and _without(before, unread) == _without(after, unread) else ""


# Words


def _unsaid(tree: ast.Module) -> str:
    """A module without the words of its exceptions."""
    return ast.dump(_Unsaid().visit(ast.parse(ast.unparse(tree))))


class _Unsaid(ast.NodeTransformer):
    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        if any(isinstance(base, ast.Name) and base.id == "ValueError" for base in node.bases):
            for part in node.body:
                if isinstance(part, ast.FunctionDef) and part.name == "__init__":
                    kept = [one for one in part.body if not _is_word(one)]
                    if not _names(kept, ast.Load) & _names(part.body, ast.Store):
                        part.body = kept
        return node


def _names(body: Iterable[ast.stmt], use: type[ast.expr_context]) -> set[str]:
    nodes = (node for statement in body for node in ast.walk(statement))
    return {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, use)}


def _is_word(node: ast.stmt) -> bool:
    """Whether a statement of an exception says only how it is told: by a local name, or to what stands above it."""
    match node:
        case ast.Pass() | ast.Assign(targets=[ast.Name()], value=ast.JoinedStr() | ast.Constant()):
            return True
        case ast.Expr(value=value):
            return _is_above(value)
        case ast.If(test=test, body=body, orelse=orelse):
            return _is_known(test) and all(map(_is_word, (*body, *orelse)))
    return False


def _is_above(node: ast.expr) -> bool:
    """Whether it is `super()`, or a call of its `__init__` with texts alone."""
    match node:
        case ast.Call(func=ast.Name(id="super"), args=[]):
            return True
        case ast.Call(func=ast.Attribute(value=above, attr="__init__"), args=args, keywords=[]):
            return _is_above(above) and all(isinstance(one, ast.JoinedStr | ast.Constant) for one in args)
    return False


def _is_known(node: ast.expr) -> bool:
    """Whether it is a condition that always has an answer: a constant, or whether a name is None."""
    match node:
        case ast.Constant():
            return True
        case ast.Compare(left=ast.Name(), ops=[ast.Is() | ast.IsNot()], comparators=[ast.Constant()]):
            return True
    return False


# What SQLAlchemy keeps


def _kept(tree: ast.Module) -> str:
    """A module without what is done with each new class."""
    return _dumped(tree, lambda node: isinstance(node, ast.FunctionDef) and node.name == "__init_subclass__")


def _held(module: ModuleType) -> Mapping[str, object]:
    """What each class of a module is made of, but for whether SQLAlchemy keeps what it is asked."""
    return {
        name: (
            [of.__qualname__ for of in one.__mro__],
            {key: _told(part) for key, part in vars(one).items() if key not in _BESIDE and key != "cache_ok"},
        )
        for name, one in vars(module).items()
        if isinstance(one, type) and one.__module__ == module.__name__
    }


def _told(part: object) -> object:
    if isinstance(part, FunctionType):
        return part.__code__, repr(part.__defaults__), repr(part.__kwdefaults__)
    return repr(part) if isinstance(part, str | int | float | tuple | None) else type(part).__name__


# What only making tables asks for


def _unread(tree: ast.Module, making: Making) -> set[str]:
    """The attributes that a module gives its objects and reads only where tables are made."""
    given, read = set[str](), set[str]()
    for function, node in _walked(tree):
        match node:
            case ast.Attribute(value=ast.Name(id="self"), attr=name, ctx=ast.Store()):
                given.add(name)
            case ast.Attribute(attr=name) | ast.Constant(value=str() as name) if not making(function):
                read.add(name)
    return given - read


def _walked(tree: ast.AST, function: str = "") -> Iterator[tuple[str, ast.AST]]:
    """Each node, with the function that it is in, behind the name of its class."""
    for node in ast.iter_child_nodes(tree):
        inner = function
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            inner = f"{function}.{node.name}" if function else node.name
        yield function, node
        yield from _walked(node, inner)


def _without(tree: ast.Module, names: set[str]) -> str:
    """A module without the values of these attributes: in classes, and as parameters that become them."""
    return ast.dump(_Without(names).visit(ast.parse(ast.unparse(tree))))


class _Without(ast.NodeTransformer):
    def __init__(self, names: set[str]) -> None:
        self._names = names

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        for part in node.body:
            match part:
                case ast.Assign(targets=[ast.Name(id=name)]) if name in self._names:
                    part.value = ast.Constant(None)
                case ast.FunctionDef(name="__init__"):
                    self._clear(part)
        return node

    def _clear(self, function: ast.FunctionDef) -> None:
        """Without the default of each parameter that does nothing but become one of the attributes."""
        plain = function.args.args[len(function.args.args) - len(function.args.defaults) :]
        said = [ast.unparse(statement) for statement in function.body]
        for place, parameter in enumerate(plain):
            name = parameter.arg
            read = sum(isinstance(node, ast.Name) and node.id == name for node in ast.walk(function))
            if read == 1 and any(f"self.{attribute} = {name}" in said for attribute in self._names):
                function.args.defaults[place] = ast.Constant(None)


def _dumped(tree: ast.Module, left_out: Callable[[ast.AST], bool]) -> str:
    copied = ast.parse(ast.unparse(tree))
    for node in ast.walk(copied):
        if isinstance(node, ast.ClassDef):
            node.body = [one for one in node.body if not left_out(one)] or [ast.Pass()]
    return ast.dump(copied)
