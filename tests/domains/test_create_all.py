"""What `create_all` of the generated models makes, `drop_all` takes back."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from tests.domains.conftest import require_extensions, write
from tests.domains.rows import packaged
from tests.engines.postgres import Database

LEFT = """
    WITH own AS (SELECT oid FROM pg_namespace WHERE nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast'))
    SELECT oid::regtype::text FROM pg_type
    WHERE typnamespace IN (SELECT oid FROM own) AND typelem = 0
      AND oid NOT IN (SELECT objid FROM pg_depend WHERE deptype = 'e')
    UNION ALL SELECT oid::regprocedure::text FROM pg_proc
    WHERE pronamespace IN (SELECT oid FROM own) AND oid NOT IN (SELECT objid FROM pg_depend WHERE deptype = 'e')
    UNION ALL SELECT oid::regclass::text FROM pg_class
    WHERE relnamespace IN (SELECT oid FROM own) AND oid NOT IN (SELECT objid FROM pg_depend WHERE deptype = 'e')
"""


def test_dropping_everything_leaves_nothing(domain: str, database: Database, tmp_path: Path) -> None:
    """No type, function, view, sequence or table of the domain is left, and all of it can be made again."""
    require_extensions(domain, database.server)
    engine = sa.create_engine(database.url_for("psycopg"))
    with packaged(domain, write(domain, tmp_path, "models", "schemas")) as package:
        for _ in range(2):
            package.models.metadata.create_all(engine)
            with engine.connect() as connection:
                assert list(connection.scalars(sa.text(LEFT))) != []
            package.models.metadata.drop_all(engine)
            with engine.connect() as connection:
                assert list(connection.scalars(sa.text(LEFT))) == []
    engine.dispose()
