"""YAML as the language understands it: core scalars, one document, positions, no anchors, no tags.

PyYAML composes the nodes; meaning is given here, because PyYAML resolves scalars as YAML 1.1 does (`no` is false,
`12:30` is a number) and because walking composed nodes is faster than constructing values from them.
"""

from __future__ import annotations

import gc
import operator
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from itertools import accumulate
from typing import Any

from isotype.domain.lazy import regular
from isotype.domain.places import Place
from isotype.findings import Finding
from isotype.language.pyyaml import MappingNode, Node, ScalarNode, SequenceNode, yaml
from isotype.language.wording import quoted

DEEPEST = 64
"""Collections may stand this deep in one another."""

LONGEST_NUMBER = 400
"""No number of a schema needs more characters; a longer one costs quadratic time to read."""

NULL, FLAG, INTEGER, NUMBER, TEXT, LIST, MAPPING = "null", "flag", "integer", "number", "text", "list", "mapping"
"""What a node is."""

CORE = re.compile(
    r"(?:(?P<null>~|null|Null|NULL|)|(?P<true>true|True|TRUE)|(?P<false>false|False|FALSE)"
    r"|(?P<decimal>[-+]?[0-9]+)|(?P<octal>0o[0-7]+)|(?P<hexadecimal>0x[0-9a-fA-F]+)"
    r"|(?P<number>[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]{1,3})?)"
    r"|(?P<infinity>[-+]?\.(?:inf|Inf|INF))|(?P<nan>\.(?:nan|NaN|NAN)))\Z"
)
"""The core schema of YAML 1.2.2, section 10.3.2; exponents are kept short."""

_CORE_STARTS = frozenset(("", *"~nNtTfF.+-0123456789"))
"""How a scalar may begin that is no text."""

_SHAPES = {
    "null": NULL,
    "true": FLAG,
    "false": FLAG,
    "decimal": INTEGER,
    "octal": INTEGER,
    "hexadecimal": INTEGER,
    "number": NUMBER,
    "infinity": NUMBER,
    "nan": NUMBER,
}
_MARK = regular(r"[&*!][^\s,\[\]{}]")
_BREAK = regular(r"\r\n?|\n")
_CONFLICT = regular(r"^<{7} (?=.*^={7}$.*^>{7} )", re.MULTILINE | re.DOTALL)
_ODD_BREAKS = regular(r"[\x85\u2028\u2029]|\r(?!\n)")
_BEFORE_MARK = " \t\r\n[{,:?-\x85\u2028\u2029"
_STACK = 10 * DEEPEST
"""Collections this deep are refused unseen, for composing them takes stack; the exact limit is kept afterwards."""
_FAR = " " * 20 * DEEPEST
_QUOTED = regular(r"""(^ *(?:[-?] +)*|[\[{,]\s*|:\s+)("[^"]*"|'(?:[^']|'')*')(?=\s*(?:[,\]}:#]|$))""")
_QUOTE = regular(r"""(?:^ *|[\[{,:?-]\s*|[!&]\S*\s+)["']""")
_COMMENT = regular(r"(?:^|(?<=[\s\[\]{},]))#.*")
_NESTED = regular(rf"^(?:(?: *[-?] ){{{DEEPEST + 1}}}|{_FAR})", re.MULTILINE)
_OPENING = (
    yaml.FlowSequenceStartToken,
    yaml.FlowMappingStartToken,
    yaml.BlockSequenceStartToken,
    yaml.BlockMappingStartToken,
)
_CLOSING = (yaml.FlowSequenceEndToken, yaml.FlowMappingEndToken, yaml.BlockEndToken)


Entry = Callable[[str, MappingNode], None]
"""Called with a key of the root and the mapping that stands there, whenever a further entry of it is complete. Whoever
takes entries out of the mapping has them to himself."""


class _FastHooks:
    """Composer hooks answered by built-ins, so that composing a node calls no Python function.

    An explicit tag reaches the node as text; without one the node's tag is whatever `resolve` returns.
    """

    resolve = slice
    descend_resolver = operator.is_
    ascend_resolver = bool


def _parser_class() -> type[Any]:
    """The C parser where PyYAML has it, else the one in Python."""
    try:
        from yaml._yaml import CParser
    except ImportError:
        from isotype.language.pure_yaml import PureParser

        return PureParser
    parser: type[Any] = CParser
    return parser


def _composer() -> Any:
    return type("Composer", (_FastHooks, _parser_class()), {})


