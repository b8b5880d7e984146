"""Where the OpenAPI document of a running API is, and fetching it: an address, or a file.

An address may hold a password: it is never printed. Whatever goes wrong is a sentence.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit, urlunsplit

from isotype.domain.values import frozen
from isotype.findings import Finding, IsotypeError

if TYPE_CHECKING:
    from http.client import HTTPResponse

TIMEOUT = 30
"""Seconds for one document, from the first word to the last."""

LARGEST = 32 * 2**20
"""No document has more bytes."""

MOST_PARTS = 2_000_000
"""Nor so many values, those that YAML repeats counted each time."""

PLACE = "/openapi.json"
"""Where FastAPI and others serve their document, below the address of the API."""

ENDINGS = (".json", ".yaml", ".yml")
"""An address that ends so is that of a document."""

_HOST_AND_PORT = re.compile(r"[A-Za-z0-9.-]+:[0-9]+(/|$)")

_NO_HEADERS: Mapping[str, str] = {}


@frozen
class Target:
    """One API: what reports call it, and where it is: an address, or the path of a file."""

    name: str
    address: str
    remote: bool

    def __repr__(self) -> str:
        return f"Target({self.name!r})"


def parse(written: str, folder: str = "") -> Target:
    """The API that an address or a path names, a path as seen from `folder`; raises `IsotypeError`."""
    written = written.strip()
    scheme, mark, _ = written.partition("://")
    if not mark:
        if not written:
            raise failure("invalid-api-url", "an API is named by nothing", "write its URL, or the path of a file")
        path = written if not folder or written.startswith("/") else f"{folder}/{written}"
        return Target(written, path, False)
    if scheme.lower() not in ("http", "https"):
        raise failure("invalid-api-url", f"an API is not asked over {scheme!r}", "write http:// or https://")
    try:
        parts = urlsplit(written)
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port is not None else ""
    except ValueError as error:
        raise failure("invalid-api-url", "the URL of an API cannot be read", "write https://host:port/path") from error
    if not host or any(letter.isspace() or not letter.isprintable() for letter in written):
        raise failure("invalid-api-url", "the URL of an API names no host", "write https://host:port/path")
    shown = f"[{host}]" if ":" in host else host
    return Target(f"{parts.scheme}://{shown}{port}{parts.path.rstrip('/')}", written, True)


def load(target: Target, timeout: float = TIMEOUT, headers: Mapping[str, str] = _NO_HEADERS) -> Mapping[str, Any]:
    """The document of an API; raises `IsotypeError` with the reason why there is none."""
    return _parsed(target, _fetched(target, timeout, headers) if target.remote else _file(target))


# Bytes


def _file(target: Target) -> bytes:
    try:
        with open(target.address, "rb") as file:  # noqa: PTH123
            content = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "that is no path"
        looks_like_address = _HOST_AND_PORT.match(target.address) is not None
        way_out = "write http:// before it" if looks_like_address else "correct its path, or give the URL of the API"
        raise failure("unreadable-file", f"the document {target.name!r} cannot be read: {reason}", way_out) from error
    return _bounded(target, content)


def _fetched(target: Target, timeout: float, headers: Mapping[str, str]) -> bytes:
    """The document at the address itself where it is named like a file; else where APIs have it, or at the address."""
    scheme, location, path, query, _ = urlsplit(target.address)
    below = urlunsplit((scheme, location, path.rstrip("/") + PLACE, query, ""))
    itself = urlunsplit((scheme, location, path, query, ""))
    if path.endswith(ENDINGS):
        return _got(target, itself, timeout, headers)
    try:
        return _got(target, below, timeout, headers)
    except IsotypeError as error:
        if not path.strip("/") or error.findings[0].code != "no-api-document":
            raise
        return _got(target, itself, timeout, headers)


def _got(target: Target, address: str, timeout: float, headers: Mapping[str, str]) -> bytes:
    import http.client
    import time
    import urllib.error
    import urllib.request

    deadline = time.monotonic() + timeout
    try:
        with _opener().open(_request(address, headers), timeout=timeout) as response:
            return _bounded(target, _read(target, response, deadline))
    except urllib.error.HTTPError as error:
        error.close()
        code = "no-api-document" if error.code in (404, 405, 406, 410) else "api-refuses"
        raise failure(
            code,
            f"{target.name} answers {error.code} where its document should be",
            _ways_out(error.code),
        ) from error
    except TimeoutError as error:
        raise _too_slow(target) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = getattr(error, "reason", error)
        if isinstance(reason, TimeoutError):
            raise _too_slow(target) from error
        message, suggestion = _unreachable(target.name, reason)
        raise failure("cannot-connect", message, suggestion) from error


def _ways_out(status: int) -> str:
    if status in (401, 403):
        return "give a login: user:password@ in its URL, or --header 'Authorization: Bearer $TOKEN'"
    if status >= 500:
        return "its own log says why; or give a file that holds its document"
    return "give the URL of its OpenAPI document, or of a file that holds it"


def _unreachable(name: str, reason: object) -> tuple[str, str]:
    """Why an API cannot be asked, and the way out."""
    import ssl

    if isinstance(reason, ssl.SSLCertVerificationError):
        return f"{name} cannot be trusted: {reason.verify_message}", "correct its certificate, or its URL"
    if isinstance(reason, ssl.SSLError):
        return f"{name} does not speak TLS", "write http:// where there is none, or correct its URL"
    words = (reason.strerror if isinstance(reason, OSError) else "") or type(reason).__name__
    return f"{name} cannot be asked: {words}", "start it, or correct its URL"


def _opener() -> Any:
    """What fetches over HTTP and nothing else, wherever a redirect leads."""
    from urllib import request

    opener = request.OpenerDirector()
    for handler in (
        request.ProxyHandler(),
        request.HTTPHandler(),
        request.HTTPSHandler(),
        request.HTTPDefaultErrorHandler(),
        request.HTTPRedirectHandler(),
        request.HTTPErrorProcessor(),
        request.UnknownHandler(),
    ):
        opener.add_handler(handler)
    return opener


def _request(address: str, further: Mapping[str, str]) -> Any:
    from base64 import b64encode
    from urllib.request import Request

    parts = urlsplit(address)
    user, at, location = parts.netloc.rpartition("@")
    headers = {"Accept": "application/json, application/yaml;q=0.9, */*;q=0.5", "User-Agent": "isotype"}
    made = Request(urlunsplit(parts._replace(netloc=location)), headers=headers)
    secret = {"Authorization": f"Basic {b64encode(unquote(user).encode()).decode()}"} if at else {}
    for name, value in {**secret, **further}.items():
        # Where a redirect leads, nobody hears them.
        made.add_unredirected_header(name, value)
    return made


def _read(target: Target, response: HTTPResponse, deadline: float) -> bytes:
    import time

    content = bytearray()
    while part := response.read1(2**16):
        content += part
        if len(content) > LARGEST:
            break
        if time.monotonic() > deadline:
            raise _too_slow(target)
    return bytes(content)


def _bounded(target: Target, content: bytes) -> bytes:
    if len(content) > LARGEST:
        size = f"{LARGEST >> 20} MiB"
        raise failure("api-document-too-large", f"the document of {target.name} is larger than {size}", "split the API")
    return content


def _too_slow(target: Target) -> IsotypeError:
    return failure("api-too-slow", f"{target.name} does not answer in time", "give it more with --timeout")


# Values


def _parsed(target: Target, content: bytes) -> Mapping[str, Any]:
    way_out = "give the URL of the API, or of its OpenAPI document"
    try:
        text = content.decode("utf-8-sig")
        document: Any = json.loads(text) if text.lstrip()[:1] in ("{", "[") else _yaml(text)
        fits = _fits(document)
    except (ValueError, RecursionError) as error:
        reason = "it is not UTF-8" if isinstance(error, UnicodeError) else "it is neither JSON nor YAML"
        if isinstance(error, RecursionError):
            reason = "it is nested too deep"
        raise failure("unreadable-api-document", f"the document of {target.name}: {reason}", way_out) from error
    if not isinstance(document, Mapping):
        raise failure("unreadable-api-document", f"what {target.name} holds is no document of an API", way_out)
    if not fits:
        raise failure("api-document-too-large", f"the document of {target.name} repeats itself too often", way_out)
    return document


def _yaml(text: str) -> Any:
    """YAML 1.2 as far as documents of APIs use it: `no` and days are text, and so is every key."""
    import yaml

    loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class Loader(loader):  # type: ignore[misc]
        yaml_implicit_resolvers: Mapping[str, Any] = {}

        def construct_mapping(self, node: Any, deep: bool = False) -> dict[str, Any]:
            return {key.value: self.construct_object(value, deep=True) for key, value in node.value}

    Loader.add_constructor("tag:yaml.org,2002:str", lambda loader, node: _scalar(node))
    try:
        return yaml.load(text, Loader)
    except (yaml.YAMLError, TypeError) as error:
        raise ValueError(str(error)) from error


def _scalar(node: Any) -> Any:
    from isotype.language.yaml import CORE

    found = None if node.style else CORE.match(node.value)
    match found and found.lastgroup:
        case "null":
            return None
        case "true" | "false" as flag:
            return flag == "true"
        case "decimal":
            return int(node.value)
        case "number":
            return float(node.value)
        case _:
            return node.value


def _fits(document: Any) -> bool:
    """Whether a document has not more values than one may, those that are repeated counted each time."""
    sizes: dict[int, int] = {}

    def size(value: Any, within: tuple[int, ...]) -> int:
        if not isinstance(value, Mapping | list):
            return 1
        if id(value) in within:
            return MOST_PARTS + 1
        if id(value) not in sizes:
            parts = value.values() if isinstance(value, Mapping) else value
            sizes[id(value)] = 1 + sum(size(part, (*within, id(value))) for part in parts)
        return sizes[id(value)]

    return size(document, ()) <= MOST_PARTS


def failure(code: str, message: str, suggestion: str) -> IsotypeError:
    return IsotypeError(Finding(code, message, suggestion=suggestion))
