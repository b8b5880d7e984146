"""The registry of algorithms, and what of it this machine can really do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from examples.compression.server.codecs import Codec, codecs, is_known
from generated.compression.models.compression_algorithm import CompressionAlgorithm


@dataclass(frozen=True)
class Offer:
    """A row of the registry whose codec is here: the levels that both have."""

    id: UUID
    codec: Codec
    levels: Sequence[int]
    default_level: int

    @property
    def name(self) -> str:
        """The name of the algorithm."""
        return self.codec.name


def offer_of(row: CompressionAlgorithm) -> Offer | None:
    """What a row offers here; None without a codec, or without a level that both have."""
    codec = codecs().get(row.name)
    levels = [level for level in row.compression_levels if codec and level in codec.levels]
    if codec is None or not levels:
        return None
    wanted = row.default_parameters.get("level", codec.default_level)
    default = wanted if wanted in levels else min(levels, key=lambda level: abs(level - codec.default_level))
    return Offer(row.id, codec, levels, int(default))


async def find_offer(session: AsyncSession, name: str) -> Offer | None:
    """What is offered under a name; None when there is no such algorithm enabled."""
    row = await session.scalar(_enabled().where(CompressionAlgorithm.name == name))
    return offer_of(row) if row else None


async def all_offers(session: AsyncSession) -> Sequence[Offer]:
    """Everything that is offered, by name."""
    offers = map(offer_of, await session.scalars(_enabled().order_by(CompressionAlgorithm.name)))
    return [offer for offer in offers if offer is not None]


async def note_libraries(session: AsyncSession) -> None:
    """Write into the registry which libraries are here, and their versions; other rows are their authors'."""
    for row in await session.scalars(sa.select(CompressionAlgorithm)):
        codec = codecs().get(row.name)
        if codec is not None:
            row.is_available, row.version = True, codec.version
        elif is_known(row.name):
            row.is_available, row.version = False, None


def _enabled() -> sa.Select[CompressionAlgorithm]:
    return sa.select(CompressionAlgorithm).where(CompressionAlgorithm.is_available, CompressionAlgorithm.is_enabled)
