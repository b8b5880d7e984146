"""The Pydantic layer: what its classes take, refuse and write, and that its text is good Python."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from tests.schemas_layer.package import everything, files, imported, project, write

KEY = "6f1c0a34-2a53-5f0e-9a55-3d7b1f1f9b11"
BOOK = {"authorId": KEY, "isbn": "9781234567890", "title": "abc", "physical": {"form": {"pages": 3}}}


@pytest.fixture(scope="module")
def rendered() -> dict[str, str]:
    return files(everything())


@pytest.fixture(scope="module")
def library(rendered: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    with imported(rendered, tmp_path_factory.mktemp("everything"), "library_schemas") as module:
        yield module


def _errors(schema: Any, value: object) -> list[tuple[tuple[object, ...], str]]:
    with pytest.raises(ValidationError) as caught:
        schema.model_validate_json(json.dumps(value))
    return [(error["loc"], error["msg"]) for error in caught.value.errors()]


def test_generated_text_passes_ruff_and_mypy_as_rendered(rendered: dict[str, str], tmp_path: Path) -> None:
    """No formatter and no linter has anything to say, and every annotation holds."""
    write(rendered, tmp_path / "schemas")
    for command in (
        ["ruff", "format", "--isolated", "--check", "schemas"],
        ["ruff", "check", "--isolated", "schemas"],
        ["ruff", "check", "--isolated", "--select=B,C4,E4,E7,E9,F,I,PIE,PTH,RUF,SIM,UP", "schemas"],
        ["mypy", "--strict", "--config-file=", "schemas"],
    ):
        done = subprocess.run([sys.executable, "-m", *command], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_reference_domain_passes_ruff_and_mypy_as_rendered(tmp_path: Path) -> None:
    """A schema of a real size, as people write them."""
    source = Path(__file__).parents[2] / "schema" / "compression.yaml"
    rendered = files(project(source.read_text(encoding="utf-8"), "schema/compression.yaml"))
    test_generated_text_passes_ruff_and_mypy_as_rendered(rendered, tmp_path)


def test_rendering_twice_gives_the_same_bytes(rendered: dict[str, str]) -> None:
    """Same input, same output."""
    assert files(everything()) == rendered


def test_generated_code_never_imports_isotype(rendered: dict[str, str]) -> None:
    """The package stands on Pydantic and the standard library alone."""
    lines = [line for text in rendered.values() for line in text.splitlines()]
    assert not [line for line in lines if line.startswith(("import isotype", "from isotype"))]


def test_absent_values_take_their_literal_defaults(library: ModuleType) -> None:
    """A create body need not name what has a default."""
    made = library.VolumeCreate.model_validate(BOOK)
    assert (made.price, made.levels, made.availability) == (Decimal("9.99"), [1, 2], None)
    assert made.metadata == {"source": ["import", 1, 2.5, True, None]}
    assert made.physical.form.shape is library.Shape.VALUE_3D_PRINTED


def test_defaults_are_not_shared_between_rows(library: ModuleType) -> None:
    """A list or mapping of one row can change without changing the next."""
    library.VolumeCreate.model_validate(BOOK).levels.append(3)
    assert library.VolumeCreate.model_validate(BOOK).levels == [1, 2]


def test_read_only_and_unknown_properties_are_refused_with_their_reason(library: ModuleType) -> None:
    """A read-only property has a message of its own, at its own place."""
    assert _errors(library.VolumeCreate, BOOK | {"createdAt": "2024-01-01T00:00:00Z", "colour": 1}) == [
        (("createdAt",), "createdAt is read-only"),
        (("colour",), "Extra inputs are not permitted"),
    ]
    assert _errors(library.AuthorUpdate, {"slug": "x"}) == [(("slug",), "slug is set once, when it is created")]


def test_one_wire_name_is_accepted(library: ModuleType) -> None:
    """JSON names no attributes, and Python names no wire names."""
    attributes = {"author_id" if key == "authorId" else key: value for key, value in BOOK.items()}
    assert ("author_id",) in [place for place, _ in _errors(library.VolumeCreate, attributes)]
    with pytest.raises(ValidationError):
        library.AuthorUpdate(fullName="Ada")
    assert library.AuthorUpdate(full_name="Ada").model_dump_json(exclude_unset=True) == '{"fullName":"Ada"}'


def test_the_last_of_repeated_keys_counts(library: ModuleType) -> None:
    """As in every JSON reader here."""
    assert library.AuthorUpdate.model_validate_json('{"fullName": "a", "fullName": "b"}').full_name == "b"


def test_an_update_knows_absent_from_null(library: ModuleType) -> None:
    """Absent is unchanged, null stores null, and null is refused where there can be none."""
    update = library.VolumeUpdate.model_validate({"subtitle": None, "copies": 2})
    assert update.model_dump(exclude_unset=True) == {"subtitle": None, "copies": 2}
    assert library.VolumeUpdate.model_validate({}).model_fields_set == set()
    assert [place for place, _ in _errors(library.VolumeUpdate, {"copies": None})] == [("copies",)]


def test_a_response_demands_every_property_and_drops_unknown_ones(library: ModuleType) -> None:
    """Nothing is optional on the way out."""
    whole = {"id": "1", "authorId": KEY, "title": "x", "price": "1", "later": True}
    assert library.VolumeListItem.model_validate(whole).model_dump(mode="json") == {
        "id": "1",
        "authorId": KEY,
        "title": "x",
        "price": "1.00",
    }
    assert _errors(library.VolumeListItem, {"id": "1", "authorId": KEY, "title": "x"}) == [
        (("price",), "Field required")
    ]


def test_python_values_are_taken_exactly_or_refused(library: ModuleType) -> None:
    """A class takes Decimals, instants and UUIDs; it never rounds them and never guesses a zone."""
    item = library.VolumeListItem(id=1, author_id=UUID(KEY), title="x", price=Decimal("1.5"))
    assert item.model_dump(mode="json")["price"] == "1.50"
    with pytest.raises(ValidationError):
        library.VolumeListItem(id=1, author_id=UUID(KEY), title="x", price=Decimal("1.555"))
    with pytest.raises(ValidationError):
        library.VolumeListItem(id="1", author_id=UUID(KEY), title="x", price=Decimal("1.5"))
    zone = timezone(timedelta(hours=2))
    started, ended = datetime(2023, 1, 1, tzinfo=UTC), datetime(2024, 1, 1, 1, tzinfo=zone)
    loan = library.LoanUpdate(started_at=started, ended_at=ended)
    assert loan.model_dump(mode="json", exclude_unset=True)["endedAt"] == "2023-12-31T23:00:00Z"
    with pytest.raises(ValidationError):
        library.LoanUpdate(ended_at=datetime(2024, 1, 1))


class Village(tzinfo):
    """A zone whose clocks went back from three to two one night."""

    def utcoffset(self, at: datetime | None) -> timedelta | None:
        return None if at is None else timedelta(hours=1 if at.fold or at.hour >= 3 else 2)

    def dst(self, at: datetime | None) -> timedelta | None:
        return None

    def tzname(self, at: datetime | None) -> str:
        return "village"


def test_rules_compare_instants_and_not_clocks(library: ModuleType) -> None:
    """In the night when clocks go back, 02:30 may come after 02:40."""
    village = Village()
    first, then = (datetime(2024, 10, 27, 2, minute, fold=fold, tzinfo=village) for minute, fold in ((40, 0), (30, 1)))
    library.LoanUpdate(started_at=first, ended_at=then)
    with pytest.raises(ValidationError, match="chk_order"):
        library.LoanUpdate(started_at=then, ended_at=first)


LIMITS = """
isotype: 1
domain: limits
objects:
  Limits:
    fields:
      exact: {type: 'decimal(4,3)', wire: number, min: 0.1230000000000000001, max: 1}
      usual: {type: 'decimal(15,2)', wire: number, above: -0.5, below: 9999999999999.99}
      safe: {type: bigint, wire: number}
      size: {type: bigint, wire: number, min: 0}
      free: text
      found: {type: text, pattern: '[^a]'}
      whole: {type: text, pattern: '^[^a]*$'}
