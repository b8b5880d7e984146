"""Bad input through the command line: exit code 2, findings with places, no traceback, nothing written."""

from __future__ import annotations

import gc
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from isotype.cli import arguments
from isotype.workspace.files import MANIFEST
from isotype.workspace.sources import SIZE_LIMIT

HEADER = "isotype: 1\ndomain: shop\n"
ENTITY = HEADER + "entities: {A: {fields: {id: {type: int, key: true}}}}\n"

BOMB = "\n".join(
    ["a: &a [x, x, x, x, x, x, x, x]"]
    + [
        f"{below}: &{below} [{', '.join(['*' + above] * 8)}]"
        for above, below in zip("abcdefgh", "bcdefghi", strict=True)
    ]
)
SCHEMAS: dict[str, tuple[str | bytes, set[str]]] = {
    "not YAML": ("{[}]: - ?\n\t@", {"syntax"}),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", {"not-utf-8"}),
    "UTF-16": ("isotype: 1\n".encode("utf-16"), {"not-utf-8"}),
    "nothing": ("", {"empty-file"}),
    "a comment": ("# nothing\n", {"empty-file"}),
    "a number": ("12\n", {"wrong-type"}),
    "a list": ("- isotype\n", {"wrong-type"}),
    "NUL": (HEADER + "description: a\0b\n", {"bad-text"}),
    "an escaped NUL": (HEADER + 'description: "a\\0b"\n', {"bad-text"}),
    "half a character": (HEADER + 'description: "\\ud800"\n', {"syntax"}),
    "a bomb": (BOMB, {"anchor"}),
    "a merge key": (HEADER + "types: {A: &a {base: int}, B: {<<: *a}}\n", {"anchor"}),
    "a tag": ("isotype: !!python/object/apply:os.system [date]\n", {"tag"}),
    "two documents": (ENTITY + "---\n" + ENTITY, {"second-document"}),
    "a deep one": (HEADER + "description: " + "[" * 50_000, {"too-deep"}),
    "ten megabytes": (HEADER + "description: '" + "x" * 10_000_000 + "'\n", {"schema-too-large"}),
    "another version": ("isotype: 99\ndomain: shop\n", {"bad-value"}),
    "no header": ("entities: {}\n", {"missing-header"}),
    "unknown words": (HEADER + "entitys: {}\nfoo: 1\n", {"unknown-word"}),
    "unknown words everywhere": (
        HEADER
        + "types: {T: {base: int, x: 1}}\nenums: {E: {values: [a], x: 1}}\n"
        + "objects: {O: {fields: {a: {type: int, x: 1}}}}\n"
        + "entities: {A: {x: 1, fields: {id: {type: int, key: true, x: 1}}, rules: {r: {that: id > 0, x: 1}}}}\n"
        + "operations: {o: {get: /a, returns: A, x: 1}}\nsql: {s: {postgres: SELECT 1, x: 1}}\n",
        {"unknown-word"},
    ),
    "wrong types everywhere": (
        "isotype: [1]\ndomain: {a: b}\ndescription: 12\ndatabase: 1\napi: []\ntypes: 1\nenums: a\nmixins: [1]\n"
        "entities: [1]\nobjects: true\nviews: 1.5\noperations: null\nsql: x\n",
        {"wrong-type"},
    ),
    "a name twice": (HEADER + "types: {T: int, T: text}\n", {"duplicate-key"}),
    "a name in two sections": (HEADER + "types: {T: int}\nenums: {T: [a]}\n", {"repeated-name"}),
    "two tables of one name": (
        HEADER
        + "entities: {A: {table: t, fields: {id: {type: int, key: true}}}, "
        + "B: {table: t, fields: {id: {type: int, key: true}}}}\n",
        {"repeated-table"},
    ),
    "types in a circle": (HEADER + "types: {A: B, B: C, C: A}\n", {"endless-type"}),
    "objects without end": (HEADER + "objects: {A: {fields: {b: B}}, B: {fields: {a: A}}}\n", {"endless-object"}),
    "keys in a circle": (
        HEADER + "entities: {A: {fields: {b: {ref: B, key: true}}}, B: {fields: {a: {ref: A, key: true}}}}\n",
        {"endless-reference"},
    ),
    "names that are paths": (
        HEADER + "entities: {../../A: {fields: {'../x': int}}, A/B: {fields: {id: {type: int, key: true}}}}\n",
        {"bad-name"},
    ),
    "names that are code": (
        HEADER
        + "entities: {'A; DROP TABLE x': {fields: {id: {type: int, key: true}}}, "
        + "A: {fields: {'__proto__': int, 'import os': int, \"a'b\": int, 'x\"y': int, id: {type: int, key: true}}}}\n",
        {"bad-name"},
    ),
    "wire names that are code": (
        HEADER
        + "entities: {A: {fields: {id: {type: int, key: true}, a: {type: int, api: __proto__}, "
        + "b: {type: int, api: constructor}, c: {type: int, column: 'x y'}}}}\n",
        {"bad-name"},
    ),
    "a path that leaves the API": (
        HEADER + 'operations: {o: {get: "/a\\nHost: x", returns: none}, p: {get: "/`${x}`", returns: none}}\n',
        {"bad-path"},
    ),
}
CONFIGURATIONS: dict[str, tuple[str, set[str]]] = {
    "not TOML": ("= = =\n", {"unreadable-configuration"}),
    "an output outside": ('output = "../elsewhere"\n', {"path-outside-project"}),
    "an absolute output": ('output = "/tmp"\n', {"path-outside-project"}),
    "an output at home": ('output = "~/x"\n', {"path-outside-project"}),
    "a layer outside": ('[layers.zod]\npath = "a/../../b"\n', {"path-outside-project"}),
    "a schema outside": ('schema = "../.."\n', {"path-outside-project"}),
    "templates outside": ('templates = "/etc"\n', {"path-outside-project"}),
    "a drive": ('output = "C:\\\\x"\n', {"invalid-setting"}),
    "a domain that is a path": ('[domains."../x"]\nschema = "schema/shop.yaml"\n', {"invalid-setting"}),
    "an output among the schemas": ('[domains.shop]\nschema = "schema"\noutput = "schema/out"\n', {"shared-folder"}),
    "an import that is code": ('[layers.models]\nimport = "a; import os"\n', {"invalid-setting"}),
    "settings nobody knows": ('colour = "red"\n[layers.rust]\npath = "x"\n', {"unknown-setting"}),
    "wrong types": ('output = 1\nonly = "sql"\nlayers = []\ndomains = "x"\n', {"invalid-setting"}),
}


