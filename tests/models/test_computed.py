"""What a database computes, and what stays empty where it cannot."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from tests.engines.postgres import Database
from tests.models.package import Imported, imported, package

WIDE = """
isotype: 1
domain: shop
entities:
  Box:
    fields:
      id: {type: int, key: true}
      width: decimal(20,4)
      area: {type: 'decimal(30,8)', computed: width * width}
      double: {type: 'bigint', computed: id + id}
"""


@pytest.fixture(scope="module")
def boxes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Imported]:
    with imported(package(WIDE), tmp_path_factory.mktemp("boxes"), "models_of_boxes") as found:
        yield found


def test_what_sqlite_cannot_compute_stays_empty(tmp_path: Path, boxes: Imported) -> None:
    """A computed value is never null, except where the ledger says that SQLite has none."""
    engine = create_engine(f"sqlite:///{tmp_path / 'boxes.db'}")
    boxes.models.metadata.create_all(engine)
    with Session(engine) as session:
        box = boxes.models.Box(id=1, width=3)
        session.add(box)
        session.flush()
        assert (box.area, box.double) == (None, 2)
        columns = session.execute(text("SELECT name FROM pragma_table_xinfo('boxes') WHERE NOT \"notnull\"")).scalars()
        assert columns.all() == ["area"]
    engine.dispose()


def test_postgres_computes_it(database: Database, boxes: Imported) -> None:
    """The same model reads the value where there is one."""
    engine = create_engine(database.url_for("psycopg"))
    boxes.models.metadata.create_all(engine)
    with Session(engine) as session:
        box = boxes.models.Box(id=1, width=3)
        session.add(box)
        session.flush()
        assert (box.area, box.double) == (9, 2)
    engine.dispose()
