"""What Watchmode shows of a title: rows of lists, details and the parts of a title (contract: watchmode.md, 6)."""

from collections.abc import Collection
from datetime import date

from sandbox import tmdb_films, tmdb_series
from sandbox.arithmetic import Draw, stream
from sandbox.tmdb_films import Films
from sandbox.tmdb_parts import LANGUAGES
from sandbox.tmdb_series import TvSeries
from sandbox.tmdb_titles import Row
from sandbox.watchmode_offers import title_sources
from sandbox.watchmode_titles import Record, WatchmodeTitles

_FIRST_PERSON = 7_000_000
"""No title has an id from here on."""
_NO_EPISODE_LINKS = "Episode links available for paid plans only."
_DETAILS = stream("watchmode.details")
_NAMED = {**tmdb_series.GENRES, **tmdb_films.GENRES}
GENRES = {name: at for at, name in enumerate(sorted(_NAMED.values()), 1)}
"""Watchmode's numbers of the genres, by name: one set for films and series."""


def genres() -> list[Row]:
    """Return all genres; one that TMDB has not has no number of TMDB's."""
    tmdb_ids = {name: number for number, name in _NAMED.items()}
    listed = [{"id": at, "name": name, "tmdb_id": tmdb_ids[name]} for name, at in GENRES.items()]
    return [*listed, {"id": len(GENRES) + 1, "name": "Anime", "tmdb_id": None}]


class Details:
    """Titles as answers show them."""

    def __init__(self, seed: int, titles: WatchmodeTitles, films: Films, series: TvSeries) -> None:
        self._seed = seed
        self._titles = titles
        self._films = films
        self._series = series

    def listed(self, record: Record, name: str) -> Row:
        """Return the row of a list, which calls the title `title`, or of a search, which calls it `name`."""
        told = self._titles.listing(record)
        return {
            "id": record.watchmode_id,
            name: told.title,
            "type": record.kind,
            "year": told.year,
            "imdb_id": told.imdb_id,
            "tmdb_id": told.tmdb_id,
            "tmdb_type": told.tmdb_type,
        }

    def whole(self, record: Record, today: date) -> Row:
        """Return the details of a title, without any part."""
        work, told = self._titles.work(record.number), self._titles.listing(record)
        draw, is_film = Draw(self._seed, _DETAILS, record.number), record.media == "movie"
        first = self._films.release(record.number) if is_film else self._begins(record.number, today)
        named = [name for name in work.genres if name in GENRES]
        poster = f"https://cdn.watchmode.invalid/posters/{record.watchmode_id:08d}_poster_w"
        return {
            "id": record.watchmode_id,
            "title": work.title,
            "original_title": work.native_title,
            "plot_overview": f"What happened to {work.actors[0]}." if draw.below(9) else None,
            "type": record.kind,
            "runtime_minutes": work.minutes if is_film else None,
            "year": told.year,
            "end_year": None,
            "release_date": first.isoformat() if first is not None else None,
            "imdb_id": told.imdb_id,
            "tmdb_id": told.tmdb_id,
            "tmdb_type": told.tmdb_type,
            "genres": [GENRES[name] for name in named],
            "genre_names": named,
            "user_rating": draw.below(100) / 10 if draw.below(3) else None,
            "critic_score": draw.below(101) if draw.below(3) == 0 else None,
            "us_rating": "PG-13" if draw.below(2) else None,
            "poster": f"{poster}185.jpg",
            "posterMedium": f"{poster}342.jpg",
            "posterLarge": f"{poster}780.jpg",
            "backdrop": None,
            "original_language": LANGUAGES[work.language.name],
            "similar_titles": [],
            "networks": None if is_film else [1 + draw.below(9)],
            "network_names": None if is_film else ["HBO"],
            "relevance_percentile": draw.below(10_000) / 100,
            "popularity_percentile": draw.below(10_000) / 100,
            "trailer": None,
            "trailer_thumbnail": None,
        }

    def sources(self, record: Record, today: date, *, countries: Collection[str], is_paid: bool) -> list[Row]:
        """Return the offers of a title in some countries."""
        seasons = len(self._series.seasons(record.number, today)) if record.media == "tv" else 0
        return title_sources(self._seed, record, today, countries=countries, seasons=seasons, is_paid=is_paid)

    def part(self, name: str, record: Record, today: date) -> list[Row]:
        """Return the seasons, the episodes, or the cast and crew (`cast-crew`) of a title."""
        if name == "cast-crew":
            return self._people(record)
        return (self._seasons if name == "seasons" else self._episodes)(record, today)

    def _seasons(self, record: Record, today: date) -> list[Row]:
        if record.media == "movie":
            return []
        return [
            {"id": 500_000 + season.key, "poster_url": None,
             "name": f"Season {season.number}" if season.number else "Specials", "overview": None,
             "number": season.number, "air_date": None if season.begins is None else season.begins.isoformat(),
             "episode_count": season.episodes}
            for season in self._series.seasons(record.number, today)
        ]  # fmt: skip

    def _episodes(self, record: Record, today: date) -> list[Row]:
        if record.media == "movie":
            return []
        return [
            {"id": 10_000_000 + season.key * 32 + at, "name": f"Episode {season.episode_no(at)}",
             "episode_number": season.episode_no(at), "season_number": season.number,
             "season_id": 500_000 + season.key, "tmdb_id": None, "imdb_id": None, "thumbnail_url": None,
             "release_date": None, "runtime_minutes": None, "overview": None,
             "sources": [{"source_id": 203, "name": "Netflix", "type": "sub", "region": "US",
                          "ios_url": None, "android_url": None, "web_url": _NO_EPISODE_LINKS, "format": "HD",
                          "price": None}]}
            for season in self._series.seasons(record.number, today)
            for at in range(season.episodes)
        ]  # fmt: skip

    def _people(self, record: Record) -> list[Row]:
        work = self._titles.work(record.number)
        named = [("Cast", name) for name in work.actors] + [("Crew", name) for name in work.directors]
        return [
            {"person_id": _FIRST_PERSON + record.number * 10 % 1_000_000 + at, "type": kind, "full_name": name,
             "headshot_url": None, "role": "Self" if kind == "Cast" else "Director", "episode_count": None,
             "order": at if kind == "Cast" else None}
            for at, (kind, name) in enumerate(named)
        ]  # fmt: skip

    def _begins(self, number: int, today: date) -> date | None:
        return next((season.begins for season in self._series.seasons(number, today) if season.number == 1), None)
