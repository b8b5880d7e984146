"""The generated text: held against the tools of its readers, and imported no more than needed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.models.package import Package


@pytest.fixture(scope="module", params=["everything", "compression"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A rendered package on disk."""
    written: Package = request.getfixturevalue(request.param)
    root = tmp_path_factory.mktemp("rendered")
    written.write(root / "written")
    return root


def _run(*arguments: str, cwd: Path) -> str:
    result = subprocess.run([sys.executable, *arguments], cwd=cwd, capture_output=True, text=True)
    return "" if result.returncode == 0 else result.stdout + result.stderr


def test_is_clean_for_ruff(folder: Path) -> None:
    """Nobody has to format or mend what was generated."""
    assert _run("-m", "ruff", "check", "--isolated", "written/models", cwd=folder) == ""
    assert _run("-m", "ruff", "format", "--isolated", "--diff", "written/models", cwd=folder) == ""


def test_is_clean_for_mypy(folder: Path) -> None:
    """Models and mapper hold the strictest types."""
    settings = ("--strict", "--config-file=", "--cache-dir=.mypy_cache")
    assert _run("-m", "mypy", *settings, "-p", "written.models", cwd=folder) == ""


def test_models_need_no_pydantic(folder: Path) -> None:
    """Only the mapper needs the schemas; models need their enums alone."""
    code = "import sys, written.models; written.models.metadata; assert 'pydantic' not in sys.modules"
    assert _run("-c", code, cwd=folder) == ""


def test_loads_what_a_model_refers_to(tmp_path: Path, everything: Package) -> None:
    """A model brings the models at the other ends of its relationships, and no others."""
    everything.write(tmp_path / "written")
    code = (
        "import sys; from written.models import Loan; loaded = set(sys.modules)\n"
        "assert {'written.models.book', 'written.models.author'} <= loaded\n"
        "assert 'written.models.metric' not in loaded\n"
        "from sqlalchemy.orm import configure_mappers; configure_mappers()"
    )
    assert _run("-c", code, cwd=tmp_path) == ""
