"""Prints rule expressions: one module per target, and what they share.

```
code         calls of Python and TypeScript, laid out as their formatters do
like         LIKE patterns as GLOB and as regular expressions
sql          what both SQL dialects spell alike
postgres     text
sqlite       text, or NotExpressible
python       a call of the support module `rules.py`, or NotExpressible
typescript   a call of the support module `rules.ts`, or NotExpressible
```

Every printer takes a typed tree. All of them keep PostgreSQL's meaning: three-valued logic, exact numbers, parts judged
from left to right and only as far as needed, and a row refused when an integer leaves 64 bits on the way.
"""
