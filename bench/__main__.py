"""`make bench`: the figures of docs/performance.md, measured here and now, as ratios within one run.

**pass** is `python -c pass`; **Cparse** a whole process that loads the same YAML with PyYAML's C loader. CPU is user
and system time.

`python -m bench commands generated drift peers` measures the parts that are named, all of them when none is.
"""

from __future__ import annotations

import compileall
import sys
import tempfile
from pathlib import Path

from bench import commands, drift, generated, peers
from bench.projects import scratch
from bench.rows import heading

ROOT = Path(__file__).resolve().parent.parent
PARTS = {"commands": commands.measure, "generated": generated.measure, "drift": drift.measure, "peers": peers.measure}


def main(wanted: list[str]) -> None:
    """Print the rows of the parts."""
    unknown = sorted(set(wanted) - set(PARTS))
    if unknown:
        raise SystemExit(f"bench: there is no part {unknown[0]!r}; there are {', '.join(PARTS)}")
    compileall.compile_dir(ROOT / "generator", quiet=1)
    heading()
    for name, measure in PARTS.items():
        if not wanted or name in wanted:
            with tempfile.TemporaryDirectory(dir=scratch(), prefix="isotype-bench-") as folder:
                measure(Path(folder))


if __name__ == "__main__":
    main(sys.argv[1:])