operations:
  give: {post: /it, body: Limits}
"""


def test_bounds_and_texts_are_judged_to_the_last_digit_and_character(tmp_path: Path) -> None:
    """A bound may have more digits than a double; U+0000 and unpaired surrogates are refused whatever pattern holds."""
    fitting = {"exact": 0.124, "usual": 0.01, "safe": 0, "size": 0, "free": "b", "found": "b", "whole": "b"}
    made = files(project(LIMITS))
    assert any("safe: SafeInteger\n" in text for text in made.values())
    with imported(made, tmp_path, "limits_schemas") as package:
        limits = package.Limits if hasattr(package, "Limits") else package.LimitsInput
        assert limits.model_validate_json(json.dumps(fitting)).exact == Decimal("0.124")
        for name, values in {
            "exact": (0.123, 1.001, 0.1234, "0.5", True),
            "usual": (-0.5, 9999999999999.99, 0.001, 1e300, None),
            "safe": (2**53, -(2**53), 0.5, "1"),
            "size": (2**53, -1),
            "free": ("\0", "a\0b", 1),
            "found": ("b\0", "aa", ""),
            "whole": ("\0", "a", "bab"),
        }.items():
            for value in values:
                with pytest.raises(ValidationError):
                    limits.model_validate_json(json.dumps(fitting | {name: value}))
        for name in ("free", "found", "whole"):
            with pytest.raises(ValidationError):
                limits.model_validate(fitting | {name: "b\ud800"})


def test_rules_refuse_only_when_false(library: ModuleType) -> None:
    """A rule over a partial row refuses when no value of what is absent could make it hold."""
    assert _errors(library.VolumeCreate, BOOK | {"price": "0.75", "discount": 1}) == [
        ((), "A cheap book has no discount.")
    ]
    library.VolumeUpdate.model_validate({"price": "0.75"})
    assert _errors(library.VolumeUpdate, {"price": "0.75", "discount": 1}) == [((), "A cheap book has no discount.")]


def test_rules_see_defaults_inside_absent_groups(library: ModuleType) -> None:
    """`availability` is absent here, and its `isAvailable` true by default."""
    assert _errors(library.VolumeCreate, BOOK | {"copies": 0}) == [((), "An available book has a copy.")]
    library.VolumeCreate.model_validate(BOOK | {"copies": 0, "availability": {"is_available": False}})


def test_a_new_row_starts_in_an_initial_state(library: ModuleType) -> None:
    """`initial` bounds what a create body may say."""
    loan = {"libraryCode": "a", "number": 1, "bookId": "1", "phase": "a"}
    library.LoanCreate.model_validate(loan | {"state": "active"})
    assert [place for place, _ in _errors(library.LoanCreate, loan | {"state": "returned"})] == [()]


def test_state_machines_say_where_a_value_may_go(library: ModuleType) -> None:
    """Listed moves and staying are allowed, nothing else."""
    from library_schemas.loan import LOAN_STATE_MOVES, can_move_loan_state  # type: ignore[import-not-found]

    state = library.State
    assert list(LOAN_STATE_MOVES[state.PENDING]) == [state.RUNNING]
    assert can_move_loan_state(state.PENDING, state.RUNNING)
    assert can_move_loan_state(state.RETURNED, state.RETURNED)
    assert not can_move_loan_state(state.RETURNED, state.PENDING)


def test_recursive_shapes_judge_every_level(library: ModuleType) -> None:
    """A tree is judged down to its leaves."""
    leaf = {"title": "leaf", "weights": {"x": 1.5}}
    assert [place for place, _ in _errors(library.TreeInput, {"title": "t", "weights": {}, "children": [leaf]})] == [
        ("children", 0, "weights", "x")
    ]


def test_json_schema_shows_the_constraints(library: ModuleType) -> None:
    """A document made from the schemas tells lengths, patterns, bounds and formats."""
    properties = library.VolumeCreate.model_json_schema()["properties"]
    assert properties["isbn"] == {
        "maxLength": 13,
        "minLength": 13,
        "pattern": "^[0-9]{9,12}[xX0-9]$",
        "title": "Isbn",
        "type": "string",
    }
    assert properties["levels"]["uniqueItems"] is True
    assert properties["copies"]["maximum"] == 32767
    assert "default" not in library.VolumeUpdate.model_json_schema()["properties"]["copies"]


def test_one_module_is_loaded_for_one_schema(rendered: dict[str, str], tmp_path: Path) -> None:
    """The barrel is lazy, and a module by itself resolves its own references."""
    write(rendered, tmp_path / "schemas")
    script = (
        "import sys, schemas\n"
        "assert 'pydantic' not in sys.modules\n"
        "schemas.AuthorCreate.model_json_schema()\n"
        "print(sorted(name for name in sys.modules if name.startswith('schemas.')))\n"
        "print('VolumeCreate' in dir(schemas), hasattr(schemas, 'Nothing'))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    loaded, others = done.stdout.splitlines()
    assert "schemas.book" not in loaded and "schemas.address" in loaded
    assert others == "True False"


COLLISIONS = r"""
isotype: 1
domain: collisions
enums:
  Text: [a]
  Decimal: [b]
  Timestamp: [c]
  PlainText: [d]
