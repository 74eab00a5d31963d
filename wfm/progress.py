"""Progress of long work, as values a caller may print, store or draw."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """One report: the step ("forecast", "requirement", "roster", "check", "export"), seconds since the plan began,
    what is being done, and for the roster step the best cost and bound so far in agent-minutes."""

    step: str
    seconds: float
    message: str
    cost: float | None = None
    bound: float | None = None


Report = Callable[[Progress], None]
Stop = Callable[[], bool]


def silent(_: Progress) -> None:
    """Report to nobody."""


def never() -> bool:
    """Nobody asks to stop."""
    return False
