"""Work that goes on after its request was answered."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from uuid import UUID

logger = logging.getLogger(__name__)


class Jobs:
    """The running jobs, each known by the id of the row that it works on."""

    def __init__(self) -> None:
        self._tasks: dict[UUID, asyncio.Task[None]] = {}

    @property
    def working(self) -> int:
        """How many jobs are at work."""
        return len(self._tasks)

    def start(self, row: UUID, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Begin to work on a row."""
        task = asyncio.create_task(self._guard(row, work), name=f"job-{row}")
        self._tasks[row] = task
        return task

    async def close(self) -> None:
        """Stop everything."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _guard(self, row: UUID, work: Coroutine[None, None, None]) -> None:
        try:
            await work
        except Exception:
            logger.exception("the work on %s ended", row)
        finally:
            self._tasks.pop(row, None)
