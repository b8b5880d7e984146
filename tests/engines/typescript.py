"""TypeScript and Biome over a folder of sources.

A folder is copied to the cache, under the digest of all it depends on, and compiled there once:
the project's `node_modules` lies above, so that `import "zod"` works from any folder a test makes.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.engines import CACHE, ROOT
from tests.engines.node import find_node, find_package

OPTIONS: Mapping[str, object] = {
    "strict": True,
    "exactOptionalPropertyTypes": True,
    "noUncheckedIndexedAccess": True,
    "module": "nodenext",
    "target": "es2022",
    "lib": ["es2022"],
    "types": [],
    "skipLibCheck": True,
}
"""What every folder is compiled with, beside the options of the call."""

WEB: Mapping[str, object] = {"lib": ["es2022", "dom", "dom.iterable"]}
"""The options of code that calls `fetch`: interfaces and validators do without what browsers have."""

_CONFIGURATION: Mapping[str, object] = json.loads((ROOT / "biome.json").read_text())
BIOME = {name: _CONFIGURATION[name] for name in ("root", "formatter", "linter")}
"""What Biome is told, unless the call says otherwise: the project's configuration, for any folder."""


class TypeScriptError(Exception):
    """The sources do not compile; `diagnostics` says why."""

    def __init__(self, diagnostics: list[str]) -> None:
        super().__init__("\n".join(diagnostics))
        self.diagnostics = diagnostics


def compile_typescript(folder: Path | str, options: Mapping[str, object] | None = None) -> Path:
    """The folder that holds the compiled modules of `folder`; TypeScriptError when a type does not fit."""
    result = _build(Path(folder), options or {})
    diagnostics = _diagnostics(result)
    if diagnostics:
        raise TypeScriptError(diagnostics)
    return result / "out"


def typecheck(folder: Path | str, options: Mapping[str, object] | None = None) -> list[str]:
    """What the compiler has against the sources, as `file(line,column): error TSnnnn: …`; nothing when all is well."""
    return _diagnostics(_build(Path(folder), options or {}))


def biome(folder: Path | str, settings: Mapping[str, object] | None = None) -> list[str]:
    """What Biome has against the sources as they are: lint, import order and format, as `file:line: rule: …`."""
    with tempfile.TemporaryDirectory(dir=_folder(CACHE / "biome")) as temporary:
        source, configuration = Path(temporary) / "source", Path(temporary) / "biome.json"
        _copy(Path(folder), source)
        configuration.write_text(json.dumps(settings or BIOME))
        arguments = ["check", f"--config-path={configuration}", "--reporter=json", "--max-diagnostics=none", "."]
        result = _run(find_package("@biomejs/biome") / "bin" / "biome", *arguments, folder=source)
    try:
        report = json.loads(result.stdout)
    except ValueError:
        return [result.stderr.strip() or result.stdout.strip() or f"Biome ended with {result.returncode}"]
    return [_biome_line(diagnostic) for diagnostic in report["diagnostics"]]


def _build(folder: Path, options: Mapping[str, object]) -> Path:
    """The cache folder with `source/`, `out/` and `diagnostics.json` of this very input."""
    configuration = {
        "compilerOptions": {**OPTIONS, **options, "rootDir": "source", "outDir": "out"},
        "include": ["source/**/*.ts", "source/**/*.tsx", "source/**/*.mts"],
    }
    parent = _folder(CACHE / "typescript")
    target = parent / _digest(folder, configuration)
    if (target / "diagnostics.json").exists():
        return target
    work = Path(tempfile.mkdtemp(prefix="build-", dir=parent))
    _copy(folder, work / "source")
    # Node and the compiler take `.js` and `.ts` for ES modules only where a package says so.
    (work / "package.json").write_text('{"type": "module"}')
    (work / "tsconfig.json").write_text(json.dumps(configuration))
    result = _run(find_package("typescript") / "bin" / "tsc", "-p", "tsconfig.json", "--pretty", "false", folder=work)
    lines = _unfolded(result.stdout)
    if result.returncode and not lines:
        # The compiler itself failed, which says nothing about its input and is not kept.
        shutil.rmtree(work)
        raise TypeScriptError([result.stderr.strip() or f"tsc ended with {result.returncode}"])
    (work / "diagnostics.json").write_text(json.dumps(lines))
    try:
        work.rename(target)
    except OSError:
        # Another worker compiled the same input first, and its result is as good.
        shutil.rmtree(work)
    return target


def _diagnostics(result: Path) -> list[str]:
    lines: list[str] = json.loads((result / "diagnostics.json").read_text())
    return lines


def _unfolded(text: str) -> list[str]:
    """One string per diagnostic, its indented explanation included, without the cache's own folder."""
    lines: list[str] = []
    for line in text.splitlines():
        if line.startswith(" ") and lines:
            lines[-1] += "\n" + line
        elif line.strip():
            lines.append(re.sub(r"^source/", "", line))
    return lines


def _digest(folder: Path, configuration: Mapping[str, Any]) -> str:
    digest = hashlib.sha256(json.dumps(configuration, sort_keys=True).encode())
    digest.update((ROOT / "package-lock.json").read_bytes())
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "node_modules" not in path.parts:
            content = path.read_bytes()
            digest.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:32]


def _copy(folder: Path, target: Path) -> None:
    if not folder.is_dir():
        raise NotADirectoryError(folder)
    shutil.copytree(folder, target, ignore=shutil.ignore_patterns("node_modules", "package.json", "tsconfig.json"))


def _folder(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    return path


def _run(program: Path, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    node = find_node()
    environment = os.environ | {"NO_COLOR": "1", "PATH": f"{Path(node).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    return subprocess.run(
        [node, program, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def _biome_line(diagnostic: Mapping[str, Any]) -> str:
    location = diagnostic.get("location") or {}
    path = location.get("path") or ""
    name = path.get("file", "") if isinstance(path, dict) else path
    line = (location.get("start") or {}).get("line", 0)
    message = diagnostic.get("message") or diagnostic.get("description") or ""
    return f"{name}:{line}: {diagnostic.get('category')}: {message}"
