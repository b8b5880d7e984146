"""What the platform is doing now, and did before."""

from __future__ import annotations

from examples.compression.server.clock import now
from examples.compression.server.history import history
from examples.compression.server.sampling import latest_sample, take_sample
from examples.compression.server.services.base import PlatformService
from generated.compression.api.services import MetricsService
from generated.compression.models.mapping.system_metric import to_response
from generated.compression.schemas.system_metric import SystemMetricsListItem, SystemMetricsResponse


class Metrics(PlatformService, MetricsService):
    """Metrics that were measured; none is made up."""

    async def get_detailed_health(self) -> SystemMetricsResponse:
        sample = await latest_sample(self.session)
        if sample is None:
            platform = self.platform
            sample = await take_sample(self.session, platform.machine, platform.traffic, platform.pool.waiting)
        return to_response(sample)

    async def get_metrics_history(self, hours: int, interval_minutes: int) -> list[SystemMetricsListItem]:
        return await history(self.session, now(), hours, interval_minutes)