objects:
  Annotated:
    fields:
      list: {type: 'text[]', default: [x]}
      str: {type: string(3), default: a}
      int: {type: int, min: 1}
      dict: map(int)
      float: {type: float, min: 0}
      text: Text
      decimal: {type: 'decimal(5,2)', default: 1.5}
      json: {type: json?, default: [1]}
      plain: PlainText
      of: Decimal
      wire: Timestamp
      self_: {type: text, default: "\"\"\"\n${x}{{ y }}"}
      datetime: timestamp?
      matrix: {type: 'string(30)[]?', items: {pattern: '^[a-z]+$', min_length: 3}, min_items: 2}
      next: Left?
  Left: {fields: {right: 'Right[]', description: {type: text, description: "a */ \" \"\"\" \\ b"}}}
  Right: {fields: {left: Left?}}
  Item2: {fields: {a: int}}
  Item10: {fields: {a: int}}
  CompressOutcome: {fields: {a: Item2, b: Item10}}
  CompressionRating: {fields: {a: CompressOutcome, b: Item10}}
entities:
  Log: {fields: {id: {type: int, key: true, access: once}, at: {type: timestamp, default: now, access: read}}}
operations:
  put_it: {post: /it, body: Annotated, returns: Right}
"""


def test_names_of_a_schema_never_hide_those_of_the_code(tmp_path: Path) -> None:
    """Entities called like helpers, fields called like built-in types, and modules in a circle all work."""
    rendered = files(project(COLLISIONS))
    test_generated_text_passes_ruff_and_mypy_as_rendered(rendered, tmp_path)
    with imported(rendered, tmp_path, "collision_schemas") as package:
        made = package.Annotated.model_validate(
            {"int": 1, "dict": {}, "float": 0, "text": "a", "plain": "d", "of": "b", "wire": "c"}
            | {"next": {"right": [{"left": None}], "description": ""}}
        )
        assert (made.list, made.decimal, made.json_) == (["x"], Decimal("1.5"), [1])
        assert made.self_ == '"' * 3 + "\n${x}{{ y }}"


# FastAPI hands Pydantic an alias for a whole body.
@pytest.mark.filterwarnings("ignore::pydantic.warnings.UnsupportedFieldAttributeWarning")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_fastapi_serves_the_schemas(library: ModuleType) -> None:
    """Bodies are judged, answers written canonically, and the document is made, with schemas built late."""
    fastapi = pytest.importorskip("fastapi")
    testing = pytest.importorskip("fastapi.testclient")
    app = fastapi.FastAPI()

    def create(body: Any) -> Any:
        return {"id": "1", "authorId": body.author_id, "title": body.title, "price": body.price}

    create.__annotations__ = {"body": library.VolumeCreate, "return": library.VolumeListItem}
    app.post("/books")(create)
    client = testing.TestClient(app)
    answer = client.post("/books", json=BOOK | {"price": "1.5"})
    assert answer.json() == {"id": "1", "authorId": KEY, "title": "abc", "price": "1.50"}
    refused = client.post("/books", json=BOOK | {"createdAt": "now"})
    assert [(error["loc"], error["msg"]) for error in refused.json()["detail"]] == [
        (["body", "createdAt"], "createdAt is read-only")
    ]
    assert app.openapi()["components"]["schemas"]["VolumeCreate"]["properties"]["isbn"]["maxLength"] == 13


def test_the_ledger_says_what_a_schema_cannot_judge() -> None:
    """Transitions need the stored value."""
    from isotype.layers import schemas
    from isotype.layers.rendering import Renderer
    from tests.schemas_layer.package import OPTIONS

    _, gaps = schemas.render(everything(), Renderer(), OPTIONS)
    assert [gap.construct for gap in gaps] == ["transitions"]
