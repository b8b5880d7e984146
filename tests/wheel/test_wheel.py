"""What people install works by itself: no checkout, no network, nothing but the three packages it asks for."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

import isotype
from isotype.layers.options import LAYERS
from tests.engines import ROOT
from tests.engines.node import find_node
from tests.wheel.installation import Installation, build, install


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The wheel, installed once."""
    folder = tmp_path_factory.mktemp("wheel")
    return install(build(folder / "dist"), folder / "environment")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """An empty repository."""
    (tmp_path / "shop" / ".git").mkdir(parents=True)
    return tmp_path / "shop"


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".isotype" not in path.relative_to(folder).parts
    }


def test_it_runs_from_its_own_environment(installation: Installation, tmp_path: Path) -> None:
    """Code and templates are those inside the wheel."""
    version = installation.run("--version", folder=tmp_path)
    assert version.stdout == f"isotype {isotype.__version__}\n"
    program = "import isotype; from isotype.workspace.files import own_templates as f; print(isotype.__file__, f())"
    done = installation.run("-c", program, folder=tmp_path, program=installation.python)
    package, templates = map(Path, done.stdout.split())
    assert package.is_relative_to(installation.folder)
    assert templates == package.parent / "templates"
    assert str(ROOT) not in done.stdout


def test_from_nothing_to_a_project_in_sync(installation: Installation, shop: Path) -> None:
    """`init`, `generate`, `check` in an empty repository: every layer is written, and in sync."""
    for command in (("init",), ("generate",), ("check",), ("check", "--full"), ("lint",)):
        done = installation.run(*command, folder=shop)
        assert (done.returncode, done.stderr) == (0, ""), (command, done.stdout)
    assert {path.name for path in (shop / "generated" / "shop").iterdir() if path.is_dir()} == set(LAYERS)
    (shop / "generated" / "shop" / "sql" / "postgres.sql").unlink()
    done = installation.run("check", folder=shop)
    assert done.returncode == 1
    assert "generated/shop/sql/postgres.sql" in done.stdout


def test_types_of_a_frontend_are_read(installation: Installation, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The programs that ask the compiler are in the wheel: what is generated is what the schema says."""
    monkeypatch.setenv("PATH", f"{Path(find_node()).parent}{os.pathsep}{os.environ['PATH']}")
    for command in ("init", "generate"):
        assert installation.run(command, folder=shop).returncode == 0
    (shop / "node_modules").symlink_to(ROOT / "node_modules")
    done = installation.run("drift", "--types", "generated/shop/types/index.ts", folder=shop)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert "nothing found" in done.stdout


def test_in_an_existing_repository_nothing_is_overwritten(installation: Installation, shop: Path) -> None:
    """`init` and `generate` leave every byte that was there."""
    shutil.copytree(ROOT / "tests" / "wheel" / "existing", shop, dirs_exist_ok=True)
    before = contents(shop)
    assert len(before) == 5
    for command in (("init",), ("generate",), ("init",)):
        done = installation.run(*command, folder=shop)
        assert done.returncode == 0, done.stdout + done.stderr
        assert before.items() <= contents(shop).items()
    assert installation.run("check", folder=shop).returncode == 0


def test_a_file_in_the_way_stops_everything(installation: Installation, shop: Path) -> None:
    """A file of somebody else's where output should go is named, and nothing at all is written."""
    assert installation.run("init", folder=shop).returncode == 0
    mine = shop / "generated" / "shop" / "sql" / "postgres.sql"
    mine.parent.mkdir(parents=True)
    mine.write_text("-- Mine\n", encoding="utf-8")
    before = contents(shop)
    done = installation.run("generate", folder=shop)
    assert done.returncode == 2
    assert "generated/shop/sql/postgres.sql" in done.stdout + done.stderr
    assert contents(shop) == before


def test_one_template_overridden(installation: Installation, shop: Path) -> None:
    """A template of one's own takes the place of the one of its name; all other files stay as they were."""
    assert installation.run("init", folder=shop).returncode == 0
    assert installation.run("generate", folder=shop).returncode == 0
    before = contents(shop / "generated")
    own = shop / "templates" / "types" / "enums.ts.j2"
    own.parent.mkdir(parents=True)
    shipped = (ROOT / "templates" / "types" / "enums.ts.j2").read_text(encoding="utf-8")
    own.write_text(shipped + "\n// House rules\n", encoding="utf-8")
    settings = shop / "isotype.toml"
    settings.write_text('templates = "templates"\n', encoding="utf-8")
    assert installation.run("check", folder=shop).returncode == 1
    assert installation.run("generate", folder=shop).returncode == 0
    after = contents(shop / "generated")
    changed = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    assert {path for path in changed if "/types/" in path} == {"shop/types/enums.ts"}
    assert len(changed) == 2, "the file, and the manifest"
    assert after["shop/types/enums.ts"].endswith(b"\n// House rules\n")
    assert installation.run("check", folder=shop).returncode == 0
    own.write_text(shipped, encoding="utf-8")
    assert installation.run("check", folder=shop).returncode == 1
