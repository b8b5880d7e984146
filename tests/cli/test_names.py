"""A domain has one name: in its schema, and where the project lists it."""

from __future__ import annotations

from pathlib import Path

import pytest

from isotype.cli import FAILED, OK, main

SCHEMA = """isotype: 1
domain: shop
entities: {Book: {fields: {id: {type: int, key: true}}}}
"""


def _run(folder: Path, name: str, monkeypatch: pytest.MonkeyPatch, configuration: str = "") -> int:
    (folder / "schema").mkdir()
    (folder / "schema" / name).write_text(SCHEMA)
    if configuration:
        (folder / "isotype.toml").write_text(configuration)
    monkeypatch.chdir(folder)
    return main(["generate"])


@pytest.mark.parametrize(
    ("file", "configuration", "other"),
    [
        ("store.yaml", "", "'store' by schema/store.yaml"),
        ("shop.yaml", '# ours\n[domains.store]\nschema = "schema/shop.yaml"\n', "'store' by isotype.toml:2:1"),
    ],
)
def test_two_names_are_one_too_many(
    file: str,
    configuration: str,
    other: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Another name than the project's is said with both places, and nothing is written."""
    assert _run(tmp_path, file, monkeypatch, configuration) == FAILED
    message = f"schema/{file}:2:1: the domain is named 'shop' here, and {other} (name both alike) [domain-misnamed]"
    assert message in "".join(capsys.readouterr())
    assert not (tmp_path / "generated").exists()


@pytest.mark.parametrize("name", ["shop.yaml", "shop.yml"])
def test_one_name_is_right(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name of the file is the name of the domain."""
    assert _run(tmp_path, name, monkeypatch) == OK
