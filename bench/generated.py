"""What the generated code costs those who use it."""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path
from statistics import median

from bench.measure import answer, ratio, run
from bench.projects import ISOTYPE, project
from bench.rows import at_least, at_most, skipped

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = Path(__file__).parent / "programs"
TSC = ROOT / "node_modules" / ".bin" / "tsc"
PYDANTIC = (sys.executable, "-c", "from pydantic import BaseModel; BaseModel")
ONE_MODEL = (
    sys.executable,
    "-c",
    "import sys; sys.path.insert(0, 'generated/bench'); from schemas import Thing500Create; Thing500Create",
)
OPTIONS = {
    "strict": True,
    "exactOptionalPropertyTypes": True,
    "module": "nodenext",
    "target": "es2022",
    "lib": ["es2022"],
    "types": [],
    "skipLibCheck": True,
}
_PROOF = re.compile(r"  Proof<typeof (\w+), (\w+)>,")
_INTERFACES = re.compile(r'import type \{[^}]*\} from "\.\./types/\w+\.js";\n')


def measure(parent: Path) -> None:
    """Print a row per figure."""
    large = project(parent, 1000, (*ISOTYPE, "generate", "--only", "schemas"))
    at_most(
        "import of one of 4,000 Pydantic schemas", ratio(ONE_MODEL, PYDANTIC, large, 5).cpu, "import of Pydantic", 2
    )
    small = project(parent, 10, (*ISOTYPE, "generate"))
    speed = answer((sys.executable, PROGRAMS / "pydantic_speed.py"), small)
    at_least("speed of a Pydantic schema", speed, "of one without constraints", 0.5)
    if not TSC.exists():
        skipped("Zod and TypeScript", "npm did not install what package-lock.json lists")
        return
    speed = _zod_speed(small)
    at_least("speed of a Zod schema", speed, "of one tuned by hand", 0.95)
    middle = project(parent, 100, (*ISOTYPE, "generate"))
    at_most("tsc on Zod schemas and interfaces, N=100", _tsc(middle), "of z.infer alone", 1.3)


def _zod_speed(folder: Path) -> float:
    (folder / "package.json").write_text('{"type": "module"}')
    _configure(folder, {"outDir": "out", "rootDir": "generated/bench"}, "generated/bench/zod/thing1.ts")
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    run((TSC, "-p", "."), folder)
    zod = ROOT / "node_modules" / "zod" / "index.js"
    return answer(("node", PROGRAMS / "zod_speed.mjs", folder / "out" / "zod" / "thing1.js", zod), folder)


def _tsc(folder: Path) -> float:
    """The generated code beside the same schemas with `z.infer` for each interface, both read by the same code."""
    (folder / "package.json").write_text('{"type": "module"}')
    both, alone = folder / "both", folder / "alone"
    shutil.copytree(folder / "generated" / "bench" / "types", both / "types")
    shutil.copytree(folder / "generated" / "bench" / "zod", both / "zod")
    shutil.copytree(both, alone)
    for module in sorted((both / "types").glob("thing*.ts")):
        names = re.findall(r"^export interface (\w+)", module.read_text(), re.MULTILINE)
        _use(both, module.stem, f"types/{module.stem}", names)
        _use(alone, module.stem, f"zod/{module.stem}", names)
        _infer(alone, module.stem)
    (alone / "types" / "index.ts").unlink()
    for variant in (both, alone):
        _configure(variant, {"noEmit": True}, "**/*.ts")
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    pairs = [(run((TSC, "-p", both), folder).cpu, run((TSC, "-p", alone), folder).cpu) for _ in range(6)]
    return median(ours / theirs for ours, theirs in pairs[1:])


def _use(variant: Path, name: str, module: str, types: list[str]) -> None:
    lines = [f'import type {{ {", ".join(types)} }} from "./{module}.js";']
    lines += [f"export const of{it} = (value: {it}): {it} => ({{ ...value }});" for it in types]
    (variant / f"use_{name}.ts").write_text("\n".join(lines))


def _infer(variant: Path, name: str) -> None:
    """Write the types of a module's schemas as `z.infer` gives them, and take its interfaces and proofs away."""
    module = variant / "zod" / f"{name}.ts"
    text = module.read_text()
    inferred = [f"export type {it} = z.infer<typeof {schema}>;" for schema, it in _PROOF.findall(text)]
    head, _, _ = text.partition("/** Does not compile where")
    head = _INTERFACES.sub("", head).replace('import type { Proof } from "./support.js";\n', "")
    module.write_text(head + "\n".join(inferred))
    (variant / "types" / f"{name}.ts").unlink()


def _configure(folder: Path, options: dict[str, object], files: str) -> None:
    settings = {"compilerOptions": {**OPTIONS, **options}, "include": [files]}
    (folder / "tsconfig.json").write_text(json.dumps(settings))
