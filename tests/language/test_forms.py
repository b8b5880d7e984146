"""Constants of the schema have the wire forms that values have."""

from __future__ import annotations

import json

import pytest

from isotype.domain.types import Scalar
from isotype.language.values import Misfit, fit
from tests.schemas_layer.wire_forms import Example, examples

BASES = ("timestamp", "local_timestamp", "date", "time", "duration", "uuid", "bytes", "inet")
FOUND = [example for example in examples() if example.heading in BASES]


def test_every_form_has_examples() -> None:
    """Each of these types is documented by values that are taken and values that are not."""
    for base in BASES:
        assert {example.canonical is None for example in FOUND if example.heading == base} == {True, False}


@pytest.mark.parametrize("example", FOUND, ids=lambda example: f"{example.heading} {example.text}")
def test_a_constant_is_judged_as_a_value(example: Example) -> None:
    """What the wire form takes is taken as a default in canonical form, and nothing else is."""
    value = json.loads(example.text)
    if example.canonical is None:
        with pytest.raises(Misfit):
            fit(value, Scalar(example.heading), lambda _: None)
    else:
        assert fit(value, Scalar(example.heading), lambda _: None) == json.loads(example.canonical)
