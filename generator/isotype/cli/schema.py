"""`isotype schema`: the schema language, as JSON Schema for editors."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from isotype.cli import FAILED, OK, output, pipeline
from isotype.cli.pipeline import Pipeline


def run(*, file: str = "", collaborators: Pipeline | None = None) -> int:
    """Print the JSON Schema, or write it to a file; the exit code."""
    text = document(collaborators or pipeline.real())
    if not file:
        output.write(sys.stdout, text)
        return OK
    try:
        Path(file).write_text(text, encoding="utf-8")
    except OSError as error:
        output.fail(f"the schema cannot be written to {file!r}: {error.strerror}")
        return FAILED
    return OK


def document(used: Pipeline) -> str:
    return json.dumps(used.editor_schema(), indent=2) + "\n"
