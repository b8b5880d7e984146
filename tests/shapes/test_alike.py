"""Entities that look alike share what is made of them, and are printed as if each stood alone."""

from __future__ import annotations

import pytest

from isotype import layers, shapes
from isotype.domain.model import Domain
from isotype.language import load
from isotype.layers.options import LAYERS, LayerOptions, Options

HEAD = "isotype: 1\ndomain: shop\nenums: {Grade: [good, poor]}\nentities:\n"
FIELDS = {
    "id": "{type: uuid, key: true, default: uuid}",
    "count": "{type: int, min: 0, default: 1, description: How many}",
    "tags": "{type: 'string(9)[]', max_items: 3}",
    "grade": "Grade?",
    "sold": "{type: timestamp?, access: read}",
}
LATE = "{that: \"grade = 'good' OR count > 1\", message: Poor ones come in pairs.}"


def entity(name: str, api: str = "", **changed: str) -> str:
    """An entity of the fields above, less those that are ''; its rule has a name of its own."""
    lines = [f"      {word}: {said}\n" for word, said in (FIELDS | changed).items() if said]
    more = f"    api: {api}\n" if api else ""
    return f"  {name}:\n    fields:\n{''.join(lines)}    rules: {{chk_{name.lower()}_pairs: {LATE}}}\n{more}"


READ = "{type: text, access: read, default: x}"

ALIKE = (entity("Cup"), entity("Jug"), entity("Pot"))
DIFFERENT = {
    "nullable": entity("Bowl", count="{type: int?, min: 0, default: 1, description: How many}"),
    "default": entity("Bowl", count="{type: int, min: 0, default: 2, description: How many}"),
    "description": entity("Bowl", count="{type: int, min: 0, default: 1, description: How few}"),
    "bound": entity("Bowl", count="{type: int, min: 1, default: 1, description: How many}"),
    "input": entity("Bowl", count="{type: int, min: 0, default: 1, description: How many, input: {max: 5}}"),
    "access": entity("Bowl", sold="{type: timestamp?, access: once}"),
    "wire": entity("Bowl", sold="{type: timestamp?, access: read, api: soldAt}"),
    "column": entity("Bowl", sold="{type: timestamp?, access: read, column: sold_at}"),
    "computed": entity("Bowl", sold="{type: int?, computed: count + 1}"),
    "order": entity("Bowl", id="") + "    key: [count]\n",
    "further": entity("Bowl", int=READ, list=READ),
    "nested": entity("Bowl", "{nest: {measures: {many: count}}}"),
    "added": entity("Bowl", "{add: {sum: int}, inputs: {secret: text}}"),
    "listed": entity("Bowl", "{list: [id, count]}"),
}


def domain(*entities: str) -> Domain:
    """The domain of these entities."""
    loaded = load({"shop.yaml": HEAD + "".join(entities)})
    assert loaded.domain is not None, loaded.findings
    return loaded.domain


def printed(*entities: str) -> dict[tuple[str, str], str]:
    """All files of these entities."""
    options = Options("shop.yaml", {layer: LayerOptions(f"generated/{layer}") for layer in LAYERS})
    return dict(layers.render(domain(*entities), options).files)


def of(files: dict[tuple[str, str], str], name: str) -> dict[tuple[str, str], str]:
    """The files of one entity."""
    return {key: text for key, text in files.items() if name in key[1].replace(".", "/").split("/")}


def test_entities_alike_share_their_properties() -> None:
    """Entities with the same fields have the same lists of properties, one for each variant."""
    found = shapes.project(domain(*ALIKE)).by_name
    for variant in ("Create", "Update", "Response"):
        one, *others = (found[f"{name}{variant}"].properties for name in ("Cup", "Jug", "Pot"))
        assert all(other is one for other in others)
    assert found["CupCreate"].properties is not found["CupUpdate"].properties


@pytest.mark.parametrize("what", DIFFERENT)
def test_each_is_printed_as_if_it_stood_alone(what: str) -> None:
    """What is shared is in no file other than it would be without the others, where they differ in one thing too."""
    together = printed(*ALIKE, DIFFERENT[what])
    assert of(together, "bowl") == of(printed(DIFFERENT[what]), "bowl")
    assert of(together, "pot") == of(printed(ALIKE[-1]), "pot")
    assert len(of(together, "bowl")) == len(of(together, "pot")) == 5
