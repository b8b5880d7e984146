"""TypeScript expressions, and how they are broken into lines that a formatter leaves as they are.

```
Code
├── str        an atom: never broken
├── Call       callee(arguments)
├── Items      [items]
└── Entries    { keys: values }
```

The rules are Biome's: what fits stays on one line; a call whose last argument is an object, an array or a block hugs
it; any other call has one argument a line.
"""

from __future__ import annotations

from functools import lru_cache

from isotype.dialects.literals.widths import width
from isotype.domain.lazy import NamedTuple

WIDTH = 100
"""The line length of generated TypeScript."""

INDENT = "  "

_SHORT_KEY = 4
"""Nothing is won by moving a value away from a key of so few letters."""


class Call(NamedTuple):
    """A call of the function `callee`."""

    callee: str
    arguments: tuple[Code, ...]


class Items(NamedTuple):
    """An array literal."""

    items: tuple[Code, ...]


class Entries(NamedTuple):
    """An object literal; keys are printed already."""

    entries: tuple[tuple[str, Code], ...]


Code = str | Call | Items | Entries


def flat(code: Code) -> str:
    """The expression on one line."""
    if isinstance(code, str):
        return code
    if isinstance(code, Call):
        return f"{code.callee}({', '.join(map(flat, code.arguments))})"
    if isinstance(code, Items):
        return f"[{', '.join(map(flat, code.items))}]"
    if not code.entries:
        return "{}"
    return "{ " + ", ".join(f"{key}: {flat(value)}" for key, value in code.entries) + " }"


def layout(code: Code, indent: str, used: int, after: int = 1) -> str:
    """The expression, broken where it must be.

    `used` columns of its first line are taken already, `after` follow its end.
    Lines after the first are indented by `indent`.
    """
    text = flat(code)
    if used + width(text) + after <= WIDTH or isinstance(code, str):
        return text
    if isinstance(code, Call):
        return _broken_call(code, indent, used)
    return _broken(code, indent)


def entry(key: str, value: Code, indent: str) -> str:
    """`key: value,` on lines of its own; a value whose first line does not fit beside its key starts the next line."""
    head = f"{indent}{key}: "
    text = layout(value, indent, width(head))
    first = text.partition("\n")[0]
    if width(head) + width(first) + (first == text) <= WIDTH or width(key) <= _SHORT_KEY:
        return f"{head}{text},"
    inner = indent + INDENT
    return f"{indent}{key}:\n{inner}{layout(value, inner, width(inner))},"


class Block(NamedTuple):
    """How a constant opens that is a call of a block, how far the block is indented, and how all of it closes."""

    opening: str
    indent: str
    closing: str


def block(head: str, callee: str, opening: str) -> Block:
    """`head callee(opening … });`, where `head` ends in `=` and `opening` in a brace."""
    for start, outer in ((f"{head} {callee}(", ""), (f"{head}\n{INDENT}{callee}(", INDENT)):
        used = width(start.rpartition("\n")[2])
        inner = outer + INDENT
        if used + width(opening) <= WIDTH:
            return Block(start + opening, inner, f"{outer}}});")
        if used <= WIDTH:
            break
    return Block(f"{start}\n{inner}{opening}", inner + INDENT, f"{inner}}},\n{outer});")


def block_and(head: str, callee: str, second: Code) -> Block:
    """The same for an object and a second argument, which never share a line."""
    outer = "" if width(f"{head} {callee}(") <= WIDTH else INDENT
    start = f"{head} {callee}(" if not outer else f"{head}\n{outer}{callee}("
    inner = outer + INDENT
    return Block(f"{start}\n{inner}{{", inner + INDENT, f"{inner}}},\n{_argument(second, inner)}\n{outer});")


# Many objects have the same second argument.
@lru_cache(maxsize=1024)
def _argument(code: Code, indent: str) -> str:
    return f"{indent}{layout(code, indent, width(indent))},"


def _broken_call(call: Call, indent: str, used: int) -> str:
    *others, last = call.arguments or ("",)
    if isinstance(last, Items | Entries) and not (others and isinstance(others[-1], type(last))):
        head = f"{call.callee}({''.join(flat(other) + ', ' for other in others)}"
        if used + width(head) + 1 <= WIDTH:
            return f"{head}{_broken(last, indent)})"
    inner = indent + INDENT
    lines = [f"{inner}{layout(argument, inner, width(inner))},\n" for argument in call.arguments]
    return f"{call.callee}(\n{''.join(lines)}{indent})"


def _broken(code: Items | Entries, indent: str) -> str:
    inner = indent + INDENT
    if isinstance(code, Entries):
        return "{\n" + "".join(entry(key, value, inner) + "\n" for key, value in code.entries) + indent + "}"
    if all(isinstance(item, str) and item.lstrip("-")[:1].isdigit() for item in code.items):
        return "[\n" + _filled(code.items, inner) + indent + "]"
    return "[\n" + "".join(f"{inner}{layout(item, inner, width(inner))},\n" for item in code.items) + indent + "]"


def _filled(numbers: tuple[Code, ...], indent: str) -> str:
    """Numbers, as many on a line as fit."""
    lines = [indent]
    for number in numbers:
        piece = f"{number},"
        if lines[-1] == indent:
            lines[-1] += piece
        elif width(lines[-1]) + 1 + width(piece) <= WIDTH:
            lines[-1] += f" {piece}"
        else:
            lines.append(indent + piece)
    return "".join(f"{line}\n" for line in lines)


def ternary(head: str, condition: str, yes: str, no: str, indent: str, end: str) -> str:
    """`head condition ? yes : no`; `head` ends in `=` or `:`, and `condition` is a comparison."""
    whole = f"{head} {condition} ? {yes} : {no}{end}"
    if width(whole) <= WIDTH:
        return whole
    inner = indent + INDENT
    second = f"{inner}{condition} ? {yes} : {no}{end}"
    if width(second) <= WIDTH:
        return f"{head}\n{second}"
    return f"{head}\n{inner}{condition}\n{inner}{INDENT}? {yes}\n{inner}{INDENT}: {no}{end}"


def assigned(head: str, value: str, indent: str = "") -> str:
    """`head value;`, where `head` ends in `=` and the value cannot be broken."""
    whole = f"{head} {value};"
    return whole if width(whole) <= WIDTH else f"{head}\n{indent}{INDENT}{value};"


def signature(head: str, parameters: tuple[str, ...], returns: str) -> str:
    """`head(parameters): returns {`."""
    whole = f"{head}({', '.join(parameters)}): {returns} {{"
    if width(whole) <= WIDTH:
        return whole
    return f"{head}(\n{''.join(f'{INDENT}{parameter},{chr(10)}' for parameter in parameters)}): {returns} {{"


def satisfying(member: str) -> str:
    """The end of a constant object that holds one mapped type: `} as const satisfies { member };`."""
    whole = f"}} as const satisfies {{ {member} }};"
    return whole if width(whole) <= WIDTH else f"}} as const satisfies {{\n{INDENT}{member};\n}};"


def extending(name: str, base: str) -> str:
    """The head of an interface that adds to another."""
    whole = f"export interface {name} extends {base} {{"
    return whole if width(whole) <= WIDTH else f"export interface {name}\n{INDENT}extends {base} {{"