class Source:
    """One schema file: its name, its text, and where a node of it stands."""

    __slots__ = ("_lines", "_odd_breaks", "file", "text")

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self._lines: list[int] = []
        self._odd_breaks = ("\r" in text or not text.isascii()) and _ODD_BREAKS.search(text) is not None

    def place(self, node: Node) -> Place:
        """Where a node starts."""
        return self.at(node.start_mark)

    def at(self, mark: Any) -> Place:
        """A mark of PyYAML as a place. PyYAML counts more line breaks than editors do."""
        if self._odd_breaks:
            return self.place_of(mark.index)
        return Place(self.file, mark.line + 1, mark.column + 1)

    def place_of(self, index: int) -> Place:
        """The place of the code point at `index` of the text."""
        lines = self._lines
        if not lines:
            lines = self._lines = self._found_lines()
        line = bisect_right(lines, index)
        return Place(self.file, line, index - lines[line - 1] + 1)

    def _found_lines(self) -> list[int]:
        """The index at which each line starts."""
        if "\r" in self.text:
            return [0, *[found.end() for found in _BREAK.finditer(self.text)]]
        return [0, *accumulate([len(line) + 1 for line in self.text.split("\n")])]

    def characters(self, node: Node) -> str:
        """A node as it is written."""
        characters: str = self.text[node.start_mark.index : node.end_mark.index]
        return characters

    def composed(self, start: int, end: int) -> tuple[Any, int]:
        """The node that stands between two indexes, composed again, and what its marks lack to be indexes here."""
        breaks = "\n\r\x85\u2028\u2029" if self._odd_breaks else "\n"
        column = start - 1 - max(self.text.rfind(one, 0, start) for one in breaks)
        return _composer()(" " * column + self.text[start:end]).get_single_node(), start - column

    def inside(self, node: ScalarNode, start: int, end: int, offset: int) -> int:
        """The index of the code point at `offset` of the value of a scalar that stands between two indexes."""
        raw = self.text[start:end]
        value: str = node.value
        if not node.style and "\n" not in raw and "\r" not in raw:
            return start + min(offset, len(raw))
        # Writing and value differ in white space and escapes only, so other characters are counted off in pairs.
        units = list(_written(raw, node.style or ""))
        solid = sum(not character.isspace() for character in value[:offset])
        if not units:
            return start
        return start + units[solid] if solid < len(units) else start + units[-1] + 1


def _written(raw: str, style: str) -> Iterator[int]:
    """The index in `raw` of every character of the value that is no white space."""
    position, end = 0, len(raw)
    if style in "|>" and style:
        position = raw.find("\n") + 1
    elif style:
        position, end = 1, len(raw) - 1
    while position < end:
        here = position
        character = raw[position]
        position += 1
        if style == "'" and character == "'":
            position += 1
        elif style == '"' and character == "\\":
            escape = raw[position : position + 1]
            position += 1 + {"x": 2, "u": 4, "U": 8}.get(escape, 0)
            if escape in "abefnrtvN_LP \t\r\n" and escape not in "0abe":
                continue
        elif character.isspace():
            continue
        yield here


