"""A figure beside what was demanded of it."""

from __future__ import annotations


def heading() -> None:
    print(f"{'what':54} {'measured':>10}  demand")


def at_most(what: str, measured: float, unit: str, demand: float) -> None:
    """A figure that should be small."""
    _row(what, measured, f"{demand:g} {unit}", measured <= demand)


def at_least(what: str, measured: float, unit: str, demand: float) -> None:
    """A figure that should be large."""
    _row(what, measured, f"{demand:g} {unit}, or more", measured >= demand)


def known(what: str, measured: float, unit: str) -> None:
    """A figure to compare others with."""
    print(f"{what:54} {measured:10.2f}  {unit}", flush=True)


def skipped(what: str, reason: str) -> None:
    print(f"{what:54} {'skipped':>10}  {reason}", flush=True)


def _row(what: str, measured: float, demand: str, met: bool) -> None:
    print(f"{what:54} {measured:10.2f}  {demand}{'' if met else '  (missed)'}", flush=True)
