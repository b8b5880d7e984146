"""A client compiled for Node, and a server that answers what a test tells it to."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from email.message import Message
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from isotype.language import load
from isotype.layers import LayerOptions, Options, Rendered, render
from tests.engines.node import Node
from tests.engines.typescript import WEB, compile_typescript

LETTERS = Path(__file__).with_name("letters.yaml")
TYPESCRIPT = ("types", "zod", "client")

PROGRAM = """\
import * as api from "./client/index.js";

type Call = (client: api.Client, call?: object) => Promise<unknown>;

export interface Told {
  readonly client?: api.Client;
  /** Ends the call by its own signal, before it begins or after some milliseconds. */
  readonly abort?: number;
  readonly token?: string;
  /** A `fetch` that only a call by itself reaches, as that of a browser. */
  readonly strict?: boolean;
}

async function strict(this: unknown, ...given: Parameters<typeof fetch>): Promise<Response> {
  if (this !== undefined && this !== globalThis) throw new TypeError("Illegal invocation");
  return fetch(...given);
}

/** What a call gives, or what it fails with. */
export async function ask(baseUrl: string, name: string, call?: object, told: Told = {}): Promise<unknown> {
  const client: api.Client = {
    baseUrl,
    ...told.client,
    ...(told.token === undefined ? {} : { headers: async () => ({ authorization: `Bearer ${told.token}` }) }),
    ...(told.strict === true ? { fetch: strict } : {}),
  };
  const controller = new AbortController();
  if (told.abort === 0) controller.abort(new RangeError("Enough"));
  else if (told.abort !== undefined) setTimeout(() => controller.abort(new RangeError("Enough")), told.abort);
  const options = told.abort === undefined ? {} : { signal: controller.signal };
  try {
    const given = call === undefined && told.abort === undefined ? [] : [{ ...call, ...options }];
    const value = await (api as unknown as Record<string, Call>)[name]?.(client, ...given);
    return value instanceof Blob ? { type: value.type, text: await value.text() } : { value };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const { name: kind, message } = error;
    return { ...error, kind, message, refused: api.isRefusal(error, "findLetters") };
  }
}
"""


class Request(NamedTuple):
    """What came in."""

    method: str
    path: str
    headers: Message
    body: bytes


class Answer(NamedTuple):
    """What goes out; a `wait` is awaited first, and `broken` ends the connection in the middle."""

    status: int = 200
    body: bytes = b""
    type: str = "application/json"
    wait: threading.Event | None = None
    broken: bool = False


class Post:
    """A server: `answer` is what it says next, `requests` what it was asked."""

    def __init__(self) -> None:
        self.answer = Answer()
        self.requests: list[Request] = []
        post = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _handle(self) -> None:
                length = int(self.headers.get("content-length") or 0)
                post.requests.append(Request(self.command, self.path, self.headers, self.rfile.read(length)))
                given = post.answer
                if given.wait is not None:
                    given.wait.wait(10)
                self.send_response(given.status)
                if given.type:
                    self.send_header("content-type", given.type)
                if given.status != 204:
                    self.send_header("content-length", str(len(given.body) + given.broken))
                with suppress(OSError):  # the client may have gone
                    self.end_headers()
                    self.wfile.write(given.body)
                self.close_connection = given.broken

            do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _handle

            def log_message(self, *_: object) -> None:
                """Nothing is printed."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def says(self, value: object, status: int = 200, **others: Any) -> None:
        """What the server answers from now on, as JSON."""
        self.answer = Answer(status, json.dumps(value).encode(), **others)


@pytest.fixture(scope="session")
def running() -> Iterator[Post]:
    """The server of this worker."""
    post = Post()
    thread = threading.Thread(target=post.server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield post
    post.server.shutdown()
    thread.join()
    post.server.server_close()


@pytest.fixture
def post(running: Post) -> Post:
    """The server, asked nothing yet."""
    running.requests.clear()
    running.answer = Answer()
    return running


@cache
def rendered() -> Rendered:
    """The letters in every layer of TypeScript."""
    loaded = load({"letters.yaml": LETTERS.read_text("utf-8")})
    assert loaded.domain is not None and not loaded.findings, [str(finding) for finding in loaded.findings]
    layers = {layer: LayerOptions(layer) for layer in TYPESCRIPT}
    return render(loaded.domain, Options("schema/letters.yaml", layers, TYPESCRIPT))


def write(folder: Path, **others: str) -> Path:
    """Write the layers into a folder, and further modules beside them."""
    files = {f"{layer}/{path}": text for (layer, path), text in rendered().files.items()}
    for path, text in (files | {f"{name}.ts": text for name, text in others.items()}).items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The client and a program that calls it."""
    return compile_typescript(write(tmp_path_factory.mktemp("client"), program=PROGRAM), WEB)


Ask = Callable[..., Any]


@pytest.fixture
def ask(node: Node, compiled: Path, post: Post) -> Ask:
    """A function that makes a call with the client, and gives its result or its error as data."""

    def asked(operation: str, call: object = None, *, url: str = "", **told: object) -> Any:
        given = [] if call is None and not told else [{} if call is None else call, told]
        return node.call(compiled / "program.js", "ask", url or post.url, operation, *given)

    return asked
