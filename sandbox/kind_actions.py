"""The actions on the items of a kind: adding, changing, removing, and whole days of it."""

import base64
from abc import abstractmethod
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from sandbox import changes
from sandbox.actions import Action, RefusedError
from sandbox.catalogue import Catalogue
from sandbox.days import whole_day
from sandbox.world import World


class _OnKind(Action):
    kind: str = "movie"

    def perform(self, world: World) -> dict[str, object]:
        catalogue = world.catalogues.get(self.kind)
        if catalogue is None:
            raise RefusedError(f"there is no kind {self.kind}")
        return {"content_ids": self.change(catalogue, world)}

    @abstractmethod
    def change(self, catalogue: Catalogue, world: World) -> list[str]: ...


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
    count: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    items: list[dict[str, object]] | None = None
    """Fields of each new item by itself, over `fields`: thousands of known titles in one request."""
    fields: dict[str, object] = Field(default_factory=dict)
    without: list[str] = Field(default_factory=list)

    def change(self, catalogue: Catalogue, world: World) -> list[str]:
        """Add with the update time of the sandbox's clock, unless `fields` gives another."""
        if self.count is not None and self.items is not None:
            raise RefusedError("name either items to add or a count of them")
        own = [{}] * (self.count or 1) if self.items is None else self.items
        every = ({**self.fields, **fields} for fields in own)
        return changes.add(catalogue, world.clock, every, frozenset(self.without))


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
    fields: dict[str, object] = Field(default_factory=dict)
    without: list[str] = Field(default_factory=list)
    touch: bool = True
    """Whether the update time moves to the sandbox's clock, where `fields` does not give one."""

    def change(self, catalogue: Catalogue, world: World) -> list[str]:
        """Change existing items."""
        numbers = self.chosen(catalogue, world, "existing")
        left_out = frozenset(self.without)
        return changes.update(catalogue, world.clock, numbers, self.fields, left_out, touch=self.touch)


class _Status(_Chosen):
    def set(
        self, catalogue: Catalogue, world: World, *, old: Literal["published", "unpublished"], new: str
    ) -> list[str]:
        if not catalogue.kind.has_status:
            raise RefusedError(f"a {catalogue.kind.name} has no assetStatus")
        numbers = self.chosen(catalogue, world, old)
        return changes.update(catalogue, world.clock, numbers, {"assetStatus": new}, frozenset(), touch=True)


class Unpublish(_Status):
    """Set `assetStatus` to UNPUBLISHED."""

    do: Literal["unpublish"]

    def change(self, catalogue: Catalogue, world: World) -> list[str]:
        """Change published items."""
        return self.set(catalogue, world, old="published", new="UNPUBLISHED")


class Republish(_Status):
    """Set `assetStatus` to PUBLISHED."""

    do: Literal["republish"]

    def change(self, catalogue: Catalogue, world: World) -> list[str]:
        """Change unpublished items."""
        return self.set(catalogue, world, old="unpublished", new="PUBLISHED")


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
        return changes.day(
            catalogue,
            world.clock,
            3 * len(world.changes),
            adds=[{}] * self.adds,
            updates=self.updates,
            removals=self.removals,
            returns=self.returns,
        )


class WholeDay(Action):
    """A day of changes to every kind that changes daily, as many as were measured."""

    do: Literal["whole_day"]

    def perform(self, world: World) -> dict[str, object]:
        """Change items at the sandbox's present, and note each kind's changes by themselves."""
        touched = whole_day(world)
        for kind, content_ids in touched.items():
            world.changes.append({"at": world.clock.now(), "do": self.do, "kind": kind, "content_ids": content_ids})
        return {"kinds": touched}


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
