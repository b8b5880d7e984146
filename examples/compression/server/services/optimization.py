"""Strategies, sessions, settings and runs; a run goes on in the background until it is over or stopped."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa

from examples.compression.server.clock import now
from examples.compression.server.runs import perform_run
from examples.compression.server.services.base import PlatformService
from generated.compression.api.errors import Conflict
from generated.compression.api.services import OptimizationService
from generated.compression.models.mapping.optimization_run import to_model as to_run_model
from generated.compression.models.mapping.optimization_run import to_response as to_run
from generated.compression.models.mapping.optimization_session import to_response as to_session
from generated.compression.models.optimization_config import OptimizationConfig
from generated.compression.models.optimization_run import OptimizationRun
from generated.compression.models.optimization_session import OptimizationSession
from generated.compression.models.optimization_strategy import OptimizationStrategy
from generated.compression.models.synthetic_media import SyntheticMedia
from generated.compression.schemas.enums import GenerationStatus, RunStatus, SessionStatus
from generated.compression.schemas.optimization_metrics import OptimizationMetrics
from generated.compression.schemas.optimization_run import OptimizationRunCreate, OptimizationRunResponse
from generated.compression.schemas.optimization_session import OptimizationSessionResponse

_ACTIVE = (RunStatus.PENDING, RunStatus.RUNNING)


class Optimization(PlatformService, OptimizationService):
    """Searches for the best algorithm and level."""

    async def start_run(self, body: OptimizationRunCreate) -> OptimizationRunResponse:
        await self._check(body)
        run = to_run_model(body)
        self.session.add(run)
        await self.session.flush()
        self.once_committed(lambda: self.platform.jobs.start(run.id, perform_run(self.platform, run.id)))
        return to_run(run)

    async def _check(self, body: OptimizationRunCreate) -> None:
        """Refuse a run whose parts are not there, or not ready."""
        strategies = sa.select(OptimizationStrategy).where(OptimizationStrategy.id == body.strategy_id)
        strategy = await self.found(strategies, "strategy")
        media = sa.select(SyntheticMedia.status).where(SyntheticMedia.id == body.media_id)
        status = await self.found(media, "synthetic media")
        if body.config_id is not None:
            await self.found(sa.select(OptimizationConfig.id).where(OptimizationConfig.id == body.config_id), "config")
        if body.session_id is not None:
            # Held, so that nobody closes the session before the run is in it.
            sessions = sa.select(OptimizationSession).where(OptimizationSession.id == body.session_id)
            session = await self.found(sessions.with_for_update(read=True), "session")
            if session.status == SessionStatus.CLOSED:
                raise Conflict("The session is closed.")
        if not strategy.is_active:
            raise Conflict("The strategy is not offered for new runs.")
        if status != GenerationStatus.COMPLETED:
            raise Conflict(f"The media have no content: their generation is {status.value}.")

    async def stop_run(self, id: UUID) -> OptimizationRunResponse:
        query = sa.select(OptimizationRun).where(OptimizationRun.id == id).with_for_update()
        run = await self.found(query, "run")
        if run.status not in _ACTIVE:
            raise Conflict(f"The run is {run.status.value}.")
        # The search sees it when it next writes how far it is.
        run.completed_at, run.status = now(after=run.started_at), RunStatus.STOPPED
        await self.session.flush()
        return to_run(run)

    async def close_session(self, id: UUID) -> OptimizationSessionResponse:
        query = sa.select(OptimizationSession).where(OptimizationSession.id == id).with_for_update()
        session = await self.found(query, "session")
        if session.status == SessionStatus.CLOSED:
            raise Conflict("The session is closed.")
        session.status, session.closed_at = SessionStatus.CLOSED, now()
        await self.session.flush()
        return to_session(session)

    async def get_optimization_metrics(self) -> OptimizationMetrics:
        counted = sa.select(OptimizationRun.status, sa.func.count().label("runs")).group_by(OptimizationRun.status)
        runs = {row.status: int(row.runs) for row in await self.session.execute(counted)}
        by_name = (
            sa.select(OptimizationStrategy.name, sa.func.count().label("runs"))
            .join(OptimizationRun, OptimizationRun.strategy_id == OptimizationStrategy.id)
            .group_by(OptimizationStrategy.name)
        )
        completed, failed = runs.get(RunStatus.COMPLETED, 0), runs.get(RunStatus.FAILED, 0)
        return OptimizationMetrics(
            total_runs=sum(runs.values()),
            active_runs=sum(runs.get(status, 0) for status in _ACTIVE),
            completed_runs=completed,
            failed_runs=failed,
            stopped_runs=runs.get(RunStatus.STOPPED, 0),
            success_rate=_percent(completed, completed + failed),
            average_improvement=await self._average_improvement(),
            best_ratio=await self.session.scalar(sa.select(sa.func.max(OptimizationRun.best_ratio))),
            runs_by_strategy={row.name: row.runs for row in await self.session.execute(by_name)},
        )

    async def _average_improvement(self) -> Decimal | None:
        """How much better the best ratio is than the first, in percent on average."""
        found = sa.select(OptimizationRun.best_ratio, OptimizationRun.baseline_ratio).where(
            OptimizationRun.status == RunStatus.COMPLETED, OptimizationRun.baseline_ratio > 0
        )
        runs = await self.session.execute(found)
        gains = [100 * (best / first - 1) for best, first in runs if best is not None and first is not None]
        return round(sum(gains, Decimal(0)) / len(gains), 2) if gains else None


def _percent(part: int, whole: int) -> Decimal | None:
    return round(Decimal(100 * part) / whole, 2) if whole else None
