"""What a page of a list or of the changes feed holds: titles to look at (contracts: TMDB, sections 3 and 7).

A row that cannot be used costs itself alone; a page that is cut off or has no envelope is asked for again. Rows repeat
within a page and across pages: here the first of a page stays. Nothing here knows the database.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from catalog_assets.tmdb import models
from catalog_assets.tmdb.columns import iso_date, known_text
from catalog_assets.tmdb.details import read_object, unusable
from catalog_assets.tmdb.models import MediaType

LAST_PAGE = 500
"""No page after it can be asked for, whatever `total_pages` says."""


class ListRow(NamedTuple):
    """A title in a list.

    Attributes:
        tmdb_id: Its number, which a film and a series may share.
        title: What it is called; None if it has no name yet.
        release_date: The first day, as `YYYY-MM-DD`; None if unknown.
        adult: Whether it is for adults; None if the row does not say.
    """

    tmdb_id: int
    title: str | None
    release_date: str | None
    adult: bool | None


class Change(NamedTuple):
    """A title in the changes feed; `gone` if TMDB probably has it no more, which its details will tell."""

    tmdb_id: int
    gone: bool


@dataclass(frozen=True, slots=True)
class ListPage:
    """A page of a list, read.

    Attributes:
        page: Its number, from 1; 0 if there is a problem, as are the totals then.
        total_pages: How many pages can be asked for, at most 500.
        total_results: How many rows the list is said to have.
        rows: Its titles of the wanted kind, each once.
        rejected: Why a row cannot be used, by its place on the page. A reason quotes no value.
        problem: Why the page as a whole cannot be used.
    """

    page: int = 0
    total_pages: int = 0
    total_results: int = 0
    rows: list[ListRow] = field(default_factory=list)
    rejected: dict[int, str] = field(default_factory=dict)
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """A page of the changes feed, read.

    Attributes:
        page: Its number, from 1; 0 if there is a problem, as is the total then.
        total_pages: How many pages can be asked for, at most 500; 0 or 1 if nothing changed.
        entries: What changed, each title once.
        rejected: Why a row cannot be used, by its place on the page. A reason quotes no value.
        problem: Why the page as a whole cannot be used.
    """

    page: int = 0
    total_pages: int = 0
    entries: list[Change] = field(default_factory=list)
    rejected: dict[int, str] = field(default_factory=dict)
    problem: str | None = None


def read_list(body: bytes, media_type: MediaType) -> ListPage:
    """Reads a page of films or of series. Never raises: what is wrong is said in the page.

    Args:
        body: What the answer holds, of any kind.
        media_type: Which titles are wanted; a row that says it is another kind, or a person, is left out.
    """
    try:
        answer = read_envelope(body)
    except ValueError as refused:
        return ListPage(problem=str(refused))
    model, read = (models.FilmRow, _film) if media_type == "movie" else (models.SeriesRow, _series)
    usable, rejected = judged(titles_of(answer, media_type), model)
    total_pages = min(answer["total_pages"], LAST_PAGE)
    rows = [read(row) for row in usable.values()]
    return ListPage(answer["page"], total_pages, answer["total_results"], rows, rejected)


def read_changes(body: bytes) -> ChangesPage:
    """Reads a page of the changes feed. Never raises: what is wrong is said in the page."""
    try:
        answer = read_envelope(body)
    except ValueError as refused:
        return ChangesPage(problem=str(refused))
    usable, rejected = judged(dict(enumerate(answer["results"])), models.Change)
    entries = [_change(row) for row in usable.values()]
    return ChangesPage(answer["page"], min(answer["total_pages"], LAST_PAGE), entries, rejected)


def read_envelope(body: bytes) -> dict[str, Any]:
    """A page with its `results`, not judged yet. Raises ValueError if the body is none."""
    answer = read_object(body)
    problem = unusable({key: answer.get(key) for key in ("page", "total_pages", "total_results")}, models.Envelope)
    if problem is None and not isinstance(answer.get("results"), list):
        problem = "results: it is not a list"
    if problem is not None:
        raise ValueError(problem)
    return answer


def titles_of(page: Mapping[str, Any], media_type: MediaType) -> dict[int, Any]:
    """The rows of a page by place, from 0, without those that say they are of another kind, or a person."""
    return {
        place: row
        for place, row in enumerate(page["results"])
        if not isinstance(row, dict) or row.get("media_type") in (None, media_type)
    }


def judged(rows: Mapping[int, Any], model: type[models.Shaped]) -> tuple[dict[int, dict[str, Any]], dict[int, str]]:
    """The rows that fit a model, each id once, and why the others cannot be used; both by place."""
    found: dict[int, int] = {}
    rejected = {}
    for place, row in rows.items():
        named = {key: row[key] for key in model.__annotations__ if key in row} if isinstance(row, dict) else row
        reason = unusable(named, model)  # only of what is read here: what else a row holds may be of any kind
        if reason is not None:
            rejected[place] = reason
        else:
            found.setdefault(row["id"], place)
    return {place: rows[place] for place in found.values()}, rejected


def _film(row: dict[str, Any]) -> ListRow:
    return ListRow(row["id"], known_text(row.get("title")), iso_date(row.get("release_date")), row.get("adult"))


def _series(row: dict[str, Any]) -> ListRow:
    return ListRow(row["id"], known_text(row.get("name")), iso_date(row.get("first_air_date")), row.get("adult"))


def _change(row: dict[str, Any]) -> Change:
    return Change(row["id"], row.get("adult", False) is None)
