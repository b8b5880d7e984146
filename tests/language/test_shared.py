"""What a domain takes from files that it shares with others."""

from __future__ import annotations

from isotype.domain.model import Default, Domain, Parameter
from isotype.domain.types import Scalar
from isotype.language import load
from tests.schemas import used

WORDS = """
use: [kinds.yaml]
types: {Size: {base: int, min: 0}}
enums: {Side: [left, right], Lost: [a, b]}
mixins:
  Sided: {side: Side, size: Size, kind: Kind}
objects:
  Pair: {fields: {first: Single, second: Single?}}
  Single: {fields: {hue: Hue}}
  Apart: {fields: {lost: Lost, answer: Answer(Pair)}}
  PairAnswer: Answer(Pair)
envelopes:
  Answer: {fields: {data: T, hue: Hue}}
  Page: {ending: Results, fields: {rows: 'T[]'}}
"""
KINDS = """
enums: {Kind: [a], Hue: [red]}
"""
FILES = {"common/words.yaml": WORDS, "common/kinds.yaml": KINDS}


def read(text: str) -> Domain:
    loaded = load({"schema/shop.yaml": f"isotype: 1\ndomain: shop\n{text}"}, FILES.get)
    assert loaded.domain is not None and not loaded.findings, loaded.findings
    return loaded.domain


def taken(domain: Domain) -> tuple[set[str], set[str]]:
    return {enum.name for enum in domain.enums}, {made.name for made in domain.objects}


def test_only_what_is_spoken_of_is_compiled() -> None:
    """Enums and objects of a shared file come along when something of the domain leads to them, and not otherwise."""
    use = "use: ../common/words.yaml\n"
    assert taken(read(use)) == (set(), set())
    item = f"{use}entities: {{Item: {{include: [Sided], fields: {{id: {{type: int, key: true}}}}}}}}\n"
    assert taken(read(item)) == ({"Side", "Kind"}, {"ItemResults"})
    assert taken(read(f"{use}operations: {{a: {{get: /a, returns: Pair}}}}")) == ({"Hue"}, {"Pair", "Single"})
    answer = f"{use}operations: {{a: {{get: /a, returns: Answer(Pair)}}}}"
    assert taken(read(answer)) == ({"Hue"}, {"Pair", "Single", "PairAnswer"})
    own = f"{use}enums: {{Own: [x]}}\nobjects: {{Idle: {{fields: {{hue: 'Hue[]'}}}}}}\n"
    assert taken(read(own)) == ({"Own", "Hue"}, {"Idle"})


def test_what_a_shared_file_declares_is_the_domains() -> None:
    """Types narrow, mixins and envelopes work as if they stood in the schema, and keep their own places."""
    use = "use: ../common/words.yaml\n"
    domain = read(f"{use}entities: {{Item: {{include: [Sided], fields: {{id: {{type: int, key: true}}}}}}}}\n")
    size = domain.entity("Item").field("size")
    assert size.type == Scalar("int", minimum=0, alias="Size")
    assert size.place.file == "common/words.yaml"
    assert [field.name for field in domain.object("ItemResults").fields] == ["rows"]


def test_each_file_is_read_once_and_only_when_it_is_used() -> None:
    """Files are asked for by their name under the root; one that several use is read once, and listed."""
    asked: list[str] = []

    def read(name: str) -> str | None:
        asked.append(name)
        return FILES.get(name)

    alone = load({"shop.yaml": "isotype: 1\ndomain: shop\n"}, read)
    assert (alone.domain is not None and alone.domain.shared, asked) == ((), [])
    files = {
        "schema/shop/a.yaml": "isotype: 1\ndomain: shop\nuse: [../../common/words.yaml, ../../common/kinds.yaml]\n",
        "schema/shop/b.yaml": "use: [../../common/kinds.yaml]\n",
    }
    loaded = load(files, read)
    assert loaded.domain is not None
    assert list(loaded.domain.shared) == asked == ["common/words.yaml", "common/kinds.yaml"]


def test_a_query_may_be_an_object() -> None:
    """Each property is a parameter of its name on the wire, as an input has it, alone or beside others."""
    text = used("everything.yaml")
    assert text is not None
    domain = load({"everything.yaml": text}, used).domain
    assert domain is not None
    operations = {operation.name: operation for operation in domain.operations}
    parameters = operations["count_loans"].parameters
    period = domain.object("Period").place.file
    assert [(one.name, one.required, one.deprecated, one.object) for one in parameters] == [
        ("since", False, False, "Period"),
        ("until", False, False, "Period"),
        ("binding", False, False, "Period"),
        ("shelf", False, True, "Period"),
    ]
    assert (period, {one.place.file for one in parameters}) == ("_shared/words.yaml", {"_shared/words.yaml"})
    assert parameters[2].default == Default("literal", "hard")
    assert parameters[3].type == Scalar("string", length=20, min_length=2)
    mixed: tuple[Parameter, ...] = operations["find_loans"].parameters
    assert [one.name for one in mixed] == ["state", "since", "until", "binding", "shelf", "page", "page_size"]


def test_a_chain_of_files_has_an_end() -> None:
    """However many files use one another, reading them is refused before it is too deep."""
    files = {f"{number}.yaml": f"use: {number + 1}.yaml\n" for number in range(1000)}
    loaded = load({"shop.yaml": "isotype: 1\ndomain: shop\nuse: 0.yaml\n"}, files.get)
    assert [str(finding) for finding in loaded.findings] == [
        "31.yaml:1:6: more than 32 files use one another in a chain (use them directly) [endless-use]"
    ]
