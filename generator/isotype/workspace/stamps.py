"""The stamp in a file of saved facts: the digest of the SQL file that they come from.

`drift` writes such files; that one is out of date is seen by its stamp alone.
"""

from __future__ import annotations

from isotype.workspace import files, settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from isotype.workspace.settings import DomainSettings

SQL = "postgres.sql"
"""The generated file that saved facts come from, in the folder of its layer."""

_KEY = b'\n"sql": "'
_HEAD = 2048


def stamp(path: str) -> str:
    """The digest that a file of saved facts carries; '' when it is none, or is not there."""
    try:
        _, found, rest = files.read(path)[:_HEAD].partition(_KEY)
    except OSError:
        return ""
    return rest[: rest.find(b'"')].decode("ascii", "replace") if found else ""


def stale(root: str, table: Mapping[str, Any], domain: DomainSettings, digests: Mapping[str, str]) -> Iterator[str]:
    """The files of saved facts of a domain that do not come from the SQL file with the digest in `digests`.

    Without a generated SQL file there is nothing to hold them against here; a drift run still does.
    """
    if "sql" not in domain.only:
        return
    noted = digests.get(f"{domain.layers['sql'].path}/{SQL}", "")
    for path in settings.drift(table, domain.name).expected:
        if not noted or stamp(f"{root}/{path}") != noted:
            yield path
