"""The statuses that may answer a call, by the contract alone."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from isotype.shapes.model import ApiOperation

LIMITED = 429
CLIENT_ERRORS = frozenset(range(400, 500)) - {LIMITED}


def taken(operation: ApiOperation, derived: bool) -> frozenset[int]:
    """What may answer a call that keeps to the contract.

    Of an operation of which the schema says everything that is success; another one may have its reasons.
    """
    others = set() if derived else set(operation.errors) - {422}
    return with_limit(operation, {operation.status} | others)


def refused(operation: ApiOperation) -> frozenset[int]:
    """What may answer a call with a value that the contract refuses."""
    for status in (422, 400):
        if status in operation.errors:
            return with_limit(operation, {status})
    return with_limit(operation, CLIENT_ERRORS)


def not_found(operation: ApiOperation) -> frozenset[int]:
    """What may answer a call for a row that is not there."""
    return with_limit(operation, {404})


def with_limit(operation: ApiOperation, expected: AbstractSet[int]) -> frozenset[int]:
    """The statuses, and that of a limit where the operation has one."""
    return frozenset(expected | ({LIMITED} & set(operation.errors)))
