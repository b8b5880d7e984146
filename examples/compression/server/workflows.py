"""The steps of a workflow: each takes a text, gives a text on, and leaves a result."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from examples.compression.server.analysis import media_type, profile
from examples.compression.server.measuring import Measurement
from generated.compression.schemas.enums import WorkflowAction
from generated.compression.schemas.workflow_step import WorkflowStep

Compress = Callable[[str, int | None, bytes], Measurement]
"""Measures an algorithm of this name on a content, at a level or at its default; StepFailed when it cannot."""


class StepFailed(Exception):
    """A step cannot be done, for a reason that its author can understand."""


@dataclass(frozen=True)
class Done:
    """What a step left: its result, and the text that the next step works on."""

    result: Mapping[str, Any]
    text: str


def first_text(inputs: Mapping[str, str]) -> str:
    """What the first step works on when it renders nothing: the inputs, one below the other."""
    return "\n".join(inputs.values())


def run_step(step: WorkflowStep, text: str, inputs: Mapping[str, str], compress: Compress) -> Done:
    """Do a step."""
    if step.action == WorkflowAction.RENDER:
        rendered = _render(step, inputs)
        return Done({"text": rendered, "characters": len(rendered)}, rendered)
    if not text:
        raise StepFailed(f"Step {step.name!r} has no text: no step before it renders, and no input is given.")
    if step.action == WorkflowAction.ANALYZE:
        return Done(_analyze(text), text)
    assert step.algorithm is not None
    return Done(_measured(compress(step.algorithm, step.compression_level, text.encode())), text)


def repeated(names: Sequence[str]) -> Sequence[int]:
    """The places of the names that stand at an earlier place too."""
    return [place for place, name in enumerate(names) if name in names[:place]]


def _render(step: WorkflowStep, inputs: Mapping[str, str]) -> str:
    assert step.template is not None

    def fill(name: re.Match[str]) -> str:
        try:
            return inputs[name[1]]
        except KeyError:
            raise StepFailed(f"Step {step.name!r} asks for {{{name[1]}}}, which is not among the inputs.") from None

    return re.sub(r"\{(\w+)\}", fill, step.template)


def _analyze(text: str) -> Mapping[str, Any]:
    found = profile(text.encode())
    return {
        "sizeBytes": found.size,
        "characters": len(text),
        "distinctBytes": found.distinct_bytes,
        "entropy": float(found.entropy),
        "redundancy": float(found.redundancy),
        "contentType": media_type(text),
    }


def _measured(by: Measurement) -> Mapping[str, Any]:
    return {
        "algorithm": by.algorithm,
        "compressionLevel": by.level,
        "originalSize": by.original_size,
        "compressedSize": by.compressed_size,
        "compressionRatio": float(by.ratio),
        "compressionTimeMs": float(by.milliseconds),
    }
