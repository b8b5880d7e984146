"""The generated package: what is in it, and what the tools of its readers say."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker

from isotype import binding, shapes, tables
from isotype.binding.derivation import derive
from isotype.language import load
from isotype.layers import LAYERS, LayerOptions, Options, render
from isotype.service.comparison import compare
from isotype.service.document import read
from tests.api.package import SCHEMAS, Package, rendered, understood, write
from tests.engines import ROOT


def run(*command: str, cwd: Path) -> str:
    """What a Python tool complains of."""
    result = subprocess.run([sys.executable, *command], cwd=cwd, capture_output=True, text=True)
    return "" if result.returncode == 0 else result.stdout + result.stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small schema, written."""
    root = tmp_path_factory.mktemp("written")
    write("shop", root / "shop")
    return root


def test_synchronous_code_is_clean_for_ruff(folder: Path) -> None:
    """Nobody has to format or mend what was generated."""
    assert run("-m", "ruff", "check", "--isolated", "--no-cache", "shop", cwd=folder) == ""
    assert run("-m", "ruff", "format", "--isolated", "--no-cache", "--diff", "shop", cwd=folder) == ""


def test_synchronous_code_is_clean_for_mypy(folder: Path) -> None:
    """Services and routes hold the strictest types."""
    settings = ("--strict", "--config-file=", "--namespace-packages", "--explicit-package-bases")
    cache = ROOT / ".cache" / "mypy-generated"
    assert run("-m", "mypy", *settings, "--cache-dir", str(cache), "-p", "shop.api", cwd=folder) == ""


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_document_of_the_running_api_is_the_contract(name: str, packages: Callable[[str], Package]) -> None:
    """FastAPI describes the routes; that is what the contract says, to the last constraint."""
    document = packages(name).app(async_sessionmaker()).openapi()
    contract = json.loads(rendered(name).files["openapi", "openapi.json"])
    assert compare(read(contract), read(document)) == ()
    identifiers = {it["operationId"] for path in contract["paths"].values() for it in path.values()}
    assert {it["operationId"] for path in document["paths"].values() for it in path.values()} == identifiers


def test_what_is_derived() -> None:
    """Plain operations of one entity are; what asks for more, or declares more, is for the service to write."""
    domain = understood("shop")
    wire, relational = shapes.project(domain), tables.project(domain)
    bindings = binding.bind(domain, relational, wire)
    kinds = {it.name: made.kind if (made := derive(it, bindings)) else "" for it in wire.operations}
    assert kinds == {
        "list_items": "list",
        "create_item": "create",
        "get_item": "get",
        "newest_item": "",
        "edit_item": "update",
        "edit_detail": "update",
        "drop_item": "delete",
        "items_of_maker": "list",
        "create_maker": "create",
        "delete_maker": "delete",
        "get_maker": "get",
        "place_order": "",
        "get_order": "get",
        "move_order": "update",
        "echo": "",
        "between": "",
        "import": "",
        "deleted": "",
        "picture": "",
        "table": "",
        "list": "",
        "media": "",
        "service": "",
        "get_session": "get",
    }


SMALL = """
isotype: 1
domain: small
entities:
  User:
    fields:
      id: {{type: int, key: true, default: identity}}
      name: {{type: text, unique: true}}
  Post:
    fields:
      id: {{type: int, key: true, default: identity}}
      user: {{ref: User, on_delete: {action}}}
      title: {{type: text}}
operations:
  one: {{{operation}}}
"""


