"""A run at work: it searches in the background, and writes how far it is."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from decimal import Decimal
from time import monotonic
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from examples.compression.server.clock import now
from examples.compression.server.measuring import Measurement, measure
from examples.compression.server.optimizer import Candidate, Range, Search, better, search
from examples.compression.server.platform import Platform
from examples.compression.server.registry import Offer, all_offers
from generated.compression.models.optimization_config import OptimizationConfig
from generated.compression.models.optimization_run import OptimizationRun
from generated.compression.models.optimization_strategy import OptimizationStrategy
from generated.compression.models.synthetic_media import SyntheticMedia
from generated.compression.schemas.enums import OptimizationTarget, RunStatus

logger = logging.getLogger(__name__)

_SECONDS_BETWEEN_WRITES = 0.25
_ITERATIONS = 100
"""The attempts of a run that has no config, which are those of a config that says nothing of them."""


@dataclass(frozen=True)
class _Task:
    """What a run has to do, read once."""

    search: Search
    offers: dict[str, Offer]
    content: bytes
    seconds: int | None

    def measure(self, candidate: Candidate) -> Measurement:
        """Try a candidate on the content."""
        return measure(self.offers[candidate.algorithm].codec, candidate.level, self.content)


@dataclass
class _Progress:
    """How far a run is."""

    iterations: int = 0
    first: Measurement | None = None
    best: Measurement | None = None

    def add(self, attempt: Measurement, target: OptimizationTarget) -> None:
        """Count an attempt."""
        self.iterations += 1
        self.first = self.first or attempt
        if better(target, attempt, self.best):
            self.best = attempt


async def perform_run(platform: Platform, id: UUID) -> None:
    """Do a run from its start to its end, unless somebody stops it."""
    async with platform.sessions.begin() as session:
        run = await session.get_one(OptimizationRun, id, with_for_update=True)
        if run.status != RunStatus.PENDING:
            return
        run.started_at, run.status = now(after=run.created_at), RunStatus.RUNNING
        task = await _read(session, run)
    progress = _Progress()
    try:
        if not task.search.candidates:
            await _fail(platform, id, "None of the algorithms to try is enabled.")
        elif await _search(platform, id, task, progress):
            await _complete(platform, id, task, progress)
    except Exception:
        logger.exception("a run failed")
        await _fail(platform, id, "The search could not go on.")


async def _read(session: AsyncSession, run: OptimizationRun) -> _Task:
    strategy = await session.get_one(OptimizationStrategy, run.strategy_id)
    media = await session.get_one(SyntheticMedia, run.media_id)
    config = await session.get(OptimizationConfig, run.config_id) if run.config_id else None
    wanted = config.algorithms if config else []
    offers = {offer.name: offer for offer in await all_offers(session) if not wanted or offer.name in wanted}
    seed = strategy.parameters.get("seed")
    what = Search(
        method=strategy.method,
        target=config.optimization_target if config else OptimizationTarget.BALANCED,
        ranges={name: Range(offer.levels, offer.default_level) for name, offer in offers.items()},
        max_iterations=config.max_iterations if config else _ITERATIONS,
        seed=seed if isinstance(seed, int) else run.id.int,
    )
    return _Task(what, offers, media.content or b"", config.time_limit_seconds if config else None)


async def _search(platform: Platform, id: UUID, task: _Task, progress: _Progress) -> bool:
    """Make every attempt; False when the run was stopped meanwhile."""
    attempts = search(task.search, task.measure)
    begin = written = monotonic()
    while (attempt := await platform.pool.run(next, attempts, None)) is not None:
        progress.add(attempt, task.search.target)
        if task.seconds is not None and monotonic() - begin >= task.seconds:
            break
        if monotonic() - written >= _SECONDS_BETWEEN_WRITES:
            if not await _write(platform, id, task, progress):
                return False
            written = monotonic()
    return True


async def _write(platform: Platform, id: UUID, task: _Task, progress: _Progress) -> bool:
    async with platform.sessions.begin() as session:
        run = await _running(session, id)
        if run is None:
            return False
        _note(run, task, progress)
        run.progress = round(Decimal(100 * progress.iterations) / task.search.attempts, 2)
        return True


async def _complete(platform: Platform, id: UUID, task: _Task, progress: _Progress) -> None:
    async with platform.sessions.begin() as session:
        if run := await _running(session, id):
            _note(run, task, progress)
            run.progress = Decimal(100)
            run.completed_at, run.status = now(after=run.started_at), RunStatus.COMPLETED


async def _fail(platform: Platform, id: UUID, message: str) -> None:
    async with platform.sessions.begin() as session:
        if run := await _running(session, id):
            run.error_message = message
            run.completed_at, run.status = now(after=run.started_at), RunStatus.FAILED


async def _running(session: AsyncSession, id: UUID) -> OptimizationRun | None:
    """The run, held so that nobody stops it meanwhile; None when somebody did."""
    run = await session.get(OptimizationRun, id, with_for_update=True)
    return run if run is not None and run.status == RunStatus.RUNNING else None


def _note(run: OptimizationRun, task: _Task, progress: _Progress) -> None:
    run.iterations = progress.iterations
    if progress.first is not None and progress.best is not None:
        best = progress.best
        run.baseline_ratio = progress.first.ratio
        run.best_algorithm_id, run.best_level = task.offers[best.algorithm].id, best.level
        run.best_ratio, run.best_time_ms = best.ratio, best.milliseconds
