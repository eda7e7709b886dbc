"""Series as TMDB knows them: Hotstar's series under TMDB's own ids, and some that Hotstar lacks (contract: tmdb.md)."""

import re
from collections.abc import Callable
from datetime import date
from functools import cached_property

from sandbox.channels import CHANNELS
from sandbox.series import Series
from sandbox.tmdb_offers import watch_providers
from sandbox.tmdb_parts import COUNTRIES, CREW, LANGUAGES, cast_rows, crew_rows, image
from sandbox.tmdb_runs import Runs, Season
from sandbox.tmdb_seasons import Seasons
from sandbox.tmdb_titles import MORE, Row, Titles
from sandbox.works import FIRST_SERIES, Work, person

GENRES = {
    10759: "Action & Adventure", 16: "Animation", 35: "Comedy", 80: "Crime", 99: "Documentary", 18: "Drama",
    10751: "Family", 10762: "Kids", 9648: "Mystery", 10763: "News", 10764: "Reality", 10765: "Sci-Fi & Fantasy",
    10766: "Soap", 10767: "Talk", 10768: "War & Politics", 37: "Western",
}  # fmt: skip
_ELSEWHERE = {
    "Action": 10759, "Adventure": 10759, "Science Fiction": 10765, "Fantasy": 10765, "Superhero": 10765,
    "Standup Comedy": 35,
}  # fmt: skip
"""Genres of works that go by another name here."""
_RATINGS = {"IN": ("U", "U/A 13+", "A", ""), "US": ("TV-PG", "TV-14", "TV-MA")}
_STATUSES = ("Ended", "Ended", "Ended", "Returning Series", "Returning Series", "Canceled", "Ended", "Pilot")
_KNOWN_IN_A_HUNDRED = 90
_OWN_IDS = 1_000_000
"""From here on the shuffle gives ids that no film has."""
_OWN_IMDB_IDS, _FILMS_IMDB_IDS = 20_000_000, 1_000_000
_SEASON = re.compile(r"season/(\d{1,4})")


