"""Templates of the user's run sandboxed, and fail with a finding."""

from __future__ import annotations

from pathlib import Path

import pytest

from isotype.findings import IsotypeError
from isotype.layers.rendering import Renderer

TEMPLATE = "types/enums.ts.j2"
FAILING = {
    "reaching into Python": "{{ header.__class__.__mro__ }}",
    "reaching for subclasses": "{% for line in header %}{{ line.__class__.__base__.__subclasses__() }}{% endfor %}",
    "reaching through a function": "{{ cycler.__init__.__globals__ }}",
    "reaching through a format": "{{ '{0.__class__.__mro__}'.format(header) }}",
    "changing the view": "{{ header.append('x') }}",
    "an unknown name": "{{ nobody_knows_this }}",
    "an unknown filter": "{{ header | no_such_filter }}",
    "a file outside": "{% include '../../isotype.toml' %}",
    "an absolute file": "{% include '/etc/hostname' %}",
    "a block left open": "{% if header %}",
    "a division by zero": "{{ 1 // 0 }}",
    "an endless range": "{% for number in range(10 ** 12) %}x{% endfor %}",
    "itself": "{% include 'types/enums.ts.j2' %}",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of overriding templates."""
    (tmp_path / TEMPLATE).parent.mkdir(parents=True)
    return tmp_path


@pytest.mark.parametrize("case", FAILING)
def test_a_template_that_fails_is_a_finding(folder: Path, case: str) -> None:
    """What a template may not do, or gets wrong, is said with the template and the line."""
    (folder / TEMPLATE).write_text("first line\n" + FAILING[case], encoding="utf-8")
    with pytest.raises(IsotypeError) as raised:
        Renderer(str(folder))(TEMPLATE, header=["x"], enums=[])
    [finding] = raised.value.findings
    assert (finding.code, finding.place.file, finding.place.line) == ("template-error", TEMPLATE, 2)


def test_a_template_that_is_no_text_is_a_finding(folder: Path) -> None:
    """A template in another encoding is said to be one."""
    (folder / TEMPLATE).write_bytes(b"\xff\xfe")
    with pytest.raises(IsotypeError, match="utf-8"):
        Renderer(str(folder))(TEMPLATE, header=[], enums=[])


def test_values_are_never_templates(folder: Path) -> None:
    """Template code in a value is printed, not run, by shipped and by overriding templates."""
    hostile = "{{ 7 * 7 }}{% raw %}{# x #}"
    (folder / TEMPLATE).write_text("{% for line in header %}{{ line }}{% endfor %}", encoding="utf-8")
    assert Renderer(str(folder))(TEMPLATE, header=[hostile], enums=[]) == hostile
    assert hostile in Renderer()(TEMPLATE, header=[hostile], enums=[])
