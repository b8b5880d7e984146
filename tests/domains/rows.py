"""The generated Python of a domain, imported, and what its rows become elsewhere."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.engines.node import Node
from tests.engines.typescript import WEB, compile_typescript

LAYERS = ("models", "schemas", "types", "zod")


class Package:
    """The layers of one domain as they lie in `folder`, the Python ones imported."""

    def __init__(self, domain: str, folder: Path) -> None:
        self.domain = domain
        self.folder = folder
        self.models = importlib.import_module(f"{domain}.models")
        self.schemas = importlib.import_module(f"{domain}.schemas")

    def mapping(self, module: str) -> ModuleType:
        """The mapper of one entity."""
        return importlib.import_module(f"{self.domain}.models.mapping.{module}")

    def parse(self, node: Node, module: str, schema: str, value: Any) -> Any:
        """What a Zod schema makes of a value; an error when it refuses it."""
        compiled = compile_typescript(self.folder, WEB)
        program = compiled / f"{schema}.mjs"
        program.write_text(
            f'import {{ {schema} as schema }} from "{compiled / "zod" / f"{module}.js"}";\n'
            "export const ask = (value) => schema.parse(value);\n"
        )
        return node.call(str(program), "ask", value)


@contextmanager
def packaged(domain: str, folder: Path) -> Iterator[Package]:
    """The package in `folder`, whose name is the domain's; forgotten afterwards."""
    sys.path.insert(0, str(folder.parent))
    try:
        yield Package(domain, folder)
    finally:
        sys.path.remove(str(folder.parent))
        for name in [name for name in sys.modules if name.partition(".")[0] == domain]:
            del sys.modules[name]
