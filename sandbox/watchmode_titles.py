"""Which works Watchmode knows, under which ids, and its map to other ids (contract: watchmode.md, 3 and 4).

The works are those of the other services, but for a few of TMDB's; and it has some that TMDB lacks. Both kinds of
title, and a few second records of one title, have ids of Watchmode's own.
"""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import NamedTuple

from sandbox.arithmetic import Shuffle, mix, stream
from sandbox.tmdb_titles import Media, Titles
from sandbox.works import FIRST_SERIES, Work, work

HEADER = "Watchmode ID,IMDB ID,TMDB ID,TMDB Type,Title,Year"

_FIRST: Mapping[Media, int] = {"movie": 1_000_000, "tv": 3_000_000}
_IDS: Mapping[Media, int] = {"movie": 1_900_000, "tv": 900_000}
_SECOND: Mapping[Media, int] = {"movie": 1_000_000, "tv": 450_000}
"""From here on the shuffles give the ids of second records."""
_KNOWN_IN_A_HUNDRED = 92
_WITHOUT_TMDB_IN_A_HUNDRED = 20
"""Of the works that TMDB does not know."""
_BEGUN, _DAYS = date(2026, 10, 1), 400
"""From then on, for so many days, one title in 200 appears."""
_NOWHERE = 90_000_000
"""Added to a TMDB id, the id of a title that TMDB no longer has."""

_KNOWS, _ODD = stream("watchmode.knows"), stream("watchmode.odd")


class Record(NamedTuple):
    """A title of Watchmode's."""

    watchmode_id: int
    media: Media
    number: int
    """Of the work."""

    @property
    def kind(self) -> str:
        """Return its `type`."""
        if self.media == "tv":
            return "tv_miniseries" if self.number % 12 == 5 else "tv_special" if self.number % 50 == 7 else "tv_series"
        return "short_film" if self.number % 60 == 9 else "tv_movie" if self.number % 60 == 21 else "movie"


class Listing(NamedTuple):
    """What the map and the lists say of a title."""

    title: str
    imdb_id: str | None
    tmdb_id: int | None
    tmdb_type: Media | None
    year: int | None


