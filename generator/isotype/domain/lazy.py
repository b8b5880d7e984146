"""What many modules begin with, made when it is first used: named tuples and regular expressions.

`NamedTuple` is that of `typing`, and `regular` is `re.compile`, for those who read and for those who check types. Made
at once, as those do it, they would be a sixth of a small run, and most runs never need most of them.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from re import compile as regular
    from typing import NamedTuple as NamedTuple

__all__ = ["NamedTuple", "regular", "uncompiled"]


if not TYPE_CHECKING:
    from operator import itemgetter
    from types import FunctionType

    try:
        from _collections import _tuplegetter as _getter
    except ImportError:  # pragma: no cover -- what CPython has for named tuples, other interpreters may lack

        def _getter(index, text):
            """The item at a place."""
            return property(itemgetter(index), doc=text)

    _new = tuple.__new__

    class _Named(tuple):
        """What named tuples have in common."""

        __slots__ = ()
        _fields = ()

        @classmethod
        def _make(cls, items):
            return cls(*items)

        def _replace(self, /, **changes):
            made = _new(self.__class__, map(changes.pop, self._fields, self))
            if changes:
                raise ValueError(f"Got unexpected field names: {list(changes)!r}")
            return made

        def _asdict(self):
            return dict(zip(self._fields, self, strict=True))

        def __getnewargs__(self):
            return tuple(self)

        def __repr__(self):
            items = ", ".join(f"{name}={item!r}" for name, item in zip(self._fields, self, strict=True))
            return f"{self.__class__.__name__}({items})"

    class _Naming(type):
        """Makes of a class body a class of named tuples; its constructor is written when it is first called."""

        def __new__(meta, name, bases, namespace):
            """The class, which is an ordinary one."""
            if not bases:
                return super().__new__(meta, name, bases, namespace)
            fields = tuple(namespace.get("__annotations__", ()))
            defaults = {field: namespace[field] for field in fields if field in namespace}
            namespace.update({field: _getter(index, None) for index, field in enumerate(fields)})
            namespace.update(__slots__=(), _fields=fields, _field_defaults=defaults, __match_args__=fields)

            def __new__(cls, *given, **named):
                made.__new__ = staticmethod(_constructor(made))
                return made.__new__(cls, *given, **named)

            namespace["__new__"] = __new__
            made = type(name, (_Named,), namespace)
            return made

    class NamedTuple(metaclass=_Naming):
        """The base of classes of named tuples."""

    def _constructor(cls):
        """`__new__` as one would write it by hand."""
        made = FunctionType(_renamed(cls._fields), {"_new": _new, "__name__": cls.__module__}, "__new__")
        made.__defaults__ = tuple(cls._field_defaults.values())
        made.__qualname__ = f"{cls.__qualname__}.__new__"
        return made

    def _renamed(names):
        """The code of a constructor: compiled once for as many names, since compiling it is what takes time."""
        count = len(names)
        if count not in _codes:
            items = "".join(f"item_{number}, " for number in range(count))
            _codes[count] = eval(f"lambda _cls, {items}: _new(_cls, ({items}))").__code__
        return _codes[count].replace(co_varnames=("_cls", *names))

    _codes = {}

    class _Regular:
        """A pattern that is compiled when something is asked of it; afterwards what it answers with is its own."""

        def __init__(self, pattern, flags):
            self.pattern = pattern
            self._given = flags

        def __getattr__(self, name):
            found = getattr(re.compile(self.pattern, self._given), name)
            setattr(self, name, found)
            return found

    def regular(pattern, flags=0):
        """The regular expression of a text."""
        return _Regular(pattern, flags)


@contextmanager
def uncompiled() -> Iterator[None]:
    """While a package is imported that compiles patterns of which few are ever used, each waits for its first use."""
    compiling = re.compile
    re.compile = regular
    try:
        yield
    finally:
        re.compile = compiling