class TvSeries(Titles):
    """TMDB's series by the number of their work."""

    media = "tv"

    def __init__(self, seed: int, hotstar: Series) -> None:
        """Know most of Hotstar's series, also of those that are gone there, and some more."""
        places = hotstar.places + int(hotstar.places * MORE)
        works = range(FIRST_SERIES, FIRST_SERIES + places)
        super().__init__(seed, works, known_in_a_hundred=_KNOWN_IN_A_HUNDRED)
        self._runs = Runs(seed, hotstar)
        self._seasons = Seasons(seed, self._runs, places)

    def imdb_id(self, number: int) -> str | None:
        """Return the IMDb id; one series in twenty-five has none, and one in a hundred that of a film."""
        place = number - FIRST_SERIES
        if place % 25 == 4:
            return None
        return f"tt{(_FILMS_IMDB_IDS if place % 100 == 9 else _OWN_IMDB_IDS) + place * 7}"

    def with_imdb_id(self, imdb_number: int) -> list[int]:
        """Return the series that have an IMDb id, whether TMDB knows them or not."""
        places = ((imdb_number - first) // 7 for first in (_OWN_IMDB_IDS, _FILMS_IMDB_IDS))
        numbers = (FIRST_SERIES + place for place in places if place >= 0)
        return [number for number in numbers if self.imdb_id(number) == f"tt{imdb_number}"]

    def airing(self, since: date, until: date, today: date) -> list[int]:
        """Return the series of which an episode airs from one day to another."""
        between = self._runs.between
        return [number for number in self.numbers if between(number - FIRST_SERIES, since, until, today)]

    def seasons(self, number: int, today: date) -> list[Season]:
        """Return the seasons listed on a day, specials first."""
        return self._runs.seasons(number - FIRST_SERIES, today)

    def row(self, number: int, *, popularity: float) -> Row:
        """Return the series as lists show it."""
        made, average, first = self._work(number), self.votes(number), self._runs.first(number - FIRST_SERIES)
        language = LANGUAGES[made.language.name]
        row: Row = {
            "adult": False,
            "softcore": False,
            "backdrop_path": image(number, "b") if number % 9 else None,
            "genre_ids": _genres(made),
            "id": self.id_of(number),
            "name": made.title,
            "origin_country": [COUNTRIES.get(language, "FR")],
            "original_language": language,
            "original_name": made.native_title,
            "overview": self._overview(number),
            "popularity": popularity,
            "poster_path": image(number, "p", self.revisions.get(number, 0) % 10) if number % 12 else None,
            "vote_average": average[0],
            "vote_count": average[1],
        }
        if first is not None:
            row["first_air_date"] = first.isoformat()
        elif number % 3:
            row["first_air_date"] = ""
        return row

    def details(self, number: int, *, popularity: float, today: date) -> Row:
        """Return the series itself, without any block."""
        place, made, row = number - FIRST_SERIES, self._work(number), self.row(number, popularity=popularity)
        seasons, draw = self._runs.seasons(place, today), self._draw(number + 2)
        regular = [season for season in seasons if season.number]
        language, thin = LANGUAGES[made.language.name], self._runs.is_thin(place)
        country = COUNTRIES.get(language, "FR")
        episodes = self._runs.between(place, date.min, date.max, today)
        aired = [episode for episode in episodes if episode[0] <= today]
        ahead = episodes[len(aired) :]
        channel = CHANNELS[draw.below(len(CHANNELS))]
        genres = _genres(made)
        del row["genre_ids"]
        status, first = self._status(place, today), row.get("first_air_date", "")
        return {
            **row,
            "created_by": [self._creator(number, name) for name in made.directors[: number % 3]],
            "episode_run_time": [] if number % 20 else [made.minutes // 2],
            "first_air_date": first if first or place % 80 < 40 else None,
            "genres": [{"id": genre, "name": GENRES[genre]} for genre in genres],
            "homepage": "" if draw.below(2) else None,
            "in_production": status in ("In Production", "Planned") or self._runs.is_running(place),
            "languages": [language],
            "last_air_date": aired[-1][0].isoformat() if aired else None,
            "last_episode_to_air": self._episode(number, made, aired[-1], today) if aired else None,
            "networks": [
                {"id": channel.number, "logo_path": image(channel.number, "n"), "name": channel.name,
                 "origin_country": "IN" if channel.number % 3 else ""}
            ],
            "next_episode_to_air": self._episode(number, made, ahead[0], today) if ahead else None,
            "number_of_episodes": None if thin else sum(season.episodes for season in regular),
            "number_of_seasons": None if thin else len(regular),
            "production_companies": [],
            "production_countries": [{"iso_3166_1": country, "name": country}],
            "seasons": [self._seasons.listed(season) for season in seasons],
            "spoken_languages": [{"english_name": made.language.name, "iso_639_1": language, "name": ""}],
            "status": status,
            "tagline": "" if draw.below(3) else "Nothing goes to plan.",
            "type": _type(genres, len(regular), status),
        }  # fmt: skip

    def season(self, number: int, season_no: int, *, today: date) -> Row | None:
        """Return a season with its episodes; None if there is none of this number."""
        for season in self._runs.seasons(number - FIRST_SERIES, today):
            if season.number == season_no:
                return self._seasons.whole(
                    season,
                    today,
                    show_id=self.id_of(number),
                    minutes=self._work(number).minutes // 3,
                    changes=self.revisions.get(number, 0),
                )
        return None

    def season_block(self, name: str, number: int, season_no: int, *, today: date) -> object | None:
        """Return what `append_to_response` adds to a season that there is; None for a name that is unknown."""
        found = (season for season in self._runs.seasons(number - FIRST_SERIES, today) if season.number == season_no)
        return self._seasons.block(name, next(found))

    def block(self, name: str, number: int, *, today: date) -> object | None:
        """Return what `append_to_response` adds under a name, without its `id`; None for what there is not."""
        season_no = _SEASON.fullmatch(name)
        if season_no is not None:
            whole = self.season(number, int(season_no[1]), today=today)
            return None if whole is None else {field: value for field, value in whole.items() if field != "id"}
        if name == "aggregate_credits":
            return self._aggregate_credits(number, today)
        if name == "watch/providers":
            return watch_providers(self._seed, number, today, media=self.media, tmdb_id=self.id_of(number))
        make = self._blocks.get(name)
        return make(number) if make is not None else None

    @cached_property
    def _blocks(self) -> dict[str, Callable[[int], object]]:
        return {
            "alternative_titles": lambda number: {
                "results": [{"iso_3166_1": "IN", "title": self._work(number).native_title, "type": ""}]
            },
            "credits": self._credits,
            "content_ratings": lambda number: {
                "results": [
                    {"descriptors": [], "iso_3166_1": country, "rating": steps[number % len(steps)]}
                    for country, steps in _RATINGS.items()
                    if number % 8
                ]
            },
            "external_ids": lambda number: {
                "imdb_id": self.imdb_id(number),
                "freebase_mid": None,
                "freebase_id": None,
                "tvdb_id": 70_000 + number - FIRST_SERIES if number % 5 else None,
                "tvrage_id": None,
                "wikidata_id": f"Q{9_000_000 + number}" if number % 3 else None,
                "facebook_id": None,
                "instagram_id": None,
                "twitter_id": "" if number % 4 else None,
            },
            "images": self._images,
            "keywords": lambda number: {"results": self._keywords(number)},
            "recommendations": lambda number: self._page_of_others(number, 2),
            "similar": lambda number: self._page_of_others(number, 3),
            "translations": self._translations,
            "videos": self._videos,
        }

    def _episode(self, number: int, made: Work, found: tuple[date, Season, int], today: date) -> Row:
        _, season, at = found
        changes = self.revisions.get(number, 0)
        return self._seasons.episode(
            season, at, today, show_id=self.id_of(number), minutes=made.minutes // 3, changes=changes
        )

    def _status(self, place: int, today: date) -> str:
        first = self._runs.first(place)
        if self._runs.is_thin(place):
            return "Planned"
        if first is not None and first > today:
            return "In Production"
        return "Returning Series" if self._runs.is_running(place) else _STATUSES[place % len(_STATUSES)]

    def _creator(self, number: int, name: str) -> Row:
        person_id = 1 + self._block_draw(number + 1).below(9_000)
        creator: Row = {"id": person_id, "credit_id": f"{number:024x}", "name": name, "gender": 0, "profile_path": None}
        return creator if number % 2 else {**creator, "original_name": name}

    def _people(self, number: int) -> tuple[list[Row], list[Row]]:
        """Return everybody who was ever in the cast or the crew, with one role or job each."""
        made, draw = self._work(number), self._block_draw(number)
        actors = (*made.actors, *(person(draw) for _ in range(draw.below(25))))
        cast = cast_rows(draw, actors, number)
        jobs = [*((name, CREW[0]) for name in made.directors), *((person(draw), role) for role in CREW[1:])]
        return cast, crew_rows(draw, jobs, number)

    def _credits(self, number: int) -> Row:
        """Return who is in the latest season, which is not everybody."""
        cast, crew = self._people(number)
        return {"cast": cast[:3], "crew": crew[:2]}

    def _aggregate_credits(self, number: int, today: date) -> Row:
        seasons = self._runs.seasons(number - FIRST_SERIES, today)
        most = max(sum(season.episodes for season in seasons if season.number), 1)
        cast, crew = self._people(number)
        return {
            "cast": [_over_all(row, "roles", "character", most) for row in cast],
            "crew": [_over_all(row, "jobs", "job", most) for row in crew],
        }

    def _translations(self, number: int) -> Row:
        made = self._work(number)
        return {
            "translations": [
                {"iso_3166_1": country, "iso_639_1": language, "name": name, "english_name": english, "data": {
                    "homepage": "", "overview": "", "tagline": "", "name": title}}
                for country, language, name, english, title in (
                    ("US", "en", "English", "English", made.title),
                    ("IN", "hi", "हिन्दी", "Hindi", made.native_title if made.language.number == 1 else ""),
                )
            ]
        }  # fmt: skip

    def _slot(self, number: int) -> int:
        """Return which id a series has: one in ten that of a film, the others one that no film has."""
        place = number - FIRST_SERIES
        return place if place % 10 == 3 else _OWN_IDS + place

    def _in_slot(self, slot: int) -> int:
        place = slot if slot < _OWN_IDS else slot - _OWN_IDS
        return FIRST_SERIES + place


def _over_all(row: Row, several: str, what: str, most: int) -> Row:
    """Return a credit as the sum over the episodes, of which it counts some or all."""
    count = 1 + sum(str(row["credit_id"]).encode()) % most
    one = {"credit_id": row.pop("credit_id"), what: row.pop(what), "episode_count": count}
    return {**row, several: [one], "total_episode_count": count}


def _genres(made: Work) -> list[int]:
    wanted = {_ELSEWHERE.get(name, name) for name in made.genres}
    named = [number for number, name in GENRES.items() if number in wanted or name in wanted]
    return named or [18]


def _type(genres: list[int], seasons: int, status: str) -> str:
    if 10764 in genres:
        return "Reality"
    if 99 in genres:
        return "Documentary"
    return "Miniseries" if seasons == 1 and status == "Ended" else "Scripted"
