"""The comparison of two sets of facts of one engine, and the statements that make the second like the first."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from isotype.catalog.differences import Difference, Statement
from isotype.catalog.facts import Facts, Path

__all__ = ["Difference", "Statement", "compare", "repair"]


def compare(expected: Facts, actual: Facts, trimmed: Collection[Path] = ()) -> tuple[Difference, ...]:
    """What is otherwise in `actual`; what means the same is no difference.

    `trimmed` are partitioned tables whose old partitions are dropped by declaration: one that is gone is not missed.
    """
    if expected.objects == actual.objects:
        # Most runs end here, and need none of the rules of what means the same.
        return ()
    if expected.server.engine == "sqlite":
        from isotype.catalog.sqlite.equivalence import differences as of_sqlite

        return of_sqlite(expected, actual)
    from isotype.catalog.postgres.equivalence import differences

    return differences(expected, actual, trimmed)


def repair(differences: Sequence[Difference], expected: Facts, actual: Facts) -> tuple[Statement, ...]:
    """The statements that repair, in an order in which the whole list can run.

    Those that are `alone` come first. The others run in one transaction.
    """
    if expected.server.engine == "sqlite":
        from isotype.catalog.sqlite.repair import statements as of_sqlite

        return of_sqlite(differences, expected, actual)
    from isotype.catalog.postgres.repair import statements

    return statements(differences, expected, actual)