class WatchmodeTitles:
    """Watchmode's films and series."""

    def __init__(self, seed: int, titles: Mapping[Media, Titles]) -> None:
        self._seed = seed
        self.titles = titles
        self._ids = {media: Shuffle(seed, f"watchmode.{media}", size) for media, size in _IDS.items()}

    @cached_property
    def numbers(self) -> Sequence[int]:
        """Every work that it will ever know, films first; `is_there` says whether it does on a day."""
        works = (number for titles in self.titles.values() for number in titles.works)
        return array("l", (number for number in works if self._knows(number)))

    def is_there(self, number: int, day: date) -> bool:
        """Say whether a work of `numbers` has appeared."""
        bits = mix(self._seed, _ODD, number) >> 20
        return bits % 200 != 0 or (day - _BEGUN).days >= (bits >> 10) % _DAYS

    def record(self, number: int) -> Record:
        """Return the first record of a work."""
        media: Media = "tv" if number >= FIRST_SERIES else "movie"
        return Record(self._id(media, _place(number)), media, number)

    def with_id(self, watchmode_id: int, day: date) -> Record | None:
        """Return the record, first or second, with an id of Watchmode's."""
        media: Media = "tv" if watchmode_id >= _FIRST["tv"] else "movie"
        if not 0 <= watchmode_id - _FIRST[media] < _IDS[media]:
            return None
        slot = self._ids[media].number_at(watchmode_id - _FIRST[media])
        place = slot % _SECOND[media]
        number = place + (FIRST_SERIES if media == "tv" else 0)
        if number not in self.titles[media].works or not (self._knows(number) and self.is_there(number, day)):
            return None
        return Record(watchmode_id, media, number) if slot == place or self._is_double(number) else None

    def with_tmdb_id(self, media: Media, tmdb_id: int, day: date) -> Record | None:
        """Return the record of TMDB's film or series."""
        number = self.titles[media].number_of(tmdb_id)
        records = self._records([] if number is None else [number], day)
        return next((record for record in records if self.listing(record).tmdb_id is not None), None)

    def with_imdb_id(self, imdb_id: str, day: date) -> Record | None:
        """Return the first record that has an IMDb id."""
        numbers = [number for titles in self.titles.values() for number in titles.with_imdb_id(int(imdb_id[2:]))]
        return next(self._records(numbers, day), None)

    def work(self, number: int) -> Work:
        """Return the work."""
        return work(self._seed, number)

    def listing(self, record: Record) -> Listing:
        """Return a title's name, ids elsewhere and year: one in 250 has no id of TMDB's though there is one."""
        titles, odd = self.titles[record.media], self._odd(record.number)
        known = _tmdb_knows(titles, record.number) and odd >= 4
        tmdb_id = titles.id_of(record.number) if known else None
        work = self.work(record.number)
        year = work.year if record.number % 40 not in (11, 17) else None
        return Listing(work.title, titles.imdb_id(record.number), tmdb_id, record.media if known else None, year)

    def id_map(self, day: date, *, header: str = HEADER, share: float = 1.0) -> bytes:
        """Return the file of a day: UTF-8, quoted, lines ending in a line feed.

        Args:
            day: titles appear over the days.
            header: names of columns, joined by commas.
            share: of the rows, from the first; less than 1 for a file that lost some.
        """
        there = [row for number, rows in self._rows if self.is_there(number, day) for row in rows]
        return b"".join([_csv(*header.split(",")), *there[: round(len(there) * share)]])

    @cached_property
    def _rows(self) -> list[tuple[int, list[bytes]]]:
        return [(number, list(self._rows_of(number))) for number in self.numbers]

    def _rows_of(self, number: int) -> Iterator[bytes]:
        """Yield the rows of a work: a few have no type, a few come twice, and of a few an older TMDB id is left."""
        record, odd = self.record(number), self._odd(number)
        title, imdb_id, tmdb_id, tmdb_type, year = self.listing(record)
        tail = (title, year)
        yield _csv(record.watchmode_id, imdb_id, tmdb_id, None if 4 <= odd < 7 else tmdb_type, *tail)
        if self._is_double(number):
            second = self._id(record.media, _place(number) + _SECOND[record.media])
            yield _csv(second, imdb_id, tmdb_id, tmdb_type, *tail)
        if 10 <= odd < 12 and tmdb_id is not None:
            yield _csv(record.watchmode_id, imdb_id, tmdb_id + _NOWHERE, tmdb_type, *tail)

    def _records(self, numbers: Sequence[int], day: date) -> Iterator[Record]:
        return (self.record(number) for number in numbers if self._knows(number) and self.is_there(number, day))

    def _id(self, media: Media, slot: int) -> int:
        return _FIRST[media] + self._ids[media].place(slot)

    def _knows(self, number: int) -> bool:
        titles = self.titles["tv" if number >= FIRST_SERIES else "movie"]
        share = _KNOWN_IN_A_HUNDRED if _tmdb_knows(titles, number) else _WITHOUT_TMDB_IN_A_HUNDRED
        return mix(self._seed, _KNOWS, number) % 100 < share

    def _is_double(self, number: int) -> bool:
        return 7 <= self._odd(number) < 10

    def _odd(self, number: int) -> int:
        return mix(self._seed, _ODD, number) % 1000


def _tmdb_knows(titles: Titles, number: int) -> bool:
    return titles.has(number) or number in titles.gone


def _place(number: int) -> int:
    return number - FIRST_SERIES if number >= FIRST_SERIES else number


def _csv(*values: object) -> bytes:
    texts = ("" if value is None else str(value).replace('"', '""') for value in values)
    return ('"' + '","'.join(texts) + '"\n').encode()