@contextmanager
def uncollected() -> Iterator[None]:
    """The cyclic garbage collector rests: a schema is all live data, and looking through it is wasted time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            # Without this the first collection afterwards would look through everything that was just made.
            gc.freeze()
            gc.enable()


def compose(source: Source, entry: Entry | None = None) -> tuple[Node | None, list[Finding]]:
    """The root node of a file, or the findings that say why there is none.

    With `entry`, the mappings in the root are told of while they are being composed.
    """
    text = source.text
    if findings := _unreadable(source):
        return None, findings
    try:
        if _may_hold_marks(text) and (findings := _refused_tokens(source)):
            return None, findings
        parser = _composer()(text)
        if entry is not None:
            _Telling(parser, entry)
        node: Node | None = parser.get_single_node()
        parser.descend_resolver = None
    except yaml.YAMLError as error:
        return None, [_syntax_finding(source, error)]
    except RecursionError:
        return None, [_too_deep(Place(source.file, 1, 1))]
    if node is None:
        place = Place(source.file, 1, 1)
        return None, [Finding("empty-file", "the file holds no schema", place, 'start it with "isotype: 1"')]
    return node, []


class _Telling:
    """Tells of the entries of a root's mappings, by what the composer calls ahead of each node: with the node that will
    hold it and, ahead of a value, its key."""

    __slots__ = ("_entry", "_key", "_parser", "_root", "_told")

    def __init__(self, parser: Any, entry: Entry) -> None:
        self._parser = parser
        self._entry = entry
        self._root: Node | None = None
        self._key: Node | int | None = None
        self._told: set[str] = set()
        parser.descend_resolver = self._outside

    def _outside(self, parent: Any, index: Node | int | None) -> None:
        """Ahead of a node that is in none of the mappings to tell of."""
        if parent is None:
            return
        if self._root is None or parent is self._root:
            self._root, self._key = parent, index
        elif self._key is not None:
            # The first node in what stands under a key of the root.
            key, self._key = self._key, None
            if isinstance(key, ScalarNode) and key.value not in self._told and isinstance(parent, MappingNode):
                self._told.add(key.value)
                self._parser.descend_resolver = self._inside(parent, key.value)

    def _inside(self, section: MappingNode, word: str) -> Callable[[Any, Node | int | None], None]:
        root, entry = self._root, self._entry

        # Nearly all nodes of a schema come by here.
        def descend(parent: Any, index: Node | int | None) -> None:
            if parent is section:
                if index is None and section.value:
                    entry(word, section)
            elif parent is root:
                self._parser.descend_resolver = self._outside
                self._outside(parent, index)

        return descend


def _unreadable(source: Source) -> list[Finding]:
    """What must be refused before a parser sees the text: nesting that would exhaust its stack, half characters."""
    text = source.text
    try:
        text.encode()
    except UnicodeEncodeError as error:
        place = source.place_of(error.start)
        return [Finding("bad-text", "the file holds half of a surrogate pair", place, "save it as UTF-8")]
    if _may_be_deep(text) and (deep := _too_deep_from(source)) is not None:
        return [_too_deep(deep)]
    return []


def _may_be_deep(text: str) -> bool:
    """Whether collections might be nested too deep to compose; quick, and sure of a no."""
    if (_FAR in text or "- - - -" in text or "? ? ? ?" in text or "- ? - ?" in text) and _NESTED.search(text):
        return True
    lines = text.splitlines()
    # Most lines close what they open, and many come again.
    if all(map(_closes, set(lines))):
        return False
    depth, sure = 0, True
    for line in lines:
        opened = line.count("[") + line.count("{")
        if depth + opened > _STACK:
            return True
        if sure and (opened or depth):
            bare = _bare(line, depth > 0) if "'" in line or '"' in line or "#" in line else line
            if bare is not None:
                closed = bare.count("]") + bare.count("}")
                depth = max(0, depth + bare.count("[") + bare.count("{") - closed)
                continue
            sure = False
        depth += opened
    return False


def _closes(line: str) -> bool:
    """Whether a line that stands in no open collection surely leaves none open, and opens few at once."""
    opened = line.count("[") + line.count("{")
    if not opened:
        return True
    bare = _bare(line, flowing=False) if "'" in line or '"' in line or "#" in line else line
    if bare is None or opened > _STACK:
        return False
    return bare.count("[") + bare.count("{") <= bare.count("]") + bare.count("}")


def _bare(line: str, flowing: bool) -> str | None:
    """A line without what is quoted in it and without its comment; None where a quote might not begin or end there.

    Where collections are open already, what the line begins with may go on with a word that holds quotes as they are.
    """
    if '\\"' in line or "\\'" in line or (flowing and line.lstrip(" -?")[:1] in ("'", '"')):
        return None
    bare = _QUOTED.sub(r"\1", line)
    if "#" in bare:
        bare = _COMMENT.sub("", bare)
    # Any other quote stands inside a word.
    return None if ("'" in bare or '"' in bare) and _QUOTE.search(bare) else bare


def _too_deep_from(source: Source) -> Place | None:
    """Where collections are nested too deep to compose, or None; found by scanning, which takes no stack."""
    depth = 0
    try:
        for token in yaml.scan(source.text, Loader=_composer()):
            if isinstance(token, _OPENING):
                depth += 1
                if depth > _STACK:
                    return source.at(token.start_mark)
            elif isinstance(token, _CLOSING):
                depth -= 1
    except yaml.YAMLError:
        # Composing stops at the same place, no deeper than it is here.
        return None
    return None


def _may_hold_marks(text: str) -> bool:
    """Whether something in the text looks like an anchor, an alias or a tag; quick, and sure of a no."""
    if "&" not in text and "*" not in text and "!" not in text:
        return False
    return any(not found.start() or text[found.start() - 1] in _BEFORE_MARK for found in _MARK.finditer(text))


def _too_deep(place: Place) -> Finding:
    return Finding("too-deep", f"the file nests collections more than {DEEPEST} deep", place, "flatten it")


def _refused_tokens(source: Source) -> list[Finding]:
    """Anchors, aliases and tags, each with its place; found by scanning, for composed nodes no longer show them."""
    findings = []
    for token in yaml.scan(source.text, Loader=_composer()):
        match token:
            case yaml.AnchorToken() | yaml.AliasToken():
                word = "an anchor" if isinstance(token, yaml.AnchorToken) else "an alias"
                message = f"{word} {quoted(token.value)} is not allowed in a schema"
                findings.append(Finding("anchor", message, source.at(token.start_mark), "write the value out"))
            case yaml.TagToken():
                message = "a tag is not allowed in a schema"
                suggestion = 'quote the text if it starts with "!"'
                findings.append(Finding("tag", message, source.at(token.start_mark), suggestion))
    return findings


def _syntax_finding(source: Source, error: yaml.YAMLError) -> Finding:
    """PyYAML's complaint as a finding with a place."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is not None:
        place = source.at(mark)
    else:
        position = getattr(error, "position", 0) or 0
        place = source.place_of(min(position, len(source.text))) if position > 0 else Place(source.file, 1, 1)
    problem = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "the file cannot be read")
    context = str(getattr(error, "context", None) or "")
    if conflict := _CONFLICT.search(source.text):
        message = "the file holds the markers of a merge conflict"
        place = source.place_of(conflict.start())
        return Finding("merge-conflict", message, place, "keep one side, or both, and remove the markers")
    if "but found another document" in problem:
        return Finding("second-document", "the file holds a second document", place, 'remove the line "---"')
    if "found character that cannot start any token" in problem:
        return Finding("syntax", f"YAML: {problem}", place, "quote the text, and indent with spaces")
    if "control characters" in problem or "special characters" in problem:
        return Finding("bad-text", "the file holds a control character", place, 'write it as an escape in "…"')
    message = f"YAML: {problem}" + (f", {context}" if context else "")
    suggestion = ""
    if "expected ',' or" in problem:
        suggestion = "a text with a comma, bracket or brace inside {…} or […] needs quotes"
    elif "mapping values are not allowed" in problem:
        suggestion = 'a text with ": " in it needs quotes'
    return Finding("syntax", message, place, suggestion)


