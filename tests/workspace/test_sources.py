"""Reading schema files, from disk and from git."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from isotype.findings import Finding
from isotype.workspace import sources


def write(root: Path, name: str, content: bytes) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def codes(found: sources.Sources) -> list[str]:
    return [finding.code for finding in found.findings]


def test_a_file_and_a_folder(tmp_path: Path) -> None:
    """A file is one text; a folder is all its YAML, by path, whatever else is in it."""
    for name in ("shop/b.yaml", "shop/a/z.yml", "shop/.hidden.yaml", "shop/notes.txt", "one.yaml"):
        write(tmp_path, name, b"\xef\xbb\xbfx: \xc3\xa9\n")
    assert sources.read(str(tmp_path), "one.yaml").texts == {"one.yaml": "x: é\n"}
    assert list(sources.read(str(tmp_path), "shop").texts) == ["shop/a/z.yml", "shop/b.yaml"]


def test_what_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything that keeps a schema from being read is a finding, and all come together."""
    monkeypatch.setattr(sources, "SIZE_LIMIT", 10)
    write(tmp_path, "shop/a.yaml", b"ok\n\xc3\xa9\xff")
    write(tmp_path, "shop/b.yaml", b"x" * 11)
    (tmp_path / "shop/c.yaml").symlink_to("/dev/null")
    found = sources.read(str(tmp_path), "shop")
    assert codes(found) == ["not-utf-8", "schema-too-large", "not-a-file"]
    assert str(found.findings[0]).startswith("shop/a.yaml:2:2: byte 0xff is not UTF-8")
    assert codes(sources.read(str(tmp_path), "nothing.yaml")) == ["schema-missing"]
    (tmp_path / "empty").mkdir()
    assert codes(sources.read(str(tmp_path), "empty")) == ["schema-missing"]


def test_all_files_together_are_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many files of allowed size may still be too much."""
    monkeypatch.setattr(sources, "TOTAL_LIMIT", 10)
    write(tmp_path, "shop/a.yaml", b"123456")
    write(tmp_path, "shop/b.yaml", b"123456")
    assert codes(sources.read(str(tmp_path), "shop")) == ["schema-too-large"]


def test_a_git_revision(tmp_path: Path) -> None:
    """The schema as it was in a revision, in a project anywhere in the repository; the present one is not looked at."""
    root = tmp_path / "apps/shop"

    def git(*arguments: str) -> None:
        identity = ["-c", "user.name=n", "-c", "user.email=e@e"]
        subprocess.run(["git", *identity, *arguments], cwd=tmp_path, check=True, capture_output=True)

    write(root, "schema/shop/a.yaml", b"old: 1\n")
    write(root, "schema/shop/notes.txt", b"no\n")
    write(root, "schema/one.yaml", b"old: 2\n")
    write(root, "schema/bad.yaml", b"\xff")
    (root / "schema/shop/link.yaml").symlink_to("a.yaml")
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "x")
    write(root, "schema/one.yaml", b"new\n")
    (root / "schema/shop/a.yaml").unlink()

    folder = sources.read_revision(str(root), "schema/shop", "HEAD")
    assert (folder.texts, codes(folder)) == ({"schema/shop/a.yaml": "old: 1\n"}, ["not-a-file"])
    assert sources.read_revision(str(root), "schema/one.yaml", "HEAD") == ({"schema/one.yaml": "old: 2\n"}, ())
    assert codes(sources.read_revision(str(root), "schema/bad.yaml", "HEAD")) == ["not-utf-8"]
    assert codes(sources.read_revision(str(root), "schema/none.yaml", "HEAD")) == ["schema-missing"]
    read = sources.revision_reader(str(root), "HEAD")
    assert (read("schema/one.yaml"), read("schema/shop/a.yaml")) == ("old: 2\n", "old: 1\n")
    assert read("schema/none.yaml") is read("schema/shop") is None
    linked = read("schema/shop/link.yaml")
    assert isinstance(linked, Finding) and linked.code == "not-a-file"
    unknown = sources.revision_reader(str(root), "nothing")("schema/one.yaml")
    assert isinstance(unknown, Finding) and unknown.code == "unknown-revision"
    for hostile in ("nothing", "--output=x", "-h", "HEAD:schema", ""):
        assert codes(sources.read_revision(str(root), "schema/one.yaml", hostile)) == ["unknown-revision"]


def test_a_file_that_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read wherever it is in the project, and never from outside; one that is not there is no finding yet."""
    root = tmp_path / "project"
    write(root, "common/times.yaml", b"\xef\xbb\xbft: \xc3\xa9\n")
    write(root, "common/bad.yaml", b"\xff")
    write(tmp_path, "secret.yaml", b"secret")
    (root / "common/link.yaml").symlink_to("times.yaml")
    (root / "common/out.yaml").symlink_to(tmp_path / "secret.yaml")
    (root / "common/folder.yaml").mkdir()
    read = sources.reader(str(root))
    assert (read("common/times.yaml"), read("common/link.yaml")) == ("t: é\n", "t: é\n")
    assert read("common/none.yaml") is None
    refused = [read(name) for name in ("common/out.yaml", "../secret.yaml", "common/bad.yaml", "common/folder.yaml")]
    assert [found.code for found in refused if isinstance(found, Finding)] == [
        "path-outside-project",
        "path-outside-project",
        "not-utf-8",
        "not-a-file",
    ]
    monkeypatch.setattr(sources, "SIZE_LIMIT", 4)
    large = read("common/times.yaml")
    assert isinstance(large, Finding) and large.code == "schema-too-large"
