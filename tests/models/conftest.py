"""The generated packages, rendered and imported once for all tests of the layer."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.models.package import COMPRESSION, EVERYTHING, Imported, Package, imported, package


@pytest.fixture(scope="session")
def everything() -> Package:
    """The layers of the schema that uses every word of the language."""
    return package(EVERYTHING.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def everything_plain() -> Package:
    """The same without a database schema, so that tables have one name everywhere."""
    text = re.sub(r"^ +schema: library\n", "", EVERYTHING.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return package(re.sub(r"\blibrary[._](?=[a-z])(?!code)", "", text))


@pytest.fixture(scope="session")
def compression() -> Package:
    """The layers of the reference domain."""
    return package(COMPRESSION.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def library(everything: Package, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Imported]:
    """The schema that uses every word of the language, imported."""
    with imported(everything, tmp_path_factory.mktemp("library"), "models_of_library") as found:
        yield found


@pytest.fixture(scope="session")
def plain(everything_plain: Package, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Imported]:
    """The same without a database schema, imported."""
    with imported(everything_plain, tmp_path_factory.mktemp("plain"), "models_of_plain") as found:
        yield found


@pytest.fixture(scope="session")
def platform(compression: Package, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Imported]:
    """The reference domain, imported."""
    with imported(compression, tmp_path_factory.mktemp("platform"), "models_of_platform") as found:
        yield found
