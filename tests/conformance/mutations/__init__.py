"""Mutation proof of `isotype verify`: one thing broken in one layer's output at a time, and what comes of it.

```
model         a mutant, and what came of it
types         other types than a type, each with its class
patterns      other patterns than a pattern
expressions   other rules than a rule
shapes        other shapes than a shape: properties, what may be absent or null, defaults, names, rules
rewrites      faults of emitted text that no projection has a node for
python_text   faults of Python text, enumerated from its tree
typescript_text  faults of TypeScript text, enumerated from its tokens
regexes       faults of regular expressions in either
reaching      what of a support module others make use of
near_texts    texts of each form, and those that are one sign away
same_schemas  support code of Pydantic that no JSON text reaches
same_forms    forms that read and write the same
same_functions  rules in Python that compute the same; `same_modules.mjs` says so of TypeScript
inputs        other parameters than those of an operation, and those that no call tells apart
moves         what the schemas and TypeScript say of moves of states, broken
wire          one broken shape at a time, put to a JSON witness: pydantic, zod, json_schema
languages     whether two types of text have the same texts
deciding      whether two rules refuse the same rows, of columns or properties of these types
reading       what a rule asks for, and what it makes of the answers
worlds        all answers that go together, one after the other
sums          whether comparisons of sums can hold together
equivalences  what cannot be told apart by any value, and why
questions     the probes of a domain, as `verify` asks them
tables        other tables than a table: columns, defaults, CHECKs, moves, typed JSON
rows          one broken table at a time, put to an engine: sqlite, models, postgres
models_text   faults of the support code of the models, put to rows
sql_text      faults of SQL text that no node of a table stands for, enumerated from its tokens
rows_text     one such fault at a time, put to a database
same_sql      faults of SQL text that no row shows, and why
intervals     between which numbers what is computed of a row stays
same_tables   broken tables that no row shows, and why
keys          other keys than those of a table: references, primary and unique keys, unique indexes
stages        one broken key at a time, put to a database with the rows that it is about
same_keys     broken keys that no rows show, and why
mapping_text  faults of mappers between bodies and rows
round_trip    one broken mapper at a time, and the whole way by it
same_mappers  broken mappers that no record shows, and why
suite         every witness and domain, their counts, and a slice of them
```

A mutant is *found* when a witness that reads the broken layer disagrees with the schema on a probe of `verify` on which
the whole layer agrees. It is *equivalent* when a proof says that no value shows it, it *does not load* when the engine
refuses the layer itself, which ends `verify` too. Anything else has *survived*, and is a failure.
So is a proof about a mutant that is found.
"""
