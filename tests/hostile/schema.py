"""A schema with a hostile text in every place that can hold one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from isotype.domain.model import Domain
from isotype.language import load
from isotype.layers import LAYERS, LayerOptions, Options, Rendered, render
from tests.literals import hostile

NATIVE_BYTES = 63
FILE = "schema/hostile.yaml"

TEXTS: tuple[str, ...] = tuple(
    text
    for text in (
        *hostile.TEXTS,
        "</SCRIPT><!-- --!> -->",
        "$function$ BEGIN END; $$ $1 $isotype$",
        "${process.exit(1)} `${`${1}`}`",
        "{%- endif -%} {#- -#} {{ '}}' }} {% endraw %}",
        "{% for x in ().__class__.__base__.__subclasses__() %}{{ x }}{% endfor %}",
        "%% %s %(x)s :name ?1 @name \\x27 \\u0027 &#39; &quot;",
        '"""\nimport os\n"""',
        "'''\nimport os\n'''",
        "*/\nexport const x = 1;\n/*",
        "\nGO\n\\i /etc/passwd\n\\! id\n",
        "\\",
        "\\\\'",
        "\\N{BULLET} \\x41 \\101 \\u0041 \\U00000041",
        "   ",
        "\u00a0",
        "\u3000wide\u3000",
        "\u202e",
        "\u200e\u200f\u061c",
        "true",
        "null",
        "0x10",
        "1e400",
        "[]",
        "{}",
        "now",
        "uuid",
        "CURRENT_TIMESTAMP",
        "prototype toString valueOf hasOwnProperty",
        "I" + "\u0307" * 40 + "\u0131\u0130\u00df",
        "\U0010fffd\U000f0000\ue000",
        "word " * 400,
        "y" * 2000,
    )
    if text
)
"""Every text once; the empty one means that nothing is said."""


def name(number: int) -> str:
    """`Thing7`."""
    return f"Thing{number}"


def document(texts: Sequence[str] = TEXTS) -> dict[str, Any]:
    """The schema as data: one entity, object, enum, view and operation for each text, each full of it."""
    every = "\n".join(texts)
    made: dict[str, Any] = {
        "isotype": 1,
        "domain": "hostile",
        "description": every,
        "api": {"title": every, "version": every},
        "types": {},
        "enums": {},
        "objects": {},
        "entities": {},
        "envelopes": {},
        "views": {},
        "operations": {},
        "sql": {},
    }
    for number, text in enumerate(texts):
        for section, entries in _about(number, text).items():
            made[section] |= entries
    return made


def _about(number: int, text: str) -> dict[str, dict[str, Any]]:
    thing = name(number)
    native = len(text.encode()) <= NATIVE_BYTES
    value = {"label": text, "description": text, "member": "ODD", "was": text + "!"}
    literal = {"literal": text}
    moves = {text: ["other"], "other": [text]}
    return {
        "types": {f"{thing}Text": {"base": "text", "description": text}},
        "enums": {
            f"{thing}Choice": {"description": text, "values": {text: value, "other": text}},
            f"{thing}Native": {"native": native, "values": {text: value, "other": {"label": text}}},
        },
        "objects": {
            f"{thing}Part": {
                "description": text,
                "fields": {
                    "plain": {"type": f"{thing}Text", "description": text, "default": literal},
                    "choice": {"type": f"{thing}Choice", "description": text, "default": literal},
                    "old": {"type": "text?", "deprecated": True, "description": text, "waive": {"some-rule": text}},
                },
                "rules": {"chk_part": {"that": f"plain <> {sql(text + '!')}", "message": text}},
                "client": {"shown": {"type": "text", "description": text}},
            }
        },
        "entities": {
            thing: {
                "description": text,
                "fields": {
                    "id": {"type": "int", "key": True, "description": text},
                    "plain": {"type": f"{thing}Text", "description": text, "default": literal},
                    "choice": {"type": f"{thing}Choice", "default": literal, "transitions": moves, "initial": [text]},
                    "native": {"type": f"{thing}Native", "default": literal},
                    "fitting": {"type": "text?", "pattern": f"^{pattern(text)}$"},
                    "many": {"type": "text[]", "default": [text, text], "description": text},
                    "open": {"type": "json", "default": {text: [text, {text: text}]}, "description": text},
                    "mapped": {"type": "map(text)", "default": {text: text}, "description": text},
                    "part": {"type": f"{thing}Part", "default": {"plain": text, "choice": text, "old": text}},
                    "shape": {"type": "text?", "deprecated": True, "waive": {"some-rule": text}},
                    "echo": {"type": "text", "computed": f"CASE WHEN id > 0 THEN {sql(text)} ELSE plain END"},
                },
                "indexes": {
                    f"idx_{number}": {
                        "on": ["id"],
                        "where": f"plain <> {sql(text)} AND choice IN ({sql(text)}, 'other')",
                        "description": text,
                        "waive": {"some-rule": text},
                    }
                },
                "rules": {
                    f"chk_{number}_equal": {"that": f"plain <> {sql(text + '!')}", "message": text},
                    f"chk_{number}_in": {"that": f"NOT plain IN ({sql(text + '?')}, {sql(text + '!')})"},
                    f"chk_{number}_like": {"that": f"NOT plain LIKE {sql(like(text) + '_')}", "message": text},
                    f"chk_{number}_match": {"that": f"NOT plain ~ {sql('^' + pattern(text) + 'zz$')}", "message": text},
                    f"chk_{number}_choice": {"that": f"choice = {sql(text)} OR id > 0", "message": text},
                },
                "rows": [
                    {
                        "id": 1,
                        "plain": text,
                        "choice": text,
                        "native": text,
                        "fitting": text,
                        "many": [text],
                        "open": {text: text},
                        "mapped": {text: text},
                        "part": {"plain": text, "choice": text, "old": None},
                        "shape": text,
                    }
                ],
                "api": {
                    "nest": {"group": {"shape": "shape", "$description": text}},
                    "client": {"shown": {"type": "text", "description": text}},
                    "add": {"added": {"type": f"{thing}Text", "description": text}},
                    "inputs": {"said": {"type": "text", "default": literal, "description": text}},
                    "shapes": {
                        f"{thing}Small": {
                            "description": text,
                            "fields": ["id", "plain"],
                            "add": {"added": {"type": "text?", "description": text}},
                        }
                    },
                },
                "waive": {"some-rule": text},
            }
        },
        "envelopes": {
            f"{thing}Answer": {
                "description": text,
                "fields": {"data": {"type": "T?", "description": text}, "note": {"type": "text", "default": literal}},
                "rules": {"chk_note": {"that": f"note <> {sql(text + '!')}", "message": text}},
            }
        },
        "views": {
            f"{thing}View": {
                "description": text,
                "sql": "SELECT 1 AS one",
                "sqlite": "SELECT 1 AS one",
                "columns": {"one": {"type": "int", "description": text}},
            }
        },
        "operations": {
            f"find_{number}": {
                "get": f"/*/{{id}}/'$$/{{text}}/--/{number}/%7b%7b/*/",
                "summary": text,
                "description": text,
                "tags": [text],
                "path": {"id": {"type": "int", "description": text}, "text": "text"},
                "query": {
                    "wanted": {"type": "text", "default": literal, "description": text},
                    "choice": {"type": f"{thing}Choice", "default": text, "description": text},
                },
                "headers": {"x_wanted": {"type": "text?", "description": text}},
                "returns": f"{thing}Answer({thing}Small)",
            }
        },
        "sql": {
            f"raw_{number}": {"when": "after", "description": text, "postgres": "SELECT 1", "sqlite": "SELECT 1"},
        },
    }


def sql(text: str) -> str:
    """The text as a literal of the rule language."""
    return "'" + text.replace("'", "''") + "'"


def like(text: str) -> str:
    """A LIKE pattern that means the text."""
    return "".join("\\" + character if character in "\\%_" else character for character in text)


def pattern(text: str) -> str:
    """A pattern that means the text."""
    return "".join(
        character if character.isalnum() or not character.isascii() or not character.isprintable() else "\\" + character
        for character in text
    )


def yaml(value: object) -> str:
    """YAML that holds any data, hidden characters as escapes."""
    match value:
        case dict():
            pairs = (f"{'? ' if len(key) > 100 else ''}{yaml(key)}: {yaml(item)}" for key, item in value.items())
            return "{" + ", ".join(pairs) + "}"
        case list() | tuple():
            return "[" + ", ".join(map(yaml, value)) + "]"
        case str():
            return '"' + "".join(map(_escaped, value)) + '"'
        case None:
            return "null"
        case _:
            return str(value).lower()


def _escaped(character: str) -> str:
    code = ord(character)
    if character in '"\\':
        return "\\" + character
    if 0x20 <= code < 0x7F:
        return character
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def text_of(document: dict[str, Any]) -> str:
    """The schema as YAML, a section to a line."""
    return "".join(f"{key}: {yaml(value)}\n" for key, value in document.items())


@cache
def domain(texts: Sequence[str] = TEXTS) -> Domain:
    """The hostile schema of some texts, loaded."""
    loaded = load({FILE: text_of(document(texts))})
    assert loaded.domain is not None, "\n".join(str(finding) for finding in loaded.findings[:20])
    assert not loaded.findings
    return loaded.domain


@cache
def rendered(texts: Sequence[str] = TEXTS, wanted: tuple[str, ...] = LAYERS) -> Rendered:
    """Layers of it."""
    layers = {layer: LayerOptions(f"hostile/{layer}") for layer in LAYERS}
    return render(domain(texts), Options(FILE, layers, wanted))


def files(*layers: str) -> Iterator[tuple[str, str]]:
    """The path below the output folder and the text of every file of some layers, or of all."""
    for (layer, path), text in rendered().files.items():
        if not layers or layer in layers:
            yield f"{layer}/{path}", text


def write(folder: Path, *layers: str, texts: Sequence[str] = TEXTS) -> Path:
    """Some layers as a package below a folder; the package's folder."""
    made = rendered() if texts is TEXTS else rendered(texts, layers)
    for (layer, path), text in made.files.items():
        if layer in layers:
            target = folder / "hostile" / layer / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text.encode())
    return folder / "hostile"


VERDICTS = {"": "", "okay": "", "!": "equal", "?": "in", "x": "like", "zz": "match"}
"""What follows the text in `plain`, beside the rule that refuses it then."""
