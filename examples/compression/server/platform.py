"""What the services of one process share, and what it does regularly."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from examples.compression.server import database
from examples.compression.server.clock import now
from examples.compression.server.interruptions import end_interrupted
from examples.compression.server.jobs import Jobs
from examples.compression.server.machine import Machine, Traffic
from examples.compression.server.pool import Pool
from examples.compression.server.registry import note_libraries
from examples.compression.server.sampling import WINDOW, take_sample
from generated.compression.models.session import make_sessions

logger = logging.getLogger(__name__)

_MINUTE, _DAY = 60, 24 * 60 * 60


@dataclass(frozen=True)
class Settings:
    """Where the service keeps its data, and how it works."""

    data: Path
    database_url: str | None = None
    page: Path | None = None
    workers: int = max(2, os.cpu_count() or 2)
    sample_seconds: float = 15.0
    patience_seconds: float = 2.0
    """How long a request waits for work that can go on after its answer."""


@dataclass(frozen=True)
class Platform:
    """The parts of a running service."""

    settings: Settings
    engine: AsyncEngine
    sessions: async_sessionmaker[AsyncSession]
    machine: Machine
    pool: Pool
    jobs: Jobs = field(default_factory=Jobs)
    traffic: Traffic = field(default_factory=lambda: Traffic(WINDOW.total_seconds()))


def make_platform(settings: Settings) -> Platform:
    """The parts, at rest."""
    settings.data.mkdir(parents=True, exist_ok=True)
    engine = database.connect(database.address(settings.database_url, settings.data))
    return Platform(
        settings=settings,
        engine=engine,
        sessions=make_sessions(engine),
        machine=Machine(settings.data),
        pool=Pool(settings.workers),
    )


@asynccontextmanager
async def running(platform: Platform) -> AsyncIterator[None]:
    """The parts at work: the database is ready, and what has to be done regularly is done."""
    await database.prepare(platform.engine)
    try:
        async with platform.sessions.begin() as session:
            await end_interrupted(session)
            await note_libraries(session)
        await maintain(platform)
        rounds = [
            asyncio.create_task(_repeat(platform.settings.sample_seconds, lambda: sample(platform))),
            asyncio.create_task(_repeat(_MINUTE, lambda: refresh(platform))),
            asyncio.create_task(_repeat(_DAY, lambda: maintain(platform))),
        ]
        try:
            yield
        finally:
            for task in rounds:
                task.cancel()
            await asyncio.gather(*rounds, return_exceptions=True)
            await platform.jobs.close()
            async with platform.sessions.begin() as session:
                await end_interrupted(session)
    finally:
        await platform.engine.dispose()


async def sample(platform: Platform) -> None:
    """Measure the machine and the service, and keep what was measured."""
    async with platform.sessions.begin() as session:
        await take_sample(session, platform.machine, platform.traffic, platform.pool.waiting)


async def refresh(platform: Platform) -> None:
    """Bring the materialized view up to date."""
    async with platform.sessions.begin() as session:
        await database.refresh_views(session)


async def maintain(platform: Platform) -> None:
    """Make room for new metrics, and let go of old ones."""
    async with platform.sessions.begin() as session:
        await database.maintain_metrics(session, now())


async def _repeat(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            await work()
        except Exception:
            # The next round may succeed: a database can be away for a while.
            logger.exception("a regular task failed")
