"""Documents that say the same in other words: each way of saying it, applied to a whole document."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from isotype.dialects.json_schema import NO_NUL
from tests.service.changing import Document
from tests.service.mutations import COMPONENTS, METHODS, travelling

Schema = dict[str, Any]
_SCHEMAS = ("schema", "items", "additionalProperties", "not")
_MAPS = ("properties", "schemas")
_LISTS = ("allOf", "anyOf", "oneOf")


def equivalents(document: Document) -> Iterator[tuple[str, Document]]:
    """Every other way of saying a document, by its name."""
    for rewrite in REWRITES:
        yield rewrite.__name__.replace("_", " "), rewrite(document)


def each_inlined(document: Document) -> Iterator[tuple[str, Document]]:
    """The document with one named schema at a time written out where it is used, as deep as it does not hold itself."""
    for name in travelling(document):
        if name not in _holding(document, name):
            yield f"{name} inlined", _inlined(document, {name})


# Walking


def _everywhere(value: Any, change: Callable[[Schema], Schema]) -> Any:
    """A part of a document with every schema in it changed, the inner ones first."""
    if isinstance(value, list):
        return [_everywhere(part, change) for part in value]
    if not isinstance(value, Mapping):
        return value
    made: dict[str, Any] = {}
    for key, part in value.items():
        if key in _SCHEMAS and isinstance(part, Mapping):
            made[key] = change(_everywhere(part, change))
        elif key in _MAPS and isinstance(part, Mapping):
            made[key] = {name: change(_everywhere(one, change)) for name, one in part.items()}
        elif key in _LISTS and isinstance(part, list):
            made[key] = [change(_everywhere(one, change)) for one in part]
        elif key in ("default", "enum", "const", "example", "examples"):
            made[key] = part
        else:
            made[key] = _everywhere(part, change)
    return made


def _operations(document: Document, change: Callable[[str, str, Document], Document]) -> Document:
    paths = {
        path: {method: change(path, method, one) if method in METHODS else one for method, one in item.items()}
        for path, item in document["paths"].items()
    }
    return {**document, "paths": paths}


def _kinds(schema: Schema) -> list[str]:
    kinds = schema.get("type", [])
    return list(kinds) if isinstance(kinds, list) else [kinds]


def _without(schema: Schema, *words: str) -> Schema:
    return {word: said for word, said in schema.items() if word not in words}


# References


def _holding(document: Document, name: str) -> set[str]:
    """The names that a named schema leads to."""
    found: set[str] = set()
    waiting = [document["components"]["schemas"][name]]
    while waiting:
        for reference in re.findall(rf'"{COMPONENTS}([^"]+)"', json.dumps(waiting.pop())):
            if reference not in found:
                found.add(reference)
                waiting.append(document["components"]["schemas"][reference])
    return found


def _inlined(document: Document, names: set[str]) -> Document:
    def change(schema: Schema) -> Schema:
        name = str(schema.get("$ref", "")).removeprefix(COMPONENTS)
        if name not in names:
            return schema
        referred = document["components"]["schemas"][name]
        return {**_everywhere(referred, change), **_without(schema, "$ref")}

    made: Document = _everywhere(document, change)
    return made


def inlined(document: Document) -> Document:
    """No reference is left, but to what holds itself."""
    names = {name for name in document["components"]["schemas"] if name not in _holding(document, name)}
    return _inlined(document, names)


def referenced(document: Document) -> Document:
    """Every property has a named schema."""
    schemas: dict[str, Schema] = {}

    def change(schema: Schema) -> Schema:
        if schema.get("type") != "object" or "properties" not in schema:
            return schema
        moved = {}
        for name, prop in schema["properties"].items():
            key = f"Moved{len(schemas)}"
            schemas[key] = _without(prop, "default", "deprecated")
            kept = {word: prop[word] for word in ("default", "deprecated") if word in prop}
            moved[name] = {"$ref": f"{COMPONENTS}{key}", **kept}
        return {**schema, "properties": moved}

    made = _everywhere(document, change)
    made["components"]["schemas"] |= schemas
    return made  # type: ignore[no-any-return]


def chained_references(document: Document) -> Document:
    """Every named schema is a reference to another one."""
    named = document["components"]["schemas"]
    moved = {f"Moved.{name}": schema for name, schema in named.items()}
    aliases = {name: {"$ref": f"{COMPONENTS}Moved.{name}"} for name in named}
    return {**document, "components": {**document["components"], "schemas": {**aliases, **moved}}}


def shared_parts(document: Document) -> Document:
    """Parameters, bodies and answers stand among the components."""
    parts: dict[str, dict[str, Any]] = {"parameters": {}, "requestBodies": {}, "responses": {}}

    def moved(kind: str, part: Any) -> Schema:
        key = f"Part{len(parts[kind])}"
        parts[kind][key] = part
        return {"$ref": f"#/components/{kind}/{key}"}

    def change(path: str, method: str, operation: Document) -> Document:
        made = dict(operation)
        if "parameters" in made:
            made["parameters"] = [moved("parameters", one) for one in made["parameters"]]
        if "requestBody" in made:
            made["requestBody"] = moved("requestBodies", made["requestBody"])
        made["responses"] = {status: moved("responses", one) for status, one in made["responses"].items()}
        return made

    made = _operations(document, change)
    return {**made, "components": {**made.get("components", {}), **parts}}


def renamed_schemas(document: Document) -> Document:
    """Schemas have other names."""
    text = json.dumps(document).replace(COMPONENTS, f"{COMPONENTS}Other")
    made: Document = json.loads(text)
    if "components" in made:
        named = made["components"]["schemas"]
        # FastAPI's own models are known by their names.
        made["components"]["schemas"] = {f"Other{name}": one for name, one in named.items()}
        if "HTTPValidationError" in named:
            return _with_own_errors(made)
    return made


def _with_own_errors(document: Document) -> Document:
    text = json.dumps(document)
    for name in ("HTTPValidationError", "ValidationError"):
        text = text.replace(f'"{COMPONENTS}Other{name}"', f'"{COMPONENTS}{name}"').replace(
            f'"Other{name}"', f'"{name}"'
        )
    made: Document = json.loads(text)
    return made


def wrapped_references(document: Document) -> Document:
    """A reference stands alone in an allOf."""

    def change(schema: Schema) -> Schema:
        if "$ref" not in schema:
            return schema
        return {**_without(schema, "$ref"), "allOf": [{"$ref": schema["$ref"]}]}

    return _everywhere(document, change)  # type: ignore[no-any-return]


# Order


def reordered(document: Document) -> Document:
    """Keys, required names, values, options and parameters come the other way round."""

    def turned(value: Any, key: str = "") -> Any:
        if isinstance(value, Mapping):
            made = {name: turned(part, name) for name, part in reversed(list(value.items()))}
            return value if key in ("default", "const") else made
        if isinstance(value, list):
            parts = [turned(part) for part in value]
            free = ("required", "enum", "type", "parameters", "tags", *_LISTS)
            return parts[::-1] if key in free else value if key == "default" else parts
        return value

    made: Document = turned(document)
    return made


# Other versions and words


def as_version_3_0(document: Document) -> Document:
    """Null is `nullable`, and a bound says beside it whether it is reached."""

    def change(schema: Schema) -> Schema:
        made = dict(schema)
        kinds = _kinds(made)
        if "null" in kinds:
            rest = [kind for kind in kinds if kind != "null"]
            made["nullable"] = True
            made["type"] = rest[0] if len(rest) == 1 else rest
            if len(rest) > 1:
                made = {
                    "nullable": True,
                    "anyOf": [{"type": kind} for kind in rest],
                    **_without(made, "type", "nullable"),
                }
        elif len(kinds) > 1:
            made = {"anyOf": [{"type": kind} for kind in kinds], **_without(made, "type")}
        options = made.get("anyOf")
        if isinstance(options, list) and {"type": "null"} in options:
            others = [option for option in options if option != {"type": "null"}]
            made = {**_without(made, "anyOf"), "nullable": True}
            if len(others) == 1 and "$ref" in others[0]:
                made["allOf"] = others
            elif len(others) == 1:
                made |= others[0]
            else:
                made["anyOf"] = others
        for word in ("minimum", "maximum"):
            exclusive = f"exclusive{word.capitalize()}"
            if exclusive in made and not isinstance(made[exclusive], bool):
                made[word] = made[exclusive]
                made[exclusive] = True
        if "const" in made:
            made = {**_without(made, "const"), "enum": [made["const"]]}
        if "$ref" in made and len(made) > 1:
            made = {**_without(made, "$ref"), "allOf": [{"$ref": made["$ref"]}]}
        return made

    return {**_everywhere(document, change), "openapi": "3.0.3"}


def null_among_options(document: Document) -> Document:
    """Null is one of several options, never a type beside another."""

    def change(schema: Schema) -> Schema:
        kinds = _kinds(schema)
        if "null" not in kinds:
            return schema
        rest = [kind for kind in kinds if kind != "null"]
        outer = ("default", "deprecated", "readOnly", "writeOnly", "description", "title")
        inner = {**_without(schema, *outer), "type": rest[0] if len(rest) == 1 else rest}
        kept = {word: schema[word] for word in outer if word in schema}
        return {"anyOf": [{"type": "null"}, inner], **kept}

    return _everywhere(document, change)  # type: ignore[no-any-return]


def one_of(document: Document) -> Document:
    """Options that share no value are `oneOf`."""

    def change(schema: Schema) -> Schema:
        return {"oneOf" if word == "anyOf" else word: said for word, said in schema.items()}

    return _everywhere(document, change)  # type: ignore[no-any-return]


def types_among_options(document: Document) -> Document:
    """Several types are several options."""

    def change(schema: Schema) -> Schema:
        kinds = _kinds(schema)
        if len(kinds) < 2 or len(set(kinds) - {"null"}) < 2:
            return schema
        return {**_without(schema, "type"), "anyOf": [{"type": kind} for kind in kinds]}

    return _everywhere(document, change)  # type: ignore[no-any-return]


def nullable_enums_with_null_among_values(document: Document) -> Document:
    """A list of values that may be null is written out, with null in it."""
    schemas = document.get("components", {}).get("schemas", {})

    def change(schema: Schema) -> Schema:
        options = schema.get("anyOf", [])
        names = [str(option.get("$ref", "")).removeprefix(COMPONENTS) for option in options]
        enums = [schemas[name] for name in names if "enum" in schemas.get(name, {})]
        if len(options) != 2 or len(enums) != 1 or {"type": "null"} not in options:
            return schema
        return {**_without(schema, "anyOf"), "enum": [*enums[0]["enum"], None]}

    return _everywhere(document, change)  # type: ignore[no-any-return]


def bounds_otherwise(document: Document) -> Document:
    """Bounds of integers are exclusive where they were not, and numbers have a fraction of zero."""

    def change(schema: Schema) -> Schema:
        made = dict(schema)
        if "integer" in _kinds(made):
            if isinstance(made.get("minimum"), int):
                made["exclusiveMinimum"] = float(made.pop("minimum") - 1)
            if isinstance(made.get("maximum"), int):
                made["exclusiveMaximum"] = made.pop("maximum") + 1
        return made

    return _everywhere(document, change)  # type: ignore[no-any-return]


def ranges_as_formats(document: Document) -> Document:
    """The range of 32 bits is a format."""

    def change(schema: Schema) -> Schema:
        if "integer" in _kinds(schema) and (schema.get("minimum"), schema.get("maximum")) == (-(2**31), 2**31 - 1):
            return {**_without(schema, "minimum", "maximum"), "format": "int32"}
        return schema

    return _everywhere(document, change)  # type: ignore[no-any-return]


def whole_numbers(document: Document) -> Document:
    """An integer is a number that is a multiple of one."""

    def change(schema: Schema) -> Schema:
        kinds = ["number" if kind == "integer" else kind for kind in _kinds(schema)]
        if "integer" not in _kinds(schema):
            return schema
        return {**schema, "type": kinds[0] if len(kinds) == 1 else kinds, "multipleOf": 1}

    return _everywhere(document, change)  # type: ignore[no-any-return]


def bounds_that_say_nothing(document: Document) -> Document:
    """What holds anyway is written down."""

    def change(schema: Schema) -> Schema:
        made = dict(schema)
        kinds = set(_kinds(made)) - {"null"}
        if kinds == {"string"} and "enum" not in made:
            made.setdefault("minLength", 0)
        if kinds == {"array"}:
            made = {"minItems": 0, "uniqueItems": False, **made}
        if kinds == {"object"}:
            made = {"minProperties": 0, "additionalProperties": True, "required": [], **made}
        if kinds == {"boolean"} and "default" not in made:
            made["enum"] = [True, False, *([None] if "null" in _kinds(schema) else [])]
        return made

    return _everywhere(document, change)  # type: ignore[no-any-return]


def results_without_further_properties(document: Document) -> Document:
    """An answer says of its records that they hold nothing else."""
    directions = travelling(document)
    made = dict(document["components"]["schemas"])
    for name, schema in made.items():
        if directions.get(name) == {"response"} and "properties" in schema:
            made[name] = {**schema, "additionalProperties": False}
    return {**document, "components": {**document["components"], "schemas": made}}


def in_two_parts(document: Document) -> Document:
    """Objects are what two schemas take at once."""

    def change(schema: Schema) -> Schema:
        if "required" not in schema or "properties" not in schema:
            return schema
        return {
            **{word: schema[word] for word in ("description", "title") if word in schema},
            "allOf": [_without(schema, "required", "description", "title"), {"required": schema["required"]}],
        }

    return _everywhere(document, change)  # type: ignore[no-any-return]


def from_a_base(document: Document) -> Document:
    """An open object extends another one that holds the first of its properties."""
    bases: dict[str, Schema] = {}
    made = dict(document["components"]["schemas"])
    for name, schema in made.items():
        props = schema.get("properties", {})
        if schema.get("additionalProperties", True) is not True or len(props) < 2:
            continue
        first = next(iter(props))
        required = schema.get("required", [])
        bases[f"{name}Base"] = {
            "type": "object",
            "title": f"{name}Base",
            "properties": {first: props[first]},
            "required": [one for one in required if one == first],
        }
        own = {
            **_without(schema, "properties", "required"),
            "properties": _without(props, first),
            "required": [one for one in required if one != first],
        }
        made[name] = {"title": name, "allOf": [{"$ref": f"{COMPONENTS}{name}Base"}, own]}
    return {**document, "components": {**document["components"], "schemas": {**made, **bases}}}


# Texts


def patterns_otherwise(document: Document) -> Document:
    """Patterns end in `$`, capture, and use the letters for classes."""

    def change(schema: Schema) -> Schema:
        pattern = schema.get("pattern")
        if pattern is None or pattern == NO_NUL or "(?!0000)" in pattern:
            return schema
        text = pattern.replace("(?![\\s\\S])", "$").replace("(?:", "(").replace("[0-9]", "\\d")
        return {**schema, "pattern": text.replace("[0-9a-f]", "[a-f\\d]")}

    return _everywhere(document, change)  # type: ignore[no-any-return]


def formats_without_patterns(document: Document) -> Document:
    """A format says the whole form."""

    def change(schema: Schema) -> Schema:
        return _without(schema, "pattern") if "format" in schema or "contentEncoding" in schema else schema

    return _everywhere(document, change)  # type: ignore[no-any-return]


def patterns_without_formats(document: Document) -> Document:
    """A pattern says the whole form."""

    def change(schema: Schema) -> Schema:
        formed = "pattern" in schema and schema.get("format") != "ip"
        return _without(schema, "format", "contentEncoding") if formed else schema

    return _everywhere(document, change)  # type: ignore[no-any-return]


def lengths_of_forms(document: Document) -> Document:
    """The length that a form has anyway is written down."""

    def change(schema: Schema) -> Schema:
        return {**schema, "minLength": 36, "maxLength": 36} if schema.get("format") == "uuid" else schema

    return _everywhere(document, change)  # type: ignore[no-any-return]


# Words around


def other_words_around(document: Document) -> Document:
    """Titles, descriptions, examples, tags, names of operations, security and what only other tools read."""

    def change(schema: Schema) -> Schema:
        said = {
            "description": "Otherwise.",
            "examples": ["x"],
            "x-order": 3,
            "externalDocs": {"url": "https://x.example"},
        }
        kept = {} if "$ref" in schema and document["openapi"].startswith("3.0") else said
        return {**schema, **kept, **({"title": "Otherwise"} if "title" in schema else {})}

    def operation(path: str, method: str, one: Document) -> Document:
        around = {
            "summary": "Otherwise",
            "tags": ["otherwise"],
            "operationId": f"{method}{path}",
            "security": [{"key": []}],
        }
        answers = {status: {**answer, "description": "Otherwise"} for status, answer in one["responses"].items()}
        return {**one, **around, "responses": answers, "x-more": 1}

    made = _operations(_everywhere(document, change), operation)
    return {
        **made,
        "info": {"title": "Otherwise", "version": "7"},
        "servers": [{"url": "https://api.example"}],
        "tags": [{"name": "otherwise"}],
        "security": [{"key": []}],
    }


def unused_schemas(document: Document) -> Document:
    """There are schemas that nothing refers to."""
    more = {"Unused": {"type": "object", "title": "Unused", "properties": {"a": {"type": "string", "title": "A"}}}}
    schemas = {**document["components"]["schemas"], **more}
    return {**document, "components": {**document["components"], "schemas": schemas}}


def below_a_base_path(document: Document) -> Document:
    """The server has the first part of every path."""
    paths = document["paths"]
    first = next(iter(paths)).split("/")[1]
    if not all(path.startswith(f"/{first}/") for path in paths):
        return document
    below = {path.removeprefix(f"/{first}"): item for path, item in paths.items()}
    return {**document, "paths": below, "servers": [{"url": f"https://api.example/{first}/"}]}


def path_parameters_renamed(document: Document) -> Document:
    """Parameters of paths have other names, which never travel."""
    made = {}
    for path, item in document["paths"].items():
        text = re.sub(r"\{([^}]*)\}", r"{other_\1}", path)
        made[text] = {
            method: {
                **operation,
                "parameters": [
                    {**one, "name": f"other_{one['name']}"} if one["in"] == "path" else one
                    for one in operation.get("parameters", [])
                ],
            }
            for method, operation in item.items()
        }
    return {**document, "paths": made}


def parameters_of_paths(document: Document) -> Document:
    """What all operations of a path take stands with the path."""
    made = {}
    for path, item in document["paths"].items():
        listed = [operation.get("parameters", []) for operation in item.values()]
        shared = [one for one in listed[0] if all(one in other for other in listed[1:])]
        made[path] = {
            "parameters": shared,
            **{
                method: {
                    **operation,
                    "parameters": [one for one in operation.get("parameters", []) if one not in shared],
                }
                for method, operation in item.items()
            },
        }
    return {**document, "paths": made}


def nullable_parameters(document: Document) -> Document:
    """A parameter that may be absent may be null, which no address can say."""

    def change(path: str, method: str, operation: Document) -> Document:
        listed = [
            one
            if one.get("required") or "default" in one["schema"]
            else {**one, "schema": {"anyOf": [one["schema"], {"type": "null"}], "title": "Otherwise"}}
            for one in operation.get("parameters", [])
        ]
        return {**operation, "parameters": listed}

    return _operations(document, change)


def styles_written_out(document: Document) -> Document:
    """The style that a parameter has anyway is written down; names of headers are in capitals."""

    def change(path: str, method: str, operation: Document) -> Document:
        listed = []
        for one in operation.get("parameters", []):
            form = one["in"] in ("query", "cookie")
            name = one["name"].upper() if one["in"] == "header" else one["name"]
            listed.append({**one, "name": name, "style": "form" if form else "simple", "explode": form})
        return {**operation, "parameters": listed}

    return _operations(document, change)


def defaults_of_null(document: Document) -> Document:
    """What may be null and be absent is null when it is."""

    def change(schema: Schema) -> Schema:
        nullable = "null" in _kinds(schema) or {"type": "null"} in schema.get("anyOf", [])
        return {"default": None, **schema} if nullable else schema

    return _everywhere(document, change)  # type: ignore[no-any-return]


def media_types_with_parameters(document: Document) -> Document:
    """Media types say their character set."""
    text = json.dumps(document).replace('"application/json": {', '"application/json; charset=utf-8": {')
    made: Document = json.loads(text)
    return made


def errors_by_default(document: Document) -> Document:
    """What is answered to every refusal alike is said once."""

    def change(path: str, method: str, operation: Document) -> Document:
        refused = {status: one for status, one in operation["responses"].items() if status[0] in "45"}
        bodies = {json.dumps(one.get("content")) for one in refused.values()}
        if len(bodies) != 1:
            return operation
        kept = {status: one for status, one in operation["responses"].items() if status not in refused}
        return {**operation, "responses": {**kept, "default": next(iter(refused.values()))}}

    return _operations(document, change)


def one_schema_for_both_directions(document: Document) -> Document:
    """Requests have what only answers say, marked as read-only."""
    directions = travelling(document)
    made = dict(document["components"]["schemas"])
    for name, schema in made.items():
        if directions.get(name) == {"request"} and "properties" in schema:
            marked = {"type": "string", "readOnly": True, "title": "Served"}
            props = {**schema["properties"], "servedOnly": marked}
            made[name] = {**schema, "properties": props, "required": [*schema.get("required", []), "servedOnly"]}
    return {**document, "components": {**document["components"], "schemas": made}}


def split_schemas(document: Document) -> Document:
    """What travels both ways has a schema for each, as FastAPI writes it."""
    schemas = document["components"]["schemas"]
    both = {name for name, ways in travelling(document).items() if len(ways) > 1}

    def pointing(value: Any, suffix: str) -> Any:
        text = json.dumps(value)
        for name in both:
            text = text.replace(f'"{COMPONENTS}{name}"', f'"{COMPONENTS}{name}-{suffix}"')
        return json.loads(text)

    made: dict[str, Any] = {}
    directions = travelling(document)
    for name, schema in schemas.items():
        if name in both:
            made |= {f"{name}-Input": pointing(schema, "Input"), f"{name}-Output": pointing(schema, "Output")}
        else:
            made[name] = pointing(schema, "Input" if "request" in directions.get(name, ()) else "Output")

    def change(path: str, method: str, operation: Document) -> Document:
        requests = pointing(
            {word: operation[word] for word in ("parameters", "requestBody") if word in operation}, "Input"
        )
        return {**operation, **requests, "responses": pointing(operation["responses"], "Output")}

    return {**_operations(document, change), "components": {**document["components"], "schemas": made}}


REWRITES: tuple[Callable[[Document], Document], ...] = (
    inlined,
    referenced,
    chained_references,
    shared_parts,
    renamed_schemas,
    wrapped_references,
    reordered,
    as_version_3_0,
    null_among_options,
    one_of,
    types_among_options,
    nullable_enums_with_null_among_values,
    bounds_otherwise,
    ranges_as_formats,
    whole_numbers,
    bounds_that_say_nothing,
    results_without_further_properties,
    in_two_parts,
    from_a_base,
    patterns_otherwise,
    formats_without_patterns,
    patterns_without_formats,
    lengths_of_forms,
    other_words_around,
    unused_schemas,
    below_a_base_path,
    path_parameters_renamed,
    parameters_of_paths,
    nullable_parameters,
    styles_written_out,
    defaults_of_null,
    media_types_with_parameters,
    errors_by_default,
    one_schema_for_both_directions,
    split_schemas,
)
