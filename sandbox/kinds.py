"""What a kind of item is to the sandbox: one description each, so that a kind joins as an entry and not as a copy."""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

ABSENT = -(1 << 63)
"""Stands in an integer column for a field that the item does not have; no filter matches it."""

MOST = (1 << 63) - 1


class Keys(NamedTuple):
    """What searches look at: the public id as text and the integers of the kind's columns, in their order."""

    content_id: str
    columns: tuple[int, ...]


class Table(NamedTuple):
    """The keys of many items, in the order of their numbers: a column each."""

    content_ids: Sequence[str]
    columns: Sequence[Sequence[int]]


def table_of(kind: "Kind", keys: Iterable[Keys]) -> Table:
    """Return keys as columns."""
    content_ids: list[str] = []
    values = array("q")
    for key in keys:
        content_ids.append(key.content_id)
        values.extend(key.columns)
    width = len(kind.columns)
    return Table(content_ids, [values[place::width] for place in range(width)])


class Made(Protocol):
    """The items of one kind, each a function of its number; numbers go on past the count for items added later."""

    def __len__(self) -> int:
        """Return how many there are at the start."""

    def table(self) -> Table:
        """Return the keys of those that there are at the start."""

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


class Stamp(NamedTuple):
    """Where an item says when it was changed."""

    field: str
    per_second: int = 1
    """Its units in a second: 1,000 for milliseconds."""


UPDATE_DATE = Stamp("updateDate")
PAGING = ("offset", "size", "orderBy", "order", "partner")


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """One endpoint's items: where they are listed, what filters and orders them, and what truth tells of them."""

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
    told: tuple[str, ...]
    """Fields that the truth endpoint tells of each item."""
    stamp: Stamp | None = UPDATE_DATE
    """None for a kind whose changes carry no time."""
    hidden: frozenset[str] = frozenset()
    """Columns that searches look at and no answer shows."""
    required: tuple[str, ...] = ()
    """Filters without which a request is refused."""
    paging: tuple[str, ...] = PAGING
    """The parameters it takes beside its filters."""
    counts_pages: bool = True
    """Whether a page says more than its total and the next page's address."""

    @property
    def has_status(self) -> bool:
        """Say whether items are published and unpublished."""
        return "assetStatus" in self.told
