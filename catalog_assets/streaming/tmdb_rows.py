"""The rows of a page of TMDB's lists with what they say of each title (contracts: TMDB, section 3).

`catalog_assets.tmdb.lists` reads the same pages for the titles that are to be kept. Nothing here knows the database.
"""

from dataclasses import dataclass, field
from typing import Annotated, NamedTuple, NotRequired

from pydantic import Field

from catalog_assets.tmdb import models
from catalog_assets.tmdb.columns import image_path, iso_date, known_text
from catalog_assets.tmdb.lists import LAST_PAGE, judged, read_envelope, titles_of
from catalog_assets.tmdb.models import MediaType


class TitleRow(NamedTuple):
    """A title in a list, as the list describes it.

    Attributes:
        tmdb_id: Its number, which a film and a series may share.
        title: What it is called; None if it has no name yet.
        release_date: The first day, as `YYYY-MM-DD`; None if unknown.
        poster_path: From TMDB's image root on; None if there is none. `backdrop_path` likewise.
        overview: What it is about; None if unknown.
        vote_average: 0 to 10.
        vote_count: How many voted.
        popularity: TMDB's own figure, 0 or more.
        place: On the page, from 0; rows that cannot be used have a place too.
    """

    tmdb_id: int
    title: str | None
    release_date: str | None
    poster_path: str | None
    backdrop_path: str | None
    overview: str | None
    vote_average: float | None
    vote_count: int | None
    popularity: float | None
    place: int


@dataclass(frozen=True, slots=True)
class Rows:
    """A page of a list, read.

    Attributes:
        rows: Its titles of the wanted kind, each once, in their order.
        total_pages: How many pages can be asked for, at most 500; 0 if there is a problem.
        rejected: Why a row cannot be used, by its place on the page. A reason quotes no value.
        problem: Why the page as a whole cannot be used.
    """

    rows: list[TitleRow] = field(default_factory=list)
    total_pages: int = 0
    rejected: dict[int, str] = field(default_factory=dict)
    problem: str | None = None


def read_rows(body: bytes, media_type: MediaType) -> Rows:
    """Reads a page of films or of series. Never raises: what is wrong is said in the page.

    Args:
        body: What the answer holds, of any kind.
        media_type: Which titles are wanted; a row that says it is another kind, or a person, is left out.
    """
    try:
        answer = read_envelope(body)
    except ValueError as refused:
        return Rows(problem=str(refused))
    model = _FilmRow if media_type == "movie" else _SeriesRow
    name, day = ("title", "release_date") if media_type == "movie" else ("name", "first_air_date")
    usable, rejected = judged(titles_of(answer, media_type), model)
    rows = [
        TitleRow(
            tmdb_id=row["id"],
            title=known_text(row.get(name)),
            release_date=iso_date(row.get(day)),
            poster_path=image_path(row.get("poster_path")),
            backdrop_path=image_path(row.get("backdrop_path")),
            overview=known_text(row.get("overview")),
            vote_average=row.get("vote_average"),
            vote_count=row.get("vote_count"),
            popularity=row.get("popularity"),
            place=place,
        )
        for place, row in usable.items()
    ]
    return Rows(rows, min(answer["total_pages"], LAST_PAGE), rejected)


class _Described(models.Shaped):
    """What a row of either kind says beside its name and day."""

    poster_path: NotRequired[str | None]
    backdrop_path: NotRequired[str | None]
    overview: NotRequired[models.Text | None]
    vote_average: NotRequired[models.Score | None]
    vote_count: NotRequired[models.Int32 | None]
    popularity: NotRequired[Annotated[models.Number, Field(ge=0, lt=10**8)] | None]


class _FilmRow(models.FilmRow, _Described):
    """A film in a list."""


class _SeriesRow(models.SeriesRow, _Described):
    """A series in a list."""
