"""The Python of a hostile schema parses, imports, and says and judges what the schema does."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pydantic
import pytest
import sqlalchemy
from sqlalchemy.orm import Session, configure_mappers

from tests.engines.postgres import Database
from tests.hostile import schema
from tests.hostile.schema import TEXTS, VERDICTS, name


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both packages on disk."""
    return schema.write(tmp_path_factory.mktemp("python"), "models", "schemas")


@pytest.fixture(scope="module")
def packages(folder: Path) -> Iterator[tuple[ModuleType, ModuleType]]:
    """Both packages imported, `models` and `schemas`, and forgotten afterwards."""
    sys.path.insert(0, str(folder.parent))
    try:
        importlib.invalidate_caches()
        yield importlib.import_module("hostile.models"), importlib.import_module("hostile.schemas")
    finally:
        sys.path.remove(str(folder.parent))
        for module in [module for module in sys.modules if module.partition(".")[0] == "hostile"]:
            del sys.modules[module]


def words(text: str | None) -> list[str]:
    return (text or "").split()


def imports(tree: ast.AST) -> set[str]:
    """The packages that a module imports, relative ones as ''."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0] if not node.level else "")
    return found


def test_every_module_parses_to_inert_data() -> None:
    """No text becomes a statement: modules import what they always do, and call nothing that runs code."""
    installed = {"fastapi", "pydantic", "pydantic_core", "sqlalchemy", "starlette"}
    allowed = set(sys.stdlib_module_names) - {"os", "subprocess"} | installed | {""}
    for path, text in schema.files("models", "schemas", "api"):
        tree = ast.parse(text, path)
        assert imports(tree) <= allowed, path
        called = {
            node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        assert not called & {"eval", "exec", "compile", "__import__"}, path


def test_it_is_formatted_and_linted(tmp_path: Path) -> None:
    """Ruff finds nothing to change, and obeys no comment of the schema's."""
    folder = schema.write(tmp_path, "models", "schemas", "api")
    for command in (("check",), ("format", "--check")):
        options = ("--isolated", "--no-cache", str(folder))
        done = subprocess.run([sys.executable, "-m", "ruff", *command, *options], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout[:2000] + done.stderr


def test_schemas_say_every_text(packages: tuple[ModuleType, ModuleType]) -> None:
    """Docstrings, descriptions, enum values and defaults."""
    _, schemas = packages
    for number, text in enumerate(TEXTS):
        create = getattr(schemas, f"{name(number)}Create")
        choice = getattr(schemas, f"{name(number)}Choice")
        assert [one.value for one in choice] == [text, "other"]
        assert words(create.__doc__) == words(choice.__doc__) == words(text)
        assert (create.model_fields["plain"].description or "") == text.strip()
        made = create(id=2)
        assert (made.plain, made.choice, made.native) == (text, text, text)
        assert (made.many, made.open, made.mapped) == ([text, text], {text: [text, {text: text}]}, {text: text})
        assert (made.part.plain, made.part.old) == (text, text)


def test_schemas_judge_by_every_text(packages: tuple[ModuleType, ModuleType]) -> None:
    """The same verdicts as the databases', with the message of the schema; patterns take the text they mean."""
    _, schemas = packages
    for number, text in enumerate(TEXTS):
        create = getattr(schemas, f"{name(number)}Create")
        for suffix, rule in VERDICTS.items():
            try:
                create(id=2, plain=text + suffix)
                messages = ""
            except pydantic.ValidationError as error:
                messages = str(error)
            assert bool(messages) == bool(rule), (number, suffix, messages)
            if rule in ("equal", "like", "match"):
                assert text.strip() in messages
        assert create(id=2, fitting=text, mapped={text: text}, open={text: text}).fitting == text
        with pytest.raises(pydantic.ValidationError):
            create(id=2, fitting=text + "~")


def test_models_write_and_read_every_text(packages: tuple[ModuleType, ModuleType], database: Database) -> None:
    """The metadata creates its tables on both databases, comments and defaults and all, and rows come back."""
    models, _ = packages
    base = importlib.import_module("hostile.models.base").Base
    metadata = models.metadata
    configure_mappers()
    for url in ("sqlite://", database.url_for("psycopg")):
        engine = sqlalchemy.create_engine(url)
        try:
            metadata.create_all(engine)
            with Session(engine) as session:
                for number, text in enumerate(TEXTS):
                    model = getattr(models, name(number))
                    assert issubclass(model, base)
                    assert words(model.__doc__) == words(text) or not text.strip()
                    session.add(model(id=2))
                    session.add(model(id=3, plain=text, fitting=text, many=[text], open=[text], mapped={text: text}))
                session.commit()
                for number, text in enumerate(TEXTS):
                    model = getattr(models, name(number))
                    plain, full = session.get_one(model, 2), session.get_one(model, 3)
                    assert (plain.plain, plain.choice, plain.native, plain.echo) == (text, text, text, text)
                    assert (plain.many, plain.open) == ([text, text], {text: [text, {text: text}]})
                    assert (plain.mapped, plain.part["plain"]) == ({text: text}, text)
                    assert (full.plain, full.fitting, full.many) == (text, text, [text])
                    assert (full.open, full.mapped) == ([text], {text: text})
            if engine.dialect.name == "postgresql":
                inspected = sqlalchemy.inspect(engine)
                for number, text in enumerate(TEXTS):
                    comment = inspected.get_table_comment(f"thing{number}s")["text"]
                    assert (comment or "") == text.strip()
        finally:
            engine.dispose()
