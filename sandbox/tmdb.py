"""TMDB's API: who may ask, lists, details with appended blocks, and the feed of changes (contract: tmdb.md)."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from secrets import compare_digest

import orjson

from sandbox.arithmetic import Shuffle, mix, stream
from sandbox.clock import Clock
from sandbox.limits import Limiter
from sandbox.requests import Asked, Reply
from sandbox.tmdb_films import GENRES, Films

ROWS = 20
CHANGED_ROWS = 100
LAST_PAGE = 500
MOST_APPENDED = 20
LONGEST_CHANGES = timedelta(days=14)

_CHANGED, _POPULAR = stream("tmdb.changed"), stream("tmdb.popular")
_CHANGED_A_DAY = 12
"""Of a thousand films, how many the feed names on a day."""
_UNNAMED = 20
"""One change in so many is missing from the feed."""
_CODES = {401: 7, 404: 34, 429: 25, 500: 11, 502: 43, 503: 9, 504: 24}
_ID = re.compile(r"\d{1,9}")


class Tmdb:
    """Answers for films."""

    name = "tmdb"

    def __init__(self, films: Films, *, clock: Clock, token: str, key: str, limiter: Limiter) -> None:
        self.films = films
        self.limiter = limiter
        self._clock = clock
        self._token = token
        self._key = key
        self.changed: dict[int, date] = {}
        """Films that an action changed or removed, and on which day."""
        self._released: dict[tuple[date, date], list[int]] = {}

    def reset(self) -> None:
        """Go back to the start."""
        self.films.reset()
        self.changed.clear()

    def claims(self, path: str) -> bool:
        """Take what stands under the API's version."""
        return path.startswith("/3/")

    def refuse(self, seconds: float) -> Reply:  # noqa: ARG002 - the contract's message names no time
        """Answer 429, since the limit of 2019 without `Retry-After`."""
        return _error(429, 25, "Your request count (#) is over the allowed limit of (40).")

    def fail(self, status: int, message: str) -> Reply:
        """Answer with an error; its own number says what the contract gives for the status."""
        return _error(status, _CODES.get(status, 11), message)

    def answer(self, asked: Asked) -> Reply:
        """Answer a request."""
        if not self._is_known(asked):
            return _error(401, 7, "Invalid API key: You must be granted a valid key.")
        if asked.method != "GET":
            return _error(405, 4, "This service doesn't exist in that format.")
        steps = asked.path.removeprefix("/3/").split("/")
        match steps:
            case ["authentication"]:
                return _json({"success": True, "status_code": 1, "status_message": "Success."}, asked)
            case ["genre", "movie", "list"]:
                return _json({"genres": [{"id": at, "name": name} for at, name in GENRES.items()]}, asked)
            case ["trending", "movie", "day" | "week" as span]:
                return self._listed(asked, self._popular(f"trending.{span}"), media_type="movie")
            case ["movie", "popular"]:
                return self._listed(asked, self._popular("popular"))
            case ["movie", "now_playing"]:
                return self._playing(asked, -44, 3)
            case ["movie", "upcoming"]:
                return self._playing(asked, 4, 28)
            case ["movie", "changes"]:
                return self._changes(asked)
            case ["movie", number] if _ID.fullmatch(number):
                return self._details(asked, int(number))
            case _:
                return _error(404, 34, "The resource you requested could not be found.")

    def _is_known(self, asked: Asked) -> bool:
        given, keys = asked.headers.get("authorization", ""), asked.values("api_key")
        by_token = bool(self._token) and compare_digest(given.encode(), f"Bearer {self._token}".encode())
        return by_token or (bool(self._key) and len(keys) == 1 and compare_digest(keys[0].encode(), self._key.encode()))

    def _today(self) -> date:
        return datetime.fromtimestamp(self._clock.now(), UTC).date()

    def _popularity(self, number: int) -> float:
        week = self._today().toordinal() // 7
        return mix(number, _POPULAR, week) % 90_000 / 1_000

    def _popular(self, name: str) -> Callable[[int, int], list[int]]:
        numbers = self.films.numbers
        order = Shuffle(self._today().toordinal(), f"tmdb.{name}", len(numbers))

        def page(first: int, end: int) -> list[int]:
            return [numbers[order.number_at(rank)] for rank in range(first, min(end, len(numbers)))]

        return page

    def _playing(self, asked: Asked, first_day: int, last_day: int) -> Reply:
        """Answer films of a window of days; the envelope counts three fewer than its pages hold."""
        today = self._today()
        least, most = today + timedelta(days=first_day), today + timedelta(days=last_day)
        playing = self._released.get((least, most))
        if playing is None:
            dated = ((n, self.films.release(n)) for n in self.films.numbers)
            playing = [n for n, on in dated if on is not None and least <= on <= most]
            self._released[least, most] = playing
        dates = {"maximum": most.isoformat(), "minimum": least.isoformat()}
        return self._listed(asked, lambda first, end: playing[first:end], total=len(playing), short=3, dates=dates)

    def _listed(
        self,
        asked: Asked,
        numbers: Callable[[int, int], list[int]],
        *,
        total: int | None = None,
        short: int = 0,
        **more: object,
    ) -> Reply:
        page = _page(asked)
        if page is None:
            return _error(400, 22, "Invalid page: Pages start at 1 and max at 500. They are expected to be an integer.")
        total = len(self.films.numbers) if total is None else total
        shown = [n for n in numbers((page - 1) * ROWS, page * ROWS) if n not in self.films.gone]
        media = {"media_type": more.pop("media_type")} if "media_type" in more else {}
        rows = [{**self.films.row(n, popularity=self._popularity(n)), **media} for n in shown]
        envelope = {"page": page, "results": rows, "total_pages": -(-total // ROWS), "total_results": max(0, total - short)}
        return _json({**more, **envelope}, asked, seconds=self.limiter.seconds_for(1000))

    def _changes(self, asked: Asked) -> Reply:
        today = self._today()
        try:
            until = date.fromisoformat(_one(asked, "end_date", today.isoformat())[:10])
            since = date.fromisoformat(_one(asked, "start_date", (until - timedelta(days=1)).isoformat())[:10])
        except ValueError:
            return _error(400, 23, "Invalid date: Should be formatted as YYYY-MM-DD.")
        if until - since > LONGEST_CHANGES:
            return _error(422, 20, "Invalid date range: Should be a range no longer than 14 days.")
        page = _page(asked)
        if page is None:
            return _error(400, 22, "Invalid page: Pages start at 1 and max at 500. They are expected to be an integer.")
        found = [n for n in self.films.numbers if self.changed_on(n, since, until)]
        rows = [
            {"id": self.films.id_of(n), "adult": None if n in self.films.gone else False, "softcore": False}
            for n in found[(page - 1) * CHANGED_ROWS : page * CHANGED_ROWS]
        ]
        pages = -(-len(found) // CHANGED_ROWS)
        return _json({"results": rows, "page": page, "total_pages": pages, "total_results": len(found)}, asked)

    def changed_on(self, number: int, since: date, until: date) -> bool:
        """Say whether the feed names a film for these days: what actions changed, and each day's usual share."""
        day = self.changed.get(number)
        if day is not None and since <= day <= until:
            return mix(number, _CHANGED, 0) % _UNNAMED != 0
        days = range(since.toordinal(), min(until, self._today()).toordinal() + 1)
        return any(mix(number, _CHANGED, on) % 1000 < _CHANGED_A_DAY for on in days)

    def _details(self, asked: Asked, tmdb_id: int) -> Reply:
        number = self.films.number_of(tmdb_id)
        if number is None:
            return _error(404, 34, "The resource you requested could not be found.")
        names = [name for name in _one(asked, "append_to_response", "").split(",") if name]
        if len(names) > MOST_APPENDED:
            return _error(400, 27, "Too many append to response objects: The maximum number of remote calls is 20.")
        film = self.films.details(number, popularity=self._popularity(number), today=self._today())
        for name in names:
            block = self.films.block(name, number)
            if block is not None:
                film[name] = block
        return _json(film, asked, seconds=self.limiter.seconds_for(1000))


def _page(asked: Asked) -> int | None:
    text = _one(asked, "page", "1")
    return int(text) if text.isascii() and text.isdigit() and 1 <= int(text) <= LAST_PAGE else None


def _one(asked: Asked, name: str, default: str) -> str:
    values = asked.values(name)
    return values[-1] if values else default


def _json(content: object, asked: Asked, *, seconds: float = 0.0) -> Reply:
    body = orjson.dumps(content)
    tag = f'W/"{blake2b(body, digest_size=16).hexdigest()}"'
    headers = {"etag": tag, "cache-control": "public, max-age=18000"}
    media = "application/json;charset=utf-8"
    if asked.headers.get("if-none-match") == tag:
        return Reply(304, b"", media, headers, seconds=seconds)
    return Reply(200, body, media, headers, items=1, seconds=seconds)


def _error(status: int, code: int, message: str) -> Reply:
    body = orjson.dumps({"success": False, "status_code": code, "status_message": message})
    return Reply(status, body, "application/json;charset=utf-8")
