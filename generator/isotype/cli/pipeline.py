"""The collaborators of the commands: every real one is wired here, and imported only when it is called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from isotype.domain.lazy import NamedTuple
from isotype.findings import Finding, IsotypeError
from isotype.workspace.configuration import Configuration
from isotype.workspace.settings import DomainSettings

if TYPE_CHECKING:
    from isotype.domain.ledger import NotExpressible
    from isotype.domain.model import Domain
    from isotype.workspace.comparison import Difference, Rendered
    from isotype.workspace.sources import Reader

    Files = tuple[str, dict[str, str], tuple[NotExpressible, ...]]
    """A layer's name, its files (path in its folder → text), and what it cannot express."""

    Read = tuple[Domain | None, tuple[Finding, ...]]
    """A domain, None when a finding is an error, and the findings."""


class Pipeline(NamedTuple):
    """What the commands call.

    `load` reads `{name: text}` into the domain that the settings name, and further files where the texts use them;
    `render` makes each layer of one, as its name, {path in its folder: text}, and what it cannot express; `lint` finds
    what is probably not meant in one; `editor_schema` is the language as JSON Schema; `raw` refuses each part of one
    that is SQL of its author; `lint_codes` are the codes of what `lint` finds.
    """

    load: Callable[[Mapping[str, str], Reader, Configuration, DomainSettings], Read]
    render: Callable[[Domain, Configuration, DomainSettings], Iterator[Files]]
    lint: Callable[[Domain], tuple[Finding, ...]]
    editor_schema: Callable[[], Mapping[str, Any]]
    raw: Callable[[Domain], Iterator[Finding]]
    lint_codes: Callable[[], Iterable[str]]


def real() -> Pipeline:
    """The pipeline of the command line."""
    return Pipeline(_load, _render, _lint, _editor_schema, _raw, _lint_codes)


def load(
    pipeline: Pipeline, configuration: Configuration, domain: DomainSettings, *, raw: bool = True
) -> tuple[Domain, tuple[Finding, ...]]:
    """The domain as its files say it, and what is worth a warning; raises `IsotypeError` with all that is wrong.

    Where `raw` is not wanted, SQL of the schema's author is.
    """
    from isotype.findings import ERROR
    from isotype.workspace import sources

    texts, findings = sources.read(configuration.root, domain.schema)
    if findings:
        raise IsotypeError(*findings)
    loaded, findings = pipeline.load(texts, sources.reader(configuration.root), configuration, domain)
    if loaded is None or any(finding.severity == ERROR for finding in findings):
        raise IsotypeError(*findings)
    if not raw and (refused := tuple(pipeline.raw(loaded))):
        raise IsotypeError(*findings, *refused)
    return loaded, findings


def render(
    pipeline: Pipeline,
    configuration: Configuration,
    settings: DomainSettings,
    domain: Domain,
    only: Sequence[str] = (),
    take: Callable[[Difference], Difference] = lambda difference: difference,
) -> Rendered:
    """Everything the domain compiles to, held against what stands on disk; `only` compares some layers alone.

    No more than one layer is held at a time, and what `take` keeps of each difference.
    """
    from isotype import __version__
    from isotype.workspace import comparison, manifest

    root = configuration.root
    inputs = manifest.input_digest(root, settings, __version__, domain.shared)
    previous = comparison.previous_manifest(root, settings)
    digests: dict[str, str] = {}
    differences: list[Difference] = []
    ledger: set[NotExpressible] = set()
    for layer, texts, gaps in pipeline.render(domain, configuration, settings):
        ledger.update(gaps)
        contents: dict[str, bytes] = {}
        for path in list(texts):
            full = f"{settings.layers[layer].path}/{path}"
            if not manifest.is_safe(full):
                raise ValueError(f"the layer {layer!r} would write outside its folder: {path!r}")
            # A large layer is not held twice, as text and as bytes.
            contents[full] = content = texts.pop(path).encode()
            digests[full] = manifest.digest(content)
        if not only or layer in only:
            differences += map(take, comparison.outputs(root, settings, layer, contents, digests, previous))
    return comparison.Rendered(settings, digests, differences, previous, inputs, domain.shared, len(ledger))


def _load(texts: Mapping[str, str], read: Reader, configuration: Configuration, settings: DomainSettings) -> Read:
    from isotype.language import load

    loaded = load(texts, read)
    domain, findings = loaded.domain, loaded.findings
    if settings.templates:
        from isotype.layers import overriding

        findings = (*findings, *overriding.unknown(_templates(configuration, settings), settings.templates))
    if domain is None or domain.name == settings.name:
        return domain, findings
    from isotype.workspace.configuration import naming_place

    other = naming_place(configuration, settings)
    message = f"the domain is named {domain.name!r} here, and {settings.name!r} by {other}"
    return domain, (*findings, Finding("domain-misnamed", message, domain.place, "name both alike"))


def _render(domain: Domain, configuration: Configuration, settings: DomainSettings) -> Iterator[Files]:
    from isotype import layers

    options = layers.Options(
        header_source=settings.schema,
        layers={
            layer: layers.LayerOptions(it.path, it.import_base, it.extension) for layer, it in settings.layers.items()
        },
        wanted=settings.only,
        templates=_templates(configuration, settings),
        templates_name=settings.templates,
    )
    return layers.rendered(domain, options)


def _templates(configuration: Configuration, settings: DomainSettings) -> str:
    return f"{configuration.root}/{settings.templates}" if settings.templates else ""


def _lint(domain: Domain) -> tuple[Finding, ...]:
    from isotype.lint import lint

    return lint(domain)


def _lint_codes() -> Iterator[str]:
    from isotype.lint import RULES

    return (rule.identifier for rule in RULES)


def _editor_schema() -> Mapping[str, Any]:
    from isotype.language import editor_schema

    return editor_schema()


def _raw(domain: Domain) -> Iterator[Finding]:
    from isotype import tables
    from isotype.tables import raw

    suggestion = "leave --no-raw out where whoever wrote the schema is trusted"
    for fact, place in raw.raw_parts(tables.project(domain)):
        yield Finding("raw-sql-refused", f"{fact}, and --no-raw refuses it", place, suggestion)
