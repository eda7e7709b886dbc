"""When the seasons and episodes of TMDB's series air: as many seasons as at Hotstar, shorter, and some that run on.

A running series has one season more than at Hotstar and begins another each year, so that wherever the clock stands
some of its episodes are behind it and some ahead.
"""

from datetime import date, timedelta
from typing import NamedTuple

from sandbox.arithmetic import Draw, mix, stream
from sandbox.series import Series
from sandbox.works import FIRST_SERIES, work

LONGEST = 24
"""Episodes of a season at most."""
KEYS = 64
"""Numbers of seasons that a series can have, specials being 0."""

_FIRST, _RUN, _EPISODE = stream("tmdb.first"), stream("tmdb.run"), stream("tmdb.episode")
_SETTLED = date(2026, 10, 31)
"""What has ended began its last season before this day, as far as its first day allows."""
_ANNOUNCED = timedelta(days=45)
"""How long before its first day a season is listed."""
_DATED = timedelta(days=21)
"""How long before an episode its day is known."""
_YEAR = 364
_WEEK = 7


class Season(NamedTuple):
    """A season of a series; specials are season 0."""

    place: int
    """Of the series, counted as Hotstar's are."""
    number: int
    begins: date | None
    """None: on no known day, and so are its episodes."""
    apart: int
    """Days from one episode to the next."""
    episodes: int

    @property
    def key(self) -> int:
        """A number of its own among all seasons of all series."""
        return self.place * KEYS + self.number

    def episode_no(self, at: int) -> int:
        """Return the number of the episode in a place; in a sixth of all seasons one number is left out."""
        gap = 1 + self.key % 5
        return at + 1 + (self.key % 6 == 2 and at >= gap)

    def ends(self) -> date | None:
        """Return the day of the last episode."""
        return None if self.begins is None else self.begins + timedelta(days=self.apart * max(self.episodes - 1, 0))


class Runs:
    """The seasons of every series, each a function of its place, the seed and the day."""

    def __init__(self, seed: int, hotstar: Series) -> None:
        self._seed = seed
        self._hotstar = hotstar

    def is_thin(self, place: int) -> bool:
        """Say whether nobody has entered more than a name: one series in forty."""
        return place % 40 == 11

    def is_running(self, place: int) -> bool:
        """Say whether there is a season each year: a sixth of those that began before 2025."""
        return self._runs_on(place, self.first(place))

    def first(self, place: int) -> date | None:
        """Return the first day, if one is known; a fortieth of all series come next year."""
        if self.is_thin(place) or place % 40 == 17:
            return None
        year = 2027 if place % 40 == 27 else work(self._seed, FIRST_SERIES + place).year
        return date(year, 1, 1) + timedelta(days=mix(self._seed, _FIRST, place) % 365)

    def seasons(self, place: int, today: date) -> list[Season]:
        """Return what is listed on a day, specials first; nothing of a thin record."""
        if self.is_thin(place):
            return []
        draw, first = Draw(self._seed, _RUN, place), self.first(place)
        listed = [Season(place, 0, None, 0, 1 + draw.below(4))] if draw.chance(150) else []
        apart, usual, current = draw.one((0, 1, 1, 7, 7, 7)), 250 + draw.below(150), draw.below(_YEAR)
        counts = self._counts(place, draw)
        if first is None:
            return listed + [Season(place, no, None, 0, count) for no, count in enumerate(counts, 1)]
        step = max(min(usual, (_SETTLED - first).days // max(len(counts), 1)), _WEEK)
        for at, count in enumerate(counts):
            begins = first + timedelta(days=at * step)
            if at == 0 or begins <= today + _ANNOUNCED:
                listed.append(Season(place, at + 1, begins, min(apart, step // max(count, 1)), count))
        if self._runs_on(place, first):
            begins, no = _SETTLED - timedelta(days=current), len(counts) + 1
            while begins <= today + _ANNOUNCED and no < KEYS:
                listed.append(Season(place, no, begins, _WEEK, 8 + draw.below(LONGEST - 8)))
                begins, no = begins + timedelta(days=_YEAR), no + 1
        return listed

    def airs(self, season: Season, at: int, today: date) -> date | None:
        """Return the day of an episode as far as it is known: not long before, and of one in seventy never.

        In one season of twelve the second episode comes after the third.
        """
        if season.begins is None or self.bits(season, at) % 70 == 3:
            return None
        turned = season.key % 12 == 5 and season.episodes > 2 and at in (1, 2)
        day = season.begins + timedelta(days=season.apart * (3 - at if turned else at))
        return day if day <= today + _DATED else None

    def between(self, place: int, since: date, until: date, today: date) -> list[tuple[date, Season, int]]:
        """Return the episodes (day, season, place in it) that air from one day to another, in order; no specials."""
        found = []
        for season in self.seasons(place, today):
            ends = season.ends()
            if season.number and season.begins is not None and ends is not None:
                if season.begins > until or ends < since:
                    continue
                days = ((self.airs(season, at, today), at) for at in range(season.episodes))
                found += [(day, season, at) for day, at in days if day is not None and since <= day <= until]
        return sorted(found)

    def bits(self, season: Season, at: int) -> int:
        """Return what everything odd about an episode is drawn from."""
        return mix(self._seed, _EPISODE, season.key * 32 + at)

    def _runs_on(self, place: int, first: date | None) -> bool:
        return first is not None and first.year < 2025 and mix(self._seed, _RUN, place) % 6 == 0

    def _counts(self, place: int, draw: Draw) -> list[int]:
        """Return the episodes of each season that Hotstar has, the longest cut short; or of some that it has not."""
        there = self._hotstar.seasons_of(place)
        if there:
            return [min(self._hotstar.episodes_in(season), LONGEST) for season in there]
        return [6 + draw.below(LONGEST - 6) for _ in range(1 + draw.below(4))]
