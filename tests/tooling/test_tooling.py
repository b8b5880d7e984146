"""The files that build, test and check the project say the same things."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

import isotype
from tests.engines import ROOT

TARGETS = [
    "help",
    "generate",
    "check",
    "serve",
    "test",
    "lint",
    "pytest",
    "majors",
    "test-timescale",
    "bench",
    "mutations",
    "proof",
    "picture",
    "format",
    "lock",
    "clean",
]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
NPM_LOCKS = [ROOT / "package-lock.json", *sorted((ROOT / "requirements").glob("*/package-lock.json"))]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def read_yaml(path: str | Path) -> Any:
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))


def test_make_lists_its_targets() -> None:
    """Plain `make` lists every target with a sentence each, and does nothing else."""
    result = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True)
    listed = dict(line.split(maxsplit=1) for line in result.stdout.splitlines())
    assert list(listed) == TARGETS
    assert all(listed.values())


def test_setup_refuses_an_unknown_part() -> None:
    """The setup script names the parts it knows."""
    result = subprocess.run([ROOT / ".make" / "setup", "everything"], capture_output=True, text=True, cwd=ROOT)
    parts = "generate | service | page | dev | node | browser | majors | peers"
    assert (result.returncode, result.stderr) == (1, f"setup: usage: setup {parts}\n")


def test_setup_names_what_to_install(tmp_path: Path) -> None:
    """Without a Python that runs, the setup script says which one is needed and how to name it."""
    (tmp_path / "bin").mkdir()
    shim = tmp_path / "bin" / "python3"
    shim.write_text("#!/bin/sh\necho 'no such version' >&2\nexit 127\n")
    shim.chmod(0o755)
    result = subprocess.run(
        ["/bin/sh", ROOT / ".make" / "setup", "generate"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"PATH": str(tmp_path / "bin")},
    )
    assert result.returncode == 1
    assert result.stderr.startswith("setup: Python 3.11 or newer is needed and none was found; install it")


@pytest.mark.parametrize(
    ("works", "words"),
    [
        (True, ["setup: installing Debian's chromium"]),
        (False, ["setup: installing Debian's chromium", "setup: chromium did not install", "setup: no Chromium was"]),
        (None, ["setup: no Chromium was found"]),
    ],
)
def test_setup_brings_a_browser_where_it_may(tmp_path: Path, works: bool | None, words: list[str]) -> None:
    """Without a browser, Debian's is installed where apt-get and root are; where not, a sentence says what is left out.
    It is no failure, and with a browser there is nothing to do."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "mkdir").symlink_to(shutil.which("mkdir") or "")
    commands = {"id": "echo 0"}
    if works is not None:
        made = f"echo '#!/bin/sh' >'{folder}/chromium'; {shutil.which('chmod')} +x '{folder}/chromium'"
        commands["apt-get"] = f'[ "$1" = update ] || {{ {made if works else "exit 100"}; }}'
    for name, line in commands.items():
        (folder / name).write_text(f"#!/bin/sh\n{line}\n")
        (folder / name).chmod(0o755)

    def setup() -> tuple[int, list[str]]:
        command = ["/bin/sh", str(ROOT / ".make" / "setup"), "browser"]
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env={"PATH": str(folder)})
        return done.returncode, done.stderr.splitlines()

    code, said = setup()
    assert code == 0
    assert len(said) == len(words)
    assert all(line.startswith(start) for line, start in zip(said, words, strict=True))
    assert setup() == (0, [] if works else said)


@pytest.mark.parametrize("path", [".ci/run", ".make/setup", ".make/lock"])
def test_scripts_parse_and_are_executable(path: str) -> None:
    """Every script can be run and has no syntax error."""
    script = ROOT / path
    shell = "bash" if script.read_text().startswith("#!/usr/bin/env bash") else "sh"
    assert script.stat().st_mode & 0o111
    subprocess.run([shell, "-n", script], check=True)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_are_sound(path: Path) -> None:
    """A workflow has least privilege and a time limit, pins every action, and names only files that exist."""
    workflow = read_yaml(path)
    # YAML 1.1 reads the key `on` as true.
    assert set(workflow) == {"name", True, "permissions", "concurrency", "jobs"}
    assert workflow["permissions"] == {"contents": "read"}
    for job in workflow["jobs"].values():
        assert job["timeout-minutes"] <= 30
        for step in job["steps"]:
            assert ("uses" in step) != ("run" in step)
            if "uses" in step:
                assert re.fullmatch(r"[\w.-]+/[\w.-]+@v\d+", step["uses"])
            else:
                assert (ROOT / step["run"].split()[0]).exists()


