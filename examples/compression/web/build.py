"""`python -m examples.compression.web.build`: the page as static files, in `dist/`."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parents[2]
DIST = FOLDER / "dist"

_STATIC = ("index.html", "style.css", "icon.svg")
_OPTIONS = ("--bundle", "--format=esm", "--target=es2022", "--minify", "--sourcemap", "--log-level=warning")


def build(target: Path = DIST) -> Path:
    """Bundle the program of the page and put everything it needs beside it; the folder that a server serves."""
    target.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [bundler(), "src/main.ts", *_OPTIONS, f"--outfile={target / 'app.js'}"], cwd=FOLDER, check=True, text=True
    )
    for name in _STATIC:
        shutil.copyfile(FOLDER / name, target / name)
    return target


def bundler() -> Path:
    """The program of esbuild, which npm installs for this machine; it needs no Node."""
    packages = ROOT / "node_modules" / "@esbuild"
    for name in ("bin/esbuild", "esbuild.exe"):
        for found in sorted(packages.glob(f"*/{name}")):
            return found
    raise FileNotFoundError(f"esbuild is not installed in {packages}; `npm ci` installs it")


def main() -> int:
    """Build it; 2 when that fails."""
    try:
        build()
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"The page could not be built: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
