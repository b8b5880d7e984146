"""What a target cannot say.

A printer that cannot express a construct returns this value instead of text.
The ledger is nothing but the collected values; the same value prints the comment in the generated file.
"""

from __future__ import annotations

from isotype.domain.values import frozen


@frozen
class NotExpressible:
    """`construct` is a construct of the language, never a field; `target` a target language; `reason` a sentence."""

    construct: str
    target: str
    reason: str

    def __lt__(self, other: NotExpressible) -> bool:
        return (self.construct, self.target, self.reason) < (other.construct, other.target, other.reason)
