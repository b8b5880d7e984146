"""An OpenAPI document as facts: 3.0 and 3.1, in whichever dialect; what spells the same is the same here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from isotype.findings import Finding, IsotypeError
from isotype.service import dialects
from isotype.service.model import Answer, Api, Body, Operation, Parameter
from isotype.service.schemas import CODE, Reader, too_deep

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
LOCATIONS = ("path", "query", "header", "cookie")

_JSON_AMONG = ("*/*", "application/*")
"""Ranges of media types that JSON is in."""

_NAME = re.compile(r"\{[^{}]*\}")
_IGNORED_HEADERS = frozenset({"accept", "content-type", "authorization"})
"""Headers that OpenAPI says mean nothing as parameters."""


def read(document: Mapping[str, Any]) -> Api:
    """The facts of a document; raises `IsotypeError` with all that keeps it from being read."""
    _check_version(document)
    dialect = dialects.dialect(document)
    reader = Reader(document, dialect)
    try:
        operations = tuple(_operations(document, reader))
        schemas = reader.finish()
    except RecursionError:
        reader.findings.append(too_deep("#"))
    if reader.findings:
        raise IsotypeError(*dict.fromkeys(reader.findings))
    return Api(operations, schemas, dialect, dialects.SILENT[dialect], tuple(_prefixes(document)))


def _check_version(document: Mapping[str, Any]) -> None:
    version = document.get("openapi")
    if isinstance(version, str) and version.startswith("3."):
        if isinstance(document.get("paths", {}), Mapping):
            return
        fact, suggestion = "'paths' of the OpenAPI document is no mapping", "correct the document"
    elif "swagger" in document:
        fact, suggestion = "the document is one of Swagger 2, and no OpenAPI document", "serve it as OpenAPI 3"
    else:
        fact, suggestion = "that is no OpenAPI document: it has no version 3", "name the address of one"
    raise IsotypeError(Finding(CODE, fact, suggestion=suggestion))


def _prefixes(document: Mapping[str, Any]) -> Iterator[str]:
    """The base paths of the servers, with their variables filled in."""
    servers = document.get("servers")
    for server in servers if isinstance(servers, list) else []:
        if not isinstance(server, Mapping):
            continue
        url = str(server.get("url", ""))
        variables = server.get("variables")
        for name, variable in variables.items() if isinstance(variables, Mapping) else ():
            if isinstance(variable, Mapping):
                url = url.replace(f"{{{name}}}", str(variable.get("default", "")))
        try:
            prefix = urlsplit(url).path.rstrip("/")
        except ValueError:
            continue
        if prefix:
            yield prefix


def route(path: str) -> str:
    """A path with its parameters unnamed: what they are called never travels."""
    return _NAME.sub("{}", path)


def _operations(document: Mapping[str, Any], reader: Reader) -> Iterator[Operation]:
    for path, written in document.get("paths", {}).items():
        item, where = reader.target(written, f"#/paths/{_escaped(str(path))}")
        if not isinstance(item, Mapping):
            reader.refuse("a path is a mapping of operations, and this is none", where)
            continue
        for method in METHODS:
            if method in item:
                yield _operation(str(path), method, item, f"{where}/{method}", reader)


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def _operation(path: str, method: str, item: Mapping[str, Any], where: str, reader: Reader) -> Operation:
    written = item[method]
    if not isinstance(written, Mapping):
        reader.refuse("an operation is a mapping, and this is none", where)
        written = {}
    parameters: dict[tuple[str, str, int], Parameter] = {}
    for holder, place in ((item, where.rpartition("/")[0]), (written, where)):
        for parameter in _parameters(path, holder, f"{place}/parameters", reader):
            parameters[parameter.key] = parameter
    body, place = reader.target(written.get("requestBody", {}), f"{where}/requestBody")
    answers, answers_place = written.get("responses", {}), f"{where}/responses"
    if not isinstance(answers, Mapping):
        reader.refuse("'responses' is a mapping of statuses", answers_place)
        answers = {}
    return Operation(
        method,
        path,
        route(path),
        tuple(parameters.values()),
        tuple(_bodies(body, place, reader)),
        isinstance(body, Mapping) and body.get("required") is True,
        tuple(
            _answer(str(status), answer, f"{answers_place}/{status}", reader)
            for status, answer in answers.items()
            if not str(status).startswith("x-")
        ),
    )


def _parameters(path: str, holder: Mapping[str, Any], where: str, reader: Reader) -> Iterator[Parameter]:
    listed = holder.get("parameters", [])
    if not isinstance(listed, list):
        reader.refuse("'parameters' is a list", where)
        return
    for number, written in enumerate(listed):
        value, place = reader.target(written, f"{where}/{number}")
        if not isinstance(value, Mapping) or not isinstance(value.get("name"), str) or value.get("in") not in LOCATIONS:
            reader.refuse("a parameter has a name and a place ('in')", place)
        elif value["in"] != "header" or value["name"].lower() not in _IGNORED_HEADERS:
            yield _parameter(path, value, place, reader)


def _parameter(path: str, value: Mapping[str, Any], where: str, reader: Reader) -> Parameter:
    location, name = value["in"], value["name"]
    schema, content = value.get("schema", True), value.get("content")
    style = str(value.get("style") or ("form" if location in ("query", "cookie") else "simple"))
    if isinstance(content, Mapping) and content:
        # Such a parameter is one text of that medium, whatever it holds.
        media, written = next(iter(content.items()))
        style, schema = _medium(str(media)), written.get("schema", True) if isinstance(written, Mapping) else True
    in_path = location == "path"
    names = [found[1:-1].partition(":")[0] for found in _NAME.findall(path)]
    return Parameter(
        location,
        "" if in_path else name,
        reader.schema(schema, f"{where}/schema"),
        in_path or value.get("required") is True,
        reader.default(schema),
        style,
        value["explode"] if isinstance(value.get("explode"), bool) else style == "form",
        value.get("deprecated") is True,
        names.index(name) if in_path and name in names else 0,
        name,
    )


def _bodies(value: Any, where: str, reader: Reader) -> Iterator[Body]:
    content = value.get("content", {}) if isinstance(value, Mapping) else {}
    if not isinstance(content, Mapping):
        reader.refuse("'content' is a mapping of media types", where)
        return
    for media, written in content.items():
        medium = _medium(str(media))
        schema = written.get("schema") if isinstance(written, Mapping) else None
        read_schema = schema is not None and (is_json(medium) or medium in _JSON_AMONG)
        yield Body(
            medium, reader.schema(schema, f"{where}/content/{_escaped(str(media))}/schema") if read_schema else None
        )


def _medium(media: str) -> str:
    """A media type without parameters such as its character set."""
    return media.partition(";")[0].strip().lower()


def is_json(media: str) -> bool:
    """Whether what travels in a media type is JSON."""
    return media == "application/json" or media.endswith("+json")


def _answer(status: str, written: Any, where: str, reader: Reader) -> Answer:
    value, place = reader.target(written, where)
    bodies = tuple(_bodies(value, place, reader))
    return Answer(status.upper() if status != "default" else status, bodies)
