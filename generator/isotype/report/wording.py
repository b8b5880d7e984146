"""Text that a terminal, a page or a document can hold as it is."""

from __future__ import annotations

from collections.abc import Iterator

from isotype.findings import Finding

DETAILS = ("expected", "actual", "schema", "repair")


def visible(text: str) -> str:
    """The text on one line, with what a terminal would obey or hide written as an escape."""
    return "".join(
        character if character.isprintable() or character == "\t" else character.encode("unicode_escape").decode()
        for character in text
    )


def visible_lines(text: str) -> list[str]:
    """The same of each line of a text; none of them begins as a command of GitHub's log does."""
    lines = [visible(line) for line in text.split("\n")]
    return [line.replace("::", "\\x3a:", 1) if line.lstrip().startswith("::") else line for line in lines]


def escaped(text: str) -> str:
    """The text as HTML and XML hold it, between tags and in quoted attributes alike."""
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#39;")):
        text = text.replace(character, entity)
    return text


def shown(text: str) -> str:
    """The text as a page shows it: on one line, nothing hidden, nothing obeyed."""
    return escaped(visible(text))


def sentence(finding: Finding) -> str:
    """The fact, and the way out in brackets."""
    return f"{finding.message} ({finding.suggestion})" if finding.suggestion else finding.message


def where(finding: Finding) -> str:
    """The place of a finding, or the path of its object."""
    return str(finding.place) if finding.place.file else finding.path


def details(finding: Finding) -> Iterator[tuple[str, str]]:
    """What a comparison says of a finding, by name."""
    for name in DETAILS:
        if value := _schema(finding) if name == "schema" else str(getattr(finding, name)):
            yield name, value


def _schema(finding: Finding) -> str:
    """The line of the schema that says otherwise, where the finding stands elsewhere."""
    return str(finding.related) if finding.related.file else ""


def counted(count: int, name: str) -> str:
    """`1 error`, `2 errors`."""
    return f"{count} {name}{'' if count == 1 else 's'}"
