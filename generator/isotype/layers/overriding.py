"""Templates of the user's, which win over ours of the same name and run sandboxed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined, TemplateError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from isotype.domain.places import Place
from isotype.findings import WARNING, Finding, IsotypeError
from isotype.layers.templates import SYNTAX, Render
from isotype.workspace.files import own_templates


def compiled(folder: str, own: str, name: str = "") -> dict[str, Render]:
    """The templates of a folder by their paths in it; what they include may also stand in `own`.

    One that fails raises `IsotypeError`, which calls the folder by its `name`.
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
    templates = [path.relative_to(root).as_posix() for path in root.rglob("*.j2")]
    return {template: _rendering(environment, template, f"{name}/{template}".lstrip("/")) for template in templates}


def unknown(folder: str, name: str) -> Iterator[Finding]:
    """The files of a folder, called `name`, that stand for nothing: no template of ours has such a name, and none of
    the folder includes one."""
    root, own = Path(folder), Path(own_templates())
    ours = {path.relative_to(own).as_posix() for path in own.rglob("*") if path.is_file()}
    theirs = {path.relative_to(root).as_posix(): path for path in sorted(root.rglob("*.j2"))}
    included: set[str | None] = set()
    for path in theirs.values():
        # What cannot be read or parsed says so itself when it is rendered.
        with suppress(OSError, ValueError, TemplateError):
            included.update(meta.find_referenced_templates(Environment(**SYNTAX).parse(path.read_text("utf-8"))))
    for template in theirs:
        if template in ours or template in included:
            continue
        close = get_close_matches(template, [it for it in ours if it.endswith(".j2")], 1)
        yield Finding(
            "unknown-template",
            f"the template {template!r} takes the place of none",
            Place(f"{name}/{template}", 1, 1),
            f"did you mean {close[0]!r}?" if close else "name it as the template it is to replace",
            severity=WARNING,
        )


def _rendering(environment: ImmutableSandboxedEnvironment, template: str, shown: str) -> Render:
    def render(view: dict[str, Any]) -> str:
        try:
            return environment.get_template(template).render(view)
        except Exception as error:
            # A template may fail in any way that Python code can.
            fact = getattr(error, "message", None) or str(error) or type(error).__name__
            place = Place(shown, _line(error, template), 1)
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
