"""`check` names every difference, never speaks about nothing, and believes only manifests that hold."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import isotype
from isotype.workspace import manifest, quick
from tests.workspace.conftest import Project

ORDER = "generated/shop/sql/order.sql"
MANIFEST = "generated/shop/isotype.manifest"


def in_sync(project: Project, *names: str) -> bool:
    return quick.in_sync(str(project.root), list(names), isotype.__version__) is not None


def findings(project: Project, *given: str) -> list[str]:
    """The codes `check` prints, after making sure that the fast path does not disagree."""
    code = project.run("check", *given)
    assert code == 1
    assert not in_sync(project)
    codes = [line.rpartition(" [")[2].rstrip("]") for line in project.out.splitlines() if line.endswith("]")]
    assert project.run("check", "--full") == 1
    return codes


@pytest.fixture(autouse=True)
def generated(project: Project) -> None:
    project.run("generate")


def test_in_sync_is_believed(project: Project) -> None:
    """After `generate` the manifest is believed, for all domains or for one."""
    assert in_sync(project) and in_sync(project, "shop")
    assert not in_sync(project, "shop", "nothing")


def test_a_missing_file_is_named(project: Project) -> None:
    """A file that is gone is named."""
    (project.root / ORDER).unlink()
    assert findings(project) == ["missing-file"]
    assert project.out.startswith(f"{ORDER}:1:1: '{ORDER}' is missing (run `isotype generate`)")
    assert project.out.endswith("shop: 12 files, 1 not in sync\n")


def test_an_edited_file_is_named_with_its_line(project: Project) -> None:
    """A file edited by hand is told from one that is behind its schema, and its first different line is shown."""
    project.write(ORDER, project.read(ORDER).replace("sql: order", "sql: odrer"))
    assert findings(project) == ["edited-file"]
    project.run("check")
    assert f"{ORDER}:2:1: '{ORDER}' was edited: line 2 is not as generated" in project.out
    assert "  expected: sql: order\n  actual: sql: odrer\n" in project.out


def test_stale_and_left_over_files_are_named(project: Project) -> None:
    """A changed schema makes its files stale, missing or left over, and the manifest stale."""
    project.write("isotype.toml", 'only = ["sql"]\n')
    project.run("generate")
    project.write("schema/shop.yaml", "order\nuser\n")
    assert sorted(findings(project)) == ["missing-file", "orphaned-file", "stale-file"]


def test_a_change_of_every_byte_of_input_is_seen(project: Project) -> None:
    """A schema whose outputs stay the same still makes the manifest stale: `check` passes when `generate` would write
    nothing, and only then."""
    project.write("schema/shop.yaml", "order\nitem # a comment\n")
    assert findings(project) == ["stale-file"]
    project.run("generate")
    assert "12 files, 1 written" in project.out
    assert in_sync(project)


def test_an_overriding_template_is_an_input(project: Project) -> None:
    """Changing a template of one's own makes the manifest stale."""
    project.write("isotype.toml", 'templates = "mine"\n')
    template = project.write("mine/sql/table.sql.j2", "one")
    project.run("generate")
    assert in_sync(project)
    template.write_text("two")
    assert findings(project) == ["stale-file"]


def test_a_shared_file_is_an_input(project: Project) -> None:
    """Changing, or removing, a file that a schema uses is seen by both checks, in every domain that uses it; the
    manifest lists it."""
    shared = project.write("schema/_shared/words.txt", "user\n")
    project.write("schema/shop.yaml", "use schema/_shared/words.txt\norder\n")
    project.write("schema/blog.yaml", "use schema/_shared/words.txt\npost\n")
    project.write("schema/wiki.yaml", "page\n")
    project.run("generate")
    assert in_sync(project)
    assert project.read(MANIFEST).splitlines()[2] == "# shares schema/_shared/words.txt"
    shared.write_text("user # a comment\n")
    assert findings(project) == ["stale-file", "stale-file"]
    assert "blog: 12 files, 1 not in sync\nshop: 12 files, 1 not in sync\nwiki: 6 files, in sync\n" in project.out
    project.run("generate")
    assert in_sync(project)
    shared.unlink()
    assert not in_sync(project)
    assert project.run("check") == 2
    assert project.out.count("[unknown-file]") == 2


def test_what_is_wrong_in_a_shared_file_is_said_once(project: Project) -> None:
    """Every domain that uses the file finds it, and it is one finding."""
    project.write("schema/_shared/words.txt", "user!\n")
    project.write("schema/shop.yaml", "use schema/_shared/words.txt\n")
    project.write("schema/blog.yaml", "use schema/_shared/words.txt\n")
    for command in ("generate", "lint"):
        assert project.run(command) == 2
        assert project.out == "schema/_shared/words.txt:1:1: 'user!' is no name (leave out the '!') [bad-name]\n"


def test_another_version_is_another_input(project: Project) -> None:
    """A manifest made by another version of Isotype is not believed."""
    assert in_sync(project)
    assert quick.in_sync(str(project.root), [], "99.0") is None


@pytest.mark.parametrize("place", ["generated/shop/sql/old.sql", "generated/shop/deep/down/old.py"])
def test_an_unlisted_file_with_our_header_is_left_over(project: Project, place: str) -> None:
    """A file that carries the header and is in no manifest is named, wherever it is among the outputs."""
    project.write(place, "-- Generated by Isotype from schema/gone.yaml.\n")
    assert findings(project) == ["orphaned-file"]
    project.run("generate")
    assert not (project.root / place).exists()


