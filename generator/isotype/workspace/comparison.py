"""What is on disk against what should be there.

`check` prints the differences, `generate` removes them; both see the same list, so a project that passes the check is
one on which `generate` has nothing to write.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Collection, Iterator, Mapping, Sequence

from isotype.domain.lazy import NamedTuple
from isotype.domain.places import Place
from isotype.findings import Finding
from isotype.workspace import files, manifest, owned, settings
from isotype.workspace.configuration import Configuration
from isotype.workspace.manifest import Manifest
from isotype.workspace.settings import DomainSettings

MISSING = "missing"
EDITED = "edited"
STALE = "stale"
ORPHANED = "orphaned"
FOREIGN = "foreign"

_UNKNOWN = "unknown"
"""What a manifest has for inputs when some layers were never generated."""


class Difference(NamedTuple):
    """One file that is not as it should be.

    `content` is what it should hold, as long as that is not written, and `digest` that of the content; `reason` says of
    something that is no plain file, or not Isotype's, what it is.
    """

    kind: str
    path: str
    domain: str
    layer: str
    content: bytes | None
    digest: str = ""
    reason: str = ""

    @property
    def unwanted(self) -> bool:
        """Whether the file should not be there."""
        return self.kind == ORPHANED


class Rendered(NamedTuple):
    """A domain compiled: the digest of each of its files by its path under the project root, and which of them differ
    from what is there; the manifest that was found, the digest of what the files were made from and the files of shared
    definitions in that; and how much some target cannot express."""

    domain: DomainSettings
    digests: Mapping[str, str]
    differences: Sequence[Difference]
    previous: Manifest
    inputs: str
    shared: Sequence[str] = ()
    gaps: int = 0

    @property
    def ledger(self) -> str:
        """How many entries the ledger has, to end a line with."""
        return f"; ledger: {self.gaps} {'entry' if self.gaps == 1 else 'entries'}" if self.gaps else ""


def compare(
    configuration: Configuration, rendered: Collection[Rendered], only: Collection[str] = (), *, full: bool = False
) -> tuple[Difference, ...]:
    """Every difference, sorted by path, manifests last; `only` restricts it to some layers and to the manifests.

    What former settings left elsewhere in the project is looked for when `full` says so, and when a domain is not, or
    not yet wholly, generated where it now goes.
    """
    root = configuration.root
    known = {item.domain.name: item.previous for item in rendered}
    previous = {it.name: known.get(it.name) or previous_manifest(root, it) for it in configuration.all_domains}
    expected = {path for item in rendered for path in item.digests}
    listed = {path for made in previous.values() for path in made.entries}
    found: dict[str, Difference] = {}
    for item in rendered:
        made = previous[item.domain.name]
        for difference in (*item.differences, *_orphans(root, item.domain, made, expected, listed, only)):
            found.setdefault(difference.path, difference)
    if not only:
        whole = full or any(previous[item.domain.name].inputs in ("", _UNKNOWN) for item in rendered)
        for difference in _former(configuration, rendered, {*expected, *listed}, whole):
            found.setdefault(difference.path, difference)
    manifests = [_manifest_difference(root, item, previous[item.domain.name], only) for item in rendered]
    ordinary = sorted(found.values(), key=lambda it: (_is_manifest(it.path), it.path))
    # A file where a folder should be is in the way of a manifest too.
    return (*ordinary, *(it for it in manifests if it is not None and it.path not in found))


def as_finding(root: str, difference: Difference, source: str) -> Finding:
    """A difference in the words of the check; `source` is the schema the file is made from."""
    path = difference.path
    place = Place(path, 1, 1)
    remake = "run `isotype generate`"
    code = f"{difference.kind}-file"
    if difference.kind == MISSING:
        return Finding(code, f"{path!r} is missing", place, remake, layer=difference.layer)
    if difference.kind == ORPHANED:
        fact = f"{path!r} is left over: nothing generates it any more"
        return Finding(code, fact, place, "run `isotype generate` to remove it", layer=difference.layer)
    if difference.kind == FOREIGN:
        return Finding(
            code,
            f"{path!r} stands where Isotype writes, and {difference.reason}",
            place,
            "move it away, or give the layer another folder",
            layer=difference.layer,
        )
    present = _bytes(f"{root}/{path}")
    line, expected, actual = _first_difference(difference.content or b"", present)
    if b"\n=======\n" in present and b"\n>>>>>>> " in present:
        fact = f"{path!r} holds conflict markers"
    elif difference.kind == EDITED:
        fact = f"{path!r} was edited: line {line} is not as generated"
        remake += ", and change the schema or a template instead"
    elif _is_manifest(path):
        expected = actual = ""
        made_from = f"{source!r}, what it uses, templates, settings and Isotype"
        fact = f"{path!r} was made from something else than the present {made_from}"
    else:
        fact = f"{path!r} is out of date with {source!r}: line {line} differs"
    return Finding(code, fact, Place(path, line, 1), remake, layer=difference.layer, expected=expected, actual=actual)


def outputs(
    root: str,
    domain: DomainSettings,
    layer: str,
    contents: Mapping[str, bytes],
    digests: Mapping[str, str],
    previous: Manifest,
) -> Iterator[Difference]:
    """The differences of one layer, whose files are given by their path under the project root."""
    folders: dict[str, frozenset[str] | None] = {}
    for path, content in contents.items():
        folder, _, name = path.rpartition("/")
        if folder not in folders:
            folders[folder] = _names(f"{root}/{folder}")
        names = folders[folder]
        if names is not None and name not in names:
            yield Difference(MISSING, path, domain.name, layer, content, digests[path])
        elif difference := _difference(root, path, content, digests[path], domain.name, layer, previous):
            yield difference


def previous_manifest(root: str, domain: DomainSettings) -> Manifest:
    """The manifest of a domain as it stands on disk."""
    return _manifest(root, domain.manifest)


def _names(folder: str) -> frozenset[str] | None:
    """What stands in a folder; None when it cannot be told before asking for one file."""
    try:
        return frozenset(os.listdir(folder))  # noqa: PTH208 -- pathlib is slow to import
    except FileNotFoundError:
        return frozenset()
    except OSError:
        return None


def _difference(
    root: str, path: str, content: bytes, digest: str, domain: str, layer: str, made: Manifest
) -> Difference | None:
    try:
        actual = files.read(f"{root}/{path}")
    except FileNotFoundError:
        return Difference(MISSING, path, domain, layer, content, digest)
    except NotADirectoryError:
        return Difference(FOREIGN, _in_the_way(root, path), domain, layer, content, digest, "is no folder")
    except OSError as error:
        return Difference(FOREIGN, path, domain, layer, content, digest, _reason(error))
    if actual == content:
        return None
    noted = made.entries.get(path)
    if noted is None and not files.has_marker(actual) and (layer or actual):
        return Difference(FOREIGN, path, domain, layer, content, digest, "was not made by it")
    kind = STALE if noted is None or noted == manifest.digest(actual) else EDITED
    return Difference(kind, path, domain, layer, content, digest)


def _reason(error: OSError) -> str:
    if error.errno == errno.ELOOP:
        return "is a symbolic link"
    if error.errno == errno.EISDIR:
        return "is a folder"
    return f"cannot be read: {error.strerror}"


def _in_the_way(root: str, path: str) -> str:
    """The outermost part of a path that is there and is no folder, so that it is named once for all below it."""
    steps = path.split("/")
    above = ("/".join(steps[:length]) for length in range(1, len(steps)))
    return next((it for it in above if not os.path.isdir(f"{root}/{it}")), path)  # noqa: PTH112


def _orphans(
    root: str,
    domain: DomainSettings,
    made: Manifest,
    expected: Collection[str],
    listed: Collection[str],
    only: Collection[str],
) -> Iterator[Difference]:
    known = {*listed, *expected}
    left = [path for path in made.entries if path not in expected and files.is_ours(f"{root}/{path}")]
    left += [path for path in owned.unlisted(root, domain, known) if not _is_manifest(path)]
    for path in left:
        layer = layer_of(domain, path)
        if not only or layer in only:
            yield Difference(ORPHANED, path, domain.name, layer, None)


def _former(
    configuration: Configuration, rendered: Collection[Rendered], known: Collection[str], whole: bool
) -> Iterator[Difference]:
    """The outputs of domains that are no more, or that were elsewhere; where not all domains are rendered, those of
    the rendered alone."""
    root = configuration.root
    domains = list(configuration.all_domains)
    judged = {item.domain.name for item in rendered}
    others = {domain.name for domain in domains} - judged
    usual = owned.former(root, configuration.table, domains)
    paths = {*usual, *(owned.elsewhere(root, domains) if whole else ())}
    for path in sorted(paths):
        made = _manifest(root, path)
        name = made.domain or path.split("/")[-2]
        if others and name not in judged:
            continue
        yield Difference(ORPHANED, path, name, "", None)
        for output in made.entries:
            if output not in known and files.is_ours(f"{root}/{output}"):
                yield Difference(ORPHANED, output, name, "", None)


def _manifest_difference(root: str, item: Rendered, made: Manifest, only: Collection[str]) -> Difference | None:
    domain = item.domain
    entries = item.digests
    inputs, shared = item.inputs, item.shared
    if only:
        partial = {path: noted for path, noted in made.entries.items() if layer_of(domain, path) not in only}
        partial |= {path: noted for path, noted in entries.items() if layer_of(domain, path) in only}
        # The layers left alone may be behind, and then the manifest must not say that all of them are up to date.
        if partial != entries:
            inputs, shared, entries = made.inputs or _UNKNOWN, made.shared, partial
    content = manifest.write(domain.name, inputs, entries, shared)
    difference = _difference(root, domain.manifest, content, manifest.digest(content), domain.name, "", made)
    if difference is None or difference.kind != STALE:
        return difference
    return difference if made.sound else difference._replace(kind=EDITED)


def layer_of(domain: DomainSettings, path: str) -> str:
    """The layer in whose folder a path is, the innermost where folders are nested; '' outside all of them."""
    holding = [layer for layer, it in domain.layers.items() if settings.inside(path, it.path)]
    return max(holding, key=lambda layer: len(domain.layers[layer].path), default="")


def _is_manifest(path: str) -> bool:
    return path.rpartition("/")[2] == files.MANIFEST


def _manifest(root: str, path: str) -> Manifest:
    return manifest.parse(_bytes(f"{root}/{path}"))


def _bytes(path: str) -> bytes:
    """What a file holds; nothing when it is no plain file."""
    try:
        return files.read(path)
    except OSError:
        return b""


def _first_difference(expected: bytes, actual: bytes) -> tuple[int, str, str]:
    """The first line that differs, its number and both its forms; '' stands for a line that is not there."""
    wanted = expected.decode("utf-8", "replace").split("\n")
    present = actual.decode("utf-8", "replace").split("\n")
    for number, (left, right) in enumerate(zip(wanted, present, strict=False), 1):
        if left != right:
            return number, left, right
    shorter = min(len(wanted), len(present))
    return shorter + 1, "".join(wanted[shorter : shorter + 1]), "".join(present[shorter : shorter + 1])