def test_ci_covers_the_supported_versions_of_python() -> None:
    """The versions tested are the versions promised."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    promised = [name.rsplit(" ", 1)[1] for name in project["classifiers"] if re.search(r"Python :: 3\.\d+$", name)]
    assert read_yaml(".github/workflows/ci.yml")["jobs"]["test"]["strategy"]["matrix"]["python"] == promised
    assert project["requires-python"] == f">={promised[0]}"


def test_hook_runs_on_every_commit() -> None:
    """The offered hook and our own run the check even when a commit only deletes files."""
    [offered] = read_yaml(".pre-commit-hooks.yaml")
    own = next(
        hook for hook in read_yaml(".pre-commit-config.yaml")["repos"][0]["hooks"] if hook["id"] == offered["id"]
    )
    for hook in (offered, own):
        assert hook["entry"].endswith("isotype check")
        assert hook["always_run"] is True
        assert hook["pass_filenames"] is False


def test_readme_gives_the_two_commands() -> None:
    """The commands of the README are the ones the build server runs."""
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert "make generate" in lines
    assert "make test" in lines


@pytest.mark.parametrize("path", [*LOCKS, *NPM_LOCKS], ids=lambda path: path.relative_to(ROOT).as_posix())
def test_locks_hold_no_address(path: Path) -> None:
    """A lock file does not say where a package comes from."""
    assert "//" not in re.sub(r"sha512-[\w+/=]+", "", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_locks_pin_every_package_by_digest(path: Path) -> None:
    """Every line of a Python lock names one version, followed by its digests."""
    entries = re.sub(r"\\\n", "", re.sub(r"(?m)^#.*\n", "", path.read_text(encoding="utf-8"))).splitlines()
    assert entries
    for entry in entries:
        assert re.fullmatch(r"[a-z0-9.-]+==\S+( ; [^#]+?)?(\s+--hash=sha256:[0-9a-f]{64})+\s*", entry), entry


def test_locks_hold_the_declared_packages() -> None:
    """Each package that pyproject.toml requires for a lock is in it, and package.json's are in package-lock.json."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    needed = {"generate": [], "engines": extras["engines"], "node": extras["node"], "peers": extras["peers"]}
    needed["service"] = [*extras["postgres"], *extras["service"]]
    needed["dev"] = [item for name in ("dev", "postgres", "verify", "migrate", "service") for item in extras[name]]
    assert set(needed) == {path.stem for path in LOCKS}
    for lock, requirements in needed.items():
        locked = set(re.findall(r"(?m)^([\w.-]+)==", (ROOT / "requirements" / f"{lock}.txt").read_text()))
        names = {re.split(r"[\[><=]", item)[0].lower() for item in project["dependencies"] + requirements}
        assert names - {"isotype"} <= locked
    for path in NPM_LOCKS:
        declared = json.loads(path.with_name("package.json").read_text())
        root, *packages = json.loads(path.read_text())["packages"].values()
        for word in ("dependencies", "devDependencies"):
            assert root.get(word) == declared.get(word)
        assert all(package["integrity"].startswith("sha512-") for package in packages)


def test_locks_agree_with_each_other() -> None:
    """A package has the same version in every Python lock."""
    versions: dict[str, set[str]] = {}
    for path in LOCKS:
        for name, version in re.findall(r"(?m)^([\w.-]+)==(\S+)", path.read_text(encoding="utf-8")):
            versions.setdefault(name, set()).add(version)
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without a network."""
    from hatchling.builders.wheel import WheelBuilder

    folder = tmp_path_factory.mktemp("wheel")
    [built] = WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])
    return Path(built)


def test_wheel_carries_code_and_templates(wheel: Path) -> None:
    """The wheel holds every module and every template of the tree, and the mark of a typed package."""
    names = set(zipfile.ZipFile(wheel).namelist())
    modules = {path.relative_to(ROOT / "generator").as_posix() for path in (ROOT / "generator").rglob("*.py")}
    templates = {
        f"isotype/{path.relative_to(ROOT).as_posix()}" for path in (ROOT / "templates").rglob("*") if path.is_file()
    }
    assert modules | templates | {"isotype/py.typed"} <= names


def test_wheel_requires_little(wheel: Path) -> None:
    """Installed without extras, Isotype brings four packages."""
    archive = zipfile.ZipFile(wheel)
    [path] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
    metadata = archive.read(path).decode()
    required = [line for line in metadata.splitlines() if line.startswith("Requires-Dist:") and "extra ==" not in line]
    assert [re.split(r"[ ><]", line)[1] for line in required] == ["click", "jinja2", "pyyaml", "xxhash"]
    assert f"\nVersion: {isotype.__version__}\n" in metadata
