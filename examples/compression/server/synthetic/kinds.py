"""How each kind of content writes a record: as text, or for binary content as bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from struct import pack
from typing import Any, Literal
from xml.sax.saxutils import escape, quoteattr

from generated.compression.schemas.enums import SyntheticContent, TextEncoding

Shape = Literal["flat", "nested", "tabular", "whole", "noise"]
"""One text, a text with records below it, a text for each column, a text to insert as it is, or one without order."""


@dataclass(frozen=True, order=True)
class Record:
    """A unit of content."""

    shape: Shape
    texts: tuple[str, ...]
    children: tuple[Record, ...] = ()


@dataclass(frozen=True)
class Document:
    """What holds for all records of a content."""

    columns: tuple[str, ...]
    encoding: TextEncoding
    random: Random = field(repr=False)
    noise: float

    @property
    def plain(self) -> bool:
        """Whether its encoding has no room for every character."""
        return self.encoding in (TextEncoding.US_ASCII, TextEncoding.ISO_8859_1)

    def encode(self, text: str, errors: str = "backslashreplace") -> bytes:
        """A text in the encoding, without a mark for the order of its bytes."""
        codec = "utf-16-le" if self.encoding == TextEncoding.UTF_16 else self.encoding.value
        return text.encode(codec, errors)


@dataclass(frozen=True)
class Kind:
    """A kind of content: what begins and ends it, what stands between records, and how one is written."""

    media_type: str
    extension: str
    write: Callable[[Document, Record, int], bytes]
    fill: Callable[[Document, str], bytes]
    begin: Callable[[Document], bytes] = lambda _: b""
    between: str = ""
    end: str = ""


def _textual(
    write: Callable[[Document, Record, int], str], errors: str = "backslashreplace"
) -> Callable[[Document, Record, int], bytes]:
    return lambda document, record, number: document.encode(write(document, record, number), errors)


def _filled(form: str) -> Callable[[Document, str], bytes]:
    return lambda document, text: document.encode(form.format(text))


# Text


def _write_text(document: Document, record: Record, number: int, depth: int = 0) -> str:
    if record.shape == "tabular":
        return "".join(f"{text:<24}" for text in record.texts).rstrip() + "\n"
    if record.shape == "whole":
        return record.texts[0] + "\n"
    lines = "    " * depth + record.texts[0] + ("." if record.shape == "flat" else ":") + "\n"
    return lines + "".join(_write_text(document, child, number, depth + 1) for child in record.children)


# JSON


def _write_json(document: Document, record: Record, _: int) -> str:
    return json.dumps(_as_json(document, record), ensure_ascii=document.plain)


def _as_json(document: Document, record: Record) -> Any:
    if record.shape == "tabular":
        return dict(zip(document.columns, record.texts, strict=True))
    if record.shape == "nested":
        return {"text": record.texts[0], "parts": [_as_json(document, child) for child in record.children]}
    return record.texts[0]


# CSV: a table in any case, so that its records keep to the columns


def _write_csv(document: Document, record: Record, _: int) -> str:
    texts = list(record.texts)
    if record.shape == "nested":
        texts = [record.texts[0], json.dumps([_as_json(document, child) for child in record.children])]
    texts += [""] * (len(document.columns) - len(texts))
    return ",".join(map(_csv_field, texts)) + "\n"


def _csv_field(text: str) -> str:
    if re.search('[",\r\n]', text):
        return '"' + text.replace('"', '""') + '"'
    return text


def _fill_csv(document: Document, text: str) -> bytes:
    return document.encode(text + "," * (len(document.columns) - 1) + "\n")


def _csv_header(document: Document) -> bytes:
    return document.encode(",".join(map(_csv_field, document.columns)) + "\n")


# XML


def _write_xml(document: Document, record: Record, number: int) -> str:
    if record.shape == "tabular":
        pairs = zip(range(1, len(record.texts) + 1), record.texts, strict=True)
        values = "".join(f" c{place}={quoteattr(_xml_text(text))}" for place, text in pairs)
        return f"<row{values}/>\n"
    if record.shape == "nested":
        inner = "".join(_write_xml(document, child, number) for child in record.children)
        return f"<part title={quoteattr(_xml_text(record.texts[0]))}>\n{inner}</part>\n"
    return f"<item>{escape(_xml_text(record.texts[0]))}</item>\n"


def _xml_text(text: str) -> str:
    """A text without the characters that XML has no way to write."""
    return re.sub("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", text)


def _xml_begin(document: Document) -> bytes:
    return document.encode(f'<?xml version="1.0" encoding="{document.encoding.value}"?>\n<content>\n')


# Logs

_FIRST_INSTANT = datetime(2025, 1, 1, tzinfo=UTC)
_SEVERITIES = ("INFO", "INFO", "INFO", "DEBUG", "WARNING", "INFO", "ERROR")


def _write_log(document: Document, record: Record, number: int) -> str:
    if record.shape == "whole":
        return record.texts[0] + "\n"
    instant = _FIRST_INSTANT + timedelta(milliseconds=137 * number)
    start = f"{instant:%Y-%m-%dT%H:%M:%S}.{instant.microsecond // 1000:03}Z {_SEVERITIES[number % 7]:<7}"
    if record.shape == "tabular":
        pairs = zip(document.columns, record.texts, strict=True)
        return start + "".join(f" {name}={json.dumps(text, ensure_ascii=False)}" for name, text in pairs) + "\n"
    inner = "".join(_write_text(document, child, number, 1) for child in record.children)
    return f"{start} {record.texts[0]}\n{inner}"


# Code: Python that compiles


def _write_code(document: Document, record: Record, number: int) -> str:
    quote = ascii if document.plain else repr
    if record.shape == "tabular":
        return f"row_{number} = ({', '.join(map(quote, record.texts))},)\n"
    if record.shape == "nested":
        return f"\n\ndef part_{number}(value):\n" + _code_body(record, quote, "    ")
    return f"value_{number} = {quote(record.texts[0])}\n"


def _code_body(record: Record, quote: Callable[[str], str], indent: str) -> str:
    lines = [f"{indent}if value == {quote(record.texts[0])}:\n"]
    for child in record.children:
        if child.shape == "nested":
            lines.append(_code_body(child, quote, indent + "    "))
        else:
            lines.append(f"{indent}    value = {quote(child.texts[0])}\n")
    return "".join(lines) + f"{indent}return value\n"


# Binary


def _write_binary(document: Document, record: Record, number: int) -> bytes:
    if record.shape == "whole":
        return record.texts[0].encode()
    if record.shape == "noise":
        return document.random.randbytes(len(record.texts[0]))
    if record.shape == "tabular":
        cells = b"".join(text.encode()[:8].ljust(8, b"\0") for text in record.texts)
        return pack(">I", number) + cells + _blob(document, 8 * len(record.texts))
    if record.shape == "nested":
        inner = b"".join(_write_binary(document, child, number) for child in record.children)
        return b"\x02" + pack(">I", len(inner)) + inner
    return _blob(document, 96 + number % 64)


def _blob(document: Document, size: int) -> bytes:
    """Bytes of as many values as the entropy asks for: one at 0, all at 1."""
    if document.noise >= 1:
        return document.random.randbytes(size)
    values = max(1, round(256**document.noise))
    return bytes(document.random.choices(range(values), k=size))


KINDS: Mapping[SyntheticContent, Kind] = {
    SyntheticContent.TEXT: Kind("text/plain", "txt", _textual(_write_text), _filled("{}\n")),
    SyntheticContent.JSON: Kind(
        "application/json",
        "json",
        _textual(_write_json),
        _filled('"{}"'),
        begin=lambda document: document.encode("[\n"),
        between=",\n",
        end="\n]\n",
    ),
    SyntheticContent.CSV: Kind("text/csv", "csv", _textual(_write_csv), _fill_csv, begin=_csv_header),
    SyntheticContent.XML: Kind(
        "application/xml",
        "xml",
        _textual(_write_xml, "xmlcharrefreplace"),
        _filled("<!--{}-->\n"),
        begin=_xml_begin,
        end="</content>\n",
    ),
    SyntheticContent.LOG: Kind("text/plain", "log", _textual(_write_log), _filled("# {}\n")),
    SyntheticContent.CODE: Kind("text/x-python", "py", _textual(_write_code), _filled("# {}\n")),
    SyntheticContent.BINARY: Kind("application/octet-stream", "bin", _write_binary, lambda _, text: text.encode()),
}
