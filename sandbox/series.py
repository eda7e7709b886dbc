"""Which seasons each series has and which episodes each season, so that three kinds agree on what refers to what.

Every series has a *place*: first those that are listed, then a few that are gone though episodes still name them; a
series added later comes behind them. Seasons and episodes stand in the order of their series. A few seasons are
listed nowhere though episodes name them too.
"""

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, repeat
from typing import NamedTuple

from sandbox.arithmetic import Draw, Shuffle, mix, stream

_SEASONS, _LATER = stream("series.seasons"), stream("series.later")
_UNLISTED_EACH = 150
_GONE_EACH = 1_000
_FEWEST_IDS = 1_000


class EpisodePlace(NamedTuple):
    """Where an episode stands."""

    show: int
    """The place of its series; the rest are fields of an episode."""
    show_id: int
    season_id: int
    season_no: int
    episode_no: int


class Series:
    """Series, seasons and episodes by their places; ids are the internal ones."""

    def __init__(self, seed: int, *, shows: int, episodes: int) -> None:
        self._seed = seed
        self.shows = shows
        self.episodes = episodes
        gone = max(shows // _GONE_EACH, 1)
        self._first_season = array("i", [0])
        self._show_of = array("i")
        weights = array("i")
        for show in range(shows + gone):
            draw = Draw(seed, _SEASONS, show)
            seasons, daily = _seasons(draw), draw.chance(120)
            for _ in range(seasons):
                self._show_of.append(show)
                weights.append(100 + draw.below(700) if daily else 6 + draw.below(40))
            self._first_season.append(len(self._show_of))
        total = sum(weights)
        self._first_episode = array("i", (weight * episodes // total for weight in accumulate(weights, initial=0)))
        self._gone = gone
        self.places = shows + gone
        """How many series there are at the start, those that are gone included."""
        self._show_ids = Shuffle(seed, "show.id", max(2 * shows, _FEWEST_IDS))
        self._season_ids = Shuffle(seed, "season.id", max(2 * len(self._show_of), _FEWEST_IDS))
        self._id_of_show = array("q", (self.show_id(show) for show in range(shows + gone)))
        self._id_of_season = array("q", (self.season_id(season) for season in range(len(self._show_of))))
        self.listed_seasons: Sequence[int] = array(
            "i", (at for at, show in enumerate(self._show_of) if show < shows and at % _UNLISTED_EACH != 100)
        )

    def place_of_show(self, number: int) -> int:
        """Return the place of the series that is listed under a number."""
        return number if number < self.shows else number + self._gone

    def show_id(self, show: int) -> int:
        """Return a series' `id`; one in fifty is beyond 2³¹."""
        return 1 + self._show_ids.place(show) + (1 << 33 if show % 50 == 17 else 0)

    def place_of_season(self, number: int) -> int:
        """Return the place of the season that is listed under a number."""
        if number < len(self.listed_seasons):
            return self.listed_seasons[number]
        return len(self._show_of) + number - len(self.listed_seasons)

    def season_id(self, season: int) -> int:
        """Return a season's `id`."""
        return 1 + self._season_ids.place(season)

    def show_of_season(self, season: int) -> int:
        """Return the place of a season's series; seasons added later go to any that is listed."""
        return self._show_of[season] if season < len(self._show_of) else self._any_show(season)

    def seasons_of(self, show: int) -> range:
        """Return the places of a series' seasons, listed or not; none of a series that was not there at the start."""
        there = show + 1 < len(self._first_season)
        return range(self._first_season[show], self._first_season[show + 1]) if there else range(0)

    def season_no(self, season: int) -> int:
        """Return which season of its series it is, the first being 1."""
        if season < len(self._show_of):
            return season - self._first_season[self._show_of[season]] + 1
        show = self._any_show(season)
        return self._first_season[show + 1] - self._first_season[show] + 1 + season - len(self._show_of)

    def episodes_in(self, season: int) -> int:
        """Return how many episodes of a season there are at the start."""
        return self._first_episode[season + 1] - self._first_episode[season] if season < len(self._show_of) else 0

    def place_of_episode(self, number: int) -> EpisodePlace:
        """Return where an episode stands; those added later go to the last season of any listed series."""
        if number < self.episodes:
            season = bisect_right(self._first_episode, number) - 1
            episode_no = number - self._first_episode[season] + 1
        else:
            season = self._first_season[self._any_show(number) + 1] - 1
            episode_no = self.episodes_in(season) + 1 + number - self.episodes
        show = self._show_of[season]
        return EpisodePlace(
            show,
            self._id_of_show[show],
            self._id_of_season[season],
            season - self._first_season[show] + 1,
            episode_no,
        )

    def show_ids_of_episodes(self) -> Sequence[int]:
        """Return the `showId` of every episode that there is at the start."""
        ids = array("q")
        for season, show in enumerate(self._show_of):
            ids.extend(repeat(self._id_of_show[show], self.episodes_in(season)))
        return ids

    def _any_show(self, number: int) -> int:
        return mix(self._seed, _LATER, number) % max(self.shows, 1)


def _seasons(draw: Draw) -> int:
    odds = draw.below(100)
    if odds < 55:
        return 1
    if odds < 75:
        return 2
    if odds < 88:
        return 3 + draw.below(3)
    return 5 + draw.below(8) if odds < 98 else 13 + draw.below(22)
