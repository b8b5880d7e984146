"""Differences between disk and schema as a unified diff that `git apply` takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import unified_diff

from isotype.workspace import files
from isotype.workspace.comparison import MISSING, Difference

_NO_NEWLINE = "\\ No newline at end of file"


def unified(root: str, differences: Sequence[Difference]) -> Iterator[str]:
    """The lines of the diff from what is on disk to what should be there."""
    for difference in differences:
        actual = None if difference.kind == MISSING else files.read(f"{root}/{difference.path}")
        before = f"a/{difference.path}" if actual is not None else "/dev/null"
        after = f"b/{difference.path}" if difference.content is not None else "/dev/null"
        yield f"diff --git a/{difference.path} b/{difference.path}"
        if actual is None:
            yield "new file mode 100644"
        elif difference.content is None:
            yield "deleted file mode 100644"
        for line in unified_diff(_lines(actual), _lines(difference.content), before, after, lineterm="\n"):
            yield line.removesuffix("\n")
            if not line.endswith("\n"):
                yield _NO_NEWLINE


def _lines(content: bytes | None) -> list[str]:
    """The lines with their ends; only a line feed ends one, as in git."""
    parts = (content or b"").decode("utf-8", "replace").split("\n")
    lines = [part + "\n" for part in parts[:-1]]
    return [*lines, parts[-1]] if parts[-1] else lines
