"""`isotype drift` says whether a database is what the schema says."""

from __future__ import annotations

import json
import re

import pytest

from isotype.report import FORMATS
from tests.drift.conftest import Shop, fill
from tests.engines.postgres import Database


def test_database_in_sync_is_silent(shop: Shop, live: Database) -> None:
    """A database made from the schema has no findings, and the run says so, and how much it compared."""
    assert shop.drift("--db", live.url) == 0
    summary, line = shop.out.splitlines()
    assert re.fullmatch(r"database: \d\d+ objects compared, nothing found", summary)
    assert line == f"shop: {live.name}, in sync"
    assert shop.err == ""


def test_quiet_says_nothing_of_a_database_in_sync(shop: Shop, live: Database) -> None:
    """With --quiet a run without findings prints nothing."""
    assert shop.drift("--db", live.url, "--quiet") == 0
    assert shop.out == ""


@pytest.mark.parametrize(
    ("change", "code", "line"),
    [
        ("ALTER TABLE purchases DROP COLUMN note CASCADE", "drift-missing-column", "note: text?"),
        ("ALTER TABLE purchases ALTER COLUMN status DROP DEFAULT", "drift-different-column", "status: {type"),
        ("ALTER TABLE purchases DROP CONSTRAINT chk_purchases_note", "drift-missing-constraint", "chk_purchases_note"),
        ("ALTER TABLE customers DROP CONSTRAINT customers_email_key", "drift-missing-constraint", "email: {type"),
        ("DROP INDEX idx_purchases_status", "drift-missing-index", "idx_purchases_status"),
        ("ALTER TYPE status ADD VALUE 'lost'", "drift-different-enum-type", "Status: {values"),
        ("DROP TRIGGER purchases_stamp ON purchases", "drift-missing-trigger", "changed_at: {type"),
        ("DROP TRIGGER purchases_status_transitions ON purchases", "drift-missing-trigger", "status: {type"),
        ("DROP TABLE purchases", "drift-missing-table", "Purchase:"),
        ("ALTER TABLE customers ADD COLUMN age int", "drift-extra-column", "Customer:"),
        ("DELETE FROM countries WHERE code = 'FR'", "drift-missing-row", "code: FR"),
        ("UPDATE countries SET name = 'Gaul' WHERE code = 'FR'", "drift-different-row", "code: FR"),
        ("CREATE TABLE strays (id int)", "drift-unmanaged-table", "domain: shop"),
    ],
)
def test_each_change_is_found_at_the_line_that_says_otherwise(
    shop: Shop, live: Database, change: str, code: str, line: str
) -> None:
    """One change of the database is exit code 1, and a finding at the line of the schema it contradicts."""
    fill(live, change)
    assert shop.drift("--db", live.url) == 1
    found = [text for text in shop.out.splitlines() if text.endswith(f"[{code}]")]
    assert found, shop.out
    assert found[0].startswith(shop.place(line)), shop.out
    assert "has another name" not in shop.out


def test_finding_tells_what_was_expected_what_is_there_and_what_repairs(shop: Shop, live: Database) -> None:
    """A finding in JSON has the path of the fact, both values, and the statement that repairs."""
    fill(live, "ALTER TABLE purchases ALTER COLUMN status SET DEFAULT 'paid'")
    assert shop.drift("--db", live.url, "--format", "json") == 1
    (finding,) = json.loads(shop.out)["findings"]
    assert finding["path"] == "table.public.purchases.column.status.default"
    assert finding["layer"] == "database"
    assert finding["severity"] == "error"
    assert "'open'" in finding["expected"]
    assert "'paid'" in finding["actual"]
    assert finding["repair"].startswith("ALTER TABLE ")
    fill(live, finding["repair"])
    assert shop.drift("--db", live.url) == 0


def test_empty_database_lacks_everything(shop: Shop, database: Database) -> None:
    """A database without any table is findings for all of them, and never in sync."""
    assert shop.drift("--db", database.url) == 1
    for table in ("customers", "purchases", "countries"):
        assert f"table public.{table} is missing" in shop.out


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_names_the_difference(shop: Shop, live: Database, form: str) -> None:
    """Each format of a report names the object and the code."""
    fill(live, "DROP INDEX idx_purchases_status")
    assert shop.drift("--db", live.url, "--format", form) == 1
    assert "idx_purchases_status" in shop.out
    assert "drift-missing-index" in shop.out


def test_databases_come_from_the_configuration(shop: Shop, live: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --db the configuration names the databases, by environment variables where it likes."""
    shop.write("isotype.toml", '[drift]\ndatabases = ["$SHOP_URL"]\n')
    monkeypatch.setenv("SHOP_URL", live.url)
    assert shop.drift() == 0
    monkeypatch.delenv("SHOP_URL")
    assert shop.drift() == 2
    assert "'SHOP_URL', which is not set" in shop.err


def test_nothing_to_compare_says_how_to_name_it(shop: Shop) -> None:
    """A run without anything to compare is exit code 2 with the ways to name it."""
    assert shop.drift() == 2
    assert "[nothing-to-compare]" in shop.err
    assert "--db URL" in shop.err
    assert "--types FILE.ts" in shop.err
    assert "[drift]" in shop.err


def test_database_needs_its_domain_named(shop: Shop, live: Database) -> None:
    """In a project of several domains a database on the command line goes with one of them."""
    shop.write(
        "schema/other.yaml", "isotype: 1\ndomain: other\nentities: {A: {fields: {id: {type: int, key: true}}}}\n"
    )
    assert shop.drift("--db", live.url) == 2
    assert "name one: isotype drift DOMAIN (other, shop)" in shop.err
    assert shop.drift("shop", "--db", live.url) == 0


def test_script_repairs_what_it_may(shop: Shop, live: Database) -> None:
    """--fix-sql writes a script that runs as it is; it leaves alone what nobody declares and drops nothing."""
    fill(
        live,
        "DROP INDEX idx_purchases_status; ALTER TABLE purchases DROP CONSTRAINT chk_purchases_note;"
        "ALTER TABLE customers ADD COLUMN age int; CREATE TABLE strays (id int)",
    )
    assert shop.drift("--db", live.url, "--fix-sql", "repairs/fix.sql") == 1
    script = (shop.root / "repairs/fix.sql").read_text()
    assert "strays" not in script
    assert not [line for line in script.splitlines() if "DROP" in line and not line.startswith("--")]
    fill(live, script)
    assert shop.drift("--db", live.url) == 1
    assert {line.rpartition("[")[2] for line in shop.out.splitlines() if line.endswith("]")} == {
        "drift-extra-column]",
        "drift-unmanaged-table]",
    }


def test_script_for_a_database_in_sync_says_so(shop: Shop, live: Database) -> None:
    """Where nothing differs the script is a comment, so that no older one is run by mistake."""
    shop.write("fix.sql", "DROP TABLE customers;")
    assert shop.drift("--db", live.url, "--fix-sql", "fix.sql") == 0
    assert all(line.startswith("--") for line in (shop.root / "fix.sql").read_text().splitlines())


def test_comments_of_the_database_cannot_leave_the_script(shop: Shop, live: Database) -> None:
    """Text that somebody put into the database is inert in the script and on the terminal."""
    fill(live, 'CREATE TABLE "x\n; DROP TABLE customers; --\x1b[31m" (id int); ALTER TABLE customers ADD "a\nb" int')
    assert shop.drift("--db", live.url, "--fix-sql", "fix.sql") == 1
    assert "\x1b" not in shop.out
    fill(live, (shop.root / "fix.sql").read_text())
    fill(live, "SELECT email FROM customers")
