"""The client compiles under strict settings, needs no formatter, and takes no call that its contract does not know."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from isotype.layers import LayerOptions, Options, client
from isotype.layers.rendering import Renderer
from tests.client.conftest import write
from tests.domains.conftest import write as write_domain
from tests.engines import ROOT
from tests.engines.typescript import WEB, biome, typecheck
from tests.typescript.shapes import EVERYTHING, LIBRARY, read
from tests.typescript.shapes import render as render_both
from tests.typescript.shapes import write as write_files
from tests.typescript.test_output import STRICTEST

SETTINGS = {**STRICTEST, **WEB, "erasableSyntaxOnly": True, "noImplicitOverride": True, "noImplicitReturns": True}

RIGHT = """\
import type { Client } from "./client/index.js";
import * as api from "./client/index.js";

const post: Client = { baseUrl: new URL("https://example.org"), headers: new Headers(), fetch };

export async function all(signal: AbortSignal): Promise<string> {
  const letter = await api.sendLetter(post, { body: { words: ["a"], to: "b", price: "1" }, signal });
  const found = await api.findLetters(post, { query: { must: ["a"] }, timeout: 100 });
  const one = await api.getLetter({}, { path: { number: "1", name: "a" } });
  const scan: Blob = await api.getScan(post, { path: { number: "1" } });
  const gone: undefined = await api.delete_(post, { path: { number: "1" } });
  const count: number = await api.count(post);
  const same: number = await api.count(post, { signal });
  return [letter.number, found[0]?.weight, one?.to, scan.size, gone, count, same].join();
}

export function reason(error: unknown): 409 | 422 | "bad" | "lie" | undefined {
  if (error instanceof api.ValidationError) return error.issues[0]?.in === "body" ? "bad" : undefined;
  if (error instanceof api.ContractError) return "lie";
  return api.isRefusal(error, "sendLetter") ? error.status : undefined;
}
"""

WRONG = {
    "a body of another shape": 'api.sendLetter({}, { body: { words: [], to: 1, price: "1" } })',
    "a body with too much": 'api.sendLetter({}, { body: { words: [], to: "a", price: "1", more: 1 } })',
    "no body": "api.sendLetter({}, {})",
    "no input": "api.sendLetter({})",
    "a required parameter left out": "api.findLetters({}, { query: { page: 1 } })",
    "a required part left out": "api.findLetters({}, {})",
    "null for a parameter": 'api.findLetters({}, { query: { must: ["a"], on: null } })',
    "undefined for a parameter": 'api.findLetters({}, { query: { must: ["a"], page: undefined } })',
    "a value that is none of the enum": 'api.findLetters({}, { query: { must: ["a"], kinds: ["x"] } })',
    "another parameter": 'api.findLetters({}, { query: { must: ["a"], more: 1 } })',
    "a part the operation does not have": "api.count({}, { query: {} })",
    "no client": "api.count()",
    "a result of another type": "const text: string = await api.count({})",
    "a result that may be null": 'const { to } = await api.getLetter({}, { path: { number: "1", name: "a" } })',
    "a status the operation does not answer": 'const status: api.Refusal<"sendLetter">["status"] = 404',
    "a name no operation has": 'api.isRefusal(0, "sent")',
}


def program(line: str) -> str:
    return f'import * as api from "./client/index.js";\nexport async function call(): Promise<void> {{\n  {line};\n}}\n'


@pytest.fixture(scope="module")
def diagnostics(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What the compiler says about a program per wrong call, and about one with right calls."""
    wrong = {f"wrong{at}": program(line) for at, line in enumerate(WRONG.values())}
    return typecheck(write(tmp_path_factory.mktemp("calls"), right=RIGHT, **wrong), WEB)


def test_right_calls_compile(diagnostics: list[str]) -> None:
    """What the contract takes and gives is typed to the last property."""
    assert [line for line in diagnostics if not line.startswith("wrong")] == []


@pytest.mark.parametrize("name", WRONG)
def test_wrong_calls_do_not_compile(diagnostics: list[str], name: str) -> None:
    """Each kind of wrong call is an error of the compiler."""
    assert [line for line in diagnostics if line.startswith(f"wrong{list(WRONG).index(name)}.ts(")]


def test_the_example_of_the_manual_compiles(tmp_path: Path) -> None:
    """What the page about the client shows is code."""
    [example] = re.findall(r"```typescript\n(.*?)```", (ROOT / "docs" / "client.md").read_text("utf-8"), re.DOTALL)
    folder = write_domain("compression", tmp_path / "generated", "types", "zod", "client").parent.parent
    (folder / "example.ts").write_text(example, "utf-8")
    assert typecheck(folder, WEB) == []


def test_output_is_clean(tmp_path: Path) -> None:
    """The strictest compiler settings, the linter and the formatter have nothing to say, reserved names included."""
    write(tmp_path / "letters")
    for name, schema in (("library", LIBRARY), ("everything", EVERYTHING)):
        shapes = read(schema)
        files = render_both(shapes)[0]
        made, _ = client.render(shapes, Renderer(), Options("schema/library.yaml"))
        write_files({**files, **{f"client/{path}": text for path, text in made.items()}}, tmp_path / name)
    assert typecheck(tmp_path, SETTINGS) == []
    assert biome(tmp_path) == []


def test_names_of_any_length_are_laid_out(tmp_path: Path) -> None:
    """Lines are broken where the formatter would break them, however long the names of operations are."""
    for length in range(4, 60, 3):
        schema = LIBRARY.replace("list_books", "list_" + "b" * length).replace("edit_book", "edit_" + "b" * length)
        shapes = read(schema)
        files = render_both(shapes)[0]
        made, _ = client.render(shapes, Renderer(), Options("schema/library.yaml"))
        for folder, layer in (("client", made), ("", files)):
            kept = {f"{folder}/{path}": text for path, text in layer.items() if path.endswith("operations.ts")}
            write_files(kept, tmp_path / f"length{length}")
    assert biome(tmp_path) == []


def test_folders_and_extensions() -> None:
    """The client finds its neighbours in folders and under names of their own."""
    layers = {
        "client": LayerOptions("frontend/src/client", extension="ts"),
        "types": LayerOptions("frontend/types", extension="none"),
        "zod": LayerOptions("frontend/zod", import_base="@app/zod", extension="none"),
    }
    made, _ = client.render(read(LIBRARY), Renderer(), Options("schema/library.yaml", layers))
    assert 'from "../../types/errors.ts"' in made["errors.ts"]
    assert 'from "@app/zod/errors"' in made["http.ts"]
    assert 'from "@app/zod/operations"' in made["operations.ts"]
    assert 'from "./http.ts"' in made["index.ts"]
