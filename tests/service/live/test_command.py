"""`isotype drift --api URL --probe` calls the service itself."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.service.live.foreign import serving
from tests.service.test_command import Project, project

__all__ = ["project"]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where a service answers."""
    with serving("fastapi") as found:
        yield found


def test_reading_calls_what_changes_nothing(project: Project, address: str) -> None:
    """The last line says how many calls there were."""
    assert project.drift("--api", address, "--probe", "read") == 0
    assert "calls of" in project.out


def test_writing_needs_a_declared_target(project: Project, address: str) -> None:
    """Rows are made only where the configuration says that tests may."""
    assert project.drift("--api", address, "--probe", "write") == 2
    assert "[no-test-target]" in project.err
    project.configure(f"[drift]\ntest_apis = [{json.dumps(address)}]\n")
    assert project.drift("--api", address, "--probe", "write") == 0
    assert "in sync" in project.out


def test_a_header_is_never_shown(project: Project, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable fills it; what cannot be read is not repeated."""
    monkeypatch.setenv("TOKEN", "s3cret")
    assert project.drift("--api", address, "--probe", "read", "--header", "Authorization: Bearer $TOKEN") == 0
    assert "s3cret" not in project.out + project.err
    assert project.drift("--api", address, "--probe", "read", "--header", "s3cret") == 2
    assert "[invalid-header]" in project.err
    assert "s3cret" not in project.out + project.err


def test_a_few_requests_are_enough_to_end(project: Project, address: str) -> None:
    """A run ends at its limit, and says so."""
    assert project.drift("--api", address, "--probe", "read", "--requests", "3") == 0
    assert "ended at its limit, after 3 calls" in project.out


def test_a_document_in_a_file_cannot_be_called(project: Project) -> None:
    """Nobody takes a run for one that has called."""
    assert project.drift("--api", project.document("fastapi"), "--probe", "read") == 2
    assert "[no-api-to-call]" in project.err
