"""Who is asked: each witness gives verdicts on JSON texts by the name of a shape."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn, Protocol

from jsonschema import Draft202012Validator
from pydantic import BaseModel, ValidationError

from isotype.layers.zod_types import schema_name
from tests.agreement.domains import Compiled
from tests.engines.node import Node
from tests.engines.typescript import compile_typescript

Case = tuple[str, str]
"""The name of a shape and a JSON text."""


class Witness(Protocol):
    """`target` is the witness's language in the ledger."""

    name: str
    target: str

    def judge(self, cases: Sequence[Case]) -> list[bool]:
        """Whether the witness takes each text."""
        ...


class Pydantic:
    """The schemas, reading JSON text, or JSON that was parsed before, as FastAPI does."""

    target = "python"

    def __init__(self, package: ModuleType, parsed: bool) -> None:
        self.name = "Pydantic, parsed" if parsed else "Pydantic"
        self._package = package
        self._parsed = parsed

    def judge(self, cases: Sequence[Case]) -> list[bool]:
        return [self._takes(self.schema(shape), text) for shape, text in cases]

    def schema(self, shape: str) -> type[BaseModel]:
        """The class of a shape."""
        found: type[BaseModel] = getattr(self._package, shape)
        return found

    def _takes(self, schema: type[BaseModel], text: str) -> bool:
        try:
            if self._parsed:
                schema.model_validate(parse(text))
            else:
                schema.model_validate_json(text)
        except (ValidationError, NotJson):
            return False
        return True


class Zod:
    """The validators, under Node."""

    name = target = "zod"

    def __init__(self, node: Node, folder: Path) -> None:
        self._node = node
        self.schemas = folder / "zod" / "index.js"
        self._module = folder / "judge.mjs"
        self._module.write_text(_JUDGE)

    def judge(self, cases: Sequence[Case]) -> list[bool]:
        answer = self._node.call(self._module, "judge", [[schema_name(shape), text] for shape, text in cases])
        return [verdict == "1" for verdict in answer]


_JUDGE = """
import * as schemas from "./zod/index.js";

const takes = (schema, text) => {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    return "0";
  }
  return schemas[schema].safeParse(value).success ? "1" : "0";
};

export const judge = (cases) => cases.map(([schema, text]) => takes(schema, text)).join("");
"""


class JsonSchema:
    """The schemas of the API document."""

    name = target = "json_schema"

    def __init__(self, document: dict[str, Any]) -> None:
        self._components = document["components"]
        self._validators: dict[str, Draft202012Validator] = {}

    def judge(self, cases: Sequence[Case]) -> list[bool]:
        return [self._takes(shape, text) for shape, text in cases]

    def _takes(self, shape: str, text: str) -> bool:
        try:
            return self.validator(shape).is_valid(parse(text))
        except NotJson:
            return False

    def validator(self, shape: str) -> Draft202012Validator:
        """The validator of a shape."""
        if shape not in self._validators:
            whole = {**self._components["schemas"][shape], "components": self._components}
            self._validators[shape] = Draft202012Validator(whole)
        return self._validators[shape]


class NotJson(ValueError):
    """A text that is no JSON."""


def parse(text: str) -> Any:
    """JSON by the letter of RFC 8259, which knows no NaN."""
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise NotJson(text) from error


def _refuse(word: str) -> NoReturn:
    raise NotJson(word)


def package_name(of: Compiled) -> str:
    """The package that holds the generated Python while the witnesses are there."""
    return f"agreement_{of.name}"


@contextmanager
def witnesses(of: Compiled, folder: Path, node: Node) -> Iterator[list[Witness]]:
    """The witnesses on JSON for one domain, Pydantic first."""
    of.write(folder, "types", "zod")
    package = package_name(of)
    of.write(folder / package, "models", "schemas")
    (folder / package / "__init__.py").write_text("")
    output = compile_typescript(folder)
    sys.path.insert(0, str(folder))
    try:
        importlib.invalidate_caches()
        module = importlib.import_module(f"{package}.schemas")
        document = json.loads(of.files["openapi", "openapi.json"])
        yield [Pydantic(module, False), Pydantic(module, True), Zod(node, output), JsonSchema(document)]
    finally:
        sys.path.remove(str(folder))
        for name in [name for name in sys.modules if name.partition(".")[0] == package]:
            del sys.modules[name]
