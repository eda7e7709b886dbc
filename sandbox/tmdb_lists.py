"""TMDB's lists: popular, trending, playing and airing titles, and the feeds of changes (contract: tmdb.md, 7)."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta

from sandbox.arithmetic import Draw, Shuffle, mix, stream
from sandbox.clock import Clock
from sandbox.limits import Limiter
from sandbox.requests import Asked, Reply
from sandbox.tmdb_films import Films
from sandbox.tmdb_parts import person_object
from sandbox.tmdb_replies import error, json_reply, no_such_page, one, page_of
from sandbox.tmdb_series import TvSeries
from sandbox.tmdb_titles import Media, Row, Titles
from sandbox.works import person

ROWS = 20
CHANGED_ROWS = 100
LONGEST_CHANGES = timedelta(days=14)

_CHANGED, _POPULAR, _PERSON = stream("tmdb.changed"), stream("tmdb.popular"), stream("tmdb.person")
_HEAT = stream("tmdb.heat")
_LEADING = 60
"""Titles that trend; all others follow them."""
_TRENDS = {"day": (3_600, 2), "week": (86_400, 1)}
"""Seconds for which an order stands, and after how many of these times one title comes in and one goes out."""
_CHANGED_A_DAY = 12
"""Of a thousand titles, how many the feed names on a day."""
_UNNAMED = 20
"""One change in so many is missing from the feed."""

Rows = Callable[[int, int], list[Row]]
"""The rows from one rank of a list to another; what is gone leaves its page shorter."""


class Lists:
    """Answers that list films or series."""

    def __init__(self, films: Films, series: TvSeries, *, clock: Clock, limiter: Limiter) -> None:
        self.titles: Mapping[Media, Titles] = {"movie": films, "tv": series}
        self._films = films
        self._series = series
        self._clock = clock
        self._limiter = limiter
        self._windows: dict[tuple[str, date, date, date], list[int]] = {}

    def today(self) -> date:
        """Return the day of the sandbox's clock."""
        return datetime.fromtimestamp(self._clock.now(), UTC).date()

    def popularity(self, number: int) -> float:
        """Return how popular a title is this week."""
        week = self.today().toordinal() // 7
        return mix(number, _POPULAR, week) % 90_000 / 1_000

    def rows(self, titles: Titles, numbers: list[int], **more: object) -> list[Row]:
        """Return the rows of those that are not gone, each with some fields more."""
        return [
            {**titles.row(number, popularity=self.popularity(number)), **more}
            for number in numbers
            if number not in titles.gone
        ]

    def popular(self, asked: Asked, media: Media) -> Reply:
        """Answer all films or series, in another order each day."""
        titles = self.titles[media]
        return self._listed(asked, self._ranked(titles, "popular"), total=len(titles.numbers))

    def trending(self, asked: Asked, media: Media, span: str) -> Reply:
        """Answer the same, led by what is watched most in these hours or days, and say of each row what it is."""
        titles = self.titles[media]
        rows = self._trending(titles, span)
        return self._listed(asked, rows, total=len(titles.numbers))

    def trending_all(self, asked: Asked, span: str) -> Reply:
        """Answer two films, two series and a person in turn, as long as there are films and series."""
        films, series = self._trending(self._films, span), self._trending(self._series, span)

        def rows(first: int, end: int) -> list[Row]:
            found: list[Row] = []
            for rank in range(first, end):
                turn, place = divmod(rank, 5)
                if place < 4:
                    at = 2 * turn + place // 2
                    found += (series if place % 2 else films)(at, at + 1)
                else:
                    found.append(self._person(turn))
            return found

        turns = min(len(self._films.numbers), len(self._series.numbers)) // 2
        return self._listed(asked, lambda first, end: rows(first, min(end, 5 * turns)), total=5 * turns)

    def playing(self, asked: Asked, first_day: int, last_day: int) -> Reply:
        """Answer films of a window of days; the envelope counts three fewer than its pages hold.

        With `region`, the window is that of the country's cinemas, whatever the date that the rows show.
        """
        today, region = self.today(), one(asked, "region", "")
        least, most = today + timedelta(days=first_day), today + timedelta(days=last_day)

        def released() -> list[int]:
            if region:
                return [n for n in self._films.numbers if self._films.releases_in(n, region, least, most)]
            dated = ((number, self._films.release(number)) for number in self._films.numbers)
            return [number for number, on in dated if on is not None and least <= on <= most]

        playing = self._window(f"movie.{region}", least, most, released)
        dates = {"maximum": most.isoformat(), "minimum": least.isoformat()}
        rows = self._slices(self._films, playing)
        return self._listed(asked, rows, total=len(playing), short=3, dates=dates)

    def airing(self, asked: Asked, last_day: int) -> Reply:
        """Answer series of which an episode airs from today on for so many days."""
        found = self._airing(self.today(), self.today() + timedelta(days=last_day))
        return self._listed(asked, self._slices(self._series, found), total=len(found))

    def changes(self, asked: Asked, media: Media) -> Reply:
        """Answer what changed on some days."""
        today, titles = self.today(), self.titles[media]
        try:
            until = date.fromisoformat(one(asked, "end_date", today.isoformat())[:10])
            since = date.fromisoformat(one(asked, "start_date", (until - timedelta(days=1)).isoformat())[:10])
        except ValueError:
            return error(400, 23, "Invalid date: Should be formatted as YYYY-MM-DD.")
        if until - since > LONGEST_CHANGES:
            return error(422, 20, "Invalid date range: Should be a range no longer than 14 days.")
        page = page_of(asked)
        if page is None:
            return no_such_page()
        airing = set(self._airing(since, min(until, today))) if media == "tv" else set()
        found = [n for n in titles.numbers if n in airing or self._changed_on(titles, n, since, until)]
        rows = [
            {"id": titles.id_of(n), "adult": None if n in titles.gone else False, "softcore": False}
            for n in found[(page - 1) * CHANGED_ROWS : page * CHANGED_ROWS]
        ]
        pages = -(-len(found) // CHANGED_ROWS)
        return json_reply({"results": rows, "page": page, "total_pages": pages, "total_results": len(found)}, asked)

    def _changed_on(self, titles: Titles, number: int, since: date, until: date) -> bool:
        """Say whether the feed names a title for these days: what actions changed, and each day's usual share."""
        day = titles.changed.get(number)
        if day is not None and since <= day <= until:
            return mix(number, _CHANGED, 0) % _UNNAMED != 0
        days = range(since.toordinal(), min(until, self.today()).toordinal() + 1)
        return any(mix(number, _CHANGED, on) % 1000 < _CHANGED_A_DAY for on in days)

    def _airing(self, since: date, until: date) -> list[int]:
        today = self.today()
        return self._window("tv", since, until, lambda: self._series.airing(since, until, today))

    def _window(self, name: str, least: date, most: date, find: Callable[[], list[int]]) -> list[int]:
        """Return what was found under a name for a window of days, which is sought once a day."""
        asked = (name, least, most, self.today())
        if asked not in self._windows:
            self._windows[asked] = find()
        return self._windows[asked]

    def _ranked(self, titles: Titles, name: str, **more: object) -> Rows:
        numbers = titles.numbers
        kind = name if titles.media == "movie" else f"{titles.media}.{name}"
        order = Shuffle(self.today().toordinal(), f"tmdb.{kind}", len(numbers))

        def rows(first: int, end: int) -> list[Row]:
            ranks = range(first, min(end, len(numbers)))
            return self.rows(titles, [numbers[order.number_at(rank)] for rank in ranks], **more)

        return rows

    def trending_numbers(self, titles: Titles, span: str) -> Callable[[int, int], list[int]]:
        """Return the works in the order of an hour or a day: who leads does so for a while, and the rest stands still.

        Those that lead are neighbours in a shuffle, along which they move on by one every few hours or days: a title
        comes in at one end, is hottest on its way through the middle and goes out at the other.
        """
        numbers = titles.numbers
        order, many = Shuffle(0, f"tmdb.{titles.media}.trending.{span}", len(numbers)), min(_LEADING, len(numbers))
        length_s, steps = _TRENDS[span]
        tick = int(self._clock.now()) // length_s
        first, beyond = divmod(tick, steps)

        def heat(place: int) -> float:
            number = numbers[order.number_at((first + place) % len(numbers))]
            way = 1 - abs(2 * (place + 1 - beyond / steps) / many - 1)
            return way * (2_000 + mix(number, _HEAT, 0) % 1_000) + mix(number, _HEAT, tick) % 300

        hot = sorted(range(many), key=heat, reverse=True)

        def between(first_rank: int, end: int) -> list[int]:
            ranks = range(first_rank, min(end, len(numbers)))
            places = (hot[rank] if rank < many else rank for rank in ranks)
            return [numbers[order.number_at((first + place) % len(numbers))] for place in places]

        return between

    def _trending(self, titles: Titles, span: str) -> Rows:
        between = self.trending_numbers(titles, span)
        return lambda first, end: self.rows(titles, between(first, end), media_type=titles.media)

    def _slices(self, titles: Titles, numbers: list[int]) -> Rows:
        return lambda first, end: self.rows(titles, numbers[first:end])

    def _person(self, number: int) -> Row:
        draw = Draw(self.today().toordinal(), _PERSON, number)
        film = self._films.numbers[draw.below(len(self._films.numbers))]
        return {
            **person_object(draw, person(draw), "Acting"),
            "known_for": self.rows(self._films, [film], media_type="movie"),
            "media_type": "person",
        }

    def _listed(self, asked: Asked, rows: Rows, *, total: int, short: int = 0, **more: object) -> Reply:
        page = page_of(asked)
        if page is None:
            return no_such_page()
        shown = rows((page - 1) * ROWS, page * ROWS)
        envelope = {
            "page": page,
            "results": shown,
            "total_pages": -(-total // ROWS),
            "total_results": max(0, total - short),
        }
        return json_reply({**more, **envelope}, asked, seconds=self._limiter.seconds_for(1000))
