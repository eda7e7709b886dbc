"""Episodes: by far the most items, so that each is made in a few microseconds (contract: `/episode/search`)."""

from sandbox.arithmetic import Draw, stream
from sandbox.dates import DAY, LAST_UPDATE, YEAR_3000, Spread
from sandbox.fields import images, locators, play_uri, source_images, thumbnail
from sandbox.kinds import ABSENT, Filter, Keys, Kind, Table
from sandbox.playables import (
    COLUMNS,
    DEFAULT_ORDER,
    FILTERS,
    ORDERS,
    TOLD,
    Playables,
    add_dates,
    add_premium,
    end_date,
)
from sandbox.series import Series
from sandbox.shows import Shown, Shows
from sandbox.words import DEEDS, EVENTS, GIVEN, NATIVE, TURNS

FULL_SIZE = 686_432
SPREAD = Spread(
    full_size=FULL_SIZE,
    start_second=1_388_514_600,  # 2013-12-31 18:30 UTC, midnight in Kolkata
    starts=17_000,
    update_second=1_659_312_000,
    updates=16_000,
    both=3_000,
    no_start=(300, 1_073),
    no_update=400,
    start_zero=300,
    start_negative=400,
    start_3000=4_000,
)

_ITEM = stream("episode.item")

EPISODE = Kind(
    name="episode",
    path="/episode/search",
    columns=(*COLUMNS, "showId"),
    sorted_columns=("updateDate", "startDate", "showId"),
    filters={**FILTERS, "showId": Filter("showId", "is")},
    order_columns=ORDERS,
    default_order=DEFAULT_ORDER,
    told=(*TOLD, "showId", "seasonId", "seasonNo", "episodeNo"),
)


class Episodes:
    """The episodes, each a function of its number and the seed."""

    def __init__(self, seed: int, series: Series, shows: Shows, today: int) -> None:
        self._seed = seed
        self._series = series
        self._shows = shows
        self._playables = Playables(seed, "episode", series.episodes, spread=SPREAD, id_offset=2_000_000, today=today)

    def __len__(self) -> int:
        """Return how many there are at the start."""
        return self._series.episodes

    def table(self) -> Table:
        """Return the keys of those that there are at the start."""
        every = self._playables.at_start
        shows = self._series.show_ids_of_episodes()
        return Table(every.content_ids, (every.update, every.start, every.premium, shows))

    def keys(self, number: int) -> Keys:
        """Return `contentId` and (updateDate, startDate, premium, showId)."""
        content_id, update, start, premium, _ = self._playables.of(number)
        return Keys(content_id, (update, start, premium, self._series.place_of_episode(number).show_id))

    def about(self, number: int) -> dict[str, object]:  # noqa: ARG002 - one signature for all kinds
        """Return nothing: its series is the work."""
        return {}

    def item(self, number: int) -> dict[str, object]:
        """Return the episode with the fields of the contract's table, in the order the service prints them."""
        content_id, update, start, premium, status = self._playables.of(number)
        place = self._series.place_of_episode(number)
        shown = self._shows.shown(place.show)
        draw = Draw(self._seed, _ITEM, number)
        odds = draw.below(1 << 30)
        picture = f"{odds % 9973}/{1_000_000 + odds % 899_981}"
        name = _title(shown, place.episode_no, odds // 7, draw)
        episode: dict[str, object] = {
            "id": self._playables.ids.internal_id(number, long=odds % 50 == 0),
            "contentId": content_id,
            "title": name,
            "description": f"{shown.title}: {name} and {EVENTS[odds % len(EVENTS)]}. {TURNS[odds % len(TURNS)]}",
            "contentType": "EPISODE",
            "duration": 0 if odds % 127 == 0 else 600 + odds % 3_001,
            "genre": shown.genre,
            "lang": shown.lang,
            "broadCastDate": (start if 0 < start < YEAR_3000 else LAST_UPDATE - odds) // DAY * DAY,
            "episodeNo": place.episode_no,
            "seasonNo": place.season_no,
            "seasonId": place.season_id,
            "showId": place.show_id,
            "thumbnail": thumbnail(picture),
        }
        add_dates(episode, start, end_date(start, draw))
        add_premium(episode, premium)
        episode["images"] = images(picture, upright=odds % 13 > 0)
        episode["sourceImages"] = source_images(picture, upright=odds % 3 == 0, wide=True)
        if odds % 20 == 0:
            episode["playUri"] = play_uri(content_id)
        episode["deepLinkUrl"] = f"hotstar://{content_id}"
        episode["deepLinkUrlForLivingRoom"] = f"hotstar://content/{content_id}"
        if odds % 11 > 0:
            episode["searchKeywords"] = [name, *shown.keywords, content_id, "Unknown"]
        if odds % 7 > 0:
            episode["actors"] = shown.actors
        episode["langObjs"] = shown.language_objects
        episode["assetStatus"] = status
        if update != ABSENT:
            episode["updateDate"] = update
        episode["paid"] = premium == 1 and odds % 33 == 0
        episode["parentalRating"], episode["parentalRatingName"] = shown.rating
        episode["locators"] = locators(content_id, elsewhere=odds % 41 == 0)
        if odds % 5 > 0:
            episode["channelObject"] = shown.channel
        return episode


def _title(shown: Shown, episode_no: int, odds: int, draw: Draw) -> str:
    form = odds % 100
    if form < 8:
        return f"Episode {episode_no}"
    halves = NATIVE.get(shown.language.number)
    if form < 20 and halves is not None:
        return f"{draw.one(halves[0])} {draw.one(halves[1])}"
    if form == 20:
        return f"HES Automation Episode {episode_no}"
    return f"{draw.one(GIVEN)} {DEEDS[odds % len(DEEDS)]} {draw.one(GIVEN)}"
