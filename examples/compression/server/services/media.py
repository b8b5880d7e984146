"""Synthetic media: made in the background, kept with what they were made from."""

from __future__ import annotations

import asyncio
import logging
import secrets
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from examples.compression.server.analysis import Profile, profile
from examples.compression.server.clock import now
from examples.compression.server.platform import Platform
from examples.compression.server.services.base import PlatformService
from examples.compression.server.synthetic import generate, name_of, type_of
from generated.compression.api.errors import Conflict, NotFound
from generated.compression.api.services import SyntheticMediaService
from generated.compression.models.mapping.synthetic_media import to_list, to_response
from generated.compression.models.synthetic_media import SyntheticMedia
from generated.compression.schemas.enums import GenerationStatus
from generated.compression.schemas.synthetic_data_config import SyntheticDataConfig, SyntheticDataConfigInput
from generated.compression.schemas.synthetic_media import SyntheticMediaList, SyntheticMediaResponse
from generated.compression.schemas.synthetic_media_statistics import SyntheticMediaStatistics

logger = logging.getLogger(__name__)

_SEEDS = 2**53
"""As many as a number on the wire can tell apart."""


class Media(PlatformService, SyntheticMediaService):
    """Makes synthetic content, and offers it."""

    async def generate_media(self, body: SyntheticDataConfigInput) -> SyntheticMediaResponse:
        document = body.model_dump(mode="json")
        config = SyntheticDataConfig.model_validate(document)
        seed = secrets.randbelow(_SEEDS)
        async with self.platform.sessions.begin() as session:
            media = SyntheticMedia(
                config=document, seed=seed, file_name=name_of(config, seed), content_type=type_of(config)
            )
            session.add(media)
        job = self.platform.jobs.start(media.id, make_content(self.platform, media.id, config, seed))
        # Most content is made in no time; a caller who is told of more asks for it later.
        await asyncio.wait({job}, timeout=self.platform.settings.patience_seconds)
        return to_response(await self.found(_without_content().where(SyntheticMedia.id == media.id), "synthetic media"))

    async def list_media(self, page: int, limit: int) -> SyntheticMediaList:
        newest = _without_content().order_by(SyntheticMedia.created_at.desc(), SyntheticMedia.id)
        rows, total = await self.paged(newest, page, limit)
        return to_list(rows, total=total, page=page, page_size=limit)

    async def get_media_statistics(self) -> SyntheticMediaStatistics:
        totals = sa.select(
            SyntheticMedia.content_type,
            SyntheticMedia.status,
            sa.func.count().label("media"),
            sa.cast(sa.func.coalesce(sa.func.sum(SyntheticMedia.size_bytes), 0), sa.BigInteger).label("size"),
        ).group_by(SyntheticMedia.content_type, SyntheticMedia.status)
        average = sa.func.avg(SyntheticMedia.entropy, type_=SyntheticMedia.__table__.c.entropy.type)
        entropy = await self.session.scalar(sa.select(average))
        by_type: dict[str, int] = {}
        by_status: dict[str, int] = {}
        total_bytes = 0
        for row in await self.session.execute(totals):
            by_type[row.content_type] = by_type.get(row.content_type, 0) + row.media
            by_status[row.status] = by_status.get(row.status, 0) + row.media
            total_bytes += row.size
        return SyntheticMediaStatistics(
            total=sum(by_status.values()),
            total_bytes=total_bytes,
            average_entropy=None if entropy is None else round(entropy, 4),
            by_content_type=by_type,
            by_status=by_status,
        )

    async def get_media(self, id: UUID) -> SyntheticMediaResponse:
        return to_response(await self.found(_without_content().where(SyntheticMedia.id == id), "synthetic media"))

    async def download_media(self, id: UUID) -> bytes:
        query = sa.select(SyntheticMedia.status, SyntheticMedia.content).where(SyntheticMedia.id == id)
        row = (await self.session.execute(query)).one_or_none()
        if row is None:
            raise NotFound("There is no such synthetic media.")
        if row.content is None:
            raise Conflict(f"There is no content: its generation is {row.status.value}.")
        content: bytes = row.content
        return content


async def make_content(platform: Platform, id: UUID, config: SyntheticDataConfig, seed: int) -> None:
    """Make the content of a row, and keep it there."""
    async with platform.sessions.begin() as session:
        if (media := await _held(session, id)) is None:
            return
        media.status = GenerationStatus.PROCESSING
    made = None
    try:
        made = await platform.pool.run(_make, config, seed)
    except Exception:
        logger.exception("making synthetic media failed")
    async with platform.sessions.begin() as session:
        if (media := await _held(session, id)) is None:
            return
        media.completed_at = now(after=media.created_at)
        if made is None:
            media.error_message, media.status = "The content could not be made.", GenerationStatus.FAILED
        else:
            media.content, media.content_hash = made.content, made.digest
            media.size_bytes, media.entropy = made.profile.size, made.profile.entropy
            media.status = GenerationStatus.COMPLETED


async def _held(session: AsyncSession, id: UUID) -> SyntheticMedia | None:
    """The row, which nobody deletes meanwhile; None when somebody did."""
    return await session.scalar(_without_content().where(SyntheticMedia.id == id).with_for_update())


@dataclass(frozen=True)
class _Made:
    content: bytes
    digest: str
    profile: Profile


def _make(config: SyntheticDataConfig, seed: int) -> _Made:
    content = generate(config, seed).content
    return _Made(content, sha256(content).hexdigest(), profile(content))


def _without_content() -> sa.Select[SyntheticMedia]:
    return sa.select(SyntheticMedia).options(defer(SyntheticMedia.content))
