"""The grammar of the language: every section and word, what it holds and what it means.

The reader walks a file with this description, and `editor_schema` prints the same as JSON Schema for editors.
"""

from __future__ import annotations

from typing import Any

from isotype.domain.lazy import regular
from isotype.language.kinds import (
    Anything,
    Choice,
    Either,
    Flag,
    Kind,
    ListOf,
    MapOf,
    Named,
    Nothing,
    Number,
    Record,
    Text,
    Whole,
    Word,
)
from isotype.language.yaml import FLAG, LIST, MAPPING, NULL, TEXT

VERSION = 1
"""The version of the language."""

# --- names ------------------------------------------------------------------------------------------------------------

_SNAKE_HINT = "start with a letter a-z, then a-z, 0-9 and _, at most 63 of them"
_DATABASE_HINT = "letters A-Z a-z, digits and _, no digit first, at most 63 of them"

SNAKE = Text("a snake_case name", regular(r"[a-z][a-z0-9_]{0,62}"), "bad-name", _SNAKE_HINT)
PASCAL = Text(
    "a PascalCase name",
    regular(r"(?!(?:None|True|False)$)[A-Z][A-Za-z0-9]{0,62}"),
    "bad-name",
    "start with a letter A-Z, then letters and digits, at most 63 of them; not None, True or False",
)
DATABASE_NAME = Text("a database name", regular(r"[A-Za-z_][A-Za-z0-9_]{0,62}"), "bad-name", _DATABASE_HINT)
INHERITED = (
    *("__proto__", "__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__"),
    *("constructor", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "prototype"),
    *("toLocaleString", "toString", "valueOf"),
)
"""Names that JavaScript finds on objects and functions which do not have them: absence could not be told."""

