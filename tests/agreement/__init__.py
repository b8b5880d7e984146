"""The promise of the project, asked of real engines: every layer gives every value the same verdict.

```
values      JSON values, and those that only text can show
samples     values that a type takes
changes     values at and beyond every edge of a type
probes      records of a shape, each with one change
domains     whole schemas, compiled for every witness
witnesses   Pydantic, Zod and JSON Schema, asked for their verdicts
rows        the same records as rows of PostgreSQL and SQLite
models      the same rows as instances of models
verdicts    what differs, and which entry of the ledger says why
```
"""
