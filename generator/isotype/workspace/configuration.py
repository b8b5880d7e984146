"""The configuration of a project, checked, with every finding at its line."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence

from isotype.domain.lazy import NamedTuple
from isotype.domain.places import NOWHERE, Place
from isotype.findings import Finding, IsotypeError
from isotype.workspace import project, settings
from isotype.workspace.settings import DomainSettings


class Configuration(NamedTuple):
    """What a project decided. `domains` are those to work on; `all_domains` every one there is.

    `file` is the configuration's name under `root`, '' when the project has none. `ignored` are the lint codes to leave
    out, each alone or as `code:object.path`. `table` is the configuration as written.
    """

    root: str
    file: str
    domains: tuple[DomainSettings, ...]
    all_domains: tuple[DomainSettings, ...]
    ignored: tuple[str, ...]
    table: dict[str, object]


def load(start: str, names: Sequence[str] = ()) -> Configuration:
    """The configuration that holds at a folder, with `names` restricting its domains; raises `IsotypeError`."""
    try:
        found = project.find(os.path.realpath(start))
    except project.Unreadable as error:
        raise IsotypeError(_unreadable(str(error.args[0]), str(error.args[1]))) from error
    if found is None:
        raise IsotypeError(
            Finding(
                "no-project",
                f"there is no project here: neither {project.CONFIGURATION} nor a schema folder at or above {start!r}",
                suggestion="run `isotype init` to start one",
            )
        )
    findings = [
        Finding(code, message, _place(found, path), suggestion)
        for path, code, message, suggestion in settings.problems(found.table)
    ]
    if findings:
        raise IsotypeError(*findings)
    domains = settings.domains(found.table, found.root)
    findings = [*_domain_findings(found, domains), *_sharing_findings(found, domains)]
    if not findings:
        findings = [*_containment_findings(found, domains), *_import_findings(found, domains)]
    chosen, unknown = _restricted(domains, names)
    findings += unknown
    if findings:
        raise IsotypeError(*findings)
    lint = found.table.get("lint") or {}
    return Configuration(found.root, found.file, chosen, tuple(domains), tuple(lint.get("ignore", ())), found.table)


def contained(root: str, path: str) -> bool:
    """Whether a path, wherever links lead it, stays below the root."""
    real = os.path.realpath(root)
    return settings.inside(os.path.realpath(f"{root}/{path}"), real)


def text_place(configuration: Configuration, text: str) -> Place:
    """Where a text stands in quotes in the configuration, or the start of the file."""
    found = project.find(configuration.root)
    if found is None or not found.file:
        return NOWHERE
    for number, line in enumerate(found.text.split("\n"), 1):
        for quoted in (f'"{text}"', f"'{text}'"):
            if quoted in line:
                return Place(found.file, number, line.index(quoted) + 1)
    return Place(found.file, 1, 1)


def naming_place(configuration: Configuration, domain: DomainSettings) -> str:
    """Where a domain has its name from: the configuration that lists it, else the name of its schema."""
    listed = configuration.table.get("domains")
    if not isinstance(listed, dict) or domain.name not in listed:
        return domain.schema
    found = project.find(configuration.root)
    return str(_place(found, ("domains", domain.name))) if found else configuration.file


def _restricted(
    domains: list[DomainSettings], names: Sequence[str]
) -> tuple[tuple[DomainSettings, ...], list[Finding]]:
    known = {domain.name: domain for domain in domains}
    unknown = [
        Finding("unknown-domain", f"there is no domain {name!r}", suggestion=_close(name, list(known)))
        for name in dict.fromkeys(names)
        if name not in known
    ]
    chosen = tuple(domain for domain in domains if not names or domain.name in names)
    return chosen, unknown


def _domain_findings(found: project.Project, domains: list[DomainSettings]) -> Iterator[Finding]:
    if not domains:
        folder = found.table.get("schema", "schema")
        yield Finding(
            "no-schema",
            f"there is no schema in {folder!r}",
            _place(found, ("schema",)),
            f"write one as {folder}/<name>.yaml, or run `isotype init`",
        )
    seen: dict[str, str] = {}
    for domain in domains:
        why = settings.name_problem(domain.name)
        if why:
            yield Finding("invalid-domain-name", f"{domain.schema!r} names no domain", Place(domain.schema, 1, 1), why)
        first = seen.setdefault(domain.name.casefold(), domain.schema)
        if first != domain.schema:
            yield Finding(
                "domain-named-twice",
                f"{first!r} and {domain.schema!r} are both the domain {domain.name!r}",
                Place(domain.schema, 1, 1),
                "rename one of them",
            )


def _sharing_findings(found: project.Project, domains: list[DomainSettings]) -> Iterator[Finding]:
    if len({domain.name for domain in domains}) < len(domains):
        return
    for folder, first, second in settings.sharing(domains):
        yield Finding(
            "shared-folder",
            f"{folder!r} would hold both {first} and {second}",
            Place(found.file, 1, 1) if found.file else NOWHERE,
            "give each a folder of its own; {domain} in a path stands for the domain's name",
        )


def _containment_findings(found: project.Project, domains: list[DomainSettings]) -> Iterator[Finding]:
    for domain in domains:
        folders = {domain.output: ("output",)} | {
            domain.layers[layer].path: ("layers", layer, "path") for layer in domain.only
        }
        for folder, key in folders.items():
            if not contained(found.root, folder):
                yield Finding(
                    "path-outside-project",
                    f"{folder!r} leads outside the project, through a symbolic link",
                    _place(found, ("domains", domain.name, *key)),
                    "give a folder that is really below the project root",
                )
        if domain.templates and not os.path.isdir(f"{found.root}/{domain.templates}"):  # noqa: PTH112
            yield Finding(
                "templates-missing",
                f"there is no folder {domain.templates!r} to take templates from",
                _place(found, ("domains", domain.name, "templates")),
                "create it, or take the setting away",
            )


def _import_findings(found: project.Project, domains: list[DomainSettings]) -> Iterator[Finding]:
    for domain, layer, neighbour in settings.left_out(domains):
        yield Finding(
            "missing-layer",
            f"the layer {layer!r} of {domain!r} imports the layer {neighbour!r}, which `only` leaves out",
            _place(found, ("domains", domain, "only")),
            f"add {neighbour!r} to it, or say where else it is imported from, with import under [layers.{neighbour}]",
        )
    for domain, layer, neighbour in settings.unreachable(domains):
        yield Finding(
            "unreachable-layer",
            f"the {layer} of {domain!r} import its {neighbour}, and no relative import leads from one to the other",
            _place(found, ("domains", domain, "layers", layer)),
            f'say how the {neighbour} are imported, as in [layers.{neighbour}] import = "app.{neighbour}"',
        )


def _unreadable(path: str, reason: str) -> Finding:
    position = re.search(r"\(at line (\d+), column (\d+)\)", reason)
    line, column = (int(position[1]), int(position[2])) if position else (1, 1)
    fact = reason[: position.start()].strip() if position else reason
    return Finding(
        "unreadable-configuration",
        f"the configuration cannot be read: {fact}",
        Place(path.replace(os.sep, "/").rpartition("/")[2], line, column),
        "write it as TOML in UTF-8",
    )


def _place(found: project.Project, path: tuple[str, ...]) -> Place:
    """Where a key stands in the configuration, or the longest part of its path that stands there as written."""
    if not found.file:
        return NOWHERE
    prefix = ("tool", "isotype") if found.file == project.PYPROJECT else ()
    positions = _positions(found.text)
    candidates = [path[:length] for length in range(len(path), 0, -1)]
    candidates += [path[2:][start:] for start in range(len(path[2:])) if path[0] == "domains"]
    for candidate in candidates:
        if (position := positions.get(prefix + candidate)) is not None:
            return Place(found.file, *position)
    return Place(found.file, *positions.get(prefix, (1, 1)))


def _positions(text: str) -> dict[tuple[str, ...], tuple[int, int]]:
    """Line and column of every table header and key, as far as they are written one to a line."""
    positions: dict[tuple[str, ...], tuple[int, int]] = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.split("\n"), 1):
        column = len(line) - len(line.lstrip()) + 1
        if header := re.match(r"\s*\[\s*([^\[\]]+?)\s*\]\s*(?:#.*)?$", line):
            table = _names(header[1])
            positions.setdefault(table, (number, column))
        elif pair := re.match(r"""\s*([\w.\-"' ]+?)\s*=""", line):
            names = table + _names(pair[1])
            for length in range(len(table) + 1, len(names) + 1):
                positions.setdefault(names[:length], (number, column))
    return positions


def _names(dotted: str) -> tuple[str, ...]:
    return tuple(name.strip().strip("\"'") for name in dotted.split("."))


def _close(name: str, known: list[str]) -> str:
    from difflib import get_close_matches

    matches = get_close_matches(name, known, 1)
    return f"did you mean {matches[0]!r}?" if matches else "known here: " + ", ".join(known)
