"""One report on every layer that is configured, and where the fault is of what several of them hold."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from isotype import layers
from isotype.language import load
from tests.drift.conftest import Shop
from tests.engines import ROOT

SCHEMA = """\
isotype: 1
domain: shop
enums:
  Status: [open, paid, sent]
entities:
  Purchase:
    fields:
      id: {type: uuid, key: true, default: uuid}
      total_price: {type: 'decimal(10,2)', min: 0}
      status: {type: Status, default: open}
      note: text?
      margin: {type: int?, access: internal}
    indexes:
      idx_purchases_total_price: [total_price]
operations:
  list_purchases: {get: /purchases, returns: 'Purchase[]'}
  create_purchase: {post: /purchases, body: PurchaseCreate, returns: Purchase, status: 201}
"""
TYPES = """\
export interface Purchase {
  id: string;
  totalPrice: string;
  status: "open" | "paid" | "sent";
  note: string | null;
}
"""
CONFIGURATION = """\
[drift]
databases = ["sqlite:///shop.db"]
apis = ["api.json"]
types = ["web/types.ts"]
"""

Change = Callable[[Any], None]


class System(Shop):
    """The project with a database, the document of an API and a frontend, all as the schema says."""

    def database(self, sql: str) -> None:
        with closing(sqlite3.connect(self.root / "shop.db")) as connection:
            connection.executescript(sql)

    def api(self, change: Change) -> None:
        """Change what the API says of itself."""
        path = self.root / "api.json"
        document = json.loads(path.read_text())
        change(document)
        path.write_text(json.dumps(document))

    def types(self, before: str, after: str) -> None:
        """Change the types of the frontend."""
        assert before in TYPES
        self.write("web/types.ts", TYPES.replace(before, after))

    def faults(self) -> dict[str, str]:
        """What the summary says of each declaration."""
        self.drift("--format", "json")
        return {fault["declaration"]: fault["sentence"] for fault in json.loads(self.out)["faults"]}


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database, an API's document and types, all as the schema says; made once."""
    folder = tmp_path_factory.mktemp("system")
    loaded = load({"schema/shop.yaml": SCHEMA})
    assert loaded.domain is not None
    files = layers.render(loaded.domain, layers.Options("schema/shop.yaml", wanted=("sql", "openapi"))).files
    with closing(sqlite3.connect(folder / "shop.db")) as connection:
        connection.executescript(files["sql", "sqlite.sql"])
    (folder / "api.json").write_text(files["openapi", "openapi.json"])
    return folder


@pytest.fixture
def system(shop: Shop, whole: Path, capsys: pytest.CaptureFixture[str]) -> System:
    made = System(shop.root, capsys, SCHEMA)
    shutil.copytree(whole, made.root, dirs_exist_ok=True)
    made.write("isotype.toml", CONFIGURATION)
    made.write("web/types.ts", TYPES)
    (made.root / "node_modules").symlink_to(ROOT / "node_modules")
    return made


def _add(document: Any, shape: str, name: str) -> None:
    document["components"]["schemas"][shape]["properties"][name] = {"type": "string"}


def _drop(document: Any, shape: str, name: str) -> None:
    del document["components"]["schemas"][shape]["properties"][name]
    document["components"]["schemas"][shape]["required"].remove(name)


def test_everything_configured_is_compared(system: System) -> None:
    """Without arguments every database, API and file of types is compared, each with a line of its own."""
    assert system.drift() == 0, system.out + system.err
    assert [line.partition(":")[0] for line in system.out.splitlines()] == [
        "database",
        "api",
        "frontend",
        *3 * ["shop"],
    ]
    assert "where" not in system.out


def test_layer_at_fault_is_named(system: System) -> None:
    """What one layer has otherwise is said of that layer, the others being as the schema says."""
    system.database("ALTER TABLE purchases RENAME COLUMN note TO remark")
    assert system.drift() == 1
    assert "Purchase.note: the database lacks it; the API and the frontend agree with the schema\n" in system.out
    assert system.faults()["Purchase.note"].startswith("the database lacks it;")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda it: it.types("  note: string | null;\n", ""),
            "the frontend never heard of it; the database and the API agree with the schema",
        ),
        (
            lambda it: it.types('"open" | "paid" | "sent"', "string"),
            "the frontend takes it for something else; the database and the API agree with the schema",
        ),
        (
            lambda it: it.api(lambda document: _drop(document, "PurchaseResponse", "note")),
            "the API does not know it; the database and the frontend agree with the schema",
        ),
        (
            lambda it: it.database("DROP INDEX idx_purchases_total_price"),
            # No other layer holds an index.
            None,
        ),
    ],
)
def test_one_layer_alone_is_wrong(system: System, change: Callable[[System], None], said: str | None) -> None:
    """Whichever layer it is, the sentence names it, and the others that hold the same thing."""
    change(system)
    assert [*system.faults().values()] == ([said] if said else []), system.out
    assert system.drift() == 1


def test_what_the_schema_has_no_more(system: System) -> None:
    """A field that the schema has dropped is named in the layers that still have it."""
    system.api(lambda document: _add(document, "PurchaseResponse", "oldPrice"))
    assert system.faults() == {
        "Purchase.old_price": "the API still sends it; the database and the frontend agree with the schema"
    }
    system.database("ALTER TABLE purchases ADD COLUMN old_price TEXT")
    system.types("  note:", "  oldPrice: string;\n  note:")
    said = "the database still has it, the API still sends it, the frontend still expects it"
    assert system.faults() == {"Purchase.old_price": f"{said}: no layer is as the schema says"}


