"""The kinds that Hotstar lists, how many items each has at the start, and how they are made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sandbox import episodes, matches, movies, shows
from sandbox.channels import CHANNEL, Channels
from sandbox.clock import Clock
from sandbox.dates import DAY
from sandbox.episodes import EPISODE, Episodes
from sandbox.kinds import Kind, Made
from sandbox.matches import MATCH, Matches
from sandbox.movies import MOVIE, Movies
from sandbox.seasons import SEASON, Seasons
from sandbox.series import Series
from sandbox.shows import SHOW, Shows


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many items there are at the start; seasons follow from the series, and channels are always forty."""

    movies: int
    shows: int
    episodes: int
    matches: int


def sizes(scale: float, *, films: int | None) -> Sizes:
    """Return the measured sizes (contract, Endpoints) times `scale`, with so many films where a number is given."""
    return Sizes(
        movies=round(movies.FULL_SIZE * scale) if films is None else films,
        shows=round(shows.FULL_SIZE * scale),
        episodes=round(episodes.FULL_SIZE * scale),
        matches=round(matches.FULL_SIZE * scale),
    )


def makers(seed: int, there: Sizes, clock: Clock, series: Series) -> Mapping[Kind, Callable[[], Made]]:
    """Return for each kind how its items are made; matches stand around the clock's day at that moment."""
    every_show = Shows(seed, series)

    def today() -> int:
        return int(clock.now()) // DAY * DAY

    return {
        MOVIE: lambda: Movies(seed, there.movies, today()),
        SHOW: lambda: every_show,
        SEASON: lambda: Seasons(seed, series, every_show),
        EPISODE: lambda: Episodes(seed, series, every_show, today()),
        MATCH: lambda: Matches(seed, there.matches, today()),
        CHANNEL: lambda: Channels(seed),
    }
