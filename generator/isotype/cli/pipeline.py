"""The collaborators of the commands: every real one is wired here, and imported only when it is called."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from isotype.findings import Finding, IsotypeError
from isotype.workspace.configuration import Configuration
from isotype.workspace.settings import DomainSettings

if TYPE_CHECKING:
    from isotype.domain.ledger import NotExpressible
    from isotype.domain.model import Domain
    from isotype.workspace.comparison import Rendered

    Files = tuple[str, dict[str, str], tuple[NotExpressible, ...]]
    """A layer's name, its files (path in its folder → text), and what it cannot express."""


class Pipeline(NamedTuple):
    """What the commands call.

    `load` reads `{name: text}` into the domain that the settings name; `render` makes each layer of one, as its name,
    {path in its folder: text}, and what it cannot express; `lint` finds what is probably not meant in one;
    `editor_schema` is the language as JSON Schema.
    """

    load: Callable[[Mapping[str, str], Configuration, DomainSettings], tuple[Domain | None, tuple[Finding, ...]]]
    render: Callable[[Domain, Configuration, DomainSettings], Iterator[Files]]
    lint: Callable[[Domain], tuple[Finding, ...]]
    editor_schema: Callable[[], Mapping[str, Any]]


def real() -> Pipeline:
    """The pipeline of the command line."""
    return Pipeline(_load, _render, _lint, _editor_schema)


def load(
    pipeline: Pipeline, configuration: Configuration, domain: DomainSettings
) -> tuple[Domain, tuple[Finding, ...]]:
    """The domain as its files say it, and what is worth a warning; raises `IsotypeError` with all that is wrong."""
    from isotype.findings import ERROR
    from isotype.workspace import sources

    texts, findings = sources.read(configuration.root, domain.schema)
    if findings:
        raise IsotypeError(*findings)
    loaded, findings = pipeline.load(texts, configuration, domain)
    if loaded is None or any(finding.severity == ERROR for finding in findings):
        raise IsotypeError(*findings)
    return loaded, findings


def render(pipeline: Pipeline, configuration: Configuration, settings: DomainSettings, domain: Domain) -> Rendered:
    """Everything the domain compiles to, with its place under the project root."""
    from isotype import __version__
    from isotype.workspace import manifest
    from isotype.workspace.comparison import Rendered

    inputs = manifest.input_digest(configuration.root, settings, __version__)
    layers: dict[str, dict[str, bytes]] = {}
    digests: dict[str, str] = {}
    ledger: set[NotExpressible] = set()
    for layer, texts, gaps in pipeline.render(domain, configuration, settings):
        ledger.update(gaps)
        layers[layer] = contents = {}
        for path in list(texts):
            full = f"{settings.layers[layer].path}/{path}"
            if not manifest.is_safe(full):
                raise ValueError(f"the layer {layer!r} would write outside its folder: {path!r}")
            # A large layer is not held twice, as text and as bytes.
            contents[full] = content = texts.pop(path).encode()
            digests[full] = manifest.digest(content)
    return Rendered(settings, layers, digests, inputs, len(ledger))


def _load(
    texts: Mapping[str, str], configuration: Configuration, settings: DomainSettings
) -> tuple[Domain | None, tuple[Finding, ...]]:
    from isotype.language import load

    loaded = load(texts)
    domain = loaded.domain
    if domain is None or domain.name == settings.name.replace("-", "_"):
        return domain, loaded.findings
    from isotype.workspace.configuration import naming_place

    other = naming_place(configuration, settings)
    message = f"the domain is named {domain.name!r} here, and {settings.name!r} by {other}"
    return domain, (*loaded.findings, Finding("domain-misnamed", message, domain.place, "name both alike"))


def _render(domain: Domain, configuration: Configuration, settings: DomainSettings) -> Iterator[Files]:
    from isotype import layers

    options = layers.Options(
        header_source=settings.schema,
        layers={
            layer: layers.LayerOptions(it.path, it.import_base, it.extension) for layer, it in settings.layers.items()
        },
        wanted=settings.only,
        templates=f"{configuration.root}/{settings.templates}" if settings.templates else "",
    )
    return layers.rendered(domain, options)


def _lint(domain: Domain) -> tuple[Finding, ...]:
    from isotype.lint import lint

    return lint(domain)


def _editor_schema() -> Mapping[str, Any]:
    from isotype.language import editor_schema

    return editor_schema()
