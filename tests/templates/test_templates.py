"""The shipped templates run without Jinja, and give what Jinja would give."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from isotype import layers
from isotype.language import load
from isotype.layers import rendering, templates
from isotype.workspace.files import own_templates
from tests.engines import ROOT
from tests.schemas import used


class Both(rendering.Renderer):
    """Renders with Jinja too, and notes which templates were used."""

    used: set[str]

    def __init__(self, overriding: str = "", name: str = "") -> None:
        super().__init__(overriding, name)
        loader = FileSystemLoader(own_templates())
        self._jinja = Environment(loader=loader, undefined=StrictUndefined, **templates.SYNTAX)

    def __call__(self, template: str, /, **view: Any) -> str:
        text = super().__call__(template, **view)
        assert text == self._jinja.get_template(template).render(view), template
        Both.used.add(template)
        return text


def test_they_give_what_jinja_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every shipped template, in every view of a schema that uses the whole language, is text for text what Jinja
    makes of it."""
    monkeypatch.setattr(rendering, "Renderer", Both)
    Both.used = set()
    domain = load({"everything.yaml": (ROOT / "tests/schemas/everything.yaml").read_text("utf-8")}, used).domain
    assert domain is not None
    wanted = {layer: layers.LayerOptions(f"out/{layer}") for layer in layers.LAYERS}
    layers.render(domain, layers.Options("everything.yaml", wanted))
    assert Both.used == set(templates.compiled(own_templates()))


@pytest.mark.parametrize("text", ["{{ a | join }}", "{% for a in b %}{{ loop.index }}{% endfor %}", "{% set a = 1 %}"])
def test_what_they_do_without_is_refused(tmp_path: Path, text: str) -> None:
    """A template of ours that uses more of Jinja than is translated is told from the line where it does."""
    (tmp_path / "one.j2").write_text(f"first line\n{text}\n", "utf-8")
    with pytest.raises(ValueError, match=r"one\.j2:2: templates of ours do without"):
        templates.translated(str(tmp_path))


def test_a_changed_template_is_translated_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kept translation is used while the templates stay as they are, and never when it was damaged."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "one.j2").write_text("{{ a }}", "utf-8")
    assert templates.compiled(str(folder))["one.j2"]({"a": 1}) == "1"
    with monkeypatch.context() as patched:
        patched.setattr(templates, "translated", None)
        assert templates.compiled(str(folder))["one.j2"]({"a": 2}) == "2"
    [kept] = (tmp_path / "cache/isotype").iterdir()
    kept.write_bytes(kept.read_bytes()[:-1] + b"?")
    assert templates.compiled(str(folder))["one.j2"]({"a": 3}) == "3"
    (folder / "one.j2").write_text("<{{ a }}>", "utf-8")
    assert templates.compiled(str(folder))["one.j2"]({"a": 4}) == "<4>"


def test_generate_imports_neither_jinja_nor_what_it_needs(tmp_path: Path) -> None:
    """Generating again imports what it uses, and nothing that costs as much as the work."""
    (tmp_path / "schema").mkdir()
    (tmp_path / "schema/shop.yaml").write_text("isotype: 1\ndomain: shop\nenums:\n  Size: [s, m]\n", "utf-8")
    script = "import sys; from isotype.cli import main; main(['generate']); print(*sys.modules, file=sys.stderr)"
    for _ in range(2):
        done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    heavy = {"jinja2", "click", "inspect", "dataclasses", "sqlite3", "subprocess", "sqlalchemy", "pydantic"}
    assert not heavy & set(done.stderr.split())
