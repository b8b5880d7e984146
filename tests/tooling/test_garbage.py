"""The garbage collector rests while a run lasts, so nothing large may be in a circle of references."""

from __future__ import annotations

import gc

from bench.workload import schema
from isotype import layers
from isotype.language import load

EVERY = layers.Options("schema/bench.yaml", {name: layers.LayerOptions(name) for name in layers.LAYERS})


def garbage(text: str) -> int:
    """How many objects only the collector finds, after every layer of a schema was rendered."""
    gc.collect()
    gc.disable()
    try:
        domain = load({"schema/bench.yaml": text}).domain
        assert domain is not None
        for _ in layers.rendered(domain, EVERY):
            pass
        return gc.collect()
    finally:
        gc.enable()


def test_garbage_does_not_grow_with_the_schema() -> None:
    """Of forty entities no more is left over than of four."""
    garbage(schema(1))
    assert garbage(schema(40)) <= garbage(schema(4))
