"""What Hotstar lists, one description a kind.

A kind is a description, not a copy: listing, merge, checks and assets are written once and read it. What only one
kind has stands in its item model and in the database: its wide table, its view, and the function
`hotstar.<name>_fields`, which says which field of an item becomes which column.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, LiteralString

from catalog_assets.hotstar.models import Channel, Episode, HotstarItem, Match, Movie, Season, Show

FilterName = Literal["update", "start", "premium"]


@dataclass(frozen=True, slots=True)
class Reference:
    """What items of a kind point at, by that kind's `id`.

    Attributes:
        field: The field as the service names it.
        column: The same as an expression over the wide table `w`, a bigint.
        target: The kind that it names.
    """

    field: str
    column: LiteralString
    target: str


_CHANNEL = Reference("channelObject", "(w.raw_response #>> '{channelObject,id}')::bigint", "channel")
_SHOW = Reference("showId", "w.show_id", "show")


@dataclass(frozen=True, slots=True)
class Kind:
    """One Hotstar endpoint that lists items (contracts: Hotstar, "Endpoints").

    Attributes:
        name: The kind in the singular, as SQL folders and assets name it.
        plural: The kind in the plural, as assets and commands name it.
        path: The endpoint.
        item: The model that judges one item.
        table: The wide table of the kind's newest versions, in schema `hotstar`; the plural unless given.
        view: The documented name that people query; `hotstar_` and the table unless given.
        title_field: The field of an item that names it.
        filters: What the endpoint filters by. A kind that it cannot list by update time is never polled.
        order_by: The order asked for; None where the endpoint has one order.
        listed_by: The field with another kind's `id` by whose values it is listed one by one; None: all at once.
        listed_every: How often it is listed completely: once a week after the closing of Sunday, or once a day.
        censuses_to_miss: How many complete censuses in a row must lack an item before it is missing.
        references: What its items point at.
    """

    name: str
    plural: str
    path: str
    item: type[HotstarItem]
    table: str = ""
    view: str = ""
    title_field: str = "title"
    filters: frozenset[FilterName] = frozenset({"update", "start", "premium"})
    order_by: str | None = "contentId"
    listed_by: str | None = None
    listed_every: Literal["week", "day"] = "week"
    censuses_to_miss: int = 1
    references: tuple[Reference, ...] = ()

    def __post_init__(self) -> None:
        if not self.table:
            object.__setattr__(self, "table", self.plural)
        if not self.view:
            object.__setattr__(self, "view", f"hotstar_{self.table}")

    @property
    def updates(self) -> str | None:
        """The asset of what changed on a day; None where that cannot be asked for."""
        return f"{self.name}_updates" if self.is_polled else None

    @property
    def listing(self) -> str:
        """The asset of complete listings: censuses, or rounds through what the kind is listed by."""
        return f"{self.name}_{'rounds' if self.listed_by else 'census'}"

    @property
    def is_polled(self) -> bool:
        """Whether what changed can be listed by update time."""
        return "update" in self.filters

    @property
    def versions_view(self) -> str:
        """The view of every version of every item."""
        return f"hotstar_{self.name}_versions"


MOVIE = Kind(name="movie", plural="movies", path="/movie/search", item=Movie, references=(_CHANNEL,))
SHOW = Kind(
    name="show",
    plural="shows",
    path="/show/search",
    item=Show,
    references=(_CHANNEL,),
    filters=frozenset({"premium"}),
    listed_every="day",
    censuses_to_miss=2,
)
CHANNEL = Kind(
    name="channel",
    plural="channels",
    path="/channel/list",
    item=Channel,
    title_field="name",
    filters=frozenset(),
    order_by="esUpdateDate",
    listed_every="day",
    censuses_to_miss=2,
)
SEASON = Kind(
    name="season",
    plural="seasons",
    path="/season/search",
    item=Season,
    references=(_SHOW, Reference("channelId", "w.channel_id", "channel")),
    filters=frozenset(),
    order_by=None,
    listed_by="showId",
    listed_every="day",
    censuses_to_miss=2,
)
MATCH = Kind(name="match", plural="matches", path="/match/search", item=Match, table="sports")
EPISODE = Kind(
    name="episode",
    plural="episodes",
    path="/episode/search",
    item=Episode,
    references=(_SHOW, Reference("seasonId", "w.season_id", "season"), _CHANNEL),
)

KINDS: Mapping[str, Kind] = {kind.plural: kind for kind in (MOVIE, SHOW, CHANNEL, SEASON, MATCH, EPISODE)}
"""Every kind by its plural, in the order of first loading: small ones and what others refer to come first."""