def test_the_files_of_others_are_no_concern(project: Project) -> None:
    """Files without the header, links, caches and hidden files among the outputs are not looked at."""
    project.write("generated/shop/sql/mine.sql", "mine\n")
    project.write("generated/shop/models/__pycache__/order.pyc", "Generated by Isotype")
    project.write("generated/shop/.hidden", "Generated by Isotype")
    (project.root / "generated/shop/link").symlink_to(project.root / ORDER)
    os.mkfifo(project.root / "generated/shop/fifo")
    assert in_sync(project)
    assert project.run("check", "--full") == 0


def test_an_edited_manifest_is_not_believed(project: Project) -> None:
    """A manifest that lost a line is not believed even when the file is gone with it."""
    lines = [line for line in project.read(MANIFEST).splitlines(keepends=True) if ORDER not in line]
    project.write(MANIFEST, "".join(lines))
    (project.root / ORDER).unlink()
    assert sorted(findings(project)) == ["edited-file", "missing-file"]


def test_only_full_sees_through_a_forged_manifest(project: Project) -> None:
    """An output and its manifest forged together pass the fast path; `--full` believes neither."""
    project.write(ORDER, "-- Generated by Isotype, forged\n")
    made = manifest.parse((project.root / MANIFEST).read_bytes())
    forged = made.entries | {ORDER: manifest.digest((project.root / ORDER).read_bytes())}
    (project.root / MANIFEST).write_bytes(manifest.write("shop", made.inputs, forged))
    assert project.run("check") == 0
    assert project.run("check", "--full") == 1
    assert f"'{ORDER}' is out of date" in project.out


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        (MANIFEST, "manifest-missing"),
        ("schema", "no-project"),
        ("schema/shop.yaml", "no-schema"),
    ],
)
def test_never_vacuous(project: Project, broken: str, code: str) -> None:
    """Without a manifest, a schema or a project there is nothing to check, and that is exit 2 with the reason."""
    if broken == "schema":
        (project.root / "schema/shop.yaml").unlink()
        (project.root / "schema").rmdir()
    else:
        (project.root / broken).unlink()
    for given in ([], ["--full"]):
        assert project.run("check", *given) == 2
        assert f"[{code}]" in project.out + project.err


def test_no_domain_hides_what_is_wrong_with_another(project: Project) -> None:
    """One never generated, one broken, one edited: each is named, and exit 2 says that not all could be judged."""
    project.write("schema/blog.yaml", "post\n")
    project.write("schema/wiki.yaml", "page!\n")
    project.write(ORDER, "-- Generated by Isotype\nedited\n")
    for given in ([], ["--full"]):
        assert project.run("check", *given) == 2
        assert "the domain 'blog' has no manifest" in project.out
        assert "'page!' is no name" in project.out
        assert f"'{ORDER}' was edited" in project.out
    assert project.run("check", "shop") == 1


def test_raw_sql_is_refused_on_demand(project: Project) -> None:
    """`--no-raw` refuses a schema with raw SQL, in sync or not, and lets every other pass."""
    assert project.run("check", "--no-raw") == 0
    project.write("schema/shop.yaml", "order\n$raw\n")
    assert project.run("generate", "--no-raw") == 2
    assert project.run("generate", "--no-raw", "--dry-run") == 2
    assert project.run("generate") == 0
    assert project.run("check") == 0
    assert project.run("check", "--no-raw") == 2
    assert "'$raw' is raw [raw-sql-refused]" in project.err


def test_a_broken_schema_is_exit_2(project: Project) -> None:
    """What the schema says cannot be known while it is wrong."""
    project.write("schema/shop.yaml", "order!\n")
    assert project.run("check") == 2
    assert "schema/shop.yaml:1:1: 'order!' is no name" in project.out


def test_works_from_a_folder_below(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """The project is found from anywhere inside it."""
    monkeypatch.chdir(project.root / "generated/shop")
    assert project.run("check") == 0
    assert project.run("generate") == 0


def test_a_project_does_not_reach_beyond_its_repository(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A repository without a schema, inside another project, is not that project."""
    project.write("vendor/other/.git/HEAD", "")
    monkeypatch.chdir(project.root / "vendor/other")
    assert project.run("check") == 2
    assert "[no-project]" in project.err


def test_a_link_in_place_of_an_output_is_named(project: Project, tmp_path: Path) -> None:
    """A symbolic link is not believed even when it leads to the right bytes."""
    (project.root / ORDER).rename(tmp_path / "moved.sql")
    (project.root / ORDER).symlink_to(tmp_path / "moved.sql")
    assert findings(project) == ["foreign-file"]


def test_the_digest_is_the_one_that_xxhsum_prints() -> None:
    """The digests are those of a published algorithm, for short contents and for long ones."""
    assert manifest.digest(b"") == "99aa06d3014798d86001c324468d497f"
    assert manifest.digest(b"Generated by Isotype\n") == "49a8738223382fcc255600ddab7aa2e0"
    assert manifest.digest(b"isotype\n" * 100_000) == "a6580ae3c5c72fd9a4d421c1937490f7"


def test_a_large_output_is_read_to_its_end(project: Project) -> None:
    """An edit is seen wherever it is in a file: within what is read at once, at its end, and after it."""
    content = b"-- Generated by Isotype\n".ljust(200_000, b".")
    for length in (65_535, 65_536, 65_537, 131_072, 200_000):
        (project.root / ORDER).write_bytes(content[:length])
        noted = {ORDER: manifest.digest(content[:length])}
        assert manifest.holds(str(project.root), noted)
        for place in {0, length // 2, length - 1}:
            edited = bytearray(content[:length])
            edited[place] += 1
            (project.root / ORDER).write_bytes(edited)
            assert not manifest.holds(str(project.root), noted)
