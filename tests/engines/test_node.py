"""The Node, TypeScript and Biome engines of the tests do what their callers rely on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engines.node import BigInt, JsonText, Node, NodeError, Request, Undefined
from tests.engines.typescript import TypeScriptError, biome, compile_typescript, typecheck

SCHEMA = """\
import { z } from "zod";

import { LIMIT } from "./limit.js";

export const thing = z.strictObject({ name: z.string().max(LIMIT), count: z.exactOptional(z.int()) });
export type Thing = z.infer<typeof thing>;
export const echo = (value: unknown): unknown => value;
"""


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A compiled module that imports Zod and a sibling."""
    folder = tmp_path_factory.mktemp("typescript")
    (folder / "thing.ts").write_text(SCHEMA)
    (folder / "limit.ts").write_text("export const LIMIT = 3;\n")
    return compile_typescript(folder) / "thing.js"


def test_compiled_module_runs_with_zod(node: Node, module: Path) -> None:
    """A schema written in TypeScript in any folder validates under Node."""
    assert node.call(module, "thing.parse", {"name": "abc"}) == {"name": "abc"}
    assert node.call(module, "thing.safeParse", {"name": "abcd"})["success"] is False


def test_batch_answers_each_call(node: Node, module: Path) -> None:
    """A call that throws is answered with its issues and does not stop the others."""
    refused, accepted, unknown = node.call_many(
        [
            Request(module, "thing.parse", [{"name": 1}]),
            Request(module, "thing.parse", [{"name": "ab", "count": 2}]),
            Request(module, "nothing", []),
        ]
    )
    assert refused.error is not None
    assert refused.error["issues"][0]["path"] == ["name"]
    assert accepted.value == {"name": "ab", "count": 2}
    assert unknown.error is not None
    assert unknown.error["message"].endswith("exports no 'nothing'")


@pytest.mark.parametrize(
    "value",
    [None, True, 1.5, "ü\u2028💡\x00", [1, [2]], {"a": {"b": None}}, Undefined(), BigInt(2**70), float("inf")],
    ids=repr,
)
def test_values_come_back_as_they_went(node: Node, module: Path, value: object) -> None:
    """Values JSON can say, and those it cannot, pass through Node unchanged."""
    assert node.call(module, "echo", value) == value


def test_json_text_is_parsed_by_node(node: Node, module: Path) -> None:
    """JSON text reaches the function as Node reads it: numbers by value, `__proto__` as a plain key."""
    assert node.call(module, "echo", JsonText('{"n": 1e0, "n": 2.0}')) == {"n": 2}
    assert str(node.call(module, "echo", JsonText("-0"))) == "-0.0"
    assert node.call(module, "echo", JsonText('{"__proto__": 1}')) == {"__proto__": 1}


def test_endless_call_is_given_up(tmp_path: Path) -> None:
    """A call that never returns is an error after the time allowed, and the next call is answered."""
    (tmp_path / "loop.mjs").write_text("export const loop = () => { for (;;); };\nexport const one = 1;\n")
    with Node(seconds=1) as node:
        with pytest.raises(NodeError, match="no answer within 1 seconds"):
            node.call(tmp_path / "loop.mjs", "loop")
        assert node.read(tmp_path / "loop.mjs", "one") == 1


def test_wrong_type_does_not_compile(tmp_path: Path) -> None:
    """A type error is reported with file, line and code, and stops the compilation."""
    (tmp_path / "wrong.ts").write_text("export const one: { a?: string } = { a: undefined };\n")
    [diagnostic] = typecheck(tmp_path)
    assert diagnostic.startswith("wrong.ts(1,14): error TS2375:")
    with pytest.raises(TypeScriptError, match="TS2375"):
        compile_typescript(tmp_path)


def test_unchanged_folder_is_compiled_once(tmp_path: Path) -> None:
    """The same sources give the same folder; changed ones another."""
    source = tmp_path / "one.ts"
    source.write_text("export const one = 1;\n")
    first = compile_typescript(tmp_path)
    assert compile_typescript(tmp_path) == first
    source.write_text("export const one = 2;\n")
    assert compile_typescript(tmp_path) != first


def test_a_broken_compiler_is_not_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the compiler itself fails, the same folder is compiled again as soon as it works."""
    (tmp_path / "unique.ts").write_text(f"export const folder: string = {str(tmp_path)!r};\n")
    with monkeypatch.context() as broken:
        broken.setattr("tests.engines.typescript.find_package", lambda _: tmp_path)
        with pytest.raises(TypeScriptError, match="Cannot find module"):
            typecheck(tmp_path)
    assert typecheck(tmp_path) == []


def test_biome_judges_lint_and_format(tmp_path: Path) -> None:
    """Clean code passes Biome; a needless `let` and a missing semicolon are both named."""
    (tmp_path / "good.ts").write_text('export const one = "a";\n')
    assert biome(tmp_path) == []
    (tmp_path / "bad.ts").write_text("export let one: any = 1\n")
    complaints = "\n".join(biome(tmp_path))
    assert "bad.ts:1: lint/suspicious/noExplicitAny" in complaints
    assert "bad.ts:0: format" in complaints
