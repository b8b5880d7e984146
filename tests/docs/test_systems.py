"""docs/systems.md answers every name that the first design of a system has, and what it says is so.

systems.yaml holds the names. A name is in the compiled domain, or the page tells what it is called instead, or that
it is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import pytest
import yaml

from isotype import binding, shapes, tables
from isotype.layers.zod_types import schema_name
from tests.domains.conftest import rendered, understood
from tests.engines import ROOT

INVENTORY: Mapping[str, Mapping[str, Any]] = yaml.safe_load((ROOT / "tests/docs/systems.yaml").read_text("utf-8"))
DOMAINS = sorted(INVENTORY)

KINDS = {
    # section of the inventory: what it lists, and what each of those has
    "tables": ("table", "column"),
    "checked": ("", "check"),
    "constraints": ("", "constraint"),
    "views": ("view", "column"),
    "enums": ("enum", "value"),
    "types": ("type", "label"),
    "rows": ("", "row"),
    "models": ("model", "attribute"),
    "schemas": ("schema", "property"),
    "interfaces": ("interface", "member"),
    "validators": ("validator", "part"),
    "parameters": ("", "parameter"),
    "computed": ("computed", ""),
    "partitions": ("partition", ""),
    "functions": ("function", ""),
    "commented": ("comment", ""),
    "indexed": ("index", ""),
    "hypertables": ("hypertable", ""),
    "endpoints": ("endpoint", ""),
    "other": ("other", ""),
}
OWNERS = {part: whole for whole, part in KINDS.values() if whole and part} | {
    **dict.fromkeys(("column", "check", "constraint", "row", "index", "key", "unique", "reference"), "table"),
    "parameter": "endpoint",
}
SPELLED_BY_THE_DOMAIN = {"property", "member", "part", "parameter"}
"""Names that follow the case of the API."""


class Name(NamedTuple):
    """What a design calls something; `of` is what that belongs to."""

    kind: str
    text: str
    of: str = ""


# The first design


def names(domain: str) -> Iterator[Name]:
    """Every name of a design."""
    for section, listed in INVENTORY[domain].items():
        match section:
            case "keys" | "uniques":
                for table, columns in listed.items():
                    yield Name(section.removesuffix("s"), f"({', '.join(columns)})", table)
            case "references":
                for column, target in listed.items():
                    table, _, name = column.partition(".")
                    yield Name("reference", f"{name} to {target}", table)
            case "indexes":
                for index, table in listed.items():
                    yield Name("index", index, table)
            case _:
                whole, part = KINDS[section]
                for name in listed:
                    if whole:
                        yield Name(whole, name)
                    for inner in listed[name] if part else ():
                        yield Name(part, inner, name)


# What it became


@cache
def found(domain: str) -> frozenset[Name]:
    """Every name of the compiled domain."""
    return frozenset(map(spelled, _found(domain)))


def _found(domain: str) -> Iterator[Name]:
    understands = understood(domain)
    relational, wire = tables.project(understands), shapes.project(understands)
    bindings = binding.bind(understands, relational, wire)
    for table in relational.tables:
        yield Name("table", table.name)
        yield Name("comment", table.name if table.comment else "")
        yield Name("key", f"({', '.join(table.primary_key.columns if table.primary_key else ())})", table.name)
        for column in table.columns:
            yield Name("column", column.name, table.name)
            yield Name("comment", f"{table.name}.{column.name}" if column.comment else "")
            yield Name("computed", f"{table.name}.{column.name}" if column.computed else "")
        for check in table.checks:
            yield Name("constraint", check.name, table.name)
            yield from (Name("check", column, table.name) for column in check.columns)
        for unique in table.uniques:
            yield Name("index", unique.name, table.name)
            yield Name("unique", f"({', '.join(unique.columns)})", table.name)
            yield Name("index", f"{table.name}({', '.join(unique.columns)})")
        for index in table.indexes:
            keys = ", ".join(key.column or key.sql.removeprefix("lower(").removesuffix(")") for key in index.keys)
            yield Name("index", index.name, table.name)
            yield Name("index", f"{table.name}({keys})")
            yield Name("unique" if index.unique else "", f"({keys})", table.name)
        for key in table.foreign_keys:
            for target in (key.target_table, f"{key.target_table}, {key.on_delete}"):
                yield Name("reference", f"{key.columns[0]} to {target}", table.name)
        for row in table.rows:
            yield Name("row", str(row.get("name", "")), table.name)
        for bound in table.partitions.bounds if table.partitions else ():
            yield Name("partition", bound.name)
        yield Name("hypertable", table.name if table.hypertable else "")
    for view in relational.views:
        yield Name("view", view.name)
        yield from (Name("column", column.name, view.name) for column in view.columns)
        yield from (Name("index", index.name, view.name) for index in view.indexes)
    for enum in understands.enums:
        for kind, value, name in (("enum", "value", enum.name), ("type", "label", enum.database_name)):
            yield Name(kind, name)
            yield from (Name(value, label, name) for label in enum.texts)
    for function in re.findall(r"CREATE FUNCTION (?:\w+\.)?(\w+)", rendered(domain).files["sql", "postgres.sql"]):
        yield Name("function", function)
    for entity in bindings.entities:
        yield Name("model", entity.class_name)
        yield from (Name("attribute", field.attribute, entity.class_name) for field in entity.fields)
        yield from (Name("attribute", other.name, entity.class_name) for other in entity.relationships)
    for shape in wire.by_name.values():
        validator = schema_name(shape.name)
        yield from (Name("schema", shape.name), Name("interface", shape.name), Name("validator", validator))
        for prop in shape.properties:
            yield from (Name("property", name, shape.name) for name in (prop.name, prop.attribute, prop.field))
            yield Name("part", prop.name, validator)
        yield from (Name("member", prop.name, shape.name) for prop in (*shape.properties, *shape.client))
    for operation in wire.operations:
        endpoint = f"{operation.method.upper()} {operation.path}"
        yield Name("endpoint", endpoint)
        yield from (Name("parameter", parameter.name, endpoint) for parameter in operation.parameters)


def spelled(name: Name) -> Name:
    """A name without the case of the API, and without the names of what a path has in it."""
    if name.kind in SPELLED_BY_THE_DOMAIN:
        name = name._replace(text=name.text.replace("_", "").lower())
    if name.kind in ("endpoint", "parameter"):
        name = Name(name.kind, re.sub(r"\{\w+\}", "{}", name.text), re.sub(r"\{\w+\}", "{}", name.of))
    return name


# The page


class Section(NamedTuple):
    """What the page says of one domain."""

    text: str
    tables: Sequence[Sequence[Mapping[str, str]]]

    @property
    def rows(self) -> list[Mapping[str, str]]:
        """Rows of all tables, their cells by the head of the column."""
        return [row for table in self.tables for row in table]


@cache
def section(domain: str) -> Section:
    """The section that speaks of a schema."""
    page = (ROOT / "docs" / "systems.md").read_text("utf-8")
    [text] = [part for part in page.split("\n## ")[1:] if f"schema/{domain}.yaml" in part]
    made = []
    for lines in re.findall(r"(?:^\|.*\n)+", f"{text}\n", re.M):
        head, _, *rows = [line.strip("| ").split(" | ") for line in lines.replace("| |", "|  |").splitlines()]
        for row in rows:
            assert len(row) in (len(head), len(head) - 1), row
        made.append([dict(zip(head, [cell.strip(" |") for cell in (*row, "")], strict=False)) for row in rows])
    return Section(text, made)


CHANGED = "under another name, or left out"


@cache
def answers(domain: str) -> dict[Name, Name | None]:
    """What is called otherwise, and what is left out."""
    made: dict[Name, Name | None] = {}
    for row in section(domain).rows:
        if CHANGED in row:
            kind = row[CHANGED].split()[0]
            old, new = (_quoted(row[head]) for head in (CHANGED, "here"))
            if row["here"] != "left out":
                assert len(old) == len(new), row
            for place, text in enumerate(old):
                made[_name(kind, text)] = _name(kind, new[place]) if row["here"] != "left out" else None
    return made


def _name(kind: str, text: str) -> Name:
    """A name as the page writes it: `owner.part`, `table(columns)`, or alone."""
    if kind in ("key", "unique"):
        of, _, columns = text.partition("(")
        return Name(kind, f"({columns}", of)
    if kind in OWNERS and "(" not in text and " " not in text.partition(".")[0]:
        of, dot, part = text.partition(".")
        return Name(kind, part, of) if dot else Name(kind, text)
    return Name(kind, text)


def _quoted(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def _words(text: str) -> set[str]:
    return {word for quoted in _quoted(text) for word in (quoted, *re.findall(r"\w+", quoted))}


# Both together


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_name_is_there_or_answered(domain: str) -> None:
    """What a design names is in the compiled domain, under this name or the one that the page gives."""
    changed, missing = answers(domain), []
    for name in names(domain):
        owner = Name(OWNERS.get(name.kind, ""), name.of)
        if name in changed or name.kind == "other" or (owner in changed and changed[owner] is None):
            continue
        now = changed.get(owner)
        if spelled(name._replace(of=now.text) if now else name) not in found(domain):
            missing.append(name)
    assert missing == []


@pytest.mark.parametrize("domain", DOMAINS)
def test_no_answer_is_stale(domain: str) -> None:
    """What is called otherwise is named by the design, is not there under its old name, and is under the new one."""
    for old, new in answers(domain).items():
        assert old in set(names(domain))
        assert spelled(old) not in found(domain)
        assert new is None or spelled(new) in found(domain)


ON_THE_PAGE = {"table", "view", "constraint", "index", "partition", "function", "enum", "type", "model", "schema"} | {
    *("interface", "validator", "endpoint", "hypertable", "other"),
}


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_name_stands_on_the_page(domain: str) -> None:
    """Each table, column, index, constraint, model, schema and endpoint of a design is answered by a row."""
    rows = [_words(" ".join(row.values())) for row in section(domain).rows]
    words = set[str]().union(*rows)
    missing = [name for name in names(domain) if name.kind in ON_THE_PAGE and name.text not in words]
    columns = [name for name in names(domain) if name.kind == "column"]
    missing += [name for name in columns if not any({name.of, name.text} <= row for row in rows)]
    assert missing == []


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_row_names_tests_that_exist(domain: str) -> None:
    """In the file of its section or the one that the row names; no row is without."""
    text = section(domain).text
    usual = re.search(r"Tests without a path are in `([^`]+)`", text)
    assert usual
    for row in section(domain).rows:
        if "shown by" in row:
            shown = _quoted(row["shown by"])
            assert shown or row["shown by"] == "the same", row
            paths = [ROOT / word for word in (usual[1], *shown) if word.startswith("tests/")]
            files = [file for path in paths for file in (path.rglob("*.py") if path.is_dir() else [path])]
            defined = {name for file in files for name in re.findall(r"def (test_\w+)", file.read_text("utf-8"))}
            assert {word for word in shown if word.startswith("test_")} <= defined, row


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_row_names_what_the_schema_has(domain: str) -> None:
    """The words in which a row says where something lives are words of the schema, or names of what it makes."""
    written = "\n".join(path.read_text("utf-8") for path in sorted((ROOT / "schema").rglob("*.yaml")))
    written += rendered(domain).files.get(("models", "session.py"), "")
    there = set(re.findall(r"\w+", written)) | {name.text for name in found(domain)}
    for row in section(domain).rows:
        for quoted in _quoted(row.get("in the schema", "")):
            assert quoted in there or set(re.findall(r"\w+", quoted)) <= there, (quoted, row)


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_number_is_one_of_the_decisions(domain: str) -> None:
    """A row refers to decisions by numbers that their page has."""
    decisions = set(re.findall(r"^(\d+)\. ", (ROOT / "docs/decisions" / f"{domain}.md").read_text("utf-8"), re.M))
    assert f"decisions/{domain}.md" in section(domain).text
    for row in section(domain).rows:
        for cell in (row.get("repaired", ""), row.get("why", "")):
            for listed in re.findall(r"\(([\d, ]+)\)", cell):
                assert set(listed.split(", ")) <= decisions, row


def test_every_schema_has_its_section() -> None:
    """No system of the repository is left out of the page or of the inventory."""
    assert [path.stem for path in sorted((ROOT / "schema").glob("*.yaml"))] == DOMAINS
