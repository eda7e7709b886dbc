"""What films and series of TMDB have in common: which works it knows, under which ids, and how they changed.

Every title is a function of its work's number, the seed and how often it was changed. TMDB lacks a few of Hotstar's.
"""

from abc import ABC, abstractmethod
from array import array
from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import ClassVar, Literal

from sandbox.arithmetic import Draw, Shuffle, mix, stream
from sandbox.tmdb_parts import pictures
from sandbox.works import Work, work

Media = Literal["movie", "tv"]
Row = dict[str, object]

_KNOWN, _TITLE, _BLOCK = stream("tmdb.known"), stream("tmdb.film"), stream("tmdb.block")
_IDS = 2_000_000
MORE = 0.2
"""Titles beyond Hotstar's, as a share of them."""


class Titles(ABC):
    """TMDB's films or series by the number of their work."""

    media: ClassVar[Media]

    def __init__(self, seed: int, works: range, *, known_in_a_hundred: int) -> None:
        """Know most of some works."""
        self._seed = seed
        self.works = works
        self._known_in_a_hundred = known_in_a_hundred
        self._ids = Shuffle(seed, "tmdb.movie.id", _IDS)
        self.revisions: dict[int, int] = {}
        """How often a title was changed since the start."""
        self.gone: set[int] = set()
        self.changed: dict[int, date] = {}
        """Titles that an action changed or removed, and on which day."""

    @abstractmethod
    def imdb_id(self, number: int) -> str | None:
        """Return the IMDb id, if there is one."""

    @abstractmethod
    def with_imdb_id(self, imdb_number: int) -> list[int]:
        """Return the works that have the IMDb id `tt` and this number, whether TMDB knows them or not."""

    @abstractmethod
    def row(self, number: int, *, popularity: float) -> Row:
        """Return the title as lists show it."""

    @abstractmethod
    def details(self, number: int, *, popularity: float, today: date) -> Row:
        """Return the title itself, without any block."""

    @abstractmethod
    def block(self, name: str, number: int, *, today: date) -> object | None:
        """Return what `append_to_response` adds under a name, without its `id`; None for a name that is unknown."""

    @cached_property
    def numbers(self) -> Sequence[int]:
        """The works that TMDB knew at the start."""
        return array("l", (number for number in self.works if self._knew(number)))

    def reset(self) -> None:
        """Go back to the start."""
        self.revisions.clear()
        self.gone.clear()
        self.changed.clear()

    def id_of(self, number: int) -> int:
        """Return TMDB's id of a work."""
        return 100 + self._ids.place(self._slot(number))

    def number_of(self, tmdb_id: int) -> int | None:
        """Return the work with an id; None if there is no such title, or no more."""
        number = self._in_slot(self._ids.number_at(tmdb_id - 100))
        return number if self.has(number) and self.id_of(number) == tmdb_id else None

    def has(self, number: int) -> bool:
        """Say whether TMDB knows a work."""
        return number in self.works and self._knew(number) and number not in self.gone

    def votes(self, number: int) -> tuple[float, int]:
        """Return the average and the number of votes; every change adds some, and a tenth of all titles has none."""
        draw = Draw(self._seed, _TITLE, number + 1)
        if draw.chance(100):
            return 0, 0
        count = 1 + draw.below(10 ** (1 + draw.below(4))) + 3 * self.revisions.get(number, 0)
        return round(3 + draw.below(600) / 100, 3), count

    def _slot(self, number: int) -> int:
        """Return which id a work has, counted through the shuffle of the ids."""
        return number

    def _in_slot(self, slot: int) -> int:
        """Return the work that would have an id."""
        return slot

    def _knew(self, number: int) -> bool:
        return mix(self._seed, _KNOWN, number) % 100 < self._known_in_a_hundred

    def _work(self, number: int) -> Work:
        return work(self._seed, number)

    def _draw(self, number: int) -> Draw:
        """Return the choices that make the title itself; the next two numbers' are its votes and its other fields."""
        return Draw(self._seed, _TITLE, number)

    def _block_draw(self, number: int) -> Draw:
        return Draw(self._seed, _BLOCK, number)

    def _overview(self, number: int) -> str:
        if number % 13 == 5:
            return ""
        changed = self.revisions.get(number, 0)
        return f"What happened to {self._work(number).actors[0]}." + (f" Edition {changed}." if changed else "")

    def _few(self, number: int, use: int, most: int, bound: int) -> list[int]:
        draw = Draw(self._seed, _BLOCK + use, number)
        return [draw.below(bound) for _ in range(draw.below(most))] if bound else []

    def _images(self, number: int) -> Row:
        def some(letter: str, most: int, width: int, height: int) -> list[Row]:
            return pictures(number, letter, range(mix(self._seed, _BLOCK, number) % (most + 1)), width, height)

        return {"backdrops": some("b", 8, 1920, 1080), "logos": [], "posters": some("p", 6, 1000, 1500)}

    def _keywords(self, number: int) -> list[Row]:
        return [{"id": 100 + word, "name": f"keyword {word}"} for word in self._few(number, 1, 6, 400)]

    def _videos(self, number: int) -> Row:
        kinds = ("Trailer", "Teaser", "Clip", "Featurette")
        return {
            "results": [
                {"iso_639_1": "en", "iso_3166_1": "US", "name": f"{kinds[which % 4]} {place + 1}",
                 "key": f"{number:06d}{place:05d}", "site": "Vimeo" if which % 7 == 6 else "YouTube", "size": 1080,
                 "type": kinds[which % 4], "official": which % 2 == 0, "published_at": "2026-01-05T10:00:00.000Z",
                 "id": f"{number:012x}{place:012x}"}
                for place, which in enumerate(self._few(number, 4, 13, 28))
            ]
        }  # fmt: skip

    def _page_of_others(self, number: int, use: int) -> Row:
        found = [self.numbers[place] for place in self._few(number, use, 21, len(self.numbers))]
        rows = [self.row(other, popularity=1.0) for other in dict.fromkeys(found) if other != number]
        return {"page": 1, "results": rows, "total_pages": 1, "total_results": len(rows)}
