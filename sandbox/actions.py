"""What an action is, and those on the clock, the pace, the tokens and the coming requests."""

from abc import ABC, abstractmethod
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from sandbox.faults import Fault, Match, Spoilt
from sandbox.world import World


class RefusedError(ValueError):
    """An action that cannot be done; the text says why."""


class When(BaseModel):
    """Which request an action waits for."""

    model_config = ConfigDict(extra="forbid")
    after_request: Annotated[int, Field(ge=1)] | None = None
    path: str | None = None
    params: dict[str, str] = {}
    position: Literal["before", "after"] = "after"


class Action(BaseModel, ABC):
    """Something to do, at once or after a request."""

    model_config = ConfigDict(extra="forbid")
    when: When | None = None

    @abstractmethod
    def perform(self, world: World) -> dict[str, object]:
        """Do it and return what is answered; `content_ids` in it are noted as a change.

        Raises:
            RefusedError: it cannot be done.
        """


class Time(Action):
    """Move the sandbox's clock, or stop it."""

    do: Literal["clock"]
    set: float | None = None
    advance: float | None = None
    stop: bool | None = None

    def perform(self, world: World) -> dict[str, object]:
        """Set first, then advance, then stop or go on."""
        if self.set is not None:
            world.clock.set(self.set)
        if self.advance is not None:
            world.clock.advance(self.advance)
        if self.stop is not None:
            world.clock.stop(self.stop)
        return {"clock": world.clock.now()}


class Pace(Action):
    """Change the rate limit (requests a second, 0: none) or the latency (seconds per 1,000 items) of a service."""

    do: Literal["pace"]
    service: str = "hotstar"
    rate: Annotated[float, Field(ge=0)] | None = None
    latency: Annotated[float, Field(ge=0)] | None = None

    def perform(self, world: World) -> dict[str, object]:
        """Apply to requests from now on."""
        limiter = next((service.limiter for service in world.services if service.name == self.service), None)
        if limiter is None:
            raise RefusedError(f"there is no service {self.service}")
        limiter.rate = limiter.rate if self.rate is None else self.rate
        limiter.latency = limiter.latency if self.latency is None else self.latency
        return {"rate": limiter.rate, "latency": limiter.latency}


class ExpireTokens(Action):
    """Refuse every token that begins before this second of real time."""

    do: Literal["expire_tokens"]

    def perform(self, world: World) -> dict[str, object]:
        """Take the present as the beginning of the oldest good token."""
        return {"not_before": world.expire_tokens()}


class Inject(Action):
    """Spoil the next matching requests."""

    do: Literal["fault"]
    times: Annotated[int, Field(ge=1)] | None = 1
    skip: Annotated[int, Field(ge=0)] = 0
    path: str | None = None
    params: dict[str, str] = {}
    status: Literal[400, 401, 402, 403, 404, 429, 500, 502, 503, 504] | None = None
    retry_after: str | None = None
    seconds: Annotated[float, Field(ge=0)] | None = None
    body: Spoilt | None = None
    drop: Annotated[float, Field(ge=0, lt=1)] | None = None
    """Break the connection off after this share of the body; 0: without any answer."""
    without: list[str] = []
    """Members to leave out of the answer's object, such as a block that was to be appended."""

    def perform(self, world: World) -> dict[str, object]:
        """Put the fault behind those already waiting."""
        if all(given is None for given in (self.status, self.seconds, self.body, self.drop)) and not self.without:
            raise RefusedError("a fault needs one of status, seconds, body, drop, without")
        retry_after = "1" if self.status == 429 and self.retry_after is None else self.retry_after
        match = Match(self.path, self.params)
        world.faults.add(
            Fault(
                match,
                self.times,
                self.skip,
                self.status,
                retry_after,
                self.seconds,
                self.body,
                self.drop,
                tuple(self.without),
            )
        )
        return {"faults": len(world.faults)}


_Part = Literal["catalogue", "clock", "faults", "schedule", "ledger", "pace", "tokens", "account"]


class Reset(Action):
    """Go back to the start: everything, or the parts named."""

    do: Literal["reset"]
    parts: list[Literal["catalogue", "clock", "faults", "schedule", "ledger", "pace", "tokens", "account"]] | None = (
        None
    )

    def perform(self, world: World) -> dict[str, object]:
        """Reset."""
        world.reset(self.parts)
        return {}
