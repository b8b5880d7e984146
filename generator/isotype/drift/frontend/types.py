"""All files of a frontend that a domain has types in, against those types.

A file that cannot be read is a failure beside the findings of the others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from isotype.domain.places import Place
from isotype.domain.values import frozen, replace
from isotype.drift.declarations import Declarations
from isotype.drift.frontend import compiler, wording
from isotype.drift.ignoring import Ignored, heeded
from isotype.findings import Compared, Finding, IsotypeError

if TYPE_CHECKING:
    from isotype.drift.frontend.compiler import Project
    from isotype.drift.frontend.targets import TypesFile
    from isotype.drift.source import Source

LAYER = "frontend"

Answer = dict[str, Any]


@frozen
class Result:
    """What was found in the files of a domain, in the order they were named.

    `types` are the generated ones that something was held against. The files are `shared` when they hold types of other
    domains too; `absent` is what would be a failure if they were not.
    """

    domain: str
    findings: tuple[Finding, ...]
    failures: tuple[Finding, ...]
    summary: tuple[str, ...]
    compared: Compared
    types: tuple[str, ...] = ()
    shared: bool = False
    absent: tuple[Finding, ...] = ()

    def covered(self, source: Source) -> frozenset[str]:
        """What of the schema was compared, as findings name it."""
        return frozenset(Declarations(source.shapes).within(self.types))


@frozen
class _Said:
    """What the compiler says of a file; why it says nothing; and what in it the schema does not know."""

    file: TypesFile
    answer: Answer
    failures: tuple[Finding, ...] = ()
    absent: tuple[Finding, ...] = ()

    @property
    def types(self) -> list[str]:
        """The generated types that something was held against."""
        return [it["expected"] for it in self.answer.get("compared", ())]


def judge(
    source: Source,
    files: Sequence[TypesFile],
    ignored: Sequence[Ignored] = (),
    *,
    whole: bool = True,
    shared: bool = False,
) -> Result:
    """Hold the types of every file against the generated ones; `whole` when these are all files there are.

    They are `shared` when they hold types of other domains too.
    """
    known = Declarations(source.shapes)
    said = [*_said(source, known, files)]
    found = {it.file.path: [*_findings(known, it.file, it.answer)] for it in said}
    types = [name for it in said for name in it.types]
    failures = [failure for it in said for failure in it.failures]
    absent = [finding for it in said for finding in it.absent]
    if not types and not failures and not absent:
        absent = [_nothing(files[0], known)]
    if not shared:
        failures, absent = [*failures, *absent], []
    findings = [finding for it in said for finding in found[it.file.path]]
    subject = files[0].name if len(files) == 1 else f"{len(files)} files"
    return Result(
        source.name,
        tuple(heeded(ignored, findings, LAYER, whole and not failures)),
        tuple(dict.fromkeys(failures)),
        tuple(f"{source.name}: {_line(it, found[it.file.path])}" for it in said if it.types or not shared),
        Compared(
            LAYER,
            f"{source.name} in {subject}",
            sum(map(known.parts, types)),
            sum(1 for it in said if it.failures or (it.absent and not shared)),
        ),
        tuple(dict.fromkeys(types)),
        shared,
        tuple(absent),
    )


def _said(source: Source, known: Declarations, files: Sequence[TypesFile]) -> Iterator[_Said]:
    """What the compiler says of each file; one run for all files of a project."""
    answers: dict[str, Answer] = {}
    failures: dict[str, tuple[Finding, ...]] = {}
    projects: dict[Project, list[TypesFile]] = defaultdict(list)
    for file in files:
        named = {name: made for name, made in file.named.items() if made in known.names}
        if named or file.whole:
            try:
                projects[compiler.project_of(file, source.root)].append(replace(file, named=named))
            except IsotypeError as error:
                failures[file.path] = error.findings
    for project, among in projects.items():
        try:
            said = compiler.ask(project, among, source.types, list(known.names))
            answers.update((file.path, answer) for file, answer in zip(among, said, strict=True))
        except IsotypeError as error:
            failures.update((file.path, error.findings) for file in among)
    for file in files:
        answer = answers.get(file.path, {})
        problems = (*failures.get(file.path, ()), *(_problems(file, answer) if answer else ()))
        yield _Said(file, answer, problems, () if problems else tuple(_absent(file, answer, known)))


# What is found


def _findings(known: Declarations, file: TypesFile, answer: Answer) -> Iterator[Finding]:
    for compared in answer.get("compared", ()):
        differences = [it for it in compared["differences"] if it.get("attribute") != "unresolved"]
        for difference in differences:
            yield _finding(known, file, compared, difference, differences)


def _finding(
    known: Declarations, file: TypesFile, compared: Answer, difference: Answer, among: Sequence[Answer]
) -> Finding:
    name, path = compared["name"], difference["path"]
    about = known.of(compared["expected"], path)
    part = wording.spelled(f"{file.name}:{name}", path)
    kind = "property" if path else "type"
    place = _place(file, difference["at"])
    return Finding(
        code=f"drift-{difference['way']}-{kind}",
        message=wording.sentence(name, difference),
        place=place,
        suggestion=wording.suggestion(difference, among, about.refused),
        path=part,
        layer=LAYER,
        expected=difference.get("expected", ""),
        actual=difference.get("actual", ""),
        repair=difference.get("repair", ""),
        object=f"{kind} {part}",
        attribute=difference.get("attribute", ""),
        within=f"type {file.name}:{name}",
        related=about.place,
        declaration=about.name,
    )


def _place(file: TypesFile, at: Mapping[str, Any]) -> Place:
    """A place that the compiler names; in another file of the project from the same root on."""
    root = file.path.removesuffix(file.name)
    return Place(str(at["file"]).removeprefix(root), at["line"], at["column"])


# What cannot be compared


def _problems(file: TypesFile, answer: Answer) -> Iterator[Finding]:
    for error in answer["errors"]:
        fact = f"the compiler says: {error['text']}"
        yield Finding("types-broken", fact, _place(file, error), "correct it, or install the packages of the project")
    for name in answer["unknown"]:
        close = get_close_matches(name, answer["available"], 1)
        way_out = f"did you mean {close[0]!r}?" if close else f"it has {_listed(answer['available'])}"
        yield Finding("unknown-type", f"there is no type {name!r} in {file.name}", _start(file), way_out)
    for name in answer["generic"]:
        way_out = f"name a type that is one of them, as in: type Some{name} = {name}<string>"
        yield Finding("generic-type", f"{name!r} is a type only when its parameters are given", _start(file), way_out)
    for compared in answer["compared"]:
        for difference in compared["differences"]:
            if difference.get("attribute") == "unresolved":
                part = wording.spelled(compared["name"], difference["path"])
                fact = f"the compiler does not know what {part} is: {difference['actual']}"
                way_out = "correct its import, or install the packages of the project"
                yield Finding("types-unresolved", fact, _place(file, difference["at"]), way_out)


def _absent(file: TypesFile, answer: Answer, known: Declarations) -> Iterator[Finding]:
    """What of a file has no type of this schema to be held against."""
    strange = [name for name in file.named.values() if name not in known.names]
    for name in strange:
        close = get_close_matches(name, known.names, 1)
        way_out = f"did you mean {close[0]!r}?" if close else f"there are {_listed(sorted(known.names))}"
        fact = f"the schema makes no type {name!r}, to compare with {file.name}"
        yield Finding("unknown-type", fact, suggestion=way_out)
    if file.alone and not strange and not answer.get("compared"):
        yield _nothing(file, known)


def _nothing(file: TypesFile, known: Declarations) -> Finding:
    fact = f"no type in {file.name} has the name of a generated one"
    way_out = f"say which is which: {file.name}:Name=Generated, with one of {_listed(sorted(known.names))}"
    return Finding("nothing-compared", fact, _start(file), way_out)


def _start(file: TypesFile) -> Place:
    return Place(file.name, 1, 1)


def _line(said: _Said, found: Sequence[Finding]) -> str:
    """What was compared of a file, and what was not."""
    compared = [it["name"] for it in said.answer.get("compared", ())]
    if not compared:
        return (
            f"{said.file.name} could not be compared" if said.failures else f"{said.file.name} has nothing to compare"
        )
    count = f"{len(found)} difference{'' if len(found) == 1 else 's'}" if found else "in sync"
    line = f"{said.file.name}: {count} in {_listed(compared, 'type')}"
    if said.failures:
        line += "; some could not be compared"
    if rest := said.answer["unmatched"]:
        line += f"; not compared, for no generated type has their name: {_listed(rest)}"
    return line


def _listed(names: Sequence[str], counted: str = "") -> str:
    shown = f"{', '.join(names[:8])}{', …' if len(names) > 8 else ''}"
    return f"{len(names)} {counted}{'' if len(names) == 1 else 's'} ({shown})" if counted else shown or "none"
