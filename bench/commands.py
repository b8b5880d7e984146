"""What the commands cost."""

from __future__ import annotations

import sys
from pathlib import Path
from statistics import median

from bench.measure import answer, ratio, run
from bench.projects import ISOTYPE, fresh, project
from bench.rows import at_most, known

PASS = (sys.executable, "-c", "pass")
CPARSE = (sys.executable, "-c", "import yaml; yaml.load(open('schema/bench.yaml'), yaml.CSafeLoader)")
PAIRS = 31
"""The demand is met by little: it takes many to tell."""
GENERATE = (*ISOTYPE, "generate")
CHECK = (*ISOTYPE, "check")
WRITING = Path(__file__).parent / "programs" / "writing.py"


def measure(parent: Path) -> None:
    """Print a row per figure."""
    small, large = project(parent, 10, GENERATE), project(parent, 1000, GENERATE)
    at_most("--version", ratio((*ISOTYPE, "--version"), PASS, small, 9).cpu, "pass", 2)
    at_most("--help", ratio((*ISOTYPE, "--help"), PASS, small, 9).cpu, "pass", 3.5)
    at_most("generate, N=10, cold", ratio(GENERATE, PASS, fresh(parent, 10), 9).cpu, "pass", 9)
    at_most("check in sync, N=10", ratio(CHECK, PASS, small, 9).cpu, "pass", 3.5)
    at_most("check in sync, N=1000", ratio(CHECK, PASS, large, 9).cpu, "pass", 6.5)
    cold = ratio(GENERATE, CPARSE, fresh(parent, 1000), PAIRS)
    at_most("generate, N=1000, cold", cold.cpu, "Cparse", 1.3)
    at_most("  its peak memory", cold.memory, "of Cparse's", 1.3)
    floor = median(answer((sys.executable, WRITING, "generated"), large) / run(CPARSE, large).cpu for _ in range(5))
    known("  floor: a bare loop that writes the same files", floor, "Cparse")
    at_most("growth from N=100 to N=1000", _growth(parent), "x", 11)


def _growth(parent: Path) -> float:
    middle, large = fresh(parent, 100), fresh(parent, 1000)

    def cold(folder: Path) -> float:
        return run(GENERATE, folder).cpu - run(PASS, folder).cpu

    return median(cold(large()) / cold(middle()) for _ in range(3))
