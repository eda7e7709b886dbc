"""A day of the whole catalogue, as many changes as were measured (contract, Endpoints)."""

from collections.abc import Iterable, Mapping

from sandbox import changes
from sandbox.arithmetic import Draw, stream
from sandbox.world import World

_DAY = stream("days")
_HOUR = 3_600
_NO_END = 4_102_444_799


def whole_day(world: World) -> dict[str, list[str]]:
    """Let a day's changes happen to every kind now and return the content ids touched, by kind.

    10 to 50 films change, 100 to 500 episodes and 10 to 50 matches are new, half of them still to come; on every third
    day or so there is a new series with its first season.
    """
    salt = 3 * len(world.changes)
    draw = Draw(world.options.seed, _DAY, salt)
    films, episodes, matches = 10 + draw.below(41), 100 + draw.below(401), 10 + draw.below(41)
    touched: dict[str, list[str]] = {}

    def happen(kind: str, adds: Iterable[Mapping[str, object]], *, updates: int, removals: int, returns: int) -> None:
        touched[kind] = touched.get(kind, []) + changes.day(
            world.catalogues[kind], world.clock, salt, adds=adds, updates=updates, removals=removals, returns=returns
        )

    happen("movie", _plain(films // 3), updates=films - films // 3 - 4, removals=2, returns=2)
    if draw.chance(333):
        first = min(draw.below(20) + 1, episodes)
        episodes -= first
        happen("show", _plain(1), updates=0, removals=0, returns=0)
        show = _newest(world, "show")
        season = {"showId": show["id"], "displaySeasonNo": 1, "title": "Season 1", "episodeCnt": first}
        happen("season", [season], updates=0, removals=0, returns=0)
        season_id = _newest(world, "season")["id"]
        new = (
            {"showId": show["id"], "seasonId": season_id, "seasonNo": 1, "episodeNo": 1 + place}
            for place in range(first)
        )
        happen("episode", new, updates=0, removals=0, returns=0)
    happen("episode", _plain(episodes), updates=episodes // 2, removals=draw.below(10), returns=draw.below(5))
    now = int(world.clock.now())
    events = ({"startDate": now + 2 * place * _HOUR, "endDate": _NO_END, "live": True} for place in range(matches // 2))
    happen("match", events, updates=0, removals=0, returns=0)
    happen("match", _plain(matches - matches // 2), updates=matches // 2, removals=1, returns=1)
    return touched


def _plain(count: int) -> list[Mapping[str, object]]:
    return [{}] * count


def _newest(world: World, kind: str) -> dict[str, object]:
    catalogue = world.catalogues[kind]
    return catalogue.item(catalogue.next_number - 1)
