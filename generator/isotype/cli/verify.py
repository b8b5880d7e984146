"""`isotype verify`: do all layers give the same verdict on the same value?"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from isotype.cli import FAILED, FINDINGS, OK, compared, pipeline
from isotype.cli.output import Output, emit, fail, write
from isotype.cli.pipeline import Pipeline
from isotype.cli.progress import Progress
from isotype.findings import Finding, IsotypeError
from isotype.workspace import configuration
from isotype.workspace.configuration import Configuration
from isotype.workspace.settings import DomainSettings

if TYPE_CHECKING:
    from isotype.conformance.engines import Engines
    from isotype.conformance.matrix import Matrix
    from isotype.domain.model import Domain
    from isotype.service.live import Caller


class Asked(NamedTuple):
    """The options of a run; `witnesses` is () for all, `only` an `Entity` or `Entity.field`.

    `api` is the URL of an API that runs, with `headers` for it.
    """

    cases: int = 0
    seed: int = 0
    witnesses: Sequence[str] = ()
    only: str = ""
    quick: bool = False
    raw: bool = True
    api: str = ""
    headers: tuple[str, ...] = ()


def run(
    names: Sequence[str] = (),
    asked: Asked = Asked(),  # noqa: B008 -- frozen
    *,
    output: Output = Output(),  # noqa: B008 -- frozen
    collaborators: Pipeline | None = None,
) -> int:
    """Put values to every layer of the named domains, or of all; the exit code."""
    from isotype.conformance.engines import Engines
    from isotype.conformance.garbage import seldom

    used = collaborators or pipeline.real()
    progress = Progress(output.quiet)
    # A command does without: one that asks a million rows leaves circles behind.
    seldom()
    try:
        found = configuration.load(os.getcwd(), names)  # noqa: PTH109
        if asked.api:
            compared.one_domain(found, "verify")
        with Engines() as engines:
            matrices = [_judge(used, found, domain, asked, progress, engines) for domain in found.domains]
        progress.clear()
    except IsotypeError as error:
        progress.clear()
        return emit(output, "verify", error.findings, FAILED)
    return _emit(output, matrices, asked)


def _judge(
    used: Pipeline, found: Configuration, settings: DomainSettings, asked: Asked, progress: Progress, engines: Engines
) -> Matrix:
    from isotype.conformance.building import compiled
    from isotype.conformance.run import Request, run
    from isotype.conformance.witnesses import NAMES, assembled

    domain, _ = pipeline.load(used, found, settings, raw=asked.raw)
    if asked.only:
        _known(domain, asked.only)
    running = _running(found, settings, asked) if asked.api else None
    witnesses_wanted = dict.fromkeys((*(asked.witnesses or NAMES), *(("http",) if asked.api else ())))
    templates = f"{found.root}/{settings.templates}" if settings.templates else ""
    progress.say(f"{domain.name}: asking for witnesses")
    with (
        tempfile.TemporaryDirectory(prefix="isotype-") as folder,
        compiled(domain, Path(folder), templates) as built,
        assembled(built, Path(found.root), witnesses_wanted, engines, running, divided=True) as (witnesses, missing),
    ):
        if not witnesses:
            raise IsotypeError(*(Finding("no-witness", why) for why in missing.values()))
        request = Request(asked.cases, asked.seed, asked.quick, asked.only)
        return run(built, witnesses, missing, request, progress.say)


def _running(found: Configuration, settings: DomainSettings, asked: Asked) -> Caller:
    """The API that a run asks; raises `IsotypeError` where the configuration does not let tests write there."""
    from isotype.conformance.http.model import steady
    from isotype.drift import api_calls, api_documents, targets
    from isotype.workspace.settings import drift

    where = f"the configuration of {settings.name}"
    named = [targets.expanded(one, os.environ, where) for one in drift(found.table, settings.name).test_apis]
    writable = tuple(api_documents.parse(one, found.root).address for one in named)
    target = api_documents.parse(targets.expanded(asked.api, os.environ, "--api"))
    written = tuple(targets.expanded(one, os.environ, "a header") for one in asked.headers)
    headers = api_calls.headers(written)
    api_calls.check(target, api_calls.Calls(api_calls.WRITE, writable=writable))
    return steady(target.name, api_calls.base(target.address), headers)


def _emit(output: Output, matrices: Sequence[Matrix], asked: Asked) -> int:
    from isotype.conformance.findings import findings
    from isotype.report import agreement

    found = [finding for matrix in matrices for finding in findings(matrix)]
    code = FINDINGS if found else OK
    if output.form not in ("json", "html"):
        lines = [line for matrix in matrices for line in agreement.lines(matrix, bool(asked.only))]
        return emit(output, "verify", found, code, lines)
    text = agreement.document(matrices) if output.form == "json" else agreement.page(matrices)
    if not output.file:
        import sys

        write(sys.stdout, text)
        return code
    try:
        Path(output.file).write_text(text, encoding="utf-8")
    except OSError as error:
        fail(f"the report cannot be written to {output.file!r}: {error.strerror}")
        return FAILED
    written = f"the matrix is written to {output.file}"
    return emit(output._replace(form="text", file=""), "verify", found, code, [written])


def _known(domain: Domain, only: str) -> None:
    """Raises `IsotypeError` where nothing of a domain is called so."""
    from difflib import get_close_matches

    owner, _, field = only.partition(".")
    fields = {it.name: [field.name for field in it.fields] for it in domain.entities}
    fields |= {it.name: [field.name for field in it.fields] for it in domain.objects}
    fields |= {it.name: [column.name for column in it.columns] for it in domain.views}
    fields |= {it.name: [parameter.name for parameter in it.parameters] for it in domain.operations}
    if owner not in fields:
        fact, suggestion = (
            f"names nothing of {domain.name}",
            "give an entity, an object, a view or an operation, and one of its fields",
        )
    elif field and field not in fields[owner]:
        close = get_close_matches(field, fields[owner], 1)
        fact = f"names no field of {owner}"
        suggestion = f"did you mean {owner}.{close[0]}?" if close else f"it has {', '.join(fields[owner])}"
    else:
        return
    raise IsotypeError(Finding("unknown-object", f"{only!r} {fact}", suggestion=suggestion))
