"""The printed files compile under strict settings and need no formatter, whatever the schema holds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from isotype.domain.types import Array, EnumType, ObjectType, Scalar
from isotype.layers.options import LayerOptions, Options
from tests.engines.typescript import biome, typecheck
from tests.typescript.shapes import EVERYTHING, LIBRARY, OPTIONS, prop, read, render, shape, shapes_of, write
from tests.typescript.wire_forms import examples

STRICTEST = {
    "noUnusedLocals": True,
    "noUnusedParameters": True,
    "noPropertyAccessFromIndexSignature": True,
    "verbatimModuleSyntax": True,
    "isolatedModules": True,
}


def longer(schema: str, length: int) -> str:
    """The schema with names of about that length."""
    stem = ("Volume" * 20)[:length]
    return (
        schema.replace("name: Volume", f"name: {stem}")
        .replace("Tree", ("Tree" + "s" * 60)[: max(4, length - 4)])
        .replace("State", ("State" + "d" * 60)[: max(5, length)])
        .replace("physical", "physical" + "y" * (length // 2))
    )


@pytest.mark.parametrize("schema", [LIBRARY, EVERYTHING], ids=["library", "everything"])
def test_output_is_clean(schema: str, tmp_path: Path) -> None:
    """The strictest compiler settings, the linter and the formatter have nothing to say."""
    write(render(read(schema))[0], tmp_path)
    assert typecheck(tmp_path, STRICTEST) == []
    assert biome(tmp_path) == []


def test_names_of_any_length_are_laid_out(tmp_path: Path) -> None:
    """Lines are broken where the formatter would break them, however long names are."""
    for length in (5, 20, 22, 26, 30, 34, 38, 42, 46, 50):
        write(render(read(longer(LIBRARY, length)))[0], tmp_path / f"length{length}")
        write(render(read(longer(EVERYTHING, length)))[0], tmp_path / f"everything{length}")
    assert typecheck(tmp_path, STRICTEST) == []
    assert biome(tmp_path) == []


def test_wide_characters_take_two_columns(tmp_path: Path) -> None:
    """Lines that hold East Asian text, emoji or combining marks end where the formatter would end them."""
    for number in range(3, 44, 4):
        for at, sign in enumerate(("\u5716", "\U0001f989", "e\u0301", "\uff76")):
            schema = WIDE.replace("WORD", sign * number)
            write(render(read(schema))[0], tmp_path / f"sign{at}" / f"length{number}")
    assert biome(tmp_path) == []


WIDE = """
isotype: 1
domain: wide
enums:
  Choice: {values: {first: {label: WORD}, "WORD": {member: OTHER}}}
objects:
  Thing:
    description: WORD WORD
    fields:
      note: {type: text, default: WORD, description: WORD}
      notes: {type: 'text[]', default: [WORD, WORD]}
      choice: Choice?
      sign: {type: text, pattern: WORD}
    rules:
      chk_note: {that: "note <> 'WORD' OR choice IS NOT NULL", message: WORD}
operations:
  give: {post: '/things', body: Thing, returns: Thing}
"""


def test_folders_and_extensions(tmp_path: Path) -> None:
    """Layers in separate folders find each other by relative paths in the wanted extension."""
    options = Options(
        "schema/library.yaml",
        {
            "types": LayerOptions("frontend/src/api", extension="ts"),
            "zod": LayerOptions("frontend/validation/zod", extension="ts"),
        },
    )
    files, _ = render(read(LIBRARY), options)
    assert 'from "../../src/api/tree.ts"' in files["frontend/validation/zod/tree.ts"]
    write(files, tmp_path)
    assert typecheck(tmp_path, {"allowImportingTsExtensions": True, "noEmit": True}) == []
    assert biome(tmp_path) == []


@pytest.mark.parametrize("base", ["@library/types", "~/api", "#types"])
def test_import_base(base: str, tmp_path: Path) -> None:
    """A layer with a specifier of its own is imported by it, and imports stay in the formatter's order."""
    options = Options(
        "schema/library.yaml",
        {"types": LayerOptions("types", import_base=base, extension="none"), "zod": LayerOptions("zod")},
    )
    files, _ = render(read(LIBRARY), options)
    assert f'from "{base}/book"' in files["zod/book.ts"]
    write({path: text for path, text in files.items() if path.startswith("zod")}, tmp_path)
    assert biome(tmp_path) == []


