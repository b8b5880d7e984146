"""Hypertables and distribution, by columns."""

from __future__ import annotations

from collections.abc import Mapping

from isotype.domain import model as domain
from isotype.domain.identifiers import shorten
from isotype.tables.model import Compression, Distribution, Hypertable, IndexKey


def hypertable(table: str, names: Mapping[str, str], declared: domain.Hypertable) -> Hypertable:
    """The chunks of a table; `names` gives the column of each field."""
    compression = None
    if declared.compression is not None:
        compression = Compression(
            after=declared.compression.after,
            segment_by=tuple(names[field] for field in declared.compression.segment_by),
            order_by=tuple(
                IndexKey(names[part.field], descending=part.order == "desc", nulls=part.nulls)
                for part in declared.compression.order_by
            ),
        )
    return Hypertable(
        column=names[declared.field],
        every=declared.every,
        keep=declared.keep,
        maintain=shorten(f"maintain_{table}") if declared.keep else "",
        compression=compression,
    )


def distribution(
    names: Mapping[str, str], entities: Mapping[str, domain.Entity], declared: domain.Distribution
) -> Distribution:
    """Where the rows of a table are kept in a cluster."""
    if not declared.field:
        return Distribution()
    other = entities.get(declared.beside)
    return Distribution(names[declared.field], other.schema if other else "", other.table if other else "")
