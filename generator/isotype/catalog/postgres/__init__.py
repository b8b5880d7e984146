"""PostgreSQL, majors 14 to 18: its catalog read as facts with a fixed number of queries."""

from isotype.catalog.postgres.reading import read as read