WIRE_NAME = Text(
    "a property name",
    regular(rf"(?!(?:{'|'.join(INHERITED)})$)[A-Za-z_][A-Za-z0-9_]{{0,99}}"),
    "bad-name",
    "letters A-Z a-z, digits and _, no digit first; no name that every JavaScript object has, such as toString",
)
MEMBER = Text(
    "the name of a constant",
    regular(r"[A-Z][A-Z0-9_]{0,62}"),
    "bad-name",
    "letters A-Z, digits and _, a letter first",
)
RULE_ID = Text("the id of a lint rule", regular(r"[a-z][a-z0-9-]{0,62}"), "bad-name", "such as missing-description")
EXTENSION_NAME = Text(
    "the name of an extension", regular(r"[a-z][a-z0-9_-]{0,62}"), "bad-name", "such as pg_trgm or uuid-ossp"
)
DATE = Text("a date", regular(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"), hint="such as 2025-10-01")
MEDIA_TYPE = regular(r"media\(([a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9*][a-z0-9!#$&^_.+*-]*)\)")

# --- scalars ----------------------------------------------------------------------------------------------------------

TEXT_VALUE = Text()
LABEL = Text("text", empty=True)
FLAG_VALUE = Flag()
NUMBER_VALUE = Number()
COUNT = Whole(0, 2**31 - 1)
SIZE = Whole(1, 2**31 - 1)
ANYTHING = Anything()
TYPE_TEXT = Text("a type")
EXPRESSION = Text("an expression")
ACTION = Choice(("no action", "restrict", "cascade", "set null", "set default"))
ACCESS = Choice(("full", "read", "write", "once", "internal"))
INPUTS = ListOf(Choice(("create", "update")), single=True, least=1)
WAIVERS = MapOf(RULE_ID, TEXT_VALUE)

DESCRIPTION = Word(TEXT_VALUE, "what it means, in every layer")
WAS = Word(DATABASE_NAME, "the earlier name")
WAIVE = Word(WAIVERS, "lint rules silenced here, each with its reason")

# --- types ------------------------------------------------------------------------------------------------------------

ITEM_CONSTRAINTS = {
    "min": Word(NUMBER_VALUE, "the least value"),
    "max": Word(NUMBER_VALUE, "the greatest value"),
    "above": Word(NUMBER_VALUE, "every value is greater"),
    "below": Word(NUMBER_VALUE, "every value is less"),
    "min_length": Word(COUNT, "the least number of code points"),
    "max_length": Word(SIZE, "the greatest number of code points"),
    "pattern": Word(TEXT_VALUE, "what is found in every value"),
    "wire": Word(Choice(("number", "string")), "how a bigint or decimal travels"),
}
CONSTRAINTS = {
    **ITEM_CONSTRAINTS,
    "min_items": Word(COUNT, "the least number of items"),
    "max_items": Word(SIZE, "the greatest number of items"),
    "unique_items": Word(FLAG_VALUE, "no two items are equal"),
    "sorted": Word(FLAG_VALUE, "items ascend; equal ones may follow each other"),
    "items": Word(Record("items", ITEM_CONSTRAINTS), "constraints of every item"),
    "values": Word(Record("values", ITEM_CONSTRAINTS), "constraints of every value of a map"),
}

VALUE_TYPE = Record(
    "value type",
    {"base": Word(TYPE_TEXT, "the type it narrows", required=True), "description": DESCRIPTION, **CONSTRAINTS},
    short="base",
    hints={"type": 'did you mean "base"?'},
)

_ENUM_VALUE = Record(
    "value",
    {
        "label": Word(TEXT_VALUE, "what a person reads"),
        "member": Word(MEMBER, "its name in Python and TypeScript"),
        "description": DESCRIPTION,
        "was": Word(TEXT_VALUE, "the earlier value"),
    },
)
ENUM = Record(
    "enum",
    {
        "values": Word(
            Either(
                {
                    LIST: ListOf(TEXT_VALUE, least=1),
                    MAPPING: MapOf(TEXT_VALUE, Either({NULL: Nothing(), TEXT: TEXT_VALUE, MAPPING: _ENUM_VALUE})),
                }
            ),
            "its values, in order",
            required=True,
        ),
        "description": DESCRIPTION,
        "base": Word(TYPE_TEXT, "text or string(n)"),
        "native": Word(FLAG_VALUE, "a PostgreSQL enum type instead of a CHECK"),
        "type_name": Word(DATABASE_NAME, "the name of the native type"),
    },
    short_list="values",
)

# --- fields -----------------------------------------------------------------------------------------------------------

DIALECTS = Record(
    "raw SQL", {"sql": Word(TEXT_VALUE, "for PostgreSQL", required=True), "sqlite": Word(TEXT_VALUE, "for SQLite")}
)
_INPUT = Record("input", {**CONSTRAINTS, "on": Word(INPUTS, "create, update or both")})
_COMPUTED = Either({TEXT: EXPRESSION, MAPPING: DIALECTS})
_TRANSITIONS = MapOf(TEXT_VALUE, ListOf(TEXT_VALUE))
_NAMED_CONSTRAINTS = Record(
    "constraints",
    {
        kind: Word(DATABASE_NAME, f"the name of the {kind} constraint")
        for kind in ("check", "pattern", "length", "items", "guard", "unique", "reference")
    },
)
_FIELD_HINTS = {
    "nullable": "a type ending in ? is nullable",
    "null": "a type ending in ? is nullable",
    "notnull": "a type without ? is never null",
    "required": "a field is required unless its type ends in ? or it has a default",
    "primarykey": "write key: true",
    "pk": "write key: true",
    "foreignkey": "write ref: Entity",
    "references": "write ref: Entity",
    "length": "write string(n) as the type, or max_length",
    "maxlength": "write max_length",
    "minlength": "write min_length",
    "minimum": "write min",
    "maximum": "write max",
    "exclusiveminimum": "write above",
    "exclusivemaximum": "write below",
    "regex": "write pattern",
    "enum": "declare it under enums, and name it as the type",
    "values": "declare an enum under enums, and name it as the type",
    "comment": "write description",
    "readonly": "write access: read",
    "writeonly": "write access: write",
    "check": "write it under rules of the entity",
    "index": "write it under indexes of the entity",
    "rename": "write was: with the earlier name",
}

_SHARED_FIELD = {
    "type": Word(TYPE_TEXT, "such as string(100), int?, Slug or Speed[]"),
    "description": DESCRIPTION,
    **CONSTRAINTS,
    "default": Word(ANYTHING, "what an absent value becomes: a literal, now, uuid, identity, {literal: …} or {sql: …}"),
    "replace": Word(FLAG_VALUE, "an object is given whole in an update"),
    "api": Word(WIRE_NAME, "another name on the wire"),
    "was": WAS,
    "deprecated": Word(FLAG_VALUE, "still there, no longer to be used"),
    "waive": WAIVE,
}
FIELD = Named("field", lambda: _FIELD)
_FIELD: Record = Record(
    "field",
    {
        **_SHARED_FIELD,
        "ref": Word(TYPE_TEXT, "the entity it refers to"),
        "key": Word(FLAG_VALUE, "part of the logical key"),
        "unique": Word(FLAG_VALUE, "no two rows have the same value"),
        "on_update": Word(
            Choice(("now", *ACTION.options)), "now: set by every update; for a reference: what follows a changed key"
        ),
        "on_delete": Word(ACTION, "what follows when the row referred to goes"),
        "back": Word(SNAKE, "the relationship on the other side, or none"),
        "deferrable": Word(FLAG_VALUE, "checked at the end of a transaction when it asks for that"),
        "computed": Word(_COMPUTED, "the database makes the value"),
        "access": Word(ACCESS, "where on the wire it stands"),
        "transitions": Word(_TRANSITIONS, "the moves allowed from each value of an enum"),
        "initial": Word(ListOf(TEXT_VALUE, single=True, least=1), "the values a new row may have"),
        "input": Word(_INPUT, "constraints of inputs only"),
        "column": Word(DATABASE_NAME, "another name in the database"),
        "constraints": Word(_NAMED_CONSTRAINTS, "names of this column's constraints"),
    },
    short="type",
    hints=_FIELD_HINTS,
)
FIELDS = MapOf(SNAKE, FIELD)

_OBJECT_FIELD = Record(
    "field",
    {
        **_SHARED_FIELD,
        "optional": Word(FLAG_VALUE, "may be absent"),
        "input": Word(_INPUT, "constraints of inputs only"),
    },
    short="type",
    hints={**_FIELD_HINTS, "ref": "an object has no references; give the type of the key"},
)
OBJECT_FIELD = Named("objectField", lambda: _OBJECT_FIELD)

_PLAIN_FIELD = Record(
    "field",
    {
        "type": Word(TYPE_TEXT, "such as float or date?", required=True),
        "description": DESCRIPTION,
        "api": Word(WIRE_NAME, "another name on the wire"),
        **CONSTRAINTS,
    },
    short="type",
    hints=_FIELD_HINTS,
)
PLAIN_FIELD = Named("plainField", lambda: _PLAIN_FIELD)
CLIENT = MapOf(WIRE_NAME, PLAIN_FIELD)

# --- rules, indexes, references ---------------------------------------------------------------------------------------

RULE = Record(
    "rule",
    {
        "that": Word(EXPRESSION, "what holds for every row", required=True),
        "message": Word(TEXT_VALUE, "what a person is told otherwise"),
        "on": Word(INPUTS, "inputs only: create, update or both"),
    },
    short="that",
)
RULES = MapOf(DATABASE_NAME, RULE)
MIXIN = Record(
    "mixin",
    {"$rules": Word(RULES, "what holds wherever it is included"), "$access": Word(ACCESS, "of fields that say none")},
    others=FIELDS,
)

_INDEX_KEY = Record(
    "index key",
    {
        "expression": Word(EXPRESSION, "an expression over fields"),
        "sql": Word(TEXT_VALUE, "raw, for PostgreSQL"),
        "sqlite": Word(TEXT_VALUE, "raw, for SQLite"),
        "order": Word(Choice(("asc", "desc")), "ascending or descending"),
        "nulls": Word(Choice(("first", "last")), "where nulls stand"),
        "operator_class": Word(DATABASE_NAME, "of PostgreSQL"),
    },
)
INDEX = Record(
    "index",
    {
        "on": Word(
            ListOf(Either({TEXT: TEXT_VALUE, MAPPING: _INDEX_KEY}), least=1),
            "its keys: field, optionally asc or desc, nulls first or last, and an operator class",
            required=True,
        ),
        "where": Word(Either({TEXT: EXPRESSION, MAPPING: DIALECTS}), "the rows it covers"),
        "unique": Word(FLAG_VALUE, "no two rows are equal in its keys"),
        "using": Word(Choice(("btree", "hash", "gin", "gist", "spgist", "brin")), "PostgreSQL's access method"),
        "include": Word(ListOf(SNAKE, least=1), "fields carried along"),
        "description": DESCRIPTION,
        "waive": WAIVE,
    },
    short_list="on",
)
INDEXES = MapOf(DATABASE_NAME, INDEX)

UNIQUE = Record(
    "unique",
    {
        "on": Word(ListOf(SNAKE, least=1), "its fields", required=True),
        "nulls": Word(Choice(("distinct", "not distinct")), "whether two nulls are equal"),
        "deferrable": Word(FLAG_VALUE, "checked at the end of a transaction when it asks for that"),
    },
    short_list="on",
)

REFERENCE = Record(
    "reference",
    {
        "to": Word(PASCAL, "the entity it refers to", required=True),
        "on": Word(MapOf(SNAKE, SNAKE), "field here: field there", required=True),
        "on_delete": Word(ACTION, "what follows when the row referred to goes"),
        "on_update": Word(ACTION, "what follows a changed key"),
        "back": Word(SNAKE, "the relationship on the other side, or none"),
        "deferrable": Word(FLAG_VALUE, "checked at the end of a transaction when it asks for that"),
        "constraint": Word(DATABASE_NAME, "the name of the foreign key"),
    },
)

PARTITION = Record(
    "partition",
    {
        "by": Word(SNAKE, "a timestamp or date field", required=True),
        "every": Word(Choice(("day", "week", "month", "year")), "how long each is", required=True),
        "from": Word(DATE, "the first bound", required=True),
        "count": Word(Whole(1, 1200), "how many the DDL makes", required=True),
        "keep": Word(
            Text("a number of days or weeks", regular(r"[1-9][0-9]{0,4} (?:days?|weeks?)"), hint="such as 90 days"),
            "after which one may go",
        ),
    },
)

SPAN = Text(
    "a number of hours, days or weeks", regular(r"[1-9][0-9]{0,4} (?:hours?|days?|weeks?)"), hint="such as 7 days"
)
_COMPRESS = Record(
    "compress",
    {
        "after": Word(SPAN, "the age at which a chunk is compressed", required=True),
        "segment_by": Word(ListOf(SNAKE, single=True, least=1), "fields whose equal values are stored together"),
        "order_by": Word(
            ListOf(TEXT_VALUE, single=True, least=1), "field, optionally asc or desc, and nulls first or last"
        ),
    },
)
HYPERTABLE = Record(
    "hypertable",
    {
        "by": Word(SNAKE, "a timestamp or date field", required=True),
        "every": Word(SPAN, "how long each chunk is", required=True),
        "keep": Word(SPAN, "the age after which a chunk may go"),
        "compress": Word(_COMPRESS, "chunks of a certain age are compressed"),
    },
    hints={"chunk": "write every", "retain": "write keep", "time": "write by"},
)
_DISTRIBUTED = Record(
    "distribute",
    {
        "by": Word(SNAKE, "the field that decides where a row is kept", required=True),
        "with": Word(PASCAL, "the entity whose rows of the same value are kept in the same place"),
    },
)
DISTRIBUTE = Either({TEXT: Choice(("reference",)), MAPPING: _DISTRIBUTED})

# --- entities ---------------------------------------------------------------------------------------------------------

GROUP = Named("group", lambda: _GROUP)
_GROUP: Record = Record(
    "group",
    {
        "$nullable": Word(Choice(("all_null",)), "the group is null when all its columns are"),
        "$replace": Word(FLAG_VALUE, "the group is given whole in an update"),
        "$description": DESCRIPTION,
    },
    others=MapOf(WIRE_NAME, Either({TEXT: SNAKE, MAPPING: GROUP})),
)
_ADDED = Word(MapOf(SNAKE, PLAIN_FIELD), "properties that the service computes")
_INPUT_PROPERTY = Record(
    "input",
    {
        **_PLAIN_FIELD.words,
        "default": Word(ANYTHING, "what an absent value becomes"),
        "on": Word(INPUTS, "create, update or both"),
    },
    short="type",
    hints=_FIELD_HINTS,
)
_RELATION = Record(
    "relation",
    {
        "shape": Word(PASCAL, "an entity or one of its shapes", required=True),
        "api": Word(WIRE_NAME, "another name on the wire"),
        "description": DESCRIPTION,
    },
    short="shape",
)
_ENTITY_SHAPE = Record(
    "shape",
    {
        "description": DESCRIPTION,
        "fields": Word(ListOf(SNAKE, least=1), "the fields it shows; all by default"),
        "with": Word(
            Either({LIST: ListOf(SNAKE, least=1), MAPPING: MapOf(SNAKE, _RELATION)}), "related rows shown inside"
        ),
        "add": _ADDED,
    },
    short_list="fields",
)
ENTITY_API = Record(
    "api",
    {
        "name": Word(PASCAL, "the stem of its shapes"),
        "nest": Word(MapOf(WIRE_NAME, GROUP), "flat fields as objects on the wire"),
        "list": Word(
            Either({TEXT: PASCAL, LIST: ListOf(SNAKE, least=1)}), "what a list shows: fields, or one of its shapes"
        ),
        "client": Word(CLIENT, "fields the frontend computes"),
        "add": _ADDED,
        "inputs": Word(MapOf(SNAKE, _INPUT_PROPERTY), "properties of bodies that no column holds"),
        "shapes": Word(MapOf(PASCAL, _ENTITY_SHAPE), "results with names of their own"),
        "expose": Word(FLAG_VALUE, "false: no shapes"),
    },
)
_PREFIXED_MIXIN = Record(
    "prefixed mixin",
    {
        "mixin": Word(PASCAL, "whose fields are appended", required=True),
        "prefix": Word(SNAKE, "what stands before each of their names, such as source_", required=True),
    },
)
_INCLUDE = Word(
    ListOf(Either({TEXT: PASCAL, MAPPING: _PREFIXED_MIXIN})), "mixins whose fields are appended, some with a prefix"
)
ENTITY = Record(
    "entity",
    {
        "description": DESCRIPTION,
        "table": Word(DATABASE_NAME, "its table; the plural by default"),
        "schema": Word(DATABASE_NAME, "its PostgreSQL schema; the domain's by default"),
        "was": WAS,
        "include": _INCLUDE,
        "key": Word(ListOf(SNAKE, least=1), "the fields of its logical key"),
        "access": Word(ACCESS, "of its own fields that say none"),
        "fields": Word(FIELDS, "what it holds", required=True),
        "uniques": Word(MapOf(DATABASE_NAME, UNIQUE), "fields which no two rows share"),
        "references": Word(MapOf(SNAKE, REFERENCE), "references over several fields"),
        "indexes": Word(INDEXES, "what is found fast"),
        "rules": Word(RULES, "what holds for every row"),
        "partition": Word(PARTITION, "ranges of time kept apart"),
        "hypertable": Word(HYPERTABLE, "chunks of time that TimescaleDB keeps"),
        "distribute": Word(DISTRIBUTE, "spread over the nodes of a Citus cluster, or reference: a copy on each"),
        "rows": Word(ListOf(MapOf(SNAKE, ANYTHING)), "rows that are always there"),
        "api": Word(ENTITY_API, "how it looks on the wire"),
        "waive": WAIVE,
    },
    hints={"primarykey": "write key", "unique": "write uniques", "checks": "write rules", "constraints": "write rules"},
)

OBJECT = Record(
    "object",
    {
        "description": DESCRIPTION,
        "include": _INCLUDE,
        "is": Word(TYPE_TEXT, "an envelope and what it holds, such as page(Post)"),
        "fields": Word(MapOf(SNAKE, OBJECT_FIELD), "its properties"),
        "rules": Word(RULES, "what holds for every one"),
        "client": Word(CLIENT, "fields the frontend computes"),
    },
    short="is",
)

ENVELOPE = Record(
    "envelope",
    {
        "description": DESCRIPTION,
        "ending": Word(PASCAL, "what follows the name of its content in the name of an object made of it"),
        "fields": Word(MapOf(SNAKE, OBJECT_FIELD), "its properties; the type T is what it holds"),
        "rules": Word(RULES, "what holds for every one"),
    },
)

# --- views, operations, raw SQL ---------------------------------------------------------------------------------------

VIEW = Record(
    "view",
    {
        "description": DESCRIPTION,
        "table": Word(DATABASE_NAME, "its name in the database"),
        "schema": Word(DATABASE_NAME, "its PostgreSQL schema"),
        "materialized": Word(FLAG_VALUE, "stored until refreshed"),
        "refresh": Word(SIZE, "seconds after which it is too old"),
        "sql": Word(TEXT_VALUE, "the query for PostgreSQL", required=True),
        "sqlite": Word(TEXT_VALUE, "the query for SQLite"),
        "columns": Word(MapOf(SNAKE, PLAIN_FIELD), "what it shows", required=True),
        "indexes": Word(INDEXES, "of a materialized view"),
    },
)

_PARAMETER = Record(
    "parameter",
    {
        "type": Word(TYPE_TEXT, "such as int or Status?", required=True),
        "description": DESCRIPTION,
        "default": Word(ANYTHING, "what an absent parameter means"),
        "deprecated": Word(FLAG_VALUE, "still there, no longer to be used"),
        **CONSTRAINTS,
    },
    short="type",
    hints=_FIELD_HINTS,
)
_PARAMETERS = MapOf(SNAKE, Named("parameter", lambda: _PARAMETER))
PARAMETER_WORDS = frozenset(_PARAMETER.words)
METHODS = ("get", "post", "put", "patch", "delete")
_PATH = Text("a path", regular(r"/[A-Za-z0-9._~!$&'()*+,;=:@%/{}-]*"), "bad-path", "such as /api/posts/{id}")
OPERATION = Record(
    "operation",
    {
        **{method: Word(_PATH, f"the path, called with {method.upper()}") for method in METHODS},
        "summary": Word(TEXT_VALUE, "one line"),
        "description": DESCRIPTION,
        "tags": Word(ListOf(TEXT_VALUE), "where documentation files it"),
        "path": Word(_PARAMETERS, "parameters in the path"),
        "query": Word(
            Either({TEXT: PASCAL, MAPPING: _PARAMETERS}), "parameters after ?, or the object whose properties they are"
        ),
        "include": Word(ListOf(PASCAL, least=1), "mixins and objects whose fields are parameters after ? too"),
        "headers": Word(_PARAMETERS, "parameters in headers"),
        "body": Word(TYPE_TEXT, "what is sent"),
        "returns": Word(TYPE_TEXT, "what is answered: Post, Post[], page(Post), a type, none, media(…)"),
        "order": Word(
            ListOf(TEXT_VALUE, single=True, least=1), "of a list of rows: field, optionally asc or desc; then the key"
        ),
        "status": Word(Whole(200, 299), "the status of success"),
        "errors": Word(ListOf(Whole(400, 599)), "other statuses it may answer"),
        "rate_limit": Word(
            Text("a rate", regular(r"[1-9][0-9]{0,8}/(?:second|minute|hour|day)"), hint="such as 100/minute"),
            "how often it may be called",
        ),
    },
)

RAW_SQL = Record(
    "raw SQL",
    {
        "when": Word(Choice(("before", "after")), "before or after the tables"),
        "description": DESCRIPTION,
        "postgres": Word(TEXT_VALUE, "for PostgreSQL"),
        "sqlite": Word(TEXT_VALUE, "for SQLite"),
    },
)

# --- the file ---------------------------------------------------------------------------------------------------------

DATABASE = Record(
    "database",
    {
        "schema": Word(DATABASE_NAME, "PostgreSQL schema; a prefix on SQLite"),
        "extensions": Word(
            ListOf(
                Record(
                    "extension",
                    {
                        "name": Word(EXTENSION_NAME, "its name", required=True),
                        "schema": Word(DATABASE_NAME, "where it is installed"),
                        "optional": Word(FLAG_VALUE, "created only where the server has it"),
                    },
                    short="name",
                )
            ),
            "created before anything else",
        ),
        "session": Word(Choice(("async", "sync")), "the models bring sessions of this kind"),
        "guards": Word(
            Either({FLAG: FLAG_VALUE, TEXT: Choice(("on", "off"))}),
            "off leaves out the CHECKs that narrow a database type to its meaning",
        ),
    },
)
API = Record(
    "api",
    {
        "case": Word(Choice(("camel", "snake")), "how wire names are made from field names"),
        "title": Word(TEXT_VALUE, "of the API"),
        "version": Word(TEXT_VALUE, "of the API"),
    },
)
SHARED_FILE = Text(
    "a path to a YAML file",
    regular(r'(?![/~])[^\\:*?"<>|{}\x00-\x1f\x7f]+\.ya?ml'),
    "bad-path",
    "as seen from this file, such as _shared/times.yaml",
)
HEADER = {
    "isotype": Word(Whole(VERSION, VERSION), "version of the language"),
    "use": Word(
        ListOf(SHARED_FILE, single=True, least=1), "files of definitions shared with others, as seen from this file"
    ),
    "domain": Word(SNAKE, "the name of the domain"),
    "description": DESCRIPTION,
    "database": Word(DATABASE, "settings of the database"),
    "api": Word(API, "settings of the API"),
}
SECTIONS: dict[str, Word] = {
    "types": Word(MapOf(PASCAL, VALUE_TYPE), "value types: a meaning with a name"),
    "enums": Word(MapOf(PASCAL, ENUM), "closed lists of texts"),
    "mixins": Word(MapOf(PASCAL, MIXIN), "fields that several things share, and rules over them"),
    "entities": Word(MapOf(PASCAL, ENTITY), "things with identity"),
    "objects": Word(MapOf(PASCAL, OBJECT), "shapes of the API, typed JSON of a column"),
    "envelopes": Word(MapOf(PASCAL, ENVELOPE), "shapes around others"),
    "views": Word(MapOf(PASCAL, VIEW), "stored queries"),
    "operations": Word(MapOf(SNAKE, OPERATION), "calls of the API"),
    "sql": Word(MapOf(SNAKE, RAW_SQL), "what the language cannot say"),
}
SHARED_SECTIONS = ("types", "enums", "mixins", "objects", "envelopes")
"""What a file of shared definitions may hold, beside the words of the header that say what it is."""

SHARED_HEADER = ("isotype", "use", "description")
FILE: Kind = Record(
    "the schema",
    {**HEADER, **SECTIONS},
    hints={
        "import": "write use",
        "imports": "write use",
        "include": "write use",
        "tables": "write entities",
        "models": "write entities",
        "definitions": "write objects",
    },
)


def editor_schema() -> dict[str, Any]:
    """The grammar as JSON Schema (draft 2020-12), for editors; it knows words and shapes, not names."""
    definitions: dict[str, Any] = {}
    body = FILE.schema(definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Isotype schema",
        "description": f"A domain schema of Isotype, version {VERSION} of the language.",
        **body,
        "$defs": dict(sorted(definitions.items())),
    }
