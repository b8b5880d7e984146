"""The commit hook lets a repository in sync pass, and nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.hook.repository import Repository, make, offered_hook

POSTGRES = "generated/shop/sql/postgres.sql"
SCHEMAS = "generated/shop/schemas/item.py"
TYPES = "generated/shop/types/item.ts"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository in sync, made once."""
    return make(tmp_path_factory.mktemp("hook") / "template").root


@pytest.fixture
def repository(template: Path, tmp_path: Path) -> Repository:
    """A repository of the test's own, in sync."""
    return Repository(Path(shutil.copytree(template, tmp_path / "repository", symlinks=True)))


Act = Callable[[Repository], None]


def delete(path: str) -> Act:
    return lambda repository: (repository.root / path).unlink()


def edit(path: str, before: str, after: str) -> Act:
    return lambda repository: repository.edit(path, before, after)


def add(path: str, text: str) -> Act:
    return lambda repository: repository.write(path, text)


def add_leftover(repository: Repository) -> None:
    repository.write("generated/shop/schemas/former.py", repository.read(SCHEMAS))


def change_and_generate(repository: Repository) -> None:
    repository.edit("schema/shop.yaml", "string(80)", "string(90)")
    assert repository.isotype("generate").returncode == 0


REFUSED: dict[str, tuple[Act, str]] = {
    "an edited layer": (edit(SCHEMAS, "80", "81"), SCHEMAS),
    "an edited comment": (edit(POSTGRES, "What it costs", "What it cost"), POSTGRES),
    "a deleted file": (delete(TYPES), TYPES),
    "a schema without its layers": (edit("schema/shop.yaml", "string(80)", "string(90)"), SCHEMAS),
    "a shared definition without its layers": (edit("schema/_shared/money.yaml", "(8,2)", "(9,2)"), SCHEMAS),
    "an edited description": (edit("schema/shop.yaml", "A small shop", "A shop"), POSTGRES),
    "a leftover": (add_leftover, "generated/shop/schemas/former.py"),
    "a conflict": (edit(TYPES, "export", "<<<<<<< HEAD\nexport"), TYPES),
    "a setting that changes bytes": (add("isotype.toml", '[layers.zod]\nextension = "none"\n'), "generated/shop/zod"),
}
PASSED: dict[str, Act] = {
    "a schema with its layers": change_and_generate,
    "something else": add("notes.txt", "Nothing of ours\n"),
    "a file of somebody else's beside the generated ones": add("generated/shop/schemas/mine.txt", "Mine\n"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_in_sync_is_not_committed(repository: Repository, case: str) -> None:
    """Both checks name what is at fault, the commit fails with the same words, and `generate` repairs it."""
    act, culprit = REFUSED[case]
    act(repository)
    quick, full = repository.isotype("check"), repository.isotype("check", "--full")
    assert quick.returncode == full.returncode == 1
    assert quick.stdout == full.stdout
    refused = repository.commit()
    assert refused.returncode == 1
    assert culprit in refused.stdout + refused.stderr
    assert repository.commits() == 1
    assert repository.isotype("generate").returncode == 0
    repaired = repository.commit("--allow-empty")
    assert repaired.returncode == 0, repaired.stdout + repaired.stderr


@pytest.mark.parametrize("case", PASSED)
def test_what_is_in_sync_is_committed(repository: Repository, case: str) -> None:
    """Both checks are content, and the commit passes."""
    PASSED[case](repository)
    quick, full = repository.isotype("check"), repository.isotype("check", "--full")
    assert quick.returncode == full.returncode == 0
    assert quick.stdout == full.stdout
    passed = repository.commit()
    assert passed.returncode == 0, passed.stdout + passed.stderr
    assert repository.commits() == 2


def test_a_schema_that_is_wrong_is_not_committed(repository: Repository) -> None:
    """A schema with an error stops the commit with the place of the error."""
    repository.edit("schema/shop.yaml", "string(80)", "strng(80)")
    refused = repository.commit()
    assert refused.returncode != 0
    assert "schema/shop.yaml:11:21:" in refused.stdout + refused.stderr
    assert repository.commits() == 1


def test_a_manifest_that_is_gone_is_missed(repository: Repository) -> None:
    """Without the manifest there is nothing to believe, and the commit fails."""
    [manifest] = [path for path in (repository.root / "generated/shop").iterdir() if path.is_file()]
    manifest.unlink()
    assert repository.commit().returncode != 0
    assert repository.commits() == 1


def test_the_hook_runs_for_a_commit_that_only_deletes() -> None:
    """pre-commit passes no names and skips no commit."""
    hook = offered_hook()
    assert (hook["entry"], hook["always_run"], hook["pass_filenames"]) == ("isotype check", True, False)
