"""Templates of the user's, which win over ours of the same name and run sandboxed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from isotype.domain.places import Place
from isotype.findings import Finding, IsotypeError
from isotype.layers.templates import SYNTAX, Render


def compiled(folder: str, own: str) -> dict[str, Render]:
    """The templates of a folder by their paths in it; what they include may also stand in `own`.

    One that fails raises `IsotypeError`.
    """
    environment = ImmutableSandboxedEnvironment(
        loader=ChoiceLoader([FileSystemLoader(folder), FileSystemLoader(own)]),
        undefined=StrictUndefined,
        autoescape=False,
        auto_reload=False,
        cache_size=-1,
        **SYNTAX,
    )
    root = Path(folder)
    names = [path.relative_to(root).as_posix() for path in root.rglob("*.j2")]
    return {name: _rendering(environment, name) for name in names}


def _rendering(environment: ImmutableSandboxedEnvironment, template: str) -> Render:
    def render(view: dict[str, Any]) -> str:
        try:
            return environment.get_template(template).render(view)
        except Exception as error:
            # A template may fail in any way that Python code can.
            fact = getattr(error, "message", None) or str(error) or type(error).__name__
            place = Place(template, _line(error, template), 1)
            raise IsotypeError(Finding("template-error", f"template {template!r}: {fact}", place)) from error

    return render


def _line(error: Exception, template: str) -> int:
    """The line of a template that an error comes from, as near as it is known."""
    line = getattr(error, "lineno", None) or 1
    step = error.__traceback__
    while step is not None:
        if Path(step.tb_frame.f_code.co_filename).as_posix().endswith(f"/{template}"):
            line = step.tb_lineno
        step = step.tb_next
    return int(line)