class Folder:
    """A project folder, and what is in it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, name: str, content: str | bytes) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    def files(self) -> set[str]:
        everything = {path.relative_to(self.root.parent).as_posix() for path in self.root.parent.rglob("*")}
        return {path for path in everything if "/.isotype" not in path}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """A repository with a good schema."""
    made = Folder(tmp_path / "repository")
    made.write(".git/HEAD", "")
    made.write("schema/shop.yaml", ENTITY)
    monkeypatch.chdir(made.root)
    return made


@pytest.fixture(autouse=True)
def garbage_is_collected() -> Iterator[None]:
    """The command line may switch collection off for its process, which here is that of all tests."""
    yield
    gc.enable()


@pytest.mark.parametrize("command", ["generate", "check", "lint"])
@pytest.mark.parametrize("case", SCHEMAS)
def test_bad_schemas(folder: Folder, capsys: pytest.CaptureFixture[str], command: str, case: str) -> None:
    """Every command answers with findings at their places in the file, and leaves the disk as it was."""
    content, codes = SCHEMAS[case]
    folder.write("schema/shop.yaml", content)
    if command == "check":
        # Without a manifest there is nothing to check.
        folder.write(f"generated/shop/{MANIFEST}", "")
    judge(folder, capsys, [command], codes)


@pytest.mark.parametrize("case", CONFIGURATIONS)
def test_bad_configurations(folder: Folder, capsys: pytest.CaptureFixture[str], case: str) -> None:
    """The same for what stands in the configuration."""
    content, codes = CONFIGURATIONS[case]
    folder.write("isotype.toml", content)
    judge(folder, capsys, ["generate"], codes)


def judge(folder: Folder, capsys: pytest.CaptureFixture[str], given: list[str], codes: set[str]) -> None:
    before = folder.files()
    assert arguments.run([*given, "--format", "json"]) == 2
    out, err = capsys.readouterr()
    found = json.loads(out)["findings"]
    assert found and err == ""
    assert {item["code"] for item in found} == codes
    assert all(re.fullmatch(r"[^\0-\x1f\u2028\u202e]+", item["message"]) for item in found)
    assert arguments.run(given) == 2
    out, err = capsys.readouterr()
    assert "Traceback" not in out + err and "internal error" not in out + err
    for code in {item["code"] for item in found}:
        assert f"[{code}]" in out + err
    for item in found:
        if item.get("file"):
            assert f"{item['file']}:{item['line']}:{item['column']}: " in out
    assert folder.files() == before


def test_a_link_out_of_the_project_is_not_written_through(
    folder: Folder, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """An output folder that is a link to somewhere else is refused."""
    (tmp_path / "elsewhere").mkdir()
    (folder.root / "generated").symlink_to(tmp_path / "elsewhere")
    assert arguments.run(["generate"]) == 2
    out, err = capsys.readouterr()
    assert "outside" in out + err
    assert not any((tmp_path / "elsewhere").iterdir())


def test_a_file_below_the_limit_is_read(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    """Size alone is no error: eight megabytes of description load."""
    folder.write("schema/shop.yaml", ENTITY + "description: '" + "x" * (SIZE_LIMIT - 200) + "'\n")
    assert arguments.run(["lint"]) in (0, 1)
    out, err = capsys.readouterr()
    assert "internal error" not in out + err


def test_a_wide_schema_on_one_line_is_not_deep(folder: Folder) -> None:
    """A schema printed as JSON holds hundreds of brackets on its one line, and texts may hold any number of them."""
    fields = {f"field_{number}": {"type": "int[]", "items": {"min": number}} for number in range(800)}
    entity = {"description": "[{" * 2000, "fields": {"id": {"type": "int", "key": True}, **fields}}
    folder.write("schema/shop.yaml", json.dumps({"isotype": 1, "domain": "shop", "entities": {"A": entity}}))
    assert arguments.run(["lint"]) in (0, 1)
