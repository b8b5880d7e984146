"""Workflows and their executions, which go on in the background."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from examples.compression.server.executions import perform_execution
from examples.compression.server.services.base import PlatformService
from examples.compression.server.workflows import repeated
from generated.compression.api.errors import BadRequest, Conflict
from generated.compression.api.services import WorkflowsService
from generated.compression.models.mapping.workflow import to_model, to_response
from generated.compression.models.mapping.workflow_execution import to_response as to_execution
from generated.compression.models.workflow import Workflow
from generated.compression.models.workflow_execution import WorkflowExecution
from generated.compression.schemas.errors import ErrorDetail
from generated.compression.schemas.execution_request import ExecutionRequest
from generated.compression.schemas.workflow import WorkflowCreate, WorkflowResponse
from generated.compression.schemas.workflow_execution import WorkflowExecutionResponse


class Workflows(PlatformService, WorkflowsService):
    """Adds workflows and executes them."""

    async def create_workflow(self, body: WorkflowCreate) -> WorkflowResponse:
        if places := repeated([step.name for step in body.steps]):
            message = "An earlier step has this name."
            details = [ErrorDetail(path=f"steps.{place}.name", message=message, code="unique") for place in places]
            raise BadRequest("The steps of a workflow have names of their own.", details)
        row = to_model(body)
        self.session.add(row)
        await self.session.flush()
        return to_response(row)

    async def list_executions(self, id: UUID) -> list[WorkflowExecutionResponse]:
        await self.found(sa.select(Workflow.id).where(Workflow.id == id), "workflow")
        query = (
            sa.select(WorkflowExecution)
            .where(WorkflowExecution.workflow_id == id)
            .order_by(WorkflowExecution.created_at.desc(), WorkflowExecution.id)
        )
        return [to_execution(row) for row in await self.session.scalars(query)]

    async def start_execution(self, id: UUID, body: ExecutionRequest) -> WorkflowExecutionResponse:
        workflow = await self.found(sa.select(Workflow).where(Workflow.id == id), "workflow")
        if not workflow.is_active:
            raise Conflict("The workflow cannot be executed: it is not active.")
        execution = WorkflowExecution(workflow_id=id, inputs=body.inputs)
        self.session.add(execution)
        await self.session.flush()
        self.once_committed(
            lambda: self.platform.jobs.start(execution.id, perform_execution(self.platform, execution.id))
        )
        return to_execution(execution)
