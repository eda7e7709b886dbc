"""Seasons and episodes of TMDB's series as its answers show them (contract: tmdb.md, 6)."""

from datetime import date

from sandbox.arithmetic import Draw, mix, stream
from sandbox.tmdb_parts import CREW, cast_rows, crew_rows, image, pictures
from sandbox.tmdb_runs import KEYS, Runs, Season
from sandbox.tmdb_titles import Row
from sandbox.words import DEEDS, EVENTS, GIVEN
from sandbox.works import FIRST_SERIES, person

_EPISODES = 32
"""Numbers of episodes that a season can have."""
_HEX, _PEOPLE = stream("tmdb.hex"), stream("tmdb.episode.people")


class Seasons:
    """What is shown of seasons; `minutes` are a series' own, `show_id` is its id and `changes` how often it changed."""

    def __init__(self, seed: int, runs: Runs, places: int) -> None:
        """Give ids to the seasons and episodes of so many series."""
        self._seed = seed
        self._runs = runs
        self._keys = places * KEYS * _EPISODES

    def listed(self, season: Season) -> Row:
        """Return the row of `seasons`; the average is missing from one in ten."""
        row: Row = {
            "air_date": None if season.begins is None else season.begins.isoformat(),
            "episode_count": season.episodes,
            "id": _id(season),
            "name": _name(season),
            "overview": "",
            "poster_path": _poster(season),
            "season_number": season.number,
        }
        return row if season.key % 10 == 7 else {**row, "vote_average": _average(season.key)}

    def whole(self, season: Season, today: date, *, show_id: int, minutes: int, changes: int) -> Row:
        """Return the season with its episodes, crew and guests."""
        return {
            "_id": f"{mix(self._seed, _HEX, season.key):016x}{season.key:08x}",
            "air_date": None if season.begins is None else season.begins.isoformat(),
            "episodes": [
                {
                    **self.episode(season, at, today, show_id=show_id, minutes=minutes, changes=changes),
                    **self._people(season, at),
                }
                for at in range(season.episodes)
            ],
            "name": _name(season),
            "networks": [],
            "overview": "",
            "id": _id(season),
            "poster_path": _poster(season),
            "season_number": season.number,
            "vote_average": _average(season.key),
        }

    def episode(self, season: Season, at: int, today: date, *, show_id: int, minutes: int, changes: int) -> Row:
        """Return an episode without its people.

        Until it has aired it has neither votes nor a picture nor a length, and of those that have aired one in twelve
        lacks the length. At every change of a series the first episode of each season comes back under a new id.
        """
        day, bits = self._runs.airs(season, at, today), self._runs.bits(season, at)
        aired, number = day is not None and day <= today, season.episode_no(at)
        named = day is not None and bits % 9 > 0
        return {
            "air_date": None if day is None else day.isoformat(),
            "episode_number": number,
            "episode_type": _type(season, at),
            "id": 1 + season.key * _EPISODES + at + (changes * self._keys if at == 0 else 0),
            "name": f"{GIVEN[bits % 24]} {DEEDS[(bits >> 8) % 16]} {GIVEN[(bits >> 16) % 24]}"
            if named
            else f"Episode {number}",
            "overview": f"{GIVEN[bits % 24]} {EVENTS[(bits >> 24) % 12]}." if named and bits % 4 else "",
            "production_code": "",
            "runtime": minutes + bits % 7 if aired and bits % 12 else None,
            "season_number": season.number,
            "show_id": show_id,
            "still_path": image(season.key, "s", at) if aired and bits % 5 else None,
            "vote_average": _average(bits) if aired else 0,
            "vote_count": 1 + bits % 90 if aired else 0,
        }

    def block(self, name: str, season: Season) -> object | None:
        """Return what `append_to_response` adds to a season; None for a name that is unknown."""
        if name == "external_ids":
            return {
                "freebase_mid": None,
                "freebase_id": None,
                "tvdb_id": 100_000 + season.key if season.key % 3 else None,
                "tvrage_id": None,
                "wikidata_id": "" if season.key % 4 else None,
            }
        if name == "images":
            return {"posters": pictures(FIRST_SERIES + season.place, "p", _posters(season), 1000, 1500)}
        if name == "credits":
            draw = Draw(self._seed, _PEOPLE, season.key)
            return {"cast": cast_rows(draw, [person(draw) for _ in range(draw.below(6))], season.key), "crew": []}
        return None

    def _people(self, season: Season, at: int) -> Row:
        """Return the crew of every third episode and the guests of every fourth."""
        key, bits = season.key * _EPISODES + at, self._runs.bits(season, at) >> 32
        draw = Draw(self._seed, _PEOPLE, key)
        crew = CREW[: 1 + draw.below(2)] if bits % 3 == 0 else ()
        guests = [person(draw) for _ in range(1 + draw.below(3))] if bits % 4 == 0 else []
        return {
            "crew": crew_rows(draw, [(person(draw), job) for job in crew], key),
            "guest_stars": cast_rows(draw, guests, key),
        }


def _id(season: Season) -> int:
    return 3_000 + season.key


def _name(season: Season) -> str:
    return f"Season {season.number}" if season.number else "Specials"


def _poster(season: Season) -> str | None:
    return image(FIRST_SERIES + season.place, "p", 20 + season.number) if season.key % 4 else None


def _posters(season: Season) -> list[int]:
    return [20 + season.number] if season.key % 4 else []


def _average(bits: int) -> float:
    return round(3 + bits % 600 / 100, 3) if bits % 10 else 0


def _type(season: Season, at: int) -> str:
    if at == season.episodes - 1 and season.number:
        return "finale"
    return "mid_season" if season.key % 8 == 1 and at == season.episodes // 2 else "standard"
