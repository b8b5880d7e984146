"""An execution of a workflow at work: its steps are done in the background, one after the other."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial
from uuid import UUID

from examples.compression.server.clock import now
from examples.compression.server.measuring import Measurement, measure
from examples.compression.server.platform import Platform
from examples.compression.server.registry import Offer, all_offers
from examples.compression.server.workflows import Compress, StepFailed, first_text, run_step
from generated.compression.models.workflow import Workflow
from generated.compression.models.workflow_execution import WorkflowExecution
from generated.compression.schemas.enums import ExecutionStatus
from generated.compression.schemas.workflow_step import WorkflowStep

logger = logging.getLogger(__name__)


async def perform_execution(platform: Platform, id: UUID) -> None:
    """Do every step of a workflow, and keep what each produced."""
    async with platform.sessions.begin() as session:
        execution = await session.get_one(WorkflowExecution, id)
        workflow = await session.get_one(Workflow, execution.workflow_id)
        steps = [WorkflowStep.model_validate(step) for step in workflow.steps]
        offers = {offer.name: offer for offer in await all_offers(session)}
        execution.started_at, execution.status = now(after=execution.created_at), ExecutionStatus.RUNNING
    try:
        await _perform(platform, execution, steps, partial(_compress, offers))
    except StepFailed as reason:
        await _fail(platform, execution, str(reason))
    except Exception:
        logger.exception("an execution failed")
        await _fail(platform, execution, f"Step {execution.current_step!r} could not be done.")
    else:
        execution.current_step = None
        execution.completed_at = now(after=execution.started_at)
        execution.status = ExecutionStatus.COMPLETED
        await _keep(platform, execution)


async def _perform(
    platform: Platform, execution: WorkflowExecution, steps: Sequence[WorkflowStep], compress: Compress
) -> None:
    text = first_text(execution.inputs)
    for place, step in enumerate(steps, start=1):
        execution.current_step = step.name
        done = await platform.pool.run(run_step, step, text, execution.inputs, compress)
        text = done.text
        execution.results = {**execution.results, step.name: dict(done.result)}
        execution.steps_completed = place
        execution.progress = round(Decimal(100 * place) / len(steps), 2)
        await _keep(platform, execution)


def _compress(offers: Mapping[str, Offer], name: str, level: int | None, content: bytes) -> Measurement:
    offer = offers.get(name)
    if offer is None:
        raise StepFailed(f"There is no algorithm named {name} enabled.")
    if level is not None and level not in offer.levels:
        raise StepFailed(f"{name} does not support level {level}.")
    return measure(offer.codec, level or offer.default_level, content)


async def _fail(platform: Platform, execution: WorkflowExecution, message: str) -> None:
    execution.error_message = message
    execution.completed_at = now(after=execution.started_at)
    execution.status = ExecutionStatus.FAILED
    await _keep(platform, execution)


async def _keep(platform: Platform, execution: WorkflowExecution) -> None:
    async with platform.sessions.begin() as session:
        session.add(execution)
