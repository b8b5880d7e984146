"""Addresses of databases, and what reports call them."""

from __future__ import annotations

import pytest

from isotype.drift.targets import POSTGRES, SQLITE, Target, distinct, expanded, on, parse
from isotype.findings import IsotypeError


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("postgresql://u:p@db.example.com:5433/shop", "db.example.com:5433/shop"),
        ("postgres://db.example.com/shop?sslmode=require", "db.example.com/shop"),
        ("postgresql+asyncpg://u:p@db/shop", "db/shop"),
        ("postgresql:///shop", "shop"),
        ("postgresql:///shop?host=/var/run/postgresql", "shop"),
        ("postgresql://u@/shop?host=db.example.com", "db.example.com/shop"),
        ("postgresql://", "the default database"),
        ("postgresql://[::1]:5432/shop", "[::1]:5432/shop"),
        ("postgresql://one:5432,two:5433/shop", "one:5432,two:5433/shop"),
        ("postgresql://u:p%40w@db/my%20shop", "db/my shop"),
        ("postgresql://db?dbname=shop", "db/shop"),
        ("host=db port=5433 dbname=shop password=p", "db:5433/shop"),
        ("  dbname = 'my shop' password = 'a b'", "my shop"),
    ],
)
def test_postgres_address_is_called_by_host_and_database(written: str, name: str) -> None:
    """Reports call a database by its host, port and name, whatever else the address says."""
    target = parse(written)
    assert (target.name, target.engine) == (name, POSTGRES)
    assert not target.address.startswith("postgresql+")


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("sqlite:///shop.db", "shop.db"),
        ("sqlite:////var/shop.db", "/var/shop.db"),
        ("sqlite+aiosqlite:///data/shop.db", "data/shop.db"),
        ("sqlite:///my%20shop.db?mode=ro", "my shop.db"),
        ("data/shop.sqlite3", "data/shop.sqlite3"),
    ],
)
def test_sqlite_address_is_a_path(written: str, path: str) -> None:
    """A URL as SQLAlchemy writes it, and a path that ends like a database, are files."""
    assert parse(written) == Target(path, SQLITE, path)


def test_secret_is_in_no_representation() -> None:
    """What is printed of a target by accident does not hold its address."""
    assert "geheim" not in repr(parse("postgresql://u:geheim@db/shop")) + str(parse("postgresql://u:geheim@db/shop"))


@pytest.mark.parametrize("server", ["postgresql://u:p@db:5433/postgres?sslmode=require", "host=db port=5433 user=u"])
@pytest.mark.parametrize("name", ["tenant_1", "Tenant 1", "a'b", "a\\b", "ü"])
def test_name_on_a_server_is_that_database(server: str, name: str) -> None:
    """A database is named on the server of another address, with the same login."""
    from psycopg.conninfo import conninfo_to_dict

    found = conninfo_to_dict(on(parse(server), name).address)
    wanted = conninfo_to_dict(parse(server).address) | {"dbname": name}
    assert found == wanted


def test_variables_are_filled_in() -> None:
    """A setting holds environment variables in two spellings; one that is not set is named."""
    known = {"USER": "u", "PASS": "p$USER"}
    assert expanded("postgresql://$USER:${PASS}@db/shop", known, "here") == "postgresql://u:p$USER@db/shop"
    with pytest.raises(IsotypeError, match="'NONE', which is not set"):
        expanded("${NONE}", known, "here")


def test_same_database_counts_once() -> None:
    """An address given twice is one database; two of one name are told apart."""
    one, same = parse("postgresql:///shop?host=/a"), parse("postgresql:///shop?host=/a")
    other = parse("postgresql:///shop?host=/b")
    assert [target.name for target in distinct([one, same, other])] == ["shop", "shop (2)"]