@pytest.mark.parametrize(
    ("operation", "kind"),
    [
        ("get: '/users/{id}', path: {id: int}, returns: User, errors: [404]", "get"),
        ("get: '/users/{user_id}', path: {user_id: int}, returns: User, errors: [404, 422]", "get"),
        ("get: '/users/{name}', path: {name: text}, returns: User, errors: [404]", "get"),
        ("get: '/users/{id}', path: {id: int}, returns: User", ""),
        ("get: '/users/{id}', path: {id: int}, returns: User, errors: [403, 404]", ""),
        ("get: '/users/{id}', path: {id: int}, returns: User?, errors: [404]", ""),
        ("get: '/users/{id}', path: {id: text}, returns: User, errors: [404]", ""),
        ("get: '/users/{id}/first', path: {id: int}, returns: User, errors: [404]", ""),
        ("get: '/users/{post_id}', path: {post_id: int}, returns: User, errors: [404]", ""),
        ("get: '/posts/{title}', path: {title: text}, returns: Post, errors: [404]", ""),
        ("get: '/posts/{user_id}', path: {user_id: int}, returns: Post, errors: [404]", ""),
        ("get: '/users/{id}', path: {id: int}, query: {deep: bool?}, returns: User, errors: [404]", ""),
        ("post: /users, body: User, returns: User, errors: [409]", "create"),
        ("post: /users, body: User, returns: User, errors: [422]", ""),
        ("post: /posts, body: Post, returns: Post, errors: [422]", "create"),
        ("post: /posts, body: Post, returns: Post, errors: [404, 422]", "create"),
        ("post: /posts, body: Post, returns: Post, errors: [404, 409]", ""),
        ("post: /posts, body: Post, returns: User", ""),
        ("patch: '/posts/{id}', path: {id: int}, body: Post, returns: Post, errors: [404]", "update"),
        ("patch: '/users/{id}', path: {id: int}, body: User, returns: User, errors: [404]", ""),
        ("put: '/posts/{id}', path: {id: int}, body: Post, returns: Post, errors: [404]", ""),
        ("get: /posts, returns: 'Post[]', order: title", "list"),
        ("get: /posts, returns: 'Post[]'", ""),
        ("get: /posts, returns: 'Post[]', query: {user_id: int?, title: text?}, order: title", "list"),
        ("get: /posts, returns: 'Post[]', query: {title: 'text[]?'}, order: title", ""),
        ("get: /posts, returns: 'Post[]', query: {since: date?}, order: title", ""),
        ("get: /posts, returns: page(Post), order: title", ""),
        (
            "get: /p, returns: page(Post), query: {page: {type: int, min: 1}, size: {type: int, min: 1}}, order: id",
            "list",
        ),
        ("get: /p, returns: page(Post), query: {page: {type: int, min: 0}, size: {type: int, min: 1}}, order: id", ""),
        ("get: '/users/{id}/posts', path: {id: int}, returns: 'Post[]', order: id, errors: [404]", "list"),
        ("get: '/readers/{id}/posts', path: {id: int}, returns: 'Post[]', order: id, errors: [404]", ""),
        ("delete: '/users/{id}', path: {id: int}, returns: none, errors: [404]", ""),
    ],
)
def test_what_an_operation_says_of_itself(operation: str, kind: str) -> None:
    """Parameters, body, result and statuses are those of the plain operation, or it is not derived."""
    loaded = load({"small.yaml": SMALL.format(operation=operation, action="cascade")})
    assert loaded.domain is not None, [str(finding) for finding in loaded.findings]
    wire, relational = shapes.project(loaded.domain), tables.project(loaded.domain)
    made = derive(wire.operations[0], binding.bind(loaded.domain, relational, wire))
    assert (made.kind if made else "") == kind


@pytest.mark.parametrize(("action", "kinds"), [("cascade", ["get", "delete"]), ("restrict", ["get", ""])])
def test_what_a_delete_can_come_to(action: str, kinds: list[str]) -> None:
    """It belongs to the entity of its path; where rows can hold it back, it declares the conflict or is not derived."""
    path = "'/users/{id}', path: {id: int}"
    text = SMALL.format(action=action, operation=f"get: {path}, returns: User, errors: [404]")
    loaded = load({"small.yaml": f"{text}  two: {{delete: {path}, returns: none, errors: [404]}}\n"})
    assert loaded.domain is not None
    wire, relational = shapes.project(loaded.domain), tables.project(loaded.domain)
    bindings = binding.bind(loaded.domain, relational, wire)
    assert [made.kind if (made := derive(it, bindings)) else "" for it in wire.operations] == kinds


def test_a_domain_without_operations_has_no_api() -> None:
    """Nothing is written for it."""
    text = "isotype: 1\ndomain: quiet\nentities: {A: {fields: {id: {type: int, key: true, default: identity}}}}\n"
    loaded = load({"quiet.yaml": text})
    assert loaded.domain is not None
    layers = {layer for layer, _ in render(loaded.domain, Options("quiet.yaml")).files}
    assert "models" in layers and "api" not in layers


def test_layers_in_other_places_are_imported_from_there() -> None:
    """By the package that the configuration names, at every depth of the API."""
    places = {
        **{layer: LayerOptions(f"out/{layer}") for layer in LAYERS},
        "models": LayerOptions("backend/app/models", "app.models"),
        "schemas": LayerOptions("backend/app/schemas", "app.schemas"),
    }
    made = render(understood("shop"), Options("shop.yaml", places))
    texts = {path: text for (layer, path), text in made.files.items() if layer == "api"}
    assert "from app.models.base import" in texts["errors.py"]
    assert "from app.models.mapping import item as item_mapping" in texts["services/items.py"]
    assert "from app.schemas._wire import" in texts["routes/items.py"]
    assert not any(
        f"from {dots}{layer}" in text for text in texts.values() for dots in ("..", "...") for layer in PLACES
    )


PLACES = ("models", "schemas")
