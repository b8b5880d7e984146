"""What a database makes by itself is read back, and a question that cannot be put is no agreement."""

from __future__ import annotations

from pathlib import Path

import pytest

from isotype.conformance.findings import findings
from isotype.conformance.matrix import Matrix
from isotype.conformance.run import Request, run
from isotype.conformance.witnesses.postgres import Postgres
from isotype.findings import IsotypeError
from isotype.scratch.installations import find_installation
from tests.conformance.conftest import ENGINES, asked
from tests.probes.domains import schema


def entity(name: str, field: str) -> str:
    """An entity of one field beside its key."""
    fields = "id: {type: int, key: true}", "weight: 'decimal(4,2)'", f"value: {field}"
    return "\n      ".join((f"  {name}:\n    fields:", *fields)) + "\n"


FIELDS = {
    "Number": "{type: int, default: 3, access: read}",
    "Listed": "{type: 'text[]', default: [a], access: read}",
    "Lost": "{type: bool, default: true, access: read}",
    "Sent": "{type: local_timestamp, default: now, access: read}",
    "Day": "{type: date, default: now, access: read}",
    "Never": "{type: timestamp?, access: read}",
    "Drawn": "{type: uuid, default: uuid, access: read}",
    "Sum": "{type: 'decimal(8,3)?', computed: weight * 3 - 1}",
    "Share": "{type: 'decimal(8,2)?', computed: 'round(weight / 7, 2)'}",
    "Changed": "{type: timestamp, default: now, on_update: now, access: read}",
    "Raw": """{type: timestamp, computed: {sql: "timestamptz '2024-01-01T00:00:00Z'",
        sqlite: "'2024-01-01T00:00:00.000000Z'"}}""",
}
MADE = (
    "isotype: 1\ndomain: shop\nentities:\n"
    + "".join(entity(*field) for field in FIELDS.items())
    + """\
  Counted:
    fields:
      id:   {type: bigint, key: true, default: identity}
      name: text
"""
)

BREAKS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "sqlite": (
        ("DEFAULT 3", "DEFAULT 4", "Number"),
        ("""'["a"]'""", """'["a", "a"]'""", "Listed"),
        ("DEFAULT 1", "DEFAULT 0", "Lost"),
        ("%H:%M:%f000', 'now')", "%H:%M:%f000', 'now', '+1 hour')", "Sent"),
        ("date('now')", "'2000-01-01'", "Day"),
        ("value  TEXT,", "value  TEXT DEFAULT '2000-01-01T00:00:00.000000Z',", "Never"),
        ("substr('89AB', 1 + (random() & 3), 1)", "'0'", "Drawn"),
        ("weight * 30 - 1000", "weight * 30 - 1001", "Sum"),
        ("ELSE 7 END) / 14", "ELSE 7 END) / 15", "Share"),
        ("value IS NOT strftime(", "value IS strftime(", "Changed"),
        ("'2024-01-01T00:00:00.000000Z'", "'2024-01-01'", "Raw"),
    ),
    "postgres": (
        ("DEFAULT 3", "DEFAULT 4", "Number"),
        ("ARRAY['a']", "ARRAY['b']", "Listed"),
        ("DEFAULT TRUE", "DEFAULT FALSE", "Lost"),
        ("(CURRENT_TIMESTAMP AT TIME ZONE 'UTC')", "CURRENT_TIMESTAMP", "Sent"),
        ("CAST(CURRENT_TIMESTAMP AT TIME ZONE 'UTC' AS DATE)", "'2000-01-01'", "Day"),
        ("value  TIMESTAMP WITH TIME ZONE,", "value TIMESTAMP WITH TIME ZONE DEFAULT now(),", "Never"),
        ("gen_random_uuid()", "'7b0c4b4e-6f57-4b0c-8f57-2f1f5c8f7b0c'", "Drawn"),
        ("weight * 3 - 1", "weight * 3 + 1", "Sum"),
        ("round(weight / 7, 2)", "round(weight / 7 - 0.004, 2)", "Share"),
        ("NEW.value := CURRENT_TIMESTAMP", "NEW.value := OLD.value", "Changed"),
        ("timestamptz '2024-01-01T00:00:00Z'", "timestamptz 'infinity'", "Raw"),
    ),
}

ANSWERS: dict[str, tuple[str, str, str, str]] = {
    "another name": (
        *(
            "schemas/sent.py",
            "value: LocalTimestamp = Field(",
            'value: LocalTimestamp = Field(serialization_alias="at", ',
        ),
        "the answer is none: required at value",
    ),
    "another column": ("models/mapping/sum.py", "value=model.value", "value=model.weight", "value: "),
}

