"""What the services of this platform have in common."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from examples.compression.server.platform import Platform
from generated.compression.api.service import Service


class PlatformService(Service):
    """A service that works with the parts of the platform.

    Where work is long, it is done between two short transactions of `platform.sessions`: the session of the request
    would keep its connection meanwhile, and on SQLite everybody else waiting.
    """

    def __init__(self, platform: Platform, session: AsyncSession) -> None:
        super().__init__(session)
        self.platform = platform

    def once_committed(self, do: Callable[[], object]) -> None:
        """Do something when the transaction of the request has succeeded, such as work on what it wrote."""
        event.listen(self.session.sync_session, "after_commit", lambda _: do(), once=True)
