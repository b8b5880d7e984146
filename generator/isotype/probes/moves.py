"""What a schema says of the moves of states: from each state to each, those that have not begun among them."""

from __future__ import annotations

from itertools import product

from isotype.domain.lazy import NamedTuple
from isotype.domain.model import JsonValue, Transitions
from isotype.shapes.model import StateMachine


class Move(NamedTuple):
    """A state, what becomes of it, and whether it may; None has not begun."""

    source: str | None
    target: str | None
    allowed: bool

    def __str__(self) -> str:
        return f"from {self.source or 'null'} to {self.target or 'null'}"


def may_move(of: Transitions, source: JsonValue, target: JsonValue) -> bool:
    """Staying is always allowed; what has not begun begins as a new row does, and nothing goes back to that."""
    return source == target or target in (of.initial if source is None else dict(of.moves).get(str(source), ()))


def moves(of: StateMachine) -> tuple[Move, ...]:
    """Every move, from each state to each."""
    states = (*of.enum.texts, *((None,) if of.nullable else ()))
    return tuple(
        Move(source, target, may_move(of.transitions, source, target)) for source, target in product(states, repeat=2)
    )
