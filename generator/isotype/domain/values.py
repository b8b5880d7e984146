"""Classes of values: what `dataclasses` offers, made in a tenth of the time.

`@frozen` is for what never changes: two values are equal when they are of one class and their fields are, and a type
checker refuses an assignment to a field. `@mutable` is for what fills up while something is built: it equals itself.

Making a dataclass costs half a millisecond, most of it for code that many runs never call, and importing the module
that makes it costs as much as starting Python. Here a constructor is written when it is first called. What is made is
still a dataclass to `dataclasses.fields` and `dataclasses.replace`.
"""

from __future__ import annotations

from operator import attrgetter
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any, TypeVar, cast, dataclass_transform

from isotype.domain.lazy import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from dataclasses import field as field
    from dataclasses import replace as replace

T = TypeVar("T")

_REQUIRED: Any = object()


class _Part(NamedTuple):
    """A field: how it is filled when it is not given, whether only by name, and whether it counts in comparisons."""

    default: Any = _REQUIRED
    factory: Any = None
    by_name: bool = False
    compared: bool = True


if not TYPE_CHECKING:

    def field(*, default=_REQUIRED, default_factory=None, kw_only=False, compare=True):
        """What a class says of a field beside its type."""
        return _Part(default, default_factory, kw_only, compare)

    def replace(of, /, **changes):
        """The same value with other contents in some fields."""
        made = of.__class__.__copied__(of)
        for name, content in changes.items():
            setattr(made, name, content)
        return made


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: type[T]) -> type[T]:
    """A class of values."""
    made = _made(cls, "_hash")
    contents = _contents([name for name, part in _parts(made).items() if part.compared])

    def __eq__(self: Any, other: object) -> Any:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return self is other or contents(self) == contents(other)

    def __hash__(self: Any) -> int:
        # Types and rules are looked up many times, and hold many values in one another.
        try:
            known: int = self._hash
        except AttributeError:
            known = self._hash = hash(contents(self))
        return known

    def __getstate__(self: Any) -> tuple[None, dict[str, Any]]:
        # Texts have another hash in another process.
        return None, {name: getattr(self, name) for name in _parts(made)}

    made.__eq__ = __eq__  # type: ignore[method-assign]
    made.__hash__ = __hash__  # type: ignore[method-assign]
    made.__getstate__ = __getstate__  # type: ignore[method-assign]
    return made


@dataclass_transform(field_specifiers=(field,))
def mutable(cls: type[T]) -> type[T]:
    """A class of things that fill up."""
    return _made(cls)


def fields(of: object) -> tuple[str, ...]:
    """The names of a value's fields, in order."""
    return tuple(_parts(of.__class__))


