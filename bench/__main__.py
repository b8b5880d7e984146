"""`make bench`: the figures of docs/performance.md, measured here and now, as ratios within one run.

**pass** is `python -c pass`; **Cparse** a whole process that loads the same YAML with PyYAML's C loader.
"""

from __future__ import annotations

import compileall
import shutil
import sys
import tempfile
from pathlib import Path

from bench.measure import ratio, run
from bench.workload import schema

ROOT = Path(__file__).resolve().parent.parent
PASS = (sys.executable, "-c", "pass")
CPARSE = (sys.executable, "-c", "import yaml; yaml.load(open('schema/bench.yaml'), yaml.CSafeLoader)")
ISOTYPE = (sys.executable, "-m", "isotype")
REMOVE = (sys.executable, "-c", "import shutil; shutil.rmtree('generated', True)")


def main() -> None:
    """Print a row per figure."""
    compileall.compile_dir(ROOT / "generator", quiet=1)
    print(f"{'what':44} {'measured':>10}  demand")
    with tempfile.TemporaryDirectory() as folder:
        small, large, middle = (_project(Path(folder), count) for count in (10, 1000, 100))
        row("--version", ratio((*ISOTYPE, "--version"), PASS, small, 9).cpu, "pass", 2)
        row("--help", ratio((*ISOTYPE, "--help"), PASS, small, 9).cpu, "pass", 3.5)
        row("generate, N=10, cold", ratio((*ISOTYPE, "generate"), PASS, small, 7, REMOVE).cpu, "pass", 9)
        row("check in sync, N=10", ratio((*ISOTYPE, "check"), PASS, small, 9).cpu, "pass", 3.5)
        cold = ratio((*ISOTYPE, "generate"), CPARSE, large, 5, REMOVE)
        row("generate, N=1000, cold", cold.cpu, "Cparse", 1.3)
        row("peak memory, N=1000", cold.memory / 1000, "of Cparse", 1.3)
        row("check in sync, N=1000", ratio((*ISOTYPE, "check"), PASS, large, 5).cpu, "pass", 6.5)
        row("growth from N=100 to N=1000", _growth(middle, large), "x", 11)


def row(what: str, measured: float, unit: str, demand: float) -> None:
    print(f"{what:44} {measured:10.2f}  {demand:g} {unit}{'' if measured <= demand else '  (over)'}", flush=True)


def _project(parent: Path, count: int) -> Path:
    folder = parent / f"n{count}"
    (folder / "schema").mkdir(parents=True)
    (folder / "schema" / "bench.yaml").write_text(schema(count))
    run((*ISOTYPE, "generate"), folder)
    return folder


def _growth(middle: Path, large: Path) -> float:
    def cold(folder: Path) -> float:
        shutil.rmtree(folder / "generated", True)
        return run((*ISOTYPE, "generate"), folder).cpu - run(PASS, folder).cpu

    return sorted(cold(large) / cold(middle) for _ in range(5))[2]


if __name__ == "__main__":
    main()
