"""What the configuration ignores, each with a reason."""

from __future__ import annotations

import pytest

from tests.drift.conftest import Shop, fill
from tests.engines.postgres import Database


def ignoring(*entries: str) -> str:
    listed = ",\n  ".join(entries)
    return f"[drift]\nignore = [\n  {listed}\n]\n"


def entry(name: str, reason: str = "It is somebody else's.", more: str = "") -> str:
    return f'{{object = "{name}", reason = "{reason}"{more}}}'


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("table public.strays", ""),
        ("table public.str*", ""),
        ("column public.purchases.note", ""),
        ("column public.purchases.note", ', attribute = "not_null"'),
        ("table public.purchases", ""),
    ],
)
def test_ignored_object_is_no_finding(shop: Shop, live: Database, name: str, more: str) -> None:
    """An object that is ignored by its name, by a pattern, or with the table it is in, is left out."""
    stray = "strays" in name or "str*" in name
    fill(live, "CREATE TABLE strays (id int)" if stray else "ALTER TABLE purchases ALTER COLUMN note SET NOT NULL")
    assert shop.drift("--db", live.url) == 1
    shop.write("isotype.toml", ignoring(entry(name, more=more)))
    assert shop.drift("--db", live.url) == 0, shop.out


def test_other_differences_of_an_ignored_attribute_stay(shop: Shop, live: Database) -> None:
    """An entry for one attribute leaves the others to be found."""
    fill(live, "ALTER TABLE purchases ALTER COLUMN note SET NOT NULL, ALTER COLUMN note SET DEFAULT 'x'")
    shop.write("isotype.toml", ignoring(entry("column public.purchases.note", more=', attribute = "not_null"')))
    assert shop.drift("--db", live.url) == 1
    assert "differs in default" in shop.out
    assert "differs in not null" not in shop.out


def test_entry_that_matches_nothing_is_a_finding_at_its_line(shop: Shop, live: Database) -> None:
    """An entry nobody needs any more is exit code 1, at the line of the configuration that holds it."""
    fill(live, "CREATE TABLE strays (id int)")
    shop.write("isotype.toml", ignoring(entry("table public.strays"), entry("table public.gone")))
    assert shop.drift("--db", live.url) == 1
    (line,) = [text for text in shop.out.splitlines() if "[drift-" in text]
    assert line.startswith("isotype.toml:4:13: ")
    assert line.endswith("[drift-ignore-unused]")


def test_entry_is_not_called_unused_when_a_database_failed(shop: Shop) -> None:
    """Where a database could not be read, nobody knows what an entry would have matched."""
    shop.write("isotype.toml", ignoring(entry("table public.strays")))
    assert shop.drift("--db", "postgresql://127.0.0.1:1/shop") == 2
    assert "drift-ignore-unused" not in shop.out + shop.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('ignore = [{object = "table public.a"}]', "has an entry without 'reason'"),
        ('ignore = [{object = "table public.a", reason = " "}]', "holds something that is no text"),
        ('ignore = [{objct = "table public.a", reason = "x"}]', "did you mean 'object'?"),
        ('ignore = ["table public.a"]', "is a list of objects with reasons"),
        ('databases = "postgresql://x"', "is a list of strings"),
        ('expected = "../facts.json"', "outside the project"),
        ("expected = [1]", "is a string"),
        ('database = ["x"]', "did you mean 'databases'?"),
    ],
)
def test_wrong_setting_is_refused_at_its_line(shop: Shop, text: str, said: str) -> None:
    """A setting that is misspelt or of the wrong kind is exit code 2, with what to write."""
    shop.write("isotype.toml", f"[drift]\n{text}\n")
    assert shop.drift() == 2
    assert shop.out.startswith("isotype.toml:2:1: ")
    assert said in shop.out
