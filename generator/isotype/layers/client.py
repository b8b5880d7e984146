"""The layer `client`: a typed client of the API in TypeScript, on the layers `types` and `zod`.

```
errors.ts      what a call may fail with
http.ts        how a call is made: the input judged, sent, the answer judged
operations.ts  one function for each operation
index.ts       all of it
```

It is for domains with operations.
"""

from __future__ import annotations

from collections.abc import Iterator

from isotype.dialects.literals.typescript import typescript_string
from isotype.dialects.typescript import doc, import_line, import_lines
from isotype.dialects.typescript_layout import INDENT, Call, layout, signature
from isotype.domain.ledger import NotExpressible
from isotype.layers.options import Options
from isotype.layers.rendering import Renderer, header
from isotype.layers.specifiers import across, schemas_name, sibling
from isotype.shapes.model import ApiOperation, Shapes

LAYER = "client"
_TYPES, _ZOD = "types", "zod"


def render(shapes: Shapes, renderer: Renderer, options: Options) -> tuple[dict[str, str], tuple[NotExpressible, ...]]:
    """The layer's files by path; there is nothing that it cannot say."""
    head = [f"// {line}" for line in header(options.header_source)]
    operations = across(options, LAYER, _TYPES, "operations")
    own = {name: sibling(options, LAYER, name) for name in ("errors", "http", "operations")}
    files = {
        "errors.ts": renderer(
            "client/errors.ts.j2",
            header=head,
            imports=import_lines(
                {
                    across(options, LAYER, _TYPES, "errors"): {"ErrorDetail", "ErrorResponse"},
                    operations: {"Operations"},
                }
            ),
        ),
        "http.ts": renderer(
            "client/http.ts.j2",
            header=head,
            imports=import_lines(
                {"zod": {"z"}, operations: {"Operations"}, own["errors"]: {"Issue", "OperationName"}},
                {
                    operations: {"operations"},
                    across(options, LAYER, _ZOD, "errors"): {"errorResponseSchema"},
                    own["errors"]: {"ApiError", "ClientError", "ConnectionError", "ContractError", "ValidationError"},
                },
            ),
        ),
        "operations.ts": renderer(
            "client/operations.ts.j2",
            header=head,
            imports=[
                import_line({f"* as {_SCHEMAS}"}, across(options, LAYER, _ZOD, "operations")),
                import_line({"Call", "Client", "Result"}, own["http"], types_only=True),
                import_line({_SEND}, own["http"]),
            ],
            functions=["\n".join(_function(operation)) for operation in shapes.operations],
        ),
        "index.ts": renderer("client/index.ts.j2", header=head, **own),
    }
    return files, ()


_SEND = "send"
# A name that no function has: theirs begin with small letters.
_SCHEMAS = "Schemas"

_TAKEN = frozenset(
    (
        # What JavaScript keeps.
        *("arguments", "await", "break", "case", "catch", "class", "const", "continue", "debugger", "default"),
        *("delete", "do", "else", "enum", "eval", "export", "extends", "false", "finally", "for", "function", "if"),
        *("implements", "import", "in", "instanceof", "interface", "let", "new", "null", "package", "private"),
        *("protected", "public", "return", "static", "super", "switch", "this", "throw", "true", "try", "typeof"),
        *("var", "void", "while", "with", "yield"),
        # What it has everywhere.
        *("constructor", "escape", "globalThis", "hasOwnProperty", "isFinite", "isPrototypeOf", "parseFloat"),
        *("parseInt", "propertyIsEnumerable", "toLocaleString", "toString", "undefined", "unescape"),
        "valueOf",
        # What the client itself has.
        *("isRefusal", _SEND),
    )
)


def function_name(identifier: str) -> str:
    """The function of an operation: named as the operation, and clear of names that are taken."""
    return f"{identifier}_" if identifier in _TAKEN else identifier


def _function(operation: ApiOperation) -> Iterator[str]:
    call = operation.call
    yield from doc("\n\n".join(part for part in (operation.summary, operation.description, call) if part))
    name = typescript_string(operation.identifier)
    # Parameters of a path and a body are always given.
    given = operation.body is not None or any(parameter.required for parameter in operation.parameters)
    yield signature(
        f"export function {function_name(operation.identifier)}",
        ("client: Client", f"call: Call<{name}>{'' if given else ' = {}'}"),
        f"Promise<Result<{name}>>",
    )
    sent = Call(_SEND, (name, f"{_SCHEMAS}.{schemas_name(operation.identifier)}", "client", "call"))
    yield f"{INDENT}return {layout(sent, INDENT, len(INDENT) + len('return '))};"
    yield "}"