FAULTS: dict[str, tuple[str, str, str, str, str]] = {
    "a row to be changed that PostgreSQL refuses": (
        *(
            "sql/postgres.sql",
            "CREATE TRIGGER changeds_stamp",
            "ALTER TABLE changeds ADD CHECK (weight > 100);\n\nCREATE TRIGGER changeds_stamp",
        ),
        *("postgres", "cannot be asked: the row to be changed is refused"),
    ),
    "a row to be changed that SQLite refuses": (
        *(
            "sql/sqlite.sql",
            "-- Triggers\n",
            "-- Triggers\n\nCREATE TRIGGER lost BEFORE INSERT ON changeds BEGIN\n"
            "    SELECT RAISE(ABORT, 'no');\nEND;\n",
        ),
        *("sqlite", "cannot be asked: the row to be changed is refused"),
    ),
    "a row to be changed that the models refuse": (
        *(
            "models/_columns.py",
            "def judged(column: Column[Any], value: Any) -> Any:\n",
            "def judged(column: Column[Any], value: Any) -> Any:\n    raise ValueError('no')\n\n\n"
            "def judged_before(column: Column[Any], value: Any) -> Any:\n",
        ),
        *("models", "cannot be asked: the row to be changed is refused"),
    ),
    "a statement that fails": (
        *(
            "sql/sqlite.sql",
            "-- Triggers\n",
            "-- Triggers\n\nCREATE TRIGGER lost AFTER INSERT ON changeds BEGIN\n    DELETE FROM nowhere;\nEND;\n",
        ),
        *("sqlite", "cannot be asked: no such table: main.nowhere"),
    ),
}


def break_files(monkeypatch: pytest.MonkeyPatch, path: str, *breaks: tuple[str, str]) -> None:
    """One generated file is written with other things in it."""
    write = Path.write_text

    def broken(self: Path, data: str, *arguments: str, **options: str) -> int:
        for old, new in breaks if self.as_posix().endswith(f"/{path}") else ():
            assert old in data, (old, data)
            data = data.replace(old, new)
        return write(self, data, *arguments, **options)

    monkeypatch.setattr(Path, "write_text", broken)


def ask(tmp_path: Path, *names: str, quick: bool = True, text: str = MADE) -> Matrix:
    """Everything about what is made."""
    with asked(schema(text), tmp_path, names) as (of, found, missing):
        assert not missing
        return run(of, found, missing, Request(quick=quick))


def test_what_databases_make_is_what_the_schema_says(tmp_path: Path) -> None:
    """Defaults of every kind, computed values and stamps agree, on both databases and all the way."""
    matrix = ask(tmp_path, "sqlite", "postgres", "round_trip", quick=False)
    assert [str(finding) for finding in findings(matrix)] == [] and matrix.updates > 20


@pytest.mark.parametrize("witness", BREAKS)
def test_a_break_in_what_is_made_is_found(witness: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a database makes otherwise than the schema says is found, each at its entity."""
    break_files(monkeypatch, f"sql/{witness}.sql", *((old, new) for old, new, _ in BREAKS[witness]))
    found = {one.place.owner for one in ask(tmp_path, witness).disagreements if one.fact.startswith("gives back")}
    assert found == {name for _, _, name in BREAKS[witness]}


def test_a_break_on_the_way_back_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A response with another name, or with another column in it, is found."""
    for path, old, new, _ in ANSWERS.values():
        break_files(monkeypatch, path, (old, new))
    facts = [one.fact for one in ask(tmp_path, "postgres", "round_trip").disagreements]
    assert all(any(fact in found for found in facts) for _, _, _, fact in ANSWERS.values()), facts


@pytest.mark.parametrize("name", FAULTS)
def test_a_question_that_cannot_be_put_agrees_with_nothing(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the row to be changed is refused, or a statement fails for itself, each answer is a disagreement."""
    path, old, new, witness, fact = FAULTS[name]
    break_files(monkeypatch, path, (old, new))
    text = "isotype: 1\ndomain: shop\nentities:\n" + entity("Changed", FIELDS["Changed"])
    matrix = ask(tmp_path, witness, quick=False, text=text)
    assert any(fact in one.fact for one in matrix.disagreements), [one.fact for one in matrix.disagreements]
    updates = [one for one in matrix.disagreements if one.label.endswith("after an UPDATE")]
    assert all(one.fact.startswith("cannot be asked") for one in updates)


def test_a_server_that_ends_ends_the_run(tmp_path: Path) -> None:
    """A run whose database goes away stops with a sentence, not with verdicts."""
    with asked(schema(MADE), tmp_path, ["postgres"]) as (of, found, _):
        [database] = found
        assert isinstance(database, Postgres)
        name = database.address.rpartition("/")[2].partition("?")[0]
        ENGINES.server(find_installation()).drop_database(name)
        with pytest.raises(IsotypeError, match="PostgreSQL does not answer any more"):
            run(of, found, {}, Request(only="Number"))