def shape(node: Node) -> str:
    """What a node is: one of the shapes above."""
    if isinstance(node, ScalarNode):
        if node.style:
            return TEXT
        found = CORE.match(node.value)
        return TEXT if found is None else _SHAPES[found.lastgroup or ""]
    return LIST if isinstance(node, SequenceNode) else MAPPING


def is_text(node: Node) -> bool:
    """Whether a node is a scalar that means text."""
    if not isinstance(node, ScalarNode):
        return False
    return bool(node.style) or node.value[:1] not in _CORE_STARTS or CORE.match(node.value) is None


def scalar(node: ScalarNode) -> bool | int | Decimal | str | None:
    """The value of a scalar; numbers with a fraction are exact, a number that is too long is not a number."""
    value: str = node.value
    if node.style:
        return value
    found = CORE.match(value)
    if found is None:
        return value
    match found.lastgroup:
        case "null":
            return None
        case "true":
            return True
        case "false":
            return False
        case _ if len(value) > LONGEST_NUMBER:
            return Decimal("NaN")
        case "decimal":
            return int(value)
        case "octal":
            return int(value[2:], 8)
        case "hexadecimal":
            return int(value[2:], 16)
        case "number":
            return Decimal(value)
        case "infinity":
            return Decimal("-Infinity" if value.startswith("-") else "Infinity")
        case _:
            return Decimal("NaN")


def describe(node: Node) -> str:
    """A node in a message: `the number 12`, `a list`, `text`."""
    match shape(node):
        case "null":
            return "nothing"
        case "flag":
            return str(node.value).lower()
        case "integer" | "number":
            return f"the number {node.value if len(node.value) < 40 else node.value[:37] + '...'}"
        case "text":
            return "text"
        case "list":
            return "a list"
        case _:
            return "a mapping"


def plain(node: Node) -> Any:
    """A node as plain Python data, for tools which know nothing of positions; the last of equal keys holds."""
    if isinstance(node, MappingNode):
        return {str(key.value): plain(value) for key, value in node.value}
    if isinstance(node, SequenceNode):
        return [plain(item) for item in node.value]
    assert isinstance(node, ScalarNode)
    value = scalar(node)
    return float(value) if isinstance(value, Decimal) else value
