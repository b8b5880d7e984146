"""The statuses that may answer a call, by the contract alone."""

from __future__ import annotations

from isotype.shapes.model import ApiOperation

LIMITED = 429
CLIENT_ERRORS = frozenset(range(400, 500)) - {LIMITED}


def taken(operation: ApiOperation, derived: bool) -> frozenset[int]:
    """What may answer a call that keeps to the contract.

    Of an operation of which the schema says everything that is success; another one may have its reasons.
    """
    limited = {LIMITED} & set(operation.errors)
    others = set() if derived else set(operation.errors) - {422}
    return frozenset({operation.status} | limited | others)


def refused(operation: ApiOperation) -> frozenset[int]:
    """What may answer a call with a value that the contract refuses."""
    limited = {LIMITED} & set(operation.errors)
    for status in (422, 400):
        if status in operation.errors:
            return frozenset({status} | limited)
    return CLIENT_ERRORS | limited


def not_found(operation: ApiOperation) -> frozenset[int]:
    """What may answer a call for a row that is not there."""
    return frozenset({404} | ({LIMITED} & set(operation.errors)))