def _contents(names: Collection[str]) -> Callable[[Any], tuple[Any, ...]]:
    """What gives the values of some fields."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda of: tuple([getattr(of, name) for name in names])


def _parts(cls: type) -> dict[str, _Part]:
    parts: dict[str, _Part] = cls.__dict__["__parts__"]
    return parts


def _made(cls: type[T], *further: str) -> type[T]:
    """The class anew, with its fields and what `further` names as slots, and a constructor to come."""
    namespace = dict(cls.__dict__)
    parts: dict[str, _Part] = {}
    for base in cls.__mro__[:0:-1]:
        parts.update(base.__dict__.get("__parts__", {}))
    inherited = set(parts)
    for name in namespace.get("__annotations__", {}):
        said = namespace.pop(name, _REQUIRED)
        parts[name] = said if said.__class__ is _Part else _Part(said)
    namespace.pop("__dict__", None)
    namespace.pop("__weakref__", None)
    extends = any("__parts__" in base.__dict__ for base in cls.__mro__[1:])
    namespace["__slots__"] = (*(name for name in parts if name not in inherited), *(() if extends else further))
    namespace["__parts__"] = parts
    namespace["__match_args__"] = tuple(name for name, part in parts.items() if not part.by_name)
    namespace["__dataclass_fields__"] = _DATACLASS_FIELDS
    namespace.setdefault("__repr__", _repr)

    def __init__(self: Any, *given: Any, **named: Any) -> None:
        made.__init__ = _constructor(made)
        made.__init__(self, *given, **named)

    def __copied__(of: Any) -> Any:
        made.__copied__ = staticmethod(_copier(made))
        return made.__copied__(of)

    namespace["__init__"] = __init__
    namespace["__copied__"] = staticmethod(__copied__)
    made: Any = type(cls.__name__, cls.__bases__, namespace)
    return cast("type[T]", made)


def _constructor(cls: type) -> Callable[..., None]:
    """`__init__` as one would write it by hand."""
    parts = _parts(cls)
    given = [name for name, part in parts.items() if not part.by_name]
    named = [name for name, part in parts.items() if part.by_name]
    names = (*given, *named)
    known: dict[str, Any] = {"_REQUIRED": _REQUIRED, "__name__": cls.__module__}
    made_up = frozenset(number for number, name in enumerate(names) if parts[name].factory is not None)
    known |= {f"_make_{number}": parts[names[number]].factory for number in made_up}
    made = FunctionType(_renamed(names, len(named), made_up), known, "__init__")
    defaults = {name: part.default for name, part in parts.items() if part.default is not _REQUIRED}
    defaults |= {names[number]: _REQUIRED for number in made_up}
    made.__defaults__ = tuple([defaults[name] for name in given if name in defaults])
    made.__kwdefaults__ = {name: defaults[name] for name in named if name in defaults}
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    return made


def _copier(cls: type) -> Callable[[Any], Any]:
    """What makes another of a value, the same in every field."""
    names = tuple(_parts(cls))
    if len(names) not in _copying:
        body = "".join([f" made.field_{number} = of.field_{number}\n" for number in range(len(names))])
        scope: dict[str, Any] = {}
        exec(f"def copied(of):\n made = _new(of.__class__)\n{body} return made", scope)
        _copying[len(names)] = scope["copied"].__code__
    code = _copying[len(names)]
    known = {f"field_{number}": name for number, name in enumerate(names)}
    renamed = code.replace(co_names=tuple([known.get(name, name) for name in code.co_names]))
    return FunctionType(renamed, {"_new": object.__new__}, "copied")


_copying: dict[int, CodeType] = {}
_codes: dict[tuple[int, frozenset[int]], CodeType] = {}


def _renamed(names: tuple[str, ...], named: int, made_up: frozenset[int]) -> CodeType:
    """The code of a constructor: compiled once for as many fields, since compiling it is what takes time.

    The last `named` fields are given by name only, and those whose numbers are in `made_up` are made when not given.
    """
    key = len(names), made_up
    if key not in _codes:
        listed = [f"field_{number}" for number in range(len(names))]
        filled = [
            f"_make_{number}() if {name} is _REQUIRED else {name}" if number in made_up else name
            for number, name in enumerate(listed)
        ]
        body = "".join([f" self.{name} = {value}\n" for name, value in zip(listed, filled, strict=True)])
        scope: dict[str, Any] = {}
        exec(f"def __init__({', '.join(['self', *listed])}):\n{body or ' pass'}", scope)
        _codes[key] = scope["__init__"].__code__
    code = _codes[key]
    known = {f"field_{number}": name for number, name in enumerate(names)}
    return code.replace(
        co_varnames=("self", *names),
        co_names=tuple([known.get(name, name) for name in code.co_names]),
        co_argcount=1 + len(names) - named,
        co_kwonlyargcount=named,
    )


def _repr(self: Any) -> str:
    contents = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__parts__)
    return f"{type(self).__qualname__}({contents})"


class _DataclassFields:
    """`__dataclass_fields__`, made when somebody asks."""

    def __get__(self, of: object, cls: type) -> dict[str, Any]:
        import dataclasses

        said = [(name, Any, _as_dataclass_field(part)) for name, part in _parts(cls).items()]
        like: Any = dataclasses.make_dataclass(cls.__name__, said)
        return {field.name: field for field in dataclasses.fields(like)}


def _as_dataclass_field(part: _Part) -> Any:
    import dataclasses

    if part.factory is not None:
        return dataclasses.field(default_factory=part.factory, kw_only=part.by_name, compare=part.compared)
    if part.default is not _REQUIRED:
        return dataclasses.field(default=part.default, kw_only=part.by_name, compare=part.compared)
    return dataclasses.field(kw_only=part.by_name, compare=part.compared)


_DATACLASS_FIELDS = _DataclassFields()
