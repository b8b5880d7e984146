"""Runs migrations on the database that DATABASE_URL or `alembic.ini` names."""

import os
from logging.config import fileConfig

from alembic import context
from pixcrawler.models import alembic as generated
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

config = context.config
if config.config_file_name is not None:
    fileConfig(config.config_file_name, disable_existing_loggers=False)

url = os.environ.get("DATABASE_URL") or config.get_main_option("sqlalchemy.url")
assert url is not None, "set DATABASE_URL"

if context.is_offline_mode():
    context.configure(url=url, literal_binds=True, dialect_opts={"paramstyle": "named"}, **generated.options)
    with context.begin_transaction():
        context.run_migrations()
else:
    with create_engine(url, poolclass=NullPool).connect() as connection:
        context.configure(connection=connection, **generated.options)
        with context.begin_transaction():
            context.run_migrations()
