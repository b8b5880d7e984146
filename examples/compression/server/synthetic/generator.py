"""From a configuration and a seed to content of exactly the volume asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from random import Random

from examples.compression.server.synthetic.kinds import KINDS, Document, Kind, Record, Shape
from examples.compression.server.synthetic.vocabulary import Vocabulary
from generated.compression.schemas.enums import SyntheticContent, SyntheticStructure, TextEncoding
from generated.compression.schemas.synthetic_data_config import SyntheticDataConfig

_WINDOW = 32
"""How many records back a repetition reaches."""
_EVERY_CHALLENGE, _EVERY_FOREIGNER, _EVERY_CUSTOM_PATTERN = 8, 6, 12
"""One record in so many is a stretch of noise, of another kind, or one of the texts to insert."""
_COLUMNS = 5
_SHAPES: Mapping[SyntheticStructure, Sequence[Shape]] = {
    SyntheticStructure.FLAT: ["flat"],
    SyntheticStructure.NESTED: ["nested"],
    SyntheticStructure.TABULAR: ["tabular"],
    SyntheticStructure.RANDOM: ["flat", "nested", "tabular"],
}


@dataclass(frozen=True)
class Synthetic:
    """Content, and the name and type it is offered with."""

    content: bytes
    file_name: str
    media_type: str


def generate(config: SyntheticDataConfig, seed: int) -> Synthetic:
    """The content of a configuration; the same seed gives the same bytes.

    A volume too small for the kind of content, such as one byte of XML, is cut off where it ends.
    """
    random = Random(seed)
    kind = KINDS[config.content_type]
    vocabulary = _vocabulary(config, random)
    document = Document(
        columns=tuple(f"{word}_{place}" for place, word in enumerate(vocabulary.tokens(_columns_of(config)), start=1)),
        encoding=config.encoding,
        random=random,
        noise=float(config.entropy),
    )
    mark = b"\xff\xfe" if _is_marked(config) else b""
    begin, end = mark + kind.begin(document), document.encode(kind.end)
    room = config.volume - len(begin) - len(end)
    records = _records(config, random, vocabulary, document)
    body = _body(kind, document, vocabulary, records, room, config.learning_optimization)
    content = begin + body + end
    padding = document.encode(" " if _is_padded_by_blanks(config) else "\n")
    whole, rest = divmod(max(0, config.volume - len(content)), len(padding))
    # An odd volume in UTF-16 has no room for one more character.
    content += padding * whole + b"\n" * rest
    return Synthetic(content[: config.volume], name_of(config, seed), type_of(config))


def name_of(config: SyntheticDataConfig, seed: int) -> str:
    """The name that the content is offered with; its extension is one of those given, or that of its kind."""
    extensions = config.extensions or [KINDS[config.content_type].extension]
    extension = Random(seed).choice(extensions).removeprefix(".")
    return f"synthetic-{seed}.{extension}"


def type_of(config: SyntheticDataConfig) -> str:
    """The MIME type of the content, with its encoding where that is not UTF-8."""
    media_type = KINDS[config.content_type].media_type
    if config.content_type == SyntheticContent.BINARY or config.encoding == TextEncoding.UTF_8:
        return media_type
    return f"{media_type}; charset={config.encoding.value}"


def _vocabulary(config: SyntheticDataConfig, random: Random) -> Vocabulary:
    return Vocabulary(
        random,
        config.language,
        config.patterns,
        float(config.complexity),
        float(config.entropy),
        config.diversity_control,
    )


def _is_marked(config: SyntheticDataConfig) -> bool:
    return config.encoding == TextEncoding.UTF_16 and config.content_type != SyntheticContent.BINARY


def _is_padded_by_blanks(config: SyntheticDataConfig) -> bool:
    return config.content_type in (SyntheticContent.JSON, SyntheticContent.XML)


def _columns_of(config: SyntheticDataConfig) -> int:
    """A table has columns; the records of a flat CSV have one."""
    if config.structure == SyntheticStructure.FLAT:
        return 1
    return 2 if config.structure == SyntheticStructure.NESTED else _COLUMNS


def _records(
    config: SyntheticDataConfig, random: Random, vocabulary: Vocabulary, document: Document
) -> Iterator[Record]:
    """Records without end, repeated as often as the redundancy says."""
    recent: list[Record] = []
    fresh = _fresh_records(config, random, vocabulary, document)
    redundancy = float(config.redundancy)
    yield from _custom_patterns(config)
    while True:
        if recent and random.random() < redundancy:
            yield random.choice(recent)
            continue
        record = next(fresh)
        if len(recent) < _WINDOW:
            recent.append(record)
        else:
            recent[random.randrange(_WINDOW)] = record
        yield record


def _custom_patterns(config: SyntheticDataConfig) -> list[Record]:
    return [Record("whole", (pattern,)) for pattern in config.custom_patterns]


def _fresh_records(
    config: SyntheticDataConfig, random: Random, vocabulary: Vocabulary, document: Document
) -> Iterator[Record]:
    custom = cycle(_custom_patterns(config))
    shapes = _SHAPES[config.structure]
    number = 0
    while True:
        number += 1
        if config.compression_challenges and number % _EVERY_CHALLENGE == 0:
            yield Record("noise", (vocabulary.noise(64, 512),))
        elif config.mixed_content and number % _EVERY_FOREIGNER == 0:
            yield Record("whole", (_foreign(config, random, vocabulary, document),))
        elif config.custom_patterns and number % _EVERY_CUSTOM_PATTERN == 0:
            yield next(custom)
        else:
            yield _record(random.choice(shapes), random, vocabulary, len(document.columns))


def _record(shape: Shape, random: Random, vocabulary: Vocabulary, columns: int, depth: int = 0) -> Record:
    if shape == "tabular":
        return Record(shape, tuple(vocabulary.tokens(columns)))
    if shape == "nested" and depth < 3:
        children = (
            _record(random.choice(("flat", "nested")), random, vocabulary, columns, depth + 1)
            for _ in range(random.randint(1, 3))
        )
        return Record(shape, (vocabulary.text(1, 3),), tuple(children))
    return Record("flat", (vocabulary.text(5, 14),))


def _foreign(config: SyntheticDataConfig, random: Random, vocabulary: Vocabulary, document: Document) -> str:
    """A record of another kind of content, as a text."""
    others = [kind for kind in _MIXABLE if kind != config.content_type]
    record = _record("tabular", random, vocabulary, len(document.columns))
    text = KINDS[random.choice(others)].write(_in_text(document), record, random.randint(1, 9999))
    return text.decode().strip()


_MIXABLE = (SyntheticContent.JSON, SyntheticContent.CSV, SyntheticContent.XML, SyntheticContent.LOG)


def _in_text(document: Document) -> Document:
    return Document(document.columns, TextEncoding.UTF_8, document.random, document.noise)


def _body(
    kind: Kind, document: Document, vocabulary: Vocabulary, records: Iterator[Record], room: int, ordered: bool
) -> bytes:
    """As many records as fit, and one made to measure for what they leave."""
    between = document.encode(kind.between)
    taken: list[Record] = []
    size = 0
    written: list[bytes] = []
    for number, record in enumerate(records, start=1):
        piece = kind.write(document, record, number)
        if size + len(piece) + len(between) > room:
            break
        size += len(piece) + len(between)
        taken.append(record)
        written.append(piece)
    if ordered:
        written = [piece for _, piece in sorted(zip(taken, written, strict=True), key=lambda pair: pair[0])]
    overhead = len(kind.fill(document, ""))
    missing = room - size - overhead
    if missing >= 0:
        width = len(document.encode("x"))
        written.append(kind.fill(document, vocabulary.plain(missing // width)))
    return between.join(written)