def test_support_holds_what_is_used(tmp_path: Path) -> None:
    """Whatever single type a domain has, the support module compiles without a function that nothing calls."""
    for at, (_, of, _) in enumerate(examples()):
        for name, sample in (("one", of), ("set", Array(of, unique_items=True, sorted=isinstance(of, Scalar)))):
            if name == "one" or isinstance(of, EnumType) or (isinstance(of, Scalar) and of.base != "json"):
                files, _ = render(shapes_of(shape("Thing", prop("value", sample))))
                write(files, tmp_path / f"{name}{at}")
    recursive = shape("Loop", prop("next", ObjectType("Loop"), nullable=True))
    write(render(shapes_of(replace(recursive, recursive=True)))[0], tmp_path / "recursive")
    refusing = shape("Thing", prop("value", Scalar("bool")))
    write(render(shapes_of(replace(refusing, refused=(("id", "is read-only"),))))[0], tmp_path / "refusing")
    assert typecheck(tmp_path, STRICTEST) == []
    assert biome(tmp_path) == []


CONTROLS = r"""
isotype: 1
domain: controls
objects:
  Thing:
    fields:
      bell: {type: text, pattern: '[\x07-\x0e]'}
      escape: {type: text, pattern: '^[^\x1b]*$'}
      separators: {type: text, pattern: '\x1c|\x1f'}
      visible: {type: text, pattern: '^[^\x01-\x1f]$'}
  Letter:
    fields:
      bell: {type: text, pattern: '\x07'}
operations:
  give: {post: '/things', body: Thing, returns: Letter}
"""


def test_patterns_of_control_characters_are_no_mistake(tmp_path: Path) -> None:
    """The linter, which takes control characters for one, is told where a pattern needs one without a letter."""
    files, _ = render(read(CONTROLS))
    write(files, tmp_path)
    assert typecheck(tmp_path, STRICTEST) == []
    assert biome(tmp_path) == []
    assert "biome-ignore-all" in files["zod/thing.ts"]
    assert "biome-ignore" not in files["zod/letter.ts"]


NESTED = """
isotype: 1
domain: trees
entities:
  Node:
    fields: {id: {type: int, key: true}, name: text}
    api:
      name: Knot
      add: {below: 'NodeRow[]', first: NodeRow?, leaf: Leaf?}
      shapes: {NodeRow: [id]}
objects:
  Leaf: {fields: {row: NodeRow}}
"""


def test_a_schema_stands_behind_those_it_is_made_of(tmp_path: Path) -> None:
    """A response may hold a shape of its entity that is declared behind it."""
    files, _ = render(read(NESTED))
    write(files, tmp_path)
    assert typecheck(tmp_path, STRICTEST) == []
    assert biome(tmp_path) == []
    text = files["zod/node.ts"]
    assert text.index("export const nodeRowSchema ") < text.index("export const knotResponseSchema ")


NAMESAKES = """
isotype: 1
domain: namesakes
objects:
  Here: {fields: {x: int}}
  There: {fields: {x: text}}
entities:
  Thing:
    fields: {id: {type: int, key: true, default: identity}}
    api:
      add: {count: int, places: 'Here[]', place: Here, note: text, spot: Here}
      inputs:
        count: {type: text?, on: update}
        places: {type: Here?, on: update}
        place: {type: There?, on: update}
        note: {type: text?, on: update}
        spot: {type: Here?, on: update}
  Ticket:
    fields: {id: {type: int, key: true, default: identity}}
    api: {add: {count: int}, inputs: {count: text}}
"""


