"""Witnesses of rows in a process of their own, so that they are asked while the others are.

```
client    the side of the run: starts a worker, and sends it batches
serve     the side of the worker
parcels   what goes between both
```
"""
