"""`make bench`: the figures of docs/performance.md, measured here and now, as ratios within one run.

**pass** is `python -c pass`; **Cparse** a whole process that loads the same YAML with PyYAML's C loader. CPU is user
and system time.

`python -m bench commands generated drift peers` measures the parts that are named, all of them when none is.
`python -m bench mutations apis calls types` (`make mutations`) asks every change of a database and of the document of
an API, which takes some ten minutes each, of its answers, and of the types of a frontend instead.
`python -m bench verify` (`make proof`) breaks every layer in every place, and asks `verify` whether it finds that.
"""

from __future__ import annotations

import compileall
import sys
import tempfile
from pathlib import Path

from bench import apis, calls, commands, drift, generated, mutations, peers, types, verify
from bench.projects import scratch
from bench.rows import heading

ROOT = Path(__file__).resolve().parent.parent
ASKED = {
    **{"mutations": mutations.measure, "apis": apis.measure, "calls": calls.measure, "types": types.measure},
    "verify": verify.measure,
}
PARTS = {"commands": commands.measure, "generated": generated.measure, "drift": drift.measure, "peers": peers.measure}


def main(wanted: list[str]) -> None:
    """Print the rows of the parts."""
    known = {**PARTS, **ASKED}
    unknown = sorted(set(wanted) - set(known))
    if unknown:
        raise SystemExit(f"bench: there is no part {unknown[0]!r}; there are {', '.join(known)}")
    compileall.compile_dir(ROOT / "generator", quiet=1)
    if not wanted or not set(wanted) <= set(ASKED):
        heading()
    for name, measure in known.items():
        if name in (wanted or PARTS):
            with tempfile.TemporaryDirectory(dir=scratch(), prefix="isotype-bench-") as folder:
                measure(Path(folder))


if __name__ == "__main__":
    main(sys.argv[1:])
