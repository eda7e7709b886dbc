"""What a page of one of Trakt's rankings holds: titles in order, with what is counted (contracts: Trakt, 3 and 4).

A row that cannot be used costs itself alone. Rankings move between pages: of a title that comes twice on one page the
first stays. Nothing here knows the database.
"""

import re
from dataclasses import dataclass, field
from typing import Annotated, Any, NamedTuple, NotRequired

from pydantic import Field

from catalog_assets.tmdb.columns import known_text
from catalog_assets.tmdb.details import read_array, unusable
from catalog_assets.tmdb.models import Id, Int32, MediaType, Name, Shaped

Counted = Annotated[int, Field(strict=True, ge=0, lt=2**63)]

_IMDB_ID = re.compile(r"tt[0-9]{7,18}")
_KEYS: dict[MediaType, str] = {"movie": "movie", "tv": "show"}
"""Under which key an element holds its title; on /popular it is the title itself."""


class _Ids(Shaped):
    trakt: Id
    tmdb: NotRequired[Id | None]
    imdb: NotRequired[str | None]


class _Title(Shaped):
    title: Name
    year: NotRequired[Int32 | None]
    ids: _Ids


class _Counts(Shaped):
    watchers: NotRequired[Counted | None]
    watcher_count: NotRequired[Counted | None]
    play_count: NotRequired[Counted | None]
    collected_count: NotRequired[Counted | None]
    collector_count: NotRequired[Counted | None]


class RankedRow(NamedTuple):
    """A title in a ranking.

    Attributes:
        position: Its place in the answer, from 0; what was rejected before it keeps its own place.
        tmdb_id: TMDB's number of the film or series; None if Trakt names none.
        imdb_id: Such as `tt0133093`; None if Trakt names none, or one in another form.
        trakt_id: Trakt's own number, which never changes, as a slug may.
        title: What it is called.
        year: Of its first release; None if unknown.
        watchers: People who watch it within the ranking's period; None where the ranking does not count them.
        plays: How often they did; likewise.
        collectors: People who have it in their collection; likewise.
    """

    position: int
    tmdb_id: int | None
    imdb_id: str | None
    trakt_id: int
    title: str
    year: int | None
    watchers: int | None
    plays: int | None
    collectors: int | None


@dataclass(frozen=True, slots=True)
class Ranking:
    """A page of a ranking, read.

    Attributes:
        rows: Its titles of the wanted kind, in order, each once.
        rejected: Why a row cannot be used, by its place in the answer from 0. A reason quotes no value.
        problem: Why the page as a whole cannot be used.
    """

    rows: list[RankedRow] = field(default_factory=list)
    rejected: dict[int, str] = field(default_factory=dict)
    problem: str | None = None


def read_ranking(body: bytes, media_type: MediaType) -> Ranking:
    """Reads a page of films or of series. Never raises: what is wrong is said in the ranking.

    Args:
        body: What the answer holds, of any kind.
        media_type: Which titles are wanted; elements of other kinds, as /media/… and searches have them, are left out.
    """
    try:
        answer = read_array(body)
    except ValueError as refused:
        return Ranking(problem=str(refused))
    key = _KEYS[media_type]
    found: dict[int, RankedRow] = {}
    rejected = {}
    for position, element in enumerate(answer):
        if _is_of_another_kind(element, key):
            continue
        title = element.get(key, element) if isinstance(element, dict) else element
        reason = _unusable(title, element)
        if reason is not None:
            rejected[position] = reason
        else:
            found.setdefault(title["ids"]["trakt"], _row(position, title, element))
    return Ranking(list(found.values()), rejected)


def _is_of_another_kind(element: Any, key: str) -> bool:
    """Whether an element says so itself: a search names the type, /media/… has it as the title's key alone."""
    if not isinstance(element, dict):
        return False
    others = [other for other in _KEYS.values() if other != key]
    return element.get("type", key) != key or (
        element.get(key) is None and any(element.get(other) is not None for other in others)
    )


def _unusable(title: Any, element: Any) -> str | None:
    """Why a row cannot be used, judged by what is read of it alone: what else it holds may be of any kind."""
    named = (
        {name: title[name] for name in _Title.__annotations__ if name in title} if isinstance(title, dict) else title
    )
    if isinstance(title, dict) and isinstance(title.get("ids"), dict):
        named["ids"] = {name: title["ids"][name] for name in _Ids.__annotations__ if name in title["ids"]}
    reason = unusable(named, _Title)
    if reason is None and known_text(title["title"]) is None:
        reason = "title: it is empty"
    if reason is None:
        reason = unusable({name: element[name] for name in _Counts.__annotations__ if name in element}, _Counts)
    return reason


def _row(position: int, title: dict[str, Any], counts: dict[str, Any]) -> RankedRow:
    ids = title["ids"]
    imdb_id = ids.get("imdb")
    # Of series both are told: `collected_count` counts episodes in collections, `collector_count` people.
    collectors = counts.get("collector_count")
    return RankedRow(
        position=position,
        tmdb_id=ids.get("tmdb"),
        imdb_id=imdb_id if imdb_id and _IMDB_ID.fullmatch(imdb_id) else None,
        trakt_id=ids["trakt"],
        title=title["title"],
        year=title.get("year"),
        watchers=counts.get("watcher_count", counts.get("watchers")),
        plays=counts.get("play_count"),
        collectors=counts.get("collected_count") if collectors is None else collectors,
    )
