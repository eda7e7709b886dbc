"""Watchmode's API: who may ask, what each call costs, and what stands where (contract: watchmode.md)."""

import re
from datetime import UTC, date, datetime, timedelta
from email.utils import formatdate
from hashlib import blake2b
from typing import NoReturn
from zoneinfo import ZoneInfo

import orjson

from sandbox.clock import Clock
from sandbox.limits import WindowLimiter
from sandbox.requests import Asked, Reply
from sandbox.tmdb_films import Films
from sandbox.tmdb_replies import one
from sandbox.tmdb_series import TvSeries
from sandbox.tmdb_titles import Row
from sandbox.watchmode_account import Account
from sandbox.watchmode_details import Details, genres
from sandbox.watchmode_offers import FREE_REGIONS, REGIONS, TYPES, offers_of, regions, sources
from sandbox.watchmode_releases import Releases
from sandbox.watchmode_titles import HEADER, Record, WatchmodeTitles

PACIFIC = ZoneInfo("America/Los_Angeles")

_ID, _IMDB_ID, _TMDB_ID = re.compile(r"\d{1,9}"), re.compile(r"tt\d{7,10}"), re.compile(r"(movie|tv)-(\d{1,9})")
_DAY = re.compile(r"(\d{4})(\d\d)(\d\d)(?:\d{6})?")
_NETWORKS = ("HBO", "National Geographic", "YouTube", "SBS", "DC Universe", "Viceland", "ABC", "AMC", "PBS")
_MONTH = timedelta(days=30)
_LONGEST_LIST, _LONGEST_FEED = 250, 500
_PAID = ("changes", "title-release-dates")


