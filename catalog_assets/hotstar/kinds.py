"""What Hotstar lists, one description a kind.

A kind is a description, not a copy: listing, merge, checks and assets are written once and read it. What only one
kind has (its columns) stands in the folder `sql/hotstar/<name>/` and in its item model.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from catalog_assets.hotstar.items import HotstarItem, Movie


@dataclass(frozen=True, slots=True)
class Kind:
    """One Hotstar endpoint that lists items (contracts: Hotstar, "Endpoints").

    Attributes:
        name: The kind in the singular, as tables and SQL folders name it.
        plural: The kind in the plural, as assets and commands name it.
        path: The endpoint.
        item: The model that judges one item.
        censuses_to_miss: How many complete censuses in a row must lack an item before it is missing.
    """

    name: str
    plural: str
    path: str
    item: type[HotstarItem]
    censuses_to_miss: int = 1

    @property
    def table(self) -> str:
        """The wide table of the kind's newest versions, in schema `hotstar`."""
        return self.plural

    @property
    def view(self) -> str:
        """The documented name that people query."""
        return f"hotstar_{self.plural}"

    @property
    def versions_view(self) -> str:
        """The view of every version of every item."""
        return f"hotstar_{self.name}_versions"


MOVIE = Kind(name="movie", plural="movies", path="/movie/search", item=Movie)

KINDS: Mapping[str, Kind] = {kind.plural: kind for kind in (MOVIE,)}
"""Every kind by its plural."""
