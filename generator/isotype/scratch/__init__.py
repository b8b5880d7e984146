"""Engines of one's own: found on this machine, started in private, gone at the end.

```
installations   the PostgreSQL binaries of this machine, by major version
server          a PostgreSQL server that lives as long as its owner
```
"""
