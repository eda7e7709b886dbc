"""Titles as works: work number -> title, year, language. No service's own fields stand here.

Each simulated service shows the same works under its own ids, so what makes a title belongs to none of them.
"""

from typing import NamedTuple

from sandbox.arithmetic import Draw, stream
from sandbox.words import CLOSINGS, FAMILY, GENRES, GIVEN, LANGUAGES, LATIN, NATIVE, OPENINGS, Language

FIRST_SERIES = 10_000_000
"""Films are the works before it, series those from it on."""

_WORK = stream("work")

_LOOKS_LIKE_A_TEST = (
    "Test match: the {place} Hours", "Contest", "The Greatest {place}", "Greatest Hits {number}", "The Last Test",
    "Protest at {place}", "Testament", "Automatic {place}", "Attested", "Contest of {place}s",
)  # fmt: skip


class Work(NamedTuple):
    """A film or series as the world knows it."""

    number: int
    title: str
    """In Latin letters, as an English catalogue prints it."""
    native_title: str
    """In the script of its language; the same as `title` where that is Latin."""
    language: Language
    year: int
    genres: tuple[str, ...]
    directors: tuple[str, ...]
    actors: tuple[str, ...]
    minutes: int


def person(draw: Draw) -> str:
    """Return a person's name."""
    return f"{draw.one(GIVEN)} {draw.one(FAMILY)}"


def work(seed: int, number: int) -> Work:
    """Return the work with this number."""
    draw = Draw(seed, _WORK, number)
    kind = draw.below(1000)
    language = LANGUAGES[draw.below(8)] if kind < 800 else draw.one(LANGUAGES)
    year = 1935 + draw.below(92) if kind % 4 == 0 else 1995 + draw.below(32)
    title, native = _titles(draw, language)
    return Work(
        number=number,
        title=title,
        native_title=native,
        language=language,
        year=year,
        genres=tuple(draw.some(GENRES, 4)),
        directors=tuple(person(draw) for _ in range(1 + draw.below(2))),
        actors=tuple(person(draw) for _ in range(2 + draw.below(5))),
        minutes=55 + draw.below(130),
    )


def _titles(draw: Draw, language: Language) -> tuple[str, str]:
    odds = draw.below(1000)
    if odds < 3:
        title = draw.one(_LOOKS_LIKE_A_TEST).format(place=draw.one(CLOSINGS), number=1 + draw.below(40))
        return title, title
    sequel = f" {2 + draw.below(4)}" if odds > 940 else ""
    halves = NATIVE.get(language.number)
    if halves is None or odds < 300:
        title = f"{draw.one(OPENINGS)} {draw.one(CLOSINGS)}"
        if odds % 10 == 0:
            title = f"{title}: {draw.one(OPENINGS)} {draw.one(CLOSINGS)}"
        return title + sequel, title + sequel
    latin = LATIN[language.number]
    first, second = draw.below(len(halves[0])), draw.below(len(halves[1]))
    tail = f" {draw.one(FAMILY)}" if odds % 3 == 0 else ""
    return (
        f"{latin[0][first]} {latin[1][second]}{tail}{sequel}",
        f"{halves[0][first]} {halves[1][second]}{sequel}",
    )