def test_what_an_answer_adds_is_no_input_of_another_type(tmp_path: Path) -> None:
    """An input is had from an added property of its name where both have one type, and else not at all."""
    files, _ = render(read(NAMESAKES))
    write(files, tmp_path)
    assert typecheck(tmp_path, STRICTEST) == []
    assert biome(tmp_path) == []
    thing = files["types/thing.ts"]
    assert all(f"from.{name}" in thing for name in ("note", "spot"))
    assert not any(f"from.{name};" in thing for name in ("count", "places", "place"))
    assert "toTicketCreate" not in files["types/ticket.ts"]


def test_an_entity_may_have_a_name_of_javascript(tmp_path: Path) -> None:
    """The shapes of an entity have names of their own, so that only shapes called so are refused."""
    names = ("Promise", "Date", "Map", "Proof", "SchemaOf", "Record", "Verdict")
    entities = "".join(f"  {name}: {{fields: {{id: {{type: int, key: true}}, of: '{name}Kind'}}}}\n" for name in names)
    enums = "".join(f"  {name}Kind: [a, b]\n" for name in names)
    operations = "".join(f"  get_{at}: {{get: /{at}, returns: {name}}}\n" for at, name in enumerate(names))
    schema = f"isotype: 1\ndomain: names\nenums:\n{enums}entities:\n{entities}operations:\n{operations}"
    write(render(read(schema))[0], tmp_path)
    assert typecheck(tmp_path, STRICTEST) == []
    assert biome(tmp_path) == []


HOSTILE = r"""
isotype: 1
domain: hostile
description: "*/ --> ``` ${process.exit()} \u202e \u2028 <script> @ts-nocheck"
enums:
  Odd:
    values:
      "*/":          {member: END, description: "*/", label: "*/"}
      "`${1}`":      {label: "`${1}`"}
      "</script>":   {label: "</script>"}
      "__proto__":   {label: "__proto__"}
      "constructor": {}
      "a\"b'c":      {label: "a\"b'c"}
      "line\nbreak": {label: "line\nbreak"}
      "\u202e":      {member: TURNED, label: "\u202e"}
objects:
  Thing:
    description: "*/ export const stolen = 1; /*"
    fields:
      class:  {type: Odd, description: "@deprecated */ ${x}"}
      import: {type: text, pattern: '^[\\/`${}*"'']+$'}
      note:   {type: text, default: "*/ `${1}` \u2028 </script>"}
    rules:
      chk_note: {that: "note <> '*/ `${1}`'", message: "`${process.exit()}` */ \u202e"}
operations:
  give: {post: '/things', body: Thing, returns: Thing}
"""


def test_hostile_text_is_inert(tmp_path: Path) -> None:
    """Texts of a schema stay data: the files compile, and nothing in them ends a comment or a string."""
    files, _ = render(read(HOSTILE))
    write(files, tmp_path)
    assert typecheck(tmp_path, STRICTEST) == []
    assert biome(tmp_path) == []
    assert not any("export const stolen" in line and "*" not in line for line in files["types/thing.ts"].splitlines())
    assert not any("\u202e" in text or "\u2028" in text for text in files.values())


def test_overriding_template(tmp_path: Path) -> None:
    """A template of the user's own takes the place of ours."""
    (tmp_path / "types").mkdir()
    (tmp_path / "types" / "index.ts.j2").write_text("// mine\n")
    files, _ = render(read(LIBRARY), Options(OPTIONS.header_source, templates=str(tmp_path)))
    assert files["types/index.ts"] == "// mine\n"
    assert "export" in files["zod/index.ts"]


@pytest.mark.parametrize(
    ("description", "comment"),
    [("Offered to users", "Offered to users. Left out,"), ("Is it offered?", "Is it offered? Left out,"), ("", "Left")],
)
def test_comments_are_sentences(description: str, comment: str) -> None:
    """What follows from leaving a property out is a sentence of its own after the description."""
    text = f"""
isotype: 1
domain: shop
entities:
  Item:
    fields:
      id: {{type: uuid, key: true, default: uuid}}
      offered: {{type: bool, default: true, description: "{description}"}}
"""
    files, _ = render(read(text))
    assert f"/** {comment}" in files["types/item.ts"]
