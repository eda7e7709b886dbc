"""TMDB's API: who may ask, what stands where, titles with appended blocks, and IMDb's ids (contract: tmdb.md)."""

import re
from secrets import compare_digest

from sandbox.clock import Clock
from sandbox.limits import Limiter
from sandbox.requests import Asked, Reply
from sandbox.tmdb_films import Films
from sandbox.tmdb_lists import Lists
from sandbox.tmdb_offers import providers, regions
from sandbox.tmdb_reference import configuration, genres
from sandbox.tmdb_replies import appended, error, json_reply, not_found, one, too_many_appended
from sandbox.tmdb_series import TvSeries
from sandbox.tmdb_titles import Media, Row

_CODES = {401: 7, 404: 34, 429: 25, 500: 11, 502: 43, 503: 9, 504: 24}
_ID, _SEASON_NO, _IMDB_ID = re.compile(r"\d{1,9}"), re.compile(r"\d{1,4}"), re.compile(r"tt([1-9]\d{6,11})")
_SOURCES = {
    "imdb_id", "facebook_id", "instagram_id", "tvdb_id", "tiktok_id", "twitter_id", "wikidata_id", "youtube_id",
}  # fmt: skip


class Tmdb:
    """Answers for films and series."""

    name = "tmdb"

    def __init__(self, films: Films, series: TvSeries, *, clock: Clock, token: str, key: str, limiter: Limiter) -> None:
        self.limiter = limiter
        self.series = series
        self.lists = Lists(films, series, clock=clock, limiter=limiter)
        self.titles = self.lists.titles
        self._token = token
        self._key = key

    def reset(self) -> None:
        """Go back to the start."""
        for titles in self.titles.values():
            titles.reset()

    def claims(self, path: str) -> bool:
        """Take what stands under the API's version."""
        return path.startswith("/3/")

    def refuse(self, seconds: float) -> Reply:  # noqa: ARG002 - the contract's message names no time
        """Answer 429, since the limit of 2019 without `Retry-After`."""
        return error(429, 25, "Your request count (#) is over the allowed limit of (40).")

    def fail(self, status: int, message: str) -> Reply:
        """Answer with an error; its own number says what the contract gives for the status."""
        return error(status, _CODES.get(status, 11), message)

    def answer(self, asked: Asked) -> Reply:
        """Answer a request."""
        if not self._is_known(asked):
            return error(401, 7, "Invalid API key: You must be granted a valid key.")
        if asked.method != "GET":
            return error(405, 4, "This service doesn't exist in that format.")
        steps = asked.path.removeprefix("/3/").split("/")
        for part in (self._reference, self._list, self._title):
            reply = part(asked, steps)
            if reply is not None:
                return reply
        return not_found()

    def _reference(self, asked: Asked, steps: list[str]) -> Reply | None:
        match steps:
            case ["authentication"]:
                return json_reply({"success": True, "status_code": 1, "status_message": "Success."}, asked)
            case ["configuration"]:
                return json_reply(configuration(asked.headers.get("host", "127.0.0.1")), asked)
            case ["genre", "movie" | "tv" as media, "list"]:
                return json_reply(genres(media), asked)
            case ["watch", "providers", "movie" | "tv" as media]:
                return json_reply(providers(media, one(asked, "watch_region", "")), asked)
            case ["watch", "providers", "regions"]:
                return json_reply(regions(), asked)
            case _:
                return None

    def _list(self, asked: Asked, steps: list[str]) -> Reply | None:
        match steps:
            case ["trending", "movie" | "tv" as media, "day" | "week" as span]:
                return self.lists.trending(asked, media, span)
            case ["trending", "all", "day" | "week" as span]:
                return self.lists.trending_all(asked, span)
            case ["movie" | "tv" as media, "popular"]:
                return self.lists.popular(asked, media)
            case ["movie", "now_playing"]:
                return self.lists.playing(asked, -44, 3)
            case ["movie", "upcoming"]:
                return self.lists.playing(asked, 4, 28)
            case ["tv", "on_the_air"]:
                return self.lists.airing(asked, 6)
            case ["tv", "airing_today"]:
                return self.lists.airing(asked, 0)
            case ["movie" | "tv" as media, "changes"]:
                return self.lists.changes(asked, media)
            case _:
                return None

    def _title(self, asked: Asked, steps: list[str]) -> Reply | None:
        match steps:
            case ["movie" | "tv" as media, number] if _ID.fullmatch(number):
                return self._details(asked, media, int(number))
            case ["tv", number, "season", season_no] if _ID.fullmatch(number) and _SEASON_NO.fullmatch(season_no):
                return self._season(asked, int(number), int(season_no))
            case ["find", external_id]:
                return self._find(asked, external_id)
            case _:
                return None

    def _is_known(self, asked: Asked) -> bool:
        given, keys = asked.headers.get("authorization", ""), asked.values("api_key")
        by_token = bool(self._token) and compare_digest(given.encode(), f"Bearer {self._token}".encode())
        return by_token or (bool(self._key) and len(keys) == 1 and compare_digest(keys[0].encode(), self._key.encode()))

    def _details(self, asked: Asked, media: Media, tmdb_id: int) -> Reply:
        titles, today = self.titles[media], self.lists.today()
        number = titles.number_of(tmdb_id)
        if number is None:
            return not_found()
        names = appended(asked)
        if names is None:
            return too_many_appended()
        title = titles.details(number, popularity=self.lists.popularity(number), today=today)
        for name in names:
            block = titles.block(name, number, today=today)
            if block is not None:
                title[name] = block
        return json_reply(title, asked, seconds=self.limiter.seconds_for(1000))

    def _season(self, asked: Asked, tmdb_id: int, season_no: int) -> Reply:
        number, today = self.series.number_of(tmdb_id), self.lists.today()
        season = None if number is None else self.series.season(number, season_no, today=today)
        if number is None or season is None:
            return not_found()
        names = appended(asked)
        if names is None:
            return too_many_appended()
        for name in names:
            block = self.series.season_block(name, number, season_no, today=today)
            if block is not None:
                season[name] = block
        return json_reply(season, asked, seconds=self.limiter.seconds_for(1000))

    def _find(self, asked: Asked, external_id: str) -> Reply:
        """Answer whatever has an IMDb id; ids of other sources are known and found nowhere."""
        source = one(asked, "external_source", "")
        if source not in _SOURCES:
            return error(422, 5, "Invalid parameters: Your request parameters are incorrect.")
        found: dict[Media, list[Row]] = {"movie": [], "tv": []}
        imdb_id = _IMDB_ID.fullmatch(external_id)
        if source == "imdb_id" and imdb_id is not None:
            for media, titles in self.titles.items():
                numbers = [number for number in titles.with_imdb_id(int(imdb_id[1])) if titles.has(number)]
                found[media] = self.lists.rows(titles, numbers, media_type=media)
        answer = {"movie_results": found["movie"], "person_results": [], "tv_results": found["tv"]}
        return json_reply({**answer, "tv_episode_results": [], "tv_season_results": []}, asked)
