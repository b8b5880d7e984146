"""The emitted proof compiles for equal types and for no others."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engines.typescript import typecheck
from tests.typescript.shapes import LIBRARY, read, render, write

RIGHT = "interface Thing { name: string; tags?: number[]; inner: { a: string | null }; kind: 'a' | 'b' }"
SCHEMA = """\
z.strictObject({
  name: z.string(),
  tags: z.exactOptional(z.array(z.number())),
  inner: z.object({ a: z.nullable(z.string()) }),
  kind: z.enum(["a", "b"]),
})"""

WRONG = {
    "required instead of optional": ("tags?: number[]", "tags: number[]"),
    "optional instead of required": ("name: string", "name?: string"),
    "undefined beside absent": ("tags?: number[]", "tags?: number[] | undefined"),
    "nullable": ("name: string", "name: string | null"),
    "not nullable": ("a: string | null", "a: string"),
    "readonly": ("name: string", "readonly name: string"),
    "readonly inside": ("a: string | null", "readonly a: string | null"),
    "readonly items": ("number[]", "readonly number[]"),
    "any": ("name: string", "name: any"),
    "unknown": ("name: string", "name: unknown"),
    "never": ("name: string", "name: never"),
    "wider": ("name: string", "name: string | number"),
    "narrower": ("name: string", "name: 'x'"),
    "other items": ("number[]", "string[]"),
    "another property": ("name: string", "name: string; more: string"),
    "another optional property": ("name: string", "name: string; more?: string"),
    "one property less": ("name: string; ", ""),
    "another enum value": ("'a' | 'b'", "'a' | 'b' | 'c'"),
    "one enum value less": ("'a' | 'b'", "'a'"),
    "an index signature": ("name: string", "name: string; [key: string]: unknown"),
}


@pytest.fixture(scope="module")
def diagnostics(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What the compiler says about one file per mismatch, and about one without any."""
    folder = tmp_path_factory.mktemp("proofs")
    write(render(read(LIBRARY))[0], folder)
    for name, interface in {"right": RIGHT, **{_file(at): _wrong(at) for at in WRONG}}.items():
        (folder / f"{name}.ts").write_text(
            'import { z } from "zod";\nimport type { Proof } from "./zod/support.js";\n'
            f"{interface}\nexport const schema = {SCHEMA};\nexport type Holds = Proof<typeof schema, Thing>;\n"
        )
    return typecheck(folder)


def _file(name: str) -> str:
    return "wrong_" + name.replace(" ", "_")


def _wrong(name: str) -> str:
    old, new = WRONG[name]
    assert RIGHT.count(old) == 1
    return RIGHT.replace(old, new)


def test_equal_types_compile(diagnostics: list[str]) -> None:
    """A schema and an interface of the same type pass, and so does everything generated."""
    assert [line for line in diagnostics if not line.startswith("wrong_")] == []


@pytest.mark.parametrize("name", WRONG)
def test_other_types_do_not_compile(diagnostics: list[str], name: str) -> None:
    """Each kind of difference is a compile error at the proof, and the only one in its file."""
    [line] = [line for line in diagnostics if line.startswith(f"{_file(name)}.ts(")]
    assert "TS2344" in line


def test_drifted_interface_does_not_compile(tmp_path: Path) -> None:
    """An edit of a generated interface, however deep it is used, breaks the proof of the shape that changed."""
    files, _ = render(read(LIBRARY))
    assert files["types/tree.ts"].count("  title: string;") == 2
    files["types/tree.ts"] = files["types/tree.ts"].replace("  title: string;", "  title: string | null;")
    write(files, tmp_path)
    found = "\n".join(typecheck(tmp_path))
    assert "zod/tree.ts" in found
    assert "zod/book.ts" in found


def test_input_and_output_types_are_one(tmp_path: Path) -> None:
    """What a schema takes is, to the compiler, what it gives."""
    files, _ = render(read(LIBRARY))
    names = [line.split()[2] for text in files.values() for line in text.splitlines() if "Schema = " in line]
    names += [line.split()[2] for text in files.values() for line in text.splitlines() if line.endswith("Schema =")]
    assert len(names) > 15
    lines = [f"  Same<z.input<typeof schemas.{name}>, z.output<typeof schemas.{name}>>," for name in names]
    files["same.ts"] = "\n".join(
        [
            'import type { z } from "zod";',
            'import type * as schemas from "./zod/index.js";',
            'import type { Same } from "./zod/support.js";',
            "type All<T extends true[]> = T;",
            "export type Checked = All<[",
            *lines,
            "]>;",
        ]
    )
    write(files, tmp_path)
    assert typecheck(tmp_path) == []
