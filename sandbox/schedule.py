"""Actions that wait for a request: so that a test can change the catalogue between two named pages."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from sandbox.faults import Match
from sandbox.requests import Asked


@dataclass(slots=True)
class Waiting:
    """An action and the request it waits for."""

    match: Match
    position: Literal["before", "after"]
    """Whether the request it waits for is answered from the catalogue as it is after the action, or before it."""
    requests: int
    """How many matching requests must come, the last being the one it waits for."""
    action: Callable[[], object]


class Schedule:
    """The actions that wait, each fired once."""

    def __init__(self) -> None:
        self._waiting: list[Waiting] = []

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, waiting: Waiting) -> None:
        """Let an action wait."""
        self._waiting.append(waiting)

    def reset(self) -> None:
        """Drop what waits."""
        self._waiting.clear()

    def before(self, asked: Asked) -> list[Waiting]:
        """Count an admitted request, fire what goes before its answer, and return what goes after it."""
        due = []
        for waiting in self._waiting:
            if waiting.match.fits(asked):
                waiting.requests -= 1
                if waiting.requests == 0:
                    due.append(waiting)
        for waiting in due:
            self._waiting.remove(waiting)
        for waiting in due:
            if waiting.position == "before":
                waiting.action()
        return [waiting for waiting in due if waiting.position == "after"]
