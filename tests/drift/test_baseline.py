"""Drift that somebody has accepted, until a day."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from isotype.report import FORMATS
from tests.drift.conftest import Shop, fill
from tests.engines.postgres import Database

LATER = date.today() + timedelta(days=2)
NOTE = {"object": "column public.purchases.note", "code": "drift-different-column", "attribute": "not_null"}


def entry(expires: date = LATER, **given: str) -> str:
    texts = NOTE | {"owner": "the shop team", "reason": "The old page wants it."} | given
    return (
        "[[accept]]\n"
        + "".join(f'{key} = "{text}"\n' for key, text in texts.items() if text)
        + f"expires = {expires}\n"
    )


@pytest.fixture
def drifted(live: Database) -> Database:
    fill(live, "ALTER TABLE purchases ALTER COLUMN note SET NOT NULL")
    return live


def test_accepted_drift_is_counted_and_no_finding(shop: Shop, drifted: Database) -> None:
    """What an entry covers is exit code 0, said in one line, listed in JSON, and not repaired."""
    shop.write("accepted.toml", entry())
    given = ("--db", drifted.url, "--baseline", "accepted.toml")
    assert shop.drift(*given, "--fix-sql", "fix.sql") == 0, shop.out
    assert "1 difference accepted by the baseline" in shop.out
    assert "ALTER" not in (shop.root / "fix.sql").read_text()
    assert shop.drift(*given, "--format", "json") == 0
    document = json.loads(shop.out)
    assert document["findings"] == []
    (accepted,) = document["accepted"]
    assert (accepted["owner"], accepted["expires"]) == ("the shop team", LATER.isoformat())
    assert accepted["finding"]["object"] == "column public.purchases.note"


def test_configuration_names_the_baseline(shop: Shop, drifted: Database) -> None:
    """`baseline` under [drift] is a file of the project, and the command line names another one."""
    shop.write("drift/accepted.toml", entry())
    shop.write("isotype.toml", f'[drift]\ndatabases = ["{drifted.url}"]\nbaseline = "drift/accepted.toml"\n')
    assert shop.drift() == 0, shop.out
    assert "1 difference accepted by the baseline" in shop.out
    shop.write("drift/accepted.toml", entry(attribute="default"))
    assert shop.drift() == 1
    assert "drift/accepted.toml:1:1: warning: nothing has to be accepted" in shop.out
    shop.write("own.toml", entry())
    assert shop.drift("--baseline", "own.toml") == 0
    (shop.root / "drift/accepted.toml").unlink()
    assert shop.drift() == 2
    assert "[unreadable-baseline]" in shop.err + shop.out
    shop.write("isotype.toml", '[domains.shop.drift]\nbaseline = "own.toml"\n')
    assert shop.drift() == 2
    assert "[unknown-setting]" in shop.err + shop.out


def test_entry_without_attribute_covers_all_of_the_object(shop: Shop, drifted: Database) -> None:
    """Without an attribute an entry covers each; with another attribute it covers nothing."""
    shop.write("all.toml", entry(attribute=""))
    assert shop.drift("--db", drifted.url, "--baseline", "all.toml") == 0
    shop.write("other.toml", entry(attribute="default"))
    assert shop.drift("--db", drifted.url, "--baseline", "other.toml") == 1
    assert "differs in not null" in shop.out
    assert "other.toml:1:1: warning: nothing has to be accepted" in shop.out


def test_last_day_counts(shop: Shop, drifted: Database) -> None:
    """An entry holds on its last day; after it the drift is reported, and the entry at its line."""
    shop.write("today.toml", entry(date.today()))
    assert shop.drift("--db", drifted.url, "--baseline", "today.toml") == 0
    shop.write("past.toml", "\n" + entry(date.today() - timedelta(days=2)))
    assert shop.drift("--db", drifted.url, "--baseline", "past.toml") == 1
    assert "differs in not null" in shop.out
    assert "past.toml:2:1: the shop team accepted 'column public.purchases.note' in not_null" in shop.out
    assert "[drift-baseline-expired]" in shop.out


def test_entry_whose_drift_is_gone_is_a_finding(shop: Shop, live: Database) -> None:
    """In a database in sync an entry is exit code 1 in every format, unless the database could not be read."""
    shop.write("accepted.toml", entry())
    for form in FORMATS:
        assert shop.drift("--db", live.url, "--baseline", "accepted.toml", "--format", form) == 1
        assert "drift-baseline-unused" in shop.out
    assert shop.drift("--db", "postgresql://127.0.0.1:1/shop", "--baseline", "accepted.toml") == 2
    assert "drift-baseline-unused" not in shop.out + shop.err


def test_entry_for_another_layer_is_left_alone(shop: Shop, drifted: Database) -> None:
    """What is accepted of the API says nothing about the database, and is not called unused by it."""
    shop.write("accepted.toml", entry(layer="api"))
    assert shop.drift("--db", drifted.url, "--baseline", "accepted.toml") == 1
    assert "differs in not null" in shop.out
    assert "drift-baseline" not in shop.out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (entry(owner=""), "lacks 'owner'"),
        (entry(reason=""), "lacks 'reason'"),
        (entry(reason="  "), "'reason' is no text"),
        (entry().replace(f"{LATER}", f'"{LATER}"'), "'expires' is no day"),
        (entry().replace(f"{LATER}", f"{LATER}T10:00:00"), "'expires' is no day"),
        (entry() + 'ownr = "x"\n', "did you mean 'owner'?"),
        (entry(layer="disk"), "there is no layer 'disk'"),
        ("accept = 1\n", "'accept' is a list of tables"),
        ("x = 1\n", "a baseline has no 'x'"),
        ("[[accept]\n", "cannot be read"),
    ],
)
def test_wrong_baseline_is_refused_at_its_line(shop: Shop, text: str, said: str) -> None:
    """A baseline that is not written well is exit code 2 with its line and what to write."""
    shop.write("accepted.toml", text)
    assert shop.drift("--db", "postgresql://127.0.0.1:1/shop", "--baseline", "accepted.toml") == 2
    assert shop.out.startswith("accepted.toml:1:")
    assert said in shop.out


def test_baseline_that_is_not_there_is_refused(shop: Shop) -> None:
    """A baseline that cannot be opened is exit code 2."""
    assert shop.drift("--db", "postgresql://127.0.0.1:1/shop", "--baseline", "gone.toml") == 2
    assert "'gone.toml' cannot be read: No such file" in shop.err
