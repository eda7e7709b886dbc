"""Trakt's API: who may ask, rankings in pages, and titles by their ids (contract: trakt.md, 2 to 4 and 7)."""

import re
from hashlib import blake2b
from secrets import compare_digest

import orjson

from sandbox.limits import WindowLimiter
from sandbox.requests import Asked, Reply
from sandbox.tmdb_replies import one
from sandbox.tmdb_titles import Media, Row
from sandbox.trakt_rankings import KEYS, Ranked, Rankings

MOST_ROWS = 250
USUAL_ROWS = 100

_TITLES: dict[str, Media] = {"movies": "movie", "shows": "tv"}
_AGENT = re.compile(r"[^\s/()]+/\d\S* \([^()]*(?:@|https?://)[^()]*\)")
"""A product with its version, and in brackets whom to write to."""
_GATEWAY = b"<!DOCTYPE html><html><head><title>Blocked</title></head><body><h1>You have been blocked</h1></body></html>"
_PERIODS = ("daily", "weekly", "monthly", "yearly", "all")


def blocked(asked: Asked) -> Reply | None:
    """Refuse, as the gateway before Trakt does, who does not say what asks and whom to write to."""
    if _AGENT.match(asked.headers.get("user-agent", "")):
        return None
    return Reply(403, _GATEWAY, "text/html; charset=UTF-8")


def plain(status: int, text: str = "") -> Reply:
    """Answer with an error; most have no body."""
    return Reply(status, text.encode(), "text/plain;charset=UTF-8")


class Trakt:
    """Answers for rankings and single titles, to whoever bears the id of the application."""

    name = "trakt"

    def __init__(self, rankings: Rankings, *, client_id: str, limiter: WindowLimiter) -> None:
        self.limiter = limiter
        self.rankings = rankings
        self._client_id = client_id
        self.with_a_token = 0
        """Requests that bore a user's token; lists need none."""

    def claims(self, path: str) -> bool:
        """Take what stands under Trakt's plural names; Hotstar's are singular."""
        return path.startswith(("/movies/", "/shows/", "/media/", "/calendars/", "/search/"))

    def refuse(self, seconds: float) -> Reply:
        """Answer 429 as the API does, with the time to wait in two headers and in words."""
        wait = max(1, round(seconds + 0.5))
        reply = plain(
            429, f"UNAUTHED_API_GET_LIMIT rate limit exceeded. Please wait {wait} seconds then retry your request."
        )
        told = {"name": "UNAUTHED_API_GET_LIMIT", "period": 300, "limit": self.limiter.room()[0], "remaining": 0}
        reply.headers |= {"retry-after": str(wait), "x-ratelimit": orjson.dumps(told).decode()}
        return reply

    def fail(self, status: int, message: str) -> Reply:
        """Answer with an error in plain text."""
        return plain(status, message)

    def answer(self, asked: Asked) -> Reply:
        """Answer a request."""
        refused = blocked(asked)
        if refused is not None:
            return refused
        given = asked.headers.get("trakt-api-key", "")
        if not self._client_id or not compare_digest(given.encode(), self._client_id.encode()):
            return plain(403)
        if asked.headers.get("trakt-api-version") != "2":
            return plain(400)
        if asked.method != "GET":
            return plain(405)
        if "authorization" in asked.headers:
            self.with_a_token += 1
        match asked.path.strip("/").split("/"):
            case ["movies" | "shows" | "media" as titles, *ranking] if found := self._ranking(titles, ranking):
                return self._page(asked, found, is_trending=ranking[0] == "trending")
            case ["movies" | "shows" as titles, number] if number.isascii() and number.isdigit():
                work = self.rankings.number_of(_TITLES[titles], int(number))
                return plain(404) if work is None else _json(asked, self._title(asked, _TITLES[titles], work))
            case ["search", id_type, wanted]:
                return self._search(asked, id_type, wanted)
            case _:
                return plain(404)

    def _ranking(self, titles: str, ranking: list[str]) -> list[Ranked] | None:
        """Return a ranking by the steps of its path; None if there is no such."""
        kinds: tuple[Media, ...] = ("movie", "tv") if titles == "media" else (_TITLES[titles],)
        match ranking:
            case ["trending" | "popular" | "anticipated" as name]:
                found = [row for media in kinds for row in self.rankings.ranking(media, name)]
            case ["watched" | "played" | "collected" as name, *period] if titles != "media" and len(period) < 2:
                wanted = period[0] if period else "weekly"
                if wanted not in _PERIODS:
                    return None
                found = self.rankings.ranking(kinds[0], name, wanted)
            case _:
                return None
        return found if len(kinds) == 1 else sorted(found, key=lambda row: -row.people)

    def _page(self, asked: Asked, found: list[Ranked], *, is_trending: bool) -> Reply:
        page = max(1, _whole(one(asked, "page", "1"), 1))
        limit = min(MOST_ROWS, max(1, _whole(one(asked, "limit", str(USUAL_ROWS)), USUAL_ROWS)))
        rows = [self._row(asked, row) for row in found[(page - 1) * limit : page * limit]]
        headers = {
            "x-pagination-page": str(page),
            "x-pagination-limit": str(limit),
            "x-pagination-page-count": str(-(-len(found) // limit)),
            "x-pagination-item-count": str(len(found)),
        }
        if is_trending:
            headers["x-trending-user-count"] = str(sum(row.people for row in found))
        return _json(asked, rows, headers)

    def _row(self, asked: Asked, row: Ranked) -> Row:
        title = self._title(asked, row.media, row.number)
        return title if row.counts is None else {**row.counts, KEYS[row.media]: title}

    def _title(self, asked: Asked, media: Media, number: int) -> Row:
        wanted = one(asked, "extended", "").split(",")
        return self.rankings.title(media, number, is_full="full" in wanted)

    def _search(self, asked: Asked, id_type: str, wanted: str) -> Reply:
        """Answer what has an id; only a type of ids that there is not is an error."""
        if id_type not in {"trakt", "imdb", "tmdb", "tvdb"}:
            return plain(404)
        kinds = one(asked, "type", "movie,show").split(",")
        found = [
            {"type": KEYS[media], "score": 1000, KEYS[media]: self._title(asked, media, number)}
            for media in KEYS
            if KEYS[media] in kinds
            for number in self.rankings.with_id(media, id_type, wanted)
        ]
        return _json(asked, found)


def _whole(text: str, default: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else default


def _json(asked: Asked, content: object, headers: dict[str, str] | None = None) -> Reply:
    body = orjson.dumps(content)
    tag = f'W/"{blake2b(body, digest_size=16).hexdigest()}"'
    sent = {"etag": tag, "cache-control": "public, max-age=3600", **(headers or {})}
    if asked.headers.get("if-none-match") == tag:
        return Reply(304, b"", "application/json; charset=utf-8", sent)
    return Reply(200, body, "application/json; charset=utf-8", sent, items=1)
