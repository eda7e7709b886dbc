"""What a kind of item is to the sandbox: one description each, so that a kind joins as an entry and not as a copy."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

ABSENT = -(1 << 63)
"""Stands in an integer column for a field that the item does not have; no filter matches it."""

MOST = (1 << 63) - 1


class Keys(NamedTuple):
    """What searches look at: the public id as text and the integers of the kind's columns, in their order."""

    content_id: str
    columns: tuple[int, ...]


class Made(Protocol):
    """The items of one kind, each a function of its number; numbers go on past the count for items added later."""

    def keys(self, number: int) -> Keys:
        """Return what searches look at, without making the whole item."""

    def item(self, number: int) -> dict[str, object]:
        """Return the item as the service shows it."""

    def about(self, number: int) -> dict[str, object]:
        """Return what only the truth endpoint tells: the work it belongs to, whether it is a test entry."""


class Filter(NamedTuple):
    """A query parameter: which column it bounds, and from which side."""

    column: str
    side: Literal["from", "to", "is", "flag"]


@dataclass(frozen=True, slots=True)
class Kind:
    """One endpoint's items: where they are listed, what filters them, and how they are made."""

    name: str
    path: str
    columns: tuple[str, ...]
    """Fields of an item that searches look at, kept as integers (true is 1)."""
    sorted_columns: tuple[str, ...]
    """Those of them kept in order, since filters on them are ranges."""
    filters: Mapping[str, Filter]
    order_columns: Mapping[str, str | None]
    """Value of `orderBy` -> column; None stands for the content id as text."""
    default_order: tuple[str, str]
    """`orderBy` and `order` of a request that names none."""
    made: Callable[[int, int], Made]
    """(seed, count) -> the items."""
