"""The functions that PostgreSQL's checks call: judging items, maps and typed JSON."""

from __future__ import annotations

from collections.abc import Iterator

from isotype.dialects.expressions.postgres import print_expression
from isotype.dialects.literals.sql import postgres_string
from isotype.dialects.postgres import Names, column_type
from isotype.dialects.postgres.arrays import item_conditions
from isotype.dialects.postgres.documents import conditions, is_plain, object_conditions, operand
from isotype.dialects.postgres.helpers import HELPERS
from isotype.domain.identifiers import shorten
from isotype.domain.types import PLAIN, Array, Enum, Map, ObjectType, Type, object_name
from isotype.domain.values import field, frozen
from isotype.layers.sql.layout import laid_out
from isotype.layers.sql.text import comment, dollar_quoted, qualified
from isotype.tables.model import Column, JsonStructure, Table, Tables


@frozen
class Functions:
    """Names the functions of a file and remembers which of its helpers are used."""

    tables: Tables
    used: set[str] = field(default_factory=set)

    @property
    def names(self) -> Names:
        """How the file spells what it creates."""
        return Names(self.enum, self.helper, self.structure)

    def enum(self, enum: Enum) -> str:
        return qualified(self.tables.schema, enum.database_name)

    def helper(self, name: str) -> str:
        self.used.add(name)
        return qualified(self.tables.schema, shorten(f"{self.tables.prefix}{name}"))

    def structure(self, name: str) -> str:
        return qualified(self.tables.schema, self.tables.structure(ObjectType(name)).function)

    def of_column(self, table: Table, column: Column) -> str:
        """The function that judges one column: the values of a map, the items of an array."""
        return qualified(table.schema, self.tables.judge(table, column))


def helper_statements(functions: Functions) -> Iterator[str]:
    """The helpers that were used."""
    for name, helper in HELPERS.items():
        if name not in functions.used:
            continue
        head = f"CREATE FUNCTION {functions.helper(name)}({helper.parameters}) RETURNS {helper.returns}"
        attributes = "    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE"
        # A body that is no string is bound to what it names when it is created, but cannot be polymorphic.
        body = f"AS {dollar_quoted(f'    {helper.body}')}" if helper.polymorphic else f"RETURN {helper.body}"
        yield "\n".join((*comment(helper.comment), head, attributes, f"    {body};"))


def structure_statements(functions: Functions) -> Iterator[str]:
    """One function for each typed JSON object."""
    position = {structure.name: number for number, structure in enumerate(functions.tables.structures)}
    for number, structure in enumerate(functions.tables.structures):
        tests = object_conditions(structure.properties, "document", functions.names)
        tests += [f"({_rule(structure, rule_name)}) IS NOT FALSE" for rule_name in range(len(structure.rules))]
        inner = "\n".join(laid_out(" AND ".join(tests), 8))
        body = f"CASE WHEN jsonb_typeof(document) = 'object' THEN (\n{inner}\n    ) IS TRUE ELSE FALSE END"
        head = f"CREATE FUNCTION {functions.structure(structure.name)}(document jsonb) RETURNS boolean"
        lines = comment(f"Whether the document is {_article(structure.name)} {structure.name}.")
        if all(position[name] < number for name in _objects(structure)):
            lines += [head, "    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE", f"    RETURN {body};"]
        else:
            # It calls itself, or what is made after it: only the text of such a body waits until it runs.
            path = "" if functions.tables.schema else " SET search_path FROM CURRENT"
            lines += [head, f"    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE{path}"]
            lines.append(f"    AS {dollar_quoted(f'BEGIN{chr(10)}    RETURN {body};{chr(10)}END')};")
        yield "\n".join(lines)


def column_statements(functions: Functions) -> Iterator[str]:
    """One function for each column whose parts must be looked at one by one."""
    names = functions.names
    for table in functions.tables.tables:
        for column in table.columns:
            if isinstance(column.type, PLAIN) or column.computed is not None:
                continue
            tests = _tests(column.type, names)
            if not tests:
                continue
            whole = " AND ".join(tests)
            if isinstance(column.type, Array):
                kind = column_type(column.type, functions.enum)
                parameter, what = f"items {kind}", f"every item belongs in {table.name}.{column.name}"
                # Where an item may not be null the CHECK says so.
                known = "item IS NOT NULL AND " if column.type.nullable_items else ""
                query = f"SELECT FROM unnest(items) AS item WHERE {known}({whole}) IS NOT TRUE"
                body = "\n".join(("NOT EXISTS (", *laid_out(query, 8), "    )"))
            else:
                parameter, what = "document jsonb", f"the document belongs in {table.name}.{column.name}"
                body = "\n".join(("(", *laid_out(whole, 8), "    ) IS TRUE"))
            yield "\n".join(
                (
                    *comment(f"Whether {what}."),
                    f"CREATE FUNCTION {functions.of_column(table, column)}({parameter}) RETURNS boolean",
                    "    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE",
                    f"    RETURN {body};",
                )
            )


def needs_function(of: Type, names: Names) -> bool:
    """Whether a column of the type is judged by a function of its own."""
    return bool(_tests(of, names))


def _tests(of: Type, names: Names) -> list[str]:
    match of:
        case Map() if not is_plain(of):
            return conditions(of, "document", names)
        case Array():
            return item_conditions(of, "item", names)
    return []


def _rule(structure: JsonStructure, number: int) -> str:
    types = {entry.name: entry.type for entry in structure.properties}
    expression = structure.rules[number].expression
    assert expression is not None
    return print_expression(expression, lambda name: operand(types[name], f"document -> {postgres_string(name)}"))


def _objects(structure: JsonStructure) -> Iterator[str]:
    return filter(None, (object_name(entry.type) for entry in structure.properties))


def _article(name: str) -> str:
    return "an" if name[:1] in "AEIOU" else "a"
