"""The registry of algorithms: what is derived from the schema, and its selection list."""

from __future__ import annotations

import sqlalchemy as sa

from generated.compression.api.services import AlgorithmsService
from generated.compression.models.compression_algorithm import CompressionAlgorithm
from generated.compression.models.mapping.compression_algorithm import to_list_item
from generated.compression.schemas.compression_algorithm import CompressionAlgorithmListItem
from generated.compression.schemas.enums import CategoryType


class Algorithms(AlgorithmsService):
    """The registry of algorithms."""

    async def list_algorithms(
        self, category: CategoryType | None, enabled_only: bool
    ) -> list[CompressionAlgorithmListItem]:
        query = sa.select(CompressionAlgorithm).order_by(CompressionAlgorithm.name)
        if category is not None:
            query = query.where(CompressionAlgorithm.category == category)
        if enabled_only:
            query = query.where(CompressionAlgorithm.is_available, CompressionAlgorithm.is_enabled)
        return [to_list_item(row) for row in await self.session.scalars(query)]
