"""POST /_control: what a test can ask for, one JSON object or a list of them, each with `do`.

Any action can carry `when`, which makes it wait for a request:
    {"when": {"after_request": 3}}                       after the third request from now has been answered
    {"when": {"path": "/movie/search", "params": {"offset": "999"}, "position": "before"}}
"""

import base64
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from sandbox import changes
from sandbox.catalogue import Catalogue
from sandbox.faults import Fault, Match, Spoilt
from sandbox.schedule import Waiting
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


class _Action(BaseModel):
    model_config = ConfigDict(extra="forbid")
    when: When | None = None

    def perform(self, world: World) -> dict[str, object]:
        raise NotImplementedError


class Time(_Action):
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


class Pace(_Action):
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


class ExpireTokens(_Action):
    """Refuse every token that begins before this second of real time."""

    do: Literal["expire_tokens"]

    def perform(self, world: World) -> dict[str, object]:
        """Take the present as the beginning of the oldest good token."""
        return {"not_before": world.expire_tokens()}


class Inject(_Action):
    """Spoil the next matching requests."""

    do: Literal["fault"]
    times: Annotated[int, Field(ge=1)] | None = 1
    skip: Annotated[int, Field(ge=0)] = 0
    path: str | None = None
    params: dict[str, str] = {}
    status: Literal[400, 401, 403, 404, 429, 500, 502, 503, 504] | None = None
    retry_after: str | None = None
    seconds: Annotated[float, Field(ge=0)] | None = None
    body: Spoilt | None = None
    drop: Annotated[float, Field(ge=0, lt=1)] | None = None
    """Break the connection off after this share of the body; 0: without any answer."""

    def perform(self, world: World) -> dict[str, object]:
        """Put the fault behind those already waiting."""
        if self.status is None and self.seconds is None and self.body is None and self.drop is None:
            raise RefusedError("a fault needs one of status, seconds, body, drop")
        retry_after = "1" if self.status == 429 and self.retry_after is None else self.retry_after
        match = Match(self.path, self.params)
        world.faults.add(
            Fault(match, self.times, self.skip, self.status, retry_after, self.seconds, self.body, self.drop)
        )
        return {"faults": len(world.faults)}


class Reset(_Action):
    """Go back to the start: everything, or the parts named."""

    do: Literal["reset"]
    parts: list[Literal["catalogue", "clock", "faults", "schedule", "ledger", "pace", "tokens"]] | None = None

    def perform(self, world: World) -> dict[str, object]:
        """Reset."""
        world.reset(self.parts)
        return {}


class _OnKind(_Action):
    kind: str = "movie"

    def perform(self, world: World) -> dict[str, object]:
        catalogue = world.catalogues.get(self.kind)
        if catalogue is None:
            raise RefusedError(f"there is no kind {self.kind}")
        return {"content_ids": self.change(catalogue, world)}

    def change(self, catalogue: Catalogue, world: World) -> list[str]:
        raise NotImplementedError


class Lag(_OnKind):
    """Set the longest index lag in seconds; each change waits a share of it that only its number decides."""

    do: Literal["lag"]
    seconds: Annotated[int, Field(ge=0)]

    def change(self, catalogue: Catalogue, world: World) -> list[str]:  # noqa: ARG002 - one signature for all
        """Apply to changes from now on."""
        catalogue.longest_lag = self.seconds
        return []


class Add(_OnKind):
    """Make new items; `fields` overrides what arithmetic gives them, `without` leaves fields out."""

    do: Literal["add"]
    count: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    fields: dict[str, object] = {}
    without: list[str] = []

    def change(self, catalogue: Catalogue, world: World) -> list[str]:
        """Add with the update time of the sandbox's clock, unless `fields` gives another."""
        return changes.add(catalogue, world.clock, self.count, self.fields, frozenset(self.without))


class _Chosen(_OnKind):
    content_ids: list[str] | None = None
    count: Annotated[int, Field(ge=0)] | None = None

    def chosen(self, catalogue: Catalogue, world: World, who: changes.Who) -> Sequence[int]:
        if (self.content_ids is None) == (self.count is None):
            raise RefusedError(f"name either content_ids or a count of items to {self.__class__.__name__.lower()}")
        if self.content_ids is None:
            return changes.choose(catalogue, 3 * len(world.changes), self.count or 0, who)
        numbers = [catalogue.number_of(content_id) for content_id in self.content_ids]
        if None in numbers:
            raise RefusedError(f"there is no {catalogue.kind.name} {self.content_ids[numbers.index(None)]}")
        return [number for number in numbers if number is not None]


class Update(_Chosen):
    """Change items; without `fields` their title says how often they changed."""

    do: Literal["update"]
    fields: dict[str, object] = {}
    without: list[str] = []
    touch: bool = True
    """Whether the update time moves to the sandbox's clock, where `fields` does not give one."""

    def change(self, catalogue: Catalogue, world: World) -> list[str]:
        """Change existing items."""
        numbers = self.chosen(catalogue, world, "existing")
        left_out = frozenset(self.without)
        return changes.update(catalogue, world.clock, numbers, self.fields, left_out, touch=self.touch)


