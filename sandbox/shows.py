"""Series: nothing divides them but `premium` (contract: `/show/search` documents no date filter)."""

from typing import NamedTuple

from sandbox.arithmetic import Draw, mix, stream
from sandbox.channels import CHANNELS, channel_object
from sandbox.dates import LAST_UPDATE, YEAR_3000
from sandbox.fields import (
    RATINGS,
    add_people,
    add_pictures,
    add_trailers,
    add_words,
    description,
    language_objects,
    locators,
    thumbnail,
    title,
)
from sandbox.ids import Ids
from sandbox.kinds import ABSENT, Filter, Keys, Kind, Table, table_of
from sandbox.playables import DEFAULT_ORDER, ORDERS, add_dates, add_premium, end_date
from sandbox.series import Series
from sandbox.words import Language
from sandbox.works import FIRST_SERIES, Work, work

FULL_SIZE = 6_111

_KEYS, _ITEM = stream("show.keys"), stream("show.item")
_TESTS = ("HES Automation Show {}", "Automation Series {}", "Test Show {}")
_ODD_STARTS = {0: ABSENT, 1: 0, 2: -86_400, 3: YEAR_3000}

SHOW = Kind(
    name="show",
    path="/show/search",
    columns=("startDate", "premium"),
    sorted_columns=("startDate",),
    filters={"premium": Filter("premium", "flag")},
    order_columns=ORDERS,
    default_order=DEFAULT_ORDER,
    told=("id", "title", "startDate", "endDate", "premium"),
    stamp=None,
)


class Shown(NamedTuple):
    """What the episodes of a series show of it; the lists are shared and never changed."""

    title: str
    language: Language
    genre: list[str]
    lang: list[str]
    language_objects: list[dict[str, object]]
    actors: list[str]
    keywords: list[str]
    channel: dict[str, object]
    rating: tuple[int, str]


class Shows:
    """The series, each a function of its number and the seed."""

    def __init__(self, seed: int, series: Series) -> None:
        self._seed = seed
        self._series = series
        self._ids = Ids(seed, 6_000_000)
        self._shown: dict[int, Shown] = {}

    def __len__(self) -> int:
        """Return how many there are at the start."""
        return self._series.shows

    def table(self) -> Table:
        """Return the keys of those that there are at the start."""
        return table_of(SHOW, map(self.keys, range(len(self))))

    def keys(self, number: int) -> Keys:
        """Return `contentId` as text and (startDate, premium)."""
        place = self._series.place_of_show(number)
        bits = mix(self._seed, _KEYS, place)
        premium = ABSENT if bits % 1009 == 0 else (bits >> 12) & 1
        start = _ODD_STARTS.get((bits >> 28) % 600, LAST_UPDATE - (bits >> 33) % 900_000_000)
        return Keys(str(self._ids.content_id(place, bits >> 20)), (start, premium))

    def about(self, number: int) -> dict[str, object]:
        """Return the work's number, or None for a test entry, and whether it is one."""
        place = self._series.place_of_show(number)
        test = self._is_test(place)
        return {"work": None if test else FIRST_SERIES + place, "test": test}

    def item(self, number: int) -> dict[str, object]:
        """Return the series with the fields of the contract's table."""
        content_id, (start, premium) = self.keys(number)
        place = self._series.place_of_show(number)
        known = self._work(place)
        draw = Draw(self._seed, _ITEM, place)
        picture = f"{draw.below(9999)}/{draw.below(9_999_999)}"
        show: dict[str, object] = {
            "id": self._series.show_id(place),
            "title": draw.one(_TESTS).format(1 + draw.below(60)) if self._is_test(place) else title(known, draw),
            "description": description(known, draw),
            "contentType": "SHOW",
            "categoryId": int(content_id),
            "contentId": int(content_id),
            "thumbnail": thumbnail(picture),
        }
        add_dates(show, start, end_date(start, draw))
        show["genre"] = list(known.genres)
        add_premium(show, premium)
        add_pictures(show, picture, draw)
        add_people(show, known, draw)
        add_words(show, known, content_id, draw)
        show["paid"] = bool(premium == 1 and draw.chance(30))
        show["parentalRating"], show["parentalRatingName"] = draw.one(RATINGS)
        show["locators"] = locators(content_id, elsewhere=draw.chance(60), tail="")
        add_trailers(show, draw)
        if draw.chance(930):
            show["channelObject"] = channel_object(CHANNELS[self.channel(place)])
        return show

    def channel(self, place: int) -> int:
        """Return the number of the channel that a series runs on."""
        return mix(self._seed, _ITEM, place) % len(CHANNELS)

    def shown(self, place: int) -> Shown:
        """Return what episodes show of the series in a place."""
        shown = self._shown.get(place)
        if shown is None:
            known = self._work(place)
            shown = self._shown[place] = Shown(
                title=known.title,
                language=known.language,
                genre=list(known.genres),
                lang=[known.language.name],
                language_objects=language_objects([known.language]),
                actors=list(known.actors),
                keywords=[known.title, f" {known.title.lower()}", known.language.name, *known.genres, *known.actors],
                channel=channel_object(CHANNELS[self.channel(place)]),
                rating=RATINGS[place % len(RATINGS)],
            )
        return shown

    def _work(self, place: int) -> Work:
        return work(self._seed, FIRST_SERIES + place)

    def _is_test(self, place: int) -> bool:
        return mix(self._seed, _ITEM, place) % 500 == 0