class Refused(Exception):  # noqa: N818 - named for what happened
    """A request that is answered with an error, and costs nothing."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Watchmode:
    """Answers for films and series, and counts what that costs."""

    name = "watchmode"

    def __init__(
        self, seed: int, films: Films, series: TvSeries, *, clock: Clock, account: Account, limiter: WindowLimiter
    ) -> None:
        self.limiter = limiter
        self.account = account
        self.titles = WatchmodeTitles(seed, {"movie": films, "tv": series})
        self.map_header, self.map_share = HEADER, 1.0
        self._seed = seed
        self._clock = clock
        self._releases = Releases(seed, self.titles)
        self._details = Details(seed, self.titles, films, series)
        self._lists: dict[tuple[object, ...], list[int]] = {}

    def reset(self) -> None:
        """Go back to the account and the map it began with."""
        self.account.reset()
        self.map_header, self.map_share = HEADER, 1.0

    def claims(self, path: str) -> bool:
        """Take what stands under the API's version, and the files."""
        return path.startswith(("/v1/", "/datasets/"))

    def refuse(self, seconds: float) -> Reply:
        """Answer 429, with the whole seconds after which there is room again."""
        reply = self.fail(429, "The rate limit was exceeded.")
        reply.headers["retry-after"] = str(int(seconds) + 1)
        return reply

    def fail(self, status: int, message: str) -> Reply:
        """Answer with an error; that of a spent quota has a form of its own."""
        body: Row = {"success": False, "statusCode": status, "statusMessage": message}
        if status == 402:
            body = {"success": False, "errorMessage": "Over plan quota on this API Key."}
        return Reply(status, orjson.dumps(body), "application/json", self._headers())

    def answer(self, asked: Asked) -> Reply:
        """Answer a request; credits are charged for what is answered, and no error costs any."""
        if asked.path == "/datasets/title_id_map.csv":
            return self._id_map(asked)
        if not self.account.knows(asked):
            return self.fail(401, "Invalid API key.")
        if asked.method != "GET":
            return self.fail(405, "GET only.")
        steps = asked.path.removeprefix("/v1/").removesuffix("/").split("/")
        if steps[0] in _PAID and not self.account.is_paid:
            return self.fail(401, "Your plan does not include this endpoint.")
        cost = self._cost(asked, steps)
        if not self.account.allows(cost):
            return self.fail(402, "")
        try:
            content = self._content(asked, steps)
        except Refused as refused:
            return self.fail(refused.status, str(refused))
        self.account.spend(cost)
        if steps == ["status"]:
            content = {"quota": self.account.quota, "quotaUsed": self.account.used}
        seconds = self.limiter.seconds_for(1000)
        reply = Reply(200, orjson.dumps(content), "application/json", self._headers(), items=1, seconds=seconds)
        reply.credits = cost
        return reply

    def pacific_day(self) -> date:
        """Return the day of the sandbox's clock where Watchmode counts its days."""
        return datetime.fromtimestamp(self._clock.now(), PACIFIC).date()

    def _headers(self) -> dict[str, str]:
        limit, left = self.limiter.room()
        return {
            "date": formatdate(self._clock.now(), usegmt=True),
            "x-ratelimit-limit": str(limit),
            "x-ratelimit-remaining": str(left),
            "x-account-quota": str(self.account.quota),
            "x-account-quota-used": str(self.account.used),
        }

    def _cost(self, asked: Asked, steps: list[str]) -> int:
        match steps:
            case ["status"]:
                return 0
            case ["list-titles"]:
                return max(len(_several(asked, "regions")), 1)
            case ["title", key, "details"]:
                return (1 if _ID.fullmatch(key) else 2) + len(_several(asked, "append_to_response"))
            case ["title", key, _] if not _ID.fullmatch(key):
                return 2
            case _:
                return 1

    def _content(self, asked: Asked, steps: list[str]) -> object:
        """Return what is asked for.

        Raises:
            Refused: there is no such thing, or a parameter is wrong.
        """
        match steps:
            case ["status"]:
                return None
            case ["sources"]:
                return sources(_several(asked, "regions"), _several(asked, "types"))
            case ["regions"]:
                return regions(is_paid=self.account.is_paid)
            case ["networks"]:
                return [
                    {"id": at, "name": name, "origin_country": None if at == 3 else "US", "tmdb_id": 40 + at}
                    for at, name in enumerate(_NETWORKS, 1)
                ]
            case ["genres"]:
                return genres()
            case ["list-titles"]:
                return self._list(asked)
            case ["title", key, "details" | "sources" | "seasons" | "episodes" | "cast-crew" as part]:
                return self._title(asked, self._record(key), part)
            case ["search"]:
                return self._search(asked)
            case ["releases"]:
                return self._feed(asked)
            case _:
                raise Refused(404, "The resource could not be found.")

    def _title(self, asked: Asked, record: Record, part: str) -> object:
        today = self.account.today()
        if part == "sources":
            return self._sources(asked, record)
        if part != "details":
            return self._details.part(part, record, today)
        found = self._details.whole(record, today)
        for name in _several(asked, "append_to_response"):
            if name == "sources":
                found["sources"] = self._sources(asked, record)
            elif name in ("seasons", "episodes"):
                found[name] = self._details.part(name, record, today)
            elif name == "cast-crew":
                found["cast"] = self._details.part(name, record, today)
        return found

    def _sources(self, asked: Asked, record: Record) -> list[Row]:
        covered = REGIONS if self.account.is_paid else FREE_REGIONS
        wanted = _several(asked, "regions") or covered
        countries = [country for country in covered if country in wanted]
        is_paid, today = self.account.is_paid, self.account.today()
        return self._details.sources(record, today, countries=countries, is_paid=is_paid)

    def _record(self, key: str) -> Record:
        today, tmdb = self.account.today(), _TMDB_ID.fullmatch(key)
        record = None
        if _ID.fullmatch(key):
            record = self.titles.with_id(int(key), today)
        elif _IMDB_ID.fullmatch(key):
            record = self.titles.with_imdb_id(key, today)
        elif tmdb is not None:
            record = self.titles.with_tmdb_id("movie" if tmdb[1] == "movie" else "tv", int(tmdb[2]), today)
        if record is None:
            raise Refused(404, "The title could not be found.")
        return record

    def _list(self, asked: Asked) -> Row:
        """Return the titles of some types, of one country those that some services or kinds of offer have."""
        types, ids, kinds = (_several(asked, name) for name in ("types", "source_ids", "source_types"))
        countries = _several(asked, "regions") or ["US"]
        page, limit = _whole(asked, "page", 1), _whole(asked, "limit", _LONGEST_LIST)
        if (ids or kinds) and len(countries) > 1:
            raise Refused(400, "Please set one region together with source_ids or source_types.")
        if page < 1 or not 1 <= limit <= _LONGEST_LIST:
            raise Refused(400, "Please set a valid page and limit.")
        today = self.account.today()
        key = (today, *map(tuple, (types, ids, kinds, countries)))
        if key not in self._lists:
            # One list is kept: a walk over its pages is made once a day.
            self._lists = {key: self._listed(today, types, ids, kinds, countries)}
        found = self._lists[key]
        rows = [self._details.listed(self.titles.record(n), "title") for n in found[(page - 1) * limit : page * limit]]
        pages = -(-len(found) // limit)
        return {"titles": rows, "page": page, "total_results": len(found), "total_pages": pages}

    def _listed(self, day: date, types: list[str], ids: list[str], kinds: list[str], there: list[str]) -> list[int]:
        def fits(number: int) -> bool:
            record = self.titles.record(number)
            if not self.titles.is_there(number, day) or (types and record.kind not in types):
                return False
            return not (ids or kinds) or any(
                offer.country in there
                and (not ids or str(offer.streamer.watchmode) in ids)
                and (not kinds or TYPES[offer.kind] in kinds)
                for offer in offers_of(self._seed, record, day)
            )

        return [number for number in self.titles.numbers if fits(number)]

    def _search(self, asked: Asked) -> Row:
        field, value = one(asked, "search_field", ""), one(asked, "search_value", "")
        today = self.account.today()
        found: list[Record | None] = []
        if not value or field not in ("name", "imdb_id", "tmdb_movie_id", "tmdb_tv_id", "tmdb_person_id"):
            raise Refused(400, "Please set a valid search_field and search_value.")
        if field == "imdb_id" and _IMDB_ID.fullmatch(value):
            found = [self.titles.with_imdb_id(value, today)]
        elif field in ("tmdb_movie_id", "tmdb_tv_id") and _ID.fullmatch(value):
            found = [self.titles.with_tmdb_id("movie" if field == "tmdb_movie_id" else "tv", int(value), today)]
        elif field == "name":
            named = (n for n in self.titles.numbers if self.titles.work(n).title.casefold() == value.casefold())
            found = [self.titles.record(number) for number in named if self.titles.is_there(number, today)]
        rows = [self._details.listed(record, "name") for record in found if record is not None]
        return {"title_results": rows, "people_results": []}

    def _feed(self, asked: Asked) -> Row:
        today, limit = self.pacific_day(), _whole(asked, "limit", _LONGEST_LIST)
        since, until = _day(asked, "start_date", today - _MONTH), _day(asked, "end_date", today + _MONTH)
        if not 1 <= limit <= _LONGEST_FEED:
            raise Refused(400, "Please set a valid limit.")
        return {"releases": self._releases.between(since, until, today)[:limit]}

    def _id_map(self, asked: Asked) -> Reply:
        """Answer with the file, to anybody, or with 304 where the client has it."""
        day = self.account.today()
        body = self.titles.id_map(day, header=self.map_header, share=self.map_share)
        tag = f'"{blake2b(body, digest_size=16).hexdigest()}"'
        modified = datetime(day.year, day.month, day.day, tzinfo=UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
        headers = {"etag": tag, "last-modified": modified}
        if asked.headers.get("if-none-match") == tag:
            return Reply(304, b"", "text/csv", headers)
        return Reply(200, body, "text/csv", headers, items=1)


def _several(asked: Asked, name: str) -> list[str]:
    return [value for value in one(asked, name, "").split(",") if value]


def _whole(asked: Asked, name: str, default: int) -> int:
    text = one(asked, name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Refused(400, f"Please set a valid {name}.")
    return int(text)


def _day(asked: Asked, name: str, default: date) -> date:
    text = one(asked, name, "")
    if not text:
        return default
    found = _DAY.fullmatch(text)
    try:
        return date(*(int(part) for part in found.groups())) if found is not None else _no_day(name)
    except ValueError:
        return _no_day(name)


def _no_day(name: str) -> NoReturn:
    raise Refused(400, f"Please set a valid {name}.")