class Unpublish(_Chosen):
    """Set `assetStatus` to UNPUBLISHED."""

    do: Literal["unpublish"]

    def change(self, catalogue: Catalogue, world: World) -> list[str]:
        """Change published items."""
        numbers = self.chosen(catalogue, world, "published")
        return changes.set_status(catalogue, world.clock, numbers, "UNPUBLISHED")


class Republish(_Chosen):
    """Set `assetStatus` to PUBLISHED."""

    do: Literal["republish"]

    def change(self, catalogue: Catalogue, world: World) -> list[str]:
        """Change unpublished items."""
        numbers = self.chosen(catalogue, world, "unpublished")
        return changes.set_status(catalogue, world.clock, numbers, "PUBLISHED")


class Remove(_Chosen):
    """Take items away; their update time cannot show it."""

    do: Literal["remove"]

    def change(self, catalogue: Catalogue, world: World) -> list[str]:
        """Remove existing items."""
        return changes.remove(catalogue, self.chosen(catalogue, world, "existing"))


class Restore(_Chosen):
    """Bring removed items back."""

    do: Literal["restore"]
    touch: bool = True

    def change(self, catalogue: Catalogue, world: World) -> list[str]:
        """Restore removed items."""
        return changes.restore(catalogue, world.clock, self.chosen(catalogue, world, "removed"), touch=self.touch)


class Duplicate(_OnKind):
    """Make a second entry that looks exactly like an item: one content id twice in a listing."""

    do: Literal["duplicate"]
    content_id: str

    def change(self, catalogue: Catalogue, world: World) -> list[str]:  # noqa: ARG002 - one signature for all
        """Add the twin."""
        number = catalogue.number_of(self.content_id)
        if number is None:
            raise RefusedError(f"there is no {catalogue.kind.name} {self.content_id}")
        return changes.duplicate(catalogue, number)


class Day(_OnKind):
    """A day of changes: additions, updates, removals, returns."""

    do: Literal["day"]
    adds: Annotated[int, Field(ge=0)] = 10
    updates: Annotated[int, Field(ge=0)] = 30
    removals: Annotated[int, Field(ge=0)] = 5
    returns: Annotated[int, Field(ge=0)] = 5

    def change(self, catalogue: Catalogue, world: World) -> list[str]:
        """Change items at the sandbox's present; move the clock between days."""
        salt = 3 * len(world.changes)
        touched = []
        returning = changes.choose(catalogue, salt, self.returns, "removed")
        touched += changes.restore(catalogue, world.clock, returning, touch=True)
        going = changes.choose(catalogue, salt + 1, self.removals, "existing")
        touched += changes.remove(catalogue, going)
        changing = changes.choose(catalogue, salt + 2, self.updates, "existing")
        touched += changes.update(catalogue, world.clock, changing, {}, frozenset(), touch=True)
        return touched + changes.add(catalogue, world.clock, self.adds, {}, frozenset())


class Plant(_OnKind):
    """Show these bytes in place of an item's JSON, at once; with neither, show the item again."""

    do: Literal["raw"]
    content_id: str
    text: str | None = None
    base64: str | None = None

    def change(self, catalogue: Catalogue, world: World) -> list[str]:  # noqa: ARG002 - one signature for all
        """Plant or clear."""
        number = catalogue.number_of(self.content_id)
        if number is None:
            raise RefusedError(f"there is no {catalogue.kind.name} {self.content_id}")
        raw = self.text.encode() if self.text is not None else None
        catalogue.plant(number, base64.b64decode(self.base64, validate=True) if self.base64 is not None else raw)
        return [self.content_id]


_AnyAction = Annotated[
    Time | Pace | ExpireTokens | Inject | Reset | Lag | Add | Update | Unpublish | Republish | Remove | Restore
    | Duplicate | Day | Plant,
    Field(discriminator="do"),
]  # fmt: skip
_ACTIONS = TypeAdapter[list[_AnyAction]](list[_AnyAction])


def perform(world: World, body: bytes) -> dict[str, object] | list[dict[str, object]]:
    """Do what a request's body asks for, in order, and return what each action answers.

    Raises:
        ValidationError: the body is no action.
        RefusedError: an action cannot be done; those before it in a list stay done.
    """
    single = body.lstrip().startswith(b"{")
    actions = _ACTIONS.validate_json(b"[" + body + b"]" if single else body)
    answers = [_do_or_wait(world, action) for action in actions]
    return answers[0] if single else answers


def _do_or_wait(world: World, action: _Action) -> dict[str, object]:
    when = action.when
    if when is None:
        return _do(world, action)
    match = Match(when.path, when.params)
    requests = when.after_request or 1
    world.schedule.add(Waiting(match, when.position, requests, lambda: _do_late(world, action)))
    return {"scheduled": len(world.schedule)}


def _do_late(world: World, action: _Action) -> None:
    """Do an action that waited; whoever asked for it reads in the truth's `changes` what became of it."""
    try:
        _do(world, action)
    except RefusedError as refused:
        world.changes.append({"at": world.clock.now(), "do": action.model_dump()["do"], "error": str(refused)})


def _do(world: World, action: _Action) -> dict[str, object]:
    answer = action.perform(world)
    if "content_ids" in answer:
        world.changes.append({"at": world.clock.now(), **action.model_dump(include={"do", "kind"}), **answer})
    return answer
