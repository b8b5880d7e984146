"""What an end of the service interrupted: said of each row, when the service ends and when it starts again."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from examples.compression.server.clock import now
from generated.compression.models.compression_request import CompressionRequest
from generated.compression.models.optimization_run import OptimizationRun
from generated.compression.models.synthetic_media import SyntheticMedia
from generated.compression.models.workflow_execution import WorkflowExecution
from generated.compression.schemas.enums import ExecutionStatus, GenerationStatus, RequestStatus, RunStatus

_MESSAGE = "The service was stopped."


async def end_interrupted(session: AsyncSession) -> None:
    """End every row that says it is at work; one service works on a database, so none of them is."""
    for request in await session.scalars(
        sa.select(CompressionRequest).where(
            CompressionRequest.status.in_([RequestStatus.PENDING, RequestStatus.PROCESSING])
        )
    ):
        if request.started_at is not None:
            request.completed_at = now(after=request.started_at)
        request.error_message, request.error_code = _MESSAGE, "interrupted"
        request.status = RequestStatus.FAILED
    for media in await session.scalars(
        sa.select(SyntheticMedia).where(
            SyntheticMedia.status.in_([GenerationStatus.PENDING, GenerationStatus.PROCESSING])
        )
    ):
        media.completed_at, media.error_message = now(), _MESSAGE
        media.status = GenerationStatus.FAILED
    for run in await session.scalars(
        sa.select(OptimizationRun).where(OptimizationRun.status.in_([RunStatus.PENDING, RunStatus.RUNNING]))
    ):
        run.completed_at, run.error_message = now(after=run.started_at), _MESSAGE
        run.status = RunStatus.STOPPED
    for execution in await session.scalars(
        sa.select(WorkflowExecution).where(
            WorkflowExecution.status.in_([ExecutionStatus.PENDING, ExecutionStatus.RUNNING])
        )
    ):
        execution.completed_at, execution.error_message = now(after=execution.started_at), _MESSAGE
        execution.status = ExecutionStatus.CANCELLED
