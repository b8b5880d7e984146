"""Rules: read, typed, printed, and judged alike by PostgreSQL, SQLite, Python and TypeScript."""
