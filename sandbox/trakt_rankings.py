"""What Trakt's rankings hold: TMDB's works under Trakt's ids, most of them led by what TMDB has trending too.

Half of what could lead stands in TMDB's list of the same hour, half only here. Counts move from hour to hour.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Literal, NamedTuple

from sandbox.arithmetic import Shuffle, mix, stream
from sandbox.clock import Clock
from sandbox.tmdb_lists import Lists
from sandbox.tmdb_titles import Media, Row
from sandbox.works import FIRST_SERIES

KEYS: Mapping[Media, str] = {"movie": "movie", "tv": "show"}
"""Under which key an element holds its title."""

Name = Literal["trending", "popular", "anticipated", "watched", "played", "collected"]

_TASTE, _MOOD, _ODD = stream("trakt.taste"), stream("trakt.mood"), stream("trakt.odd")
_IDS = 3_000_000
_LEADING = 60
"""Titles that could lead, of TMDB's list and of those that only Trakt's users watch, each."""
_MOVES_S = 3 * 3_600
"""Seconds after which one of the latter goes and another comes."""
_PERIODS = {"daily": (3_600, 1), "weekly": (3 * 3_600, 5), "monthly": (86_400, 18), "yearly": (7 * 86_400, 150),
            "all": (7 * 86_400, 900)}  # fmt: skip
"""Seconds for which counts stand, and how many people are counted, by period."""
_EARLY = 400
"""Titles among which those to come are sought."""
_SLUG = re.compile("[^a-z0-9]+")


class Ranked(NamedTuple):
    """A title in a ranking."""

    media: Media
    number: int
    """Of the work."""
    people: int
    """What it is ranked by."""
    counts: Row | None
    """What an element says beside its title; None: the element is the title itself."""


class Rankings:
    """Trakt's films and series, and their rankings at the sandbox's time."""

    def __init__(self, seed: int, lists: Lists, clock: Clock) -> None:
        self._seed = seed
        self._lists = lists
        self._clock = clock
        self._ids = {media: Shuffle(seed, f"trakt.{media}.id", _IDS) for media in KEYS}

    def ranking(self, media: Media, name: Name, period: str = "daily") -> list[Ranked]:
        """Return a whole ranking, first the most."""
        if name == "popular":
            order, numbers = self._order(media, "popular"), self._lists.titles[media].numbers
            places = range(len(numbers))
            return [Ranked(media, numbers[order.number_at(at)], len(numbers) - at, None) for at in places]
        if name == "anticipated":
            found = [self._counted(media, number, 1.0, name, period) for number in self._early(media)]
        else:
            found = [self._counted(media, *warm, name, period) for warm in self._warm(media, period).items()]
        return sorted(found, key=lambda row: (-row.people, row.number))

    def title(self, media: Media, number: int, *, is_full: bool) -> Row:
        """Return a title as others hold it, or with all its fields."""
        titles, today = self._lists.titles[media], self._lists.today()
        whole = titles.details(number, popularity=1.0, today=today)
        name = str(whole["title" if media == "movie" else "name"])
        first = str(whole["release_date" if media == "movie" else "first_air_date"] or "")
        year = int(first[:4]) + (self._odd(number) % 50 == 1) if first else None
        slug = _SLUG.sub("-", name.lower()).strip("-") or str(self.id_of(media, number))
        ids: Row = {"trakt": self.id_of(media, number), "slug": f"{slug}-{year}" if year else slug}
        ids["imdb"] = titles.imdb_id(number)
        if self._has_tmdb_id(number):
            ids["tmdb"] = titles.id_of(number)
        elif self._odd(number) % 2:
            ids["tmdb"] = None
        if media == "tv":
            ids["tvdb"] = None
        title: Row = {"title": name, "year": year, "ids": ids}
        return {**title, **_rest(media, whole, first)} if is_full else title

    def id_of(self, media: Media, number: int) -> int:
        """Return Trakt's id of a work."""
        return 1 + self._ids[media].place(number % FIRST_SERIES)

    def number_of(self, media: Media, trakt_id: int) -> int | None:
        """Return the work with an id of Trakt's; None if there is none."""
        if not 1 <= trakt_id <= _IDS:
            return None
        number = self._ids[media].number_at(trakt_id - 1) + (FIRST_SERIES if media == "tv" else 0)
        titles = self._lists.titles[media]
        return number if titles.has(number) or number in titles.gone else None

    def with_id(self, media: Media, id_type: str, wanted: str) -> list[int]:
        """Return the works that have an id of some type."""
        titles = self._lists.titles[media]
        if id_type == "imdb" and re.fullmatch("tt[0-9]{7,12}", wanted):
            return [number for number in titles.with_imdb_id(int(wanted[2:])) if titles.has(number)]
        if id_type not in {"trakt", "tmdb"} or not re.fullmatch("[0-9]{1,9}", wanted):
            return []
        number = self.number_of(media, int(wanted)) if id_type == "trakt" else titles.number_of(int(wanted))
        return [] if number is None or (id_type == "tmdb" and not self._has_tmdb_id(number)) else [number]

    def truth(self, media: Media, name: Name, period: str = "daily", most: int = 20) -> list[Row]:
        """Return the first of a ranking with the ids that they really have, whatever the answers show."""
        titles = self._lists.titles[media]
        return [
            {
                "trakt_id": self.id_of(media, row.number),
                "tmdb_id": titles.id_of(row.number),
                "shows_tmdb_id": self._has_tmdb_id(row.number),
                "imdb_id": titles.imdb_id(row.number),
                **(row.counts or {}),
            }
            for row in self.ranking(media, name, period)[:most]
        ]

    def _warm(self, media: Media, period: str) -> dict[int, float]:
        """Return what could lead, and how warm it is: TMDB's own leaders, and as many that lead only here."""
        titles = self._lists.titles[media]
        theirs = self._lists.trending_numbers(titles, "day" if period == "daily" else "week")(0, _LEADING)
        numbers = titles.numbers
        order, moved = self._order(media, "watched"), int(self._clock.now()) // _MOVES_S
        ours = (numbers[order.number_at((moved + at) % len(numbers))] for at in range(min(_LEADING, len(numbers))))
        warm = {number: float(_LEADING - at) for at, number in enumerate(theirs)}
        for at, number in enumerate(ours):
            warm.setdefault(number, _LEADING - abs(2.0 * at - _LEADING))
        return warm

    def _early(self, media: Media) -> list[int]:
        titles, today = self._lists.titles[media], self._lists.today()
        order, field = self._order(media, "anticipated"), "release_date" if media == "movie" else "first_air_date"
        places = range(min(_EARLY, len(titles.numbers)))
        found = (titles.numbers[order.number_at(at)] for at in places)
        return [number for number in found if _day(titles.row(number, popularity=1.0).get(field)) > today]

    def _counted(self, media: Media, number: int, warmth: float, name: Name, period: str) -> Ranked:
        stands_s, people = _PERIODS[period]
        taste = 500 + mix(self._seed, _TASTE, number) % 1_000
        mood = 900 + mix(number, _MOOD, int(self._clock.now()) // stands_s) % 200
        watchers = 1 + int(warmth * taste * mood * people / 40_000)
        plays, collectors = watchers + watchers * (mood % 50) // 100, watchers * (taste % 90) // 100
        if name == "trending":
            return Ranked(media, number, watchers, {"watchers": watchers})
        if name == "anticipated":
            return Ranked(media, number, watchers, {"list_count": watchers})
        counts: Row = {"watcher_count": watchers, "play_count": plays, "collected_count": collectors}
        if media == "tv":
            counts |= {"collected_count": collectors * 9, "collector_count": collectors}
        by = {"watched": watchers, "played": plays, "collected": collectors}
        return Ranked(media, number, by[name], counts)

    def _order(self, media: Media, name: str) -> Shuffle:
        return Shuffle(self._seed, f"trakt.{media}.{name}", len(self._lists.titles[media].numbers))

    def _has_tmdb_id(self, number: int) -> bool:
        return self._odd(number) // 64 % 20 != 0

    def _odd(self, number: int) -> int:
        return mix(self._seed, _ODD, number)


def _day(text: object) -> date:
    return date.fromisoformat(text) if isinstance(text, str) and text else date.min


def _rest(media: Media, whole: Row, first: str) -> Row:
    """Return what `extended=full` adds."""
    common: Row = {
        "tagline": whole["tagline"],
        "overview": whole["overview"],
        "country": None,
        "status": str(whole["status"]).lower(),
        "rating": whole["vote_average"],
        "votes": whole["vote_count"],
        "comment_count": 0,
        "trailer": None,
        "homepage": whole["homepage"] or None,
        "updated_at": datetime(2026, 11, 2, tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "language": whole["original_language"],
        "available_translations": ["en"],
        "genres": [],
        "certification": None,
        "images": {"fanart": [], "poster": [], "logo": [], "clearart": [], "banner": [], "thumb": []},
    }
    if media == "movie":
        return {**common, "released": first or None, "runtime": whole["runtime"]}
    return {**common, "first_aired": f"{first}T00:00:00.000Z" if first else None, "aired_episodes": 0, "network": None}