def test_target_that_fails_hides_no_other(system: System) -> None:
    """A layer that cannot be read is exit code 2 and no witness; what is wrong in the others is told."""
    (system.root / "api.json").unlink()
    system.types("  note: string | null;\n", "")
    assert system.drift() == 2
    assert "Purchase.note is missing" in system.out
    assert "Purchase.note: the frontend never heard of it; the database agrees with the schema" in system.out
    assert "api.json" in system.out + system.err
    system.write("isotype.toml", CONFIGURATION.replace("sqlite:///shop.db", "$NO_SUCH_DATABASE"))
    assert system.drift() == 2
    assert "NO_SUCH_DATABASE" in system.err
    assert "Purchase.note is missing" in system.out


def test_every_layer_may_be_ignored_and_accepted(system: System) -> None:
    """An entry of the configuration, or of the baseline, says of which layer it is."""
    system.types("  note: string | null;\n", "")
    entry = '{ object = "property web/types.ts:Purchase.note", layer = "frontend", reason = "The page hides it." }'
    system.write("isotype.toml", f"{CONFIGURATION}ignore = [\n    {entry},\n]\n")
    assert system.drift() == 0, system.out
    system.write("web/types.ts", TYPES)
    assert system.drift() == 1
    assert "nothing has to be ignored about 'property web/types.ts:Purchase.note'" in system.out
    system.types("  note: string | null;\n", "")
    system.write("isotype.toml", CONFIGURATION)
    system.write(
        "accepted.toml",
        '[[accept]]\nobject = "property web/types.ts:Purchase.note"\ncode = "drift-missing-property"\n'
        'layer = "frontend"\nowner = "web"\nreason = "Next week"\nexpires = 2999-01-01\n',
    )
    assert system.drift("--baseline", "accepted.toml") == 0, system.out
    assert "1 difference accepted by the baseline" in system.out
    system.write("web/types.ts", TYPES)
    assert system.drift("--baseline", "accepted.toml", "--types", "web/types.ts") == 0, system.out
    assert system.drift("--baseline", "accepted.toml") == 1
    assert "nothing has to be accepted" in system.out


OTHER = "isotype: 1\ndomain: other\nentities:\n  Thing:\n    fields:\n      id: {type: int, key: true}\n"


def test_files_for_all_domains_hold_types_of_each(system: System) -> None:
    """What is configured for all domains is compared with each; only what none of them knows is a failure."""
    system.write("schema/other.yaml", OTHER)
    files = '"web/types.ts", "web/things.ts:Stuff=Thing"'
    system.write("isotype.toml", f"[drift]\ntypes = [{files}]\n")
    system.write("web/things.ts", "export interface Stuff { id: number }\n")
    assert system.drift() == 0, system.out + system.err
    assert "shop: web/types.ts: in sync in 1 type (Purchase)\n" in system.out
    assert "other: web/things.ts: in sync in 1 type (Stuff)\n" in system.out
    system.write("web/strays.ts", "export interface Stray { id: number }\n")
    system.write("isotype.toml", f'[drift]\ntypes = [{files}, "web/strays.ts", "web/things.ts:Stuff=Thong"]\n')
    assert system.drift() == 2
    assert "no type in web/strays.ts has the name of a generated one" in system.out
    assert "the schema makes no type 'Thong'" in system.err
    assert system.drift("shop") == 0, system.out + system.err
    system.write("isotype.toml", '[drift]\ntypes = ["web/things.ts:Stuff=Thing"]\n')
    assert system.drift("shop") == 2
    assert "the schema makes no type 'Thing'" in system.err


def test_entry_for_one_domain_is_not_idle_in_another(system: System) -> None:
    """An entry for all domains leaves nothing out only when none of them needs it."""
    system.write("schema/other.yaml", OTHER)
    system.write("web/things.ts", "export interface Thing { id: string }\n")
    entry = '{ object = "*:Thing.id", layer = "frontend", reason = "It is a text there." }'
    system.write("isotype.toml", f'[drift]\ntypes = ["web/types.ts", "web/things.ts"]\nignore = [{entry}]\n')
    assert system.drift() == 0, system.out
    assert system.drift("shop") == 0, system.out
    system.write("web/things.ts", "export interface Thing { id: number }\n")
    assert system.drift() == 1
    assert system.out.count("nothing has to be ignored about '*:Thing.id'") == 1


@pytest.mark.parametrize("form", ["text", "json", "sarif", "github", "junit", "html"])
def test_every_format_tells_of_every_layer(system: System, form: str) -> None:
    """All formats carry what is wrong in the API and in the frontend, with the line of the schema."""
    system.types("  note: string | null;\n", "")
    system.api(lambda document: _drop(document, "PurchaseResponse", "status"))
    assert system.drift("--format", form) == 1
    for part in ("Purchase.note is missing", "PurchaseResponse", "drift-missing-property"):
        assert part in system.out, system.out
    line = system.place("note: text?").rstrip(":") if form not in ("json", "sarif") else '"related'
    assert line in system.out
    if form in ("text", "json"):
        assert "the frontend never heard of it; the database and the API agree with the schema" in system.out
    if form == "html":
        assert '<td class="right">agrees</td><td class="wrong">never heard of it</td>' in system.out


def test_settings_of_a_domain_are_checked(system: System) -> None:
    """A setting that is written wrongly is named at its line."""
    system.write("isotype.toml", CONFIGURATION.replace('types = ["web/types.ts"]', 'types = "web/types.ts"'))
    assert system.drift() == 2
    assert "isotype.toml:4:1: drift.types is a list of strings" in system.out
    ignored = 'ignore = [{ object = "x", reason = "y", layer = "fronted" }]'
    system.write("isotype.toml", f"{CONFIGURATION}{ignored}\n")
    assert system.drift() == 2
    assert "names no layer: 'fronted' (did you mean 'frontend'?)" in system.out
