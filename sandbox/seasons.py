"""Seasons: listed one series at a time, in the order of their numbers (contract: `/season/search`)."""

from sandbox.arithmetic import Draw, Shuffle, mix, stream
from sandbox.channels import CHANNELS
from sandbox.kinds import Filter, Keys, Kind, Table, table_of
from sandbox.series import Series
from sandbox.shows import Shows

_ITEM = stream("season.item")
_FORMS = ("Season {}", "Season {}", "Chapter {}", "S{}", "Series {}")
_FIRST_ID = 801
"""Some have the public id of a channel."""

SEASON = Kind(
    name="season",
    path="/season/search",
    columns=("showId", "displaySeasonNo"),
    sorted_columns=("showId", "displaySeasonNo"),
    filters={"showId": Filter("showId", "is")},
    order_columns={"displaySeasonNo": "displaySeasonNo"},
    default_order=("displaySeasonNo", "asc"),
    told=("id", "title", "showId", "channelId", "displaySeasonNo", "episodeCnt"),
    stamp=None,
    required=("showId",),
    paging=("offset", "size", "order", "partner"),
    # The one answer on record has a total and an address, and no other count.
    counts_pages=False,
)


class Seasons:
    """The listed seasons, each a function of its number and the seed."""

    def __init__(self, seed: int, series: Series, shows: Shows) -> None:
        self._seed = seed
        self._series = series
        self._shows = shows
        self._ids = Shuffle(seed, "season.contentId", max(2 * len(series.listed_seasons), 1_000))

    def __len__(self) -> int:
        """Return how many there are at the start."""
        return len(self._series.listed_seasons)

    def table(self) -> Table:
        """Return the keys of those that there are at the start."""
        return table_of(SEASON, map(self.keys, range(len(self))))

    def keys(self, number: int) -> Keys:
        """Return `contentId` as text and (showId, displaySeasonNo)."""
        season = self._series.place_of_season(number)
        show_id = self._series.show_id(self._series.show_of_season(season))
        return Keys(str(_FIRST_ID + self._ids.place(number)), (show_id, self._series.season_no(season)))

    def about(self, number: int) -> dict[str, object]:
        """Return how many episodes there are at the start, whatever `episodeCnt` says."""
        return {"episodes": self._series.episodes_in(self._series.place_of_season(number))}

    def item(self, number: int) -> dict[str, object]:
        """Return the season with the contract's fields; three in a hundred count their episodes wrong."""
        content_id, (show_id, season_no) = self.keys(number)
        season = self._series.place_of_season(number)
        bits = mix(self._seed, _ITEM, number)
        counted = self._series.episodes_in(season)
        if bits % 100 < 3:
            counted = max(counted + 1 + (bits >> 8) % 5 - 4, 0) if (bits >> 16) % 4 else counted + 1
        thumbs = f"https://secure-media.hotstar.com/r1/thumbs/PCTV/{int(content_id) % 100:02}/{content_id}/PCTV"
        return {
            "displaySeasonNo": season_no,
            "episodeCnt": counted,
            "title": Draw(self._seed, _ITEM, number).one(_FORMS).format(season_no),
            "channelId": CHANNELS[self._shows.channel(self._series.show_of_season(season))].number,
            "showId": show_id,
            "id": self._series.season_id(season),
            "categoryId": int(content_id) - 60,
            "contentId": int(content_id),
            "images": [
                {"url": f"{thumbs}-{content_id}-hcdl.jpg", "transformation": "hcdl", "type": "HORIZONTAL"},
                {"url": f"{thumbs}-{content_id}-vl.jpg", "transformation": "vl", "type": "VERTICAL"},
            ],
            "thumbnail": f"{thumbs}-{content_id}-hm.jpg",
        }
