"""A search index over the integers of one kind's items: windows by bisection, pages by content id as text.

It knows an item only by its number and its keys. What the item looks like, and whether the index is up to date, is
the catalogue's business.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import compress, islice
from typing import overload

from sandbox.arithmetic import mix
from sandbox.kinds import ABSENT, Keys, Kind, Table

Windows = Mapping[str, tuple[int, int]]
"""Column -> (lowest, highest) value that matches, both included."""

_Asked = tuple[tuple[str, tuple[int, int]], ...]

_KEPT_NUMBERS = 6_000_000
"""How many numbers the results of earlier searches may hold together: 4 bytes each."""
_MANY = 2_000


class _Scanned(Sequence[int]):
    """What one wide window matches: counted already, and looked at only as far as a page reaches."""

    def __init__(self, numbers: Sequence[int], values: Sequence[int], window: tuple[int, int], total: int) -> None:
        self._numbers, self._values, self._window, self._total = numbers, values, window, total

    def __len__(self) -> int:
        return self._total

    def __iter__(self) -> Iterator[int]:
        return self._inside(self._numbers)

    @overload
    def __getitem__(self, place: int) -> int: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[int]: ...
    def __getitem__(self, place: int | slice) -> int | Sequence[int]:
        if isinstance(place, int):
            there = range(self._total)[place]
            return self[there : there + 1][0]
        first, last, _ = place.indices(self._total)
        if first <= self._total - last:
            return list(islice(self._inside(self._numbers), first, last))
        backwards = islice(self._inside(reversed(self._numbers)), self._total - last, self._total - first)
        return list(backwards)[::-1]

    def _inside(self, numbers: Iterable[int]) -> Iterator[int]:
        lowest, highest = max(self._window[0], ABSENT + 1), self._window[1]
        values = self._values
        return (number for number in numbers if lowest <= values[number] <= highest)


class _Results:
    """What earlier searches found, the oldest given up first."""

    def __init__(self) -> None:
        self._found: dict[_Asked, Sequence[int]] = {}
        self._numbers = 0

    def get(self, asked: _Asked) -> Sequence[int] | None:
        return self._found.get(asked)

    def keep(self, asked: _Asked, found: Sequence[int]) -> None:
        self._found[asked] = found
        self._numbers += len(found)
        while self._numbers > _KEPT_NUMBERS:
            self._numbers -= len(self._found.pop(next(iter(self._found))))

    def clear(self) -> None:
        self._found.clear()
        self._numbers = 0


class Index:
    """The searchable items of one kind, at most one entry a number."""

    def __init__(self, kind: Kind, table: Table) -> None:
        """Index the items of a table, whose numbers begin at 0."""
        self._kind = kind
        self._content_ids = list(table.content_ids)
        self._columns = {name: array("q", values) for name, values in zip(kind.columns, table.columns, strict=True)}
        self._present = bytearray(b"\x01") * len(self._content_ids)
        self._results = _Results()
        self._sort()

    def __len__(self) -> int:
        return len(self._by_content)

    def __contains__(self, number: int) -> bool:
        return number < len(self._present) and bool(self._present[number])

    def numbers(self) -> Sequence[int]:
        """Return the numbers of all entries, by content id as text."""
        return self._by_content

    def content_id(self, number: int) -> str:
        """Return the content id an entry is sorted by."""
        return self._content_ids[number]

    def replace(self, entries: Iterable[tuple[int, Keys | None]]) -> None:
        """Put entries in, or take them out where their keys are None; what stood under a number goes first."""
        entries = list(entries)
        if not entries:
            return
        self._results.clear()
        if len(entries) > _MANY:
            for number, keys in entries:
                self._write(number, keys)
            self._sort()
            return
        for number, keys in entries:
            if number in self:
                self._take_out(number)
            self._write(number, keys)
            if keys is not None:
                self._put_in(number)

    def matches(self, windows: Windows) -> Sequence[int]:
        """Return the numbers of the entries inside every window, by content id as text."""
        if not windows:
            return self._by_content
        asked = tuple(sorted(windows.items()))
        found = self._results.get(asked)
        if found is None:
            found = self._find(windows)
            if not isinstance(found, _Scanned):
                self._results.keep(asked, found)
        return found

    def by_column(self, found: Sequence[int], column: str, tie: int, first: int, last: int) -> list[int]:
        """Return the places `first` to `last` of what `matches` found, put in the order of a column.

        Absent values come last, and equal ones in an order that `tie` decides.
        """
        values = self._columns[column]
        if found is self._by_content and column in self._kind.sorted_columns:
            in_order = self._in_order(column)[1]
        else:
            in_order = array("i", sorted((at for at in found if values[at] != ABSENT), key=values.__getitem__))
        if len(in_order) < min(last, len(found)):
            in_order = in_order + array("i", [number for number in found if values[number] == ABSENT])
        last = min(last, len(in_order))
        if first >= last:
            return []
        # Equal values change places with each other alone: what is neither on the page nor equal to it need not.
        low, high = first, last
        while low > 0 and values[in_order[low - 1]] == values[in_order[first]]:
            low -= 1
        while high < len(in_order) and values[in_order[high]] == values[in_order[last - 1]]:
            high += 1
        mixed = sorted(
            in_order[low:high], key=lambda number: (values[number] == ABSENT, values[number], mix(tie, 0, number))
        )
        return mixed[first - low : last - low]

    def numbers_of(self, content_id: str) -> Sequence[int]:
        """Return the numbers of the entries with a content id."""
        ids = self._content_ids.__getitem__
        return self._by_content[
            bisect_left(self._by_content, content_id, key=ids) : bisect_right(self._by_content, content_id, key=ids)
        ]

    def _find(self, windows: Windows) -> Sequence[int]:
        spans = {}
        for name in self._kind.sorted_columns:
            if name in windows:
                lowest, highest = windows[name]
                values, _ = self._in_order(name)
                spans[name] = (bisect_left(values, lowest), bisect_right(values, highest))
        rest = dict(windows)
        found: Sequence[int] = self._by_content
        in_order = True
        if spans:
            name = min(spans, key=lambda span: spans[span][1] - spans[span][0])
            first, last = spans[name]
            # Sorting a few numbers is cheaper than looking at all of them; for many it is the other way round.
            if (last - first) * 8 < len(self._by_content):
                found, in_order = self._in_order(name)[1][first:last], False
                del rest[name]
            elif len(rest) == 1:
                return _Scanned(self._by_content, self._columns[name], rest[name], last - first)
        for name, (lowest, highest) in rest.items():
            values = self._columns[name]
            least = max(lowest, ABSENT + 1)
            found = array("i", compress(found, [least <= values[number] <= highest for number in found]))
        return found if in_order else array("i", sorted(found, key=self._content_ids.__getitem__))

    def _sort(self) -> None:
        present = [number for number, there in enumerate(self._present) if there]
        self._by_content = array("i", sorted(present, key=self._content_ids.__getitem__))
        self._sorted: dict[str, tuple[array[int], array[int]]] = {}
        self._results.clear()

    def _in_order(self, name: str) -> tuple["array[int]", "array[int]"]:
        """Return a column's values in order, and the numbers they belong to; put in order when first asked for."""
        kept = self._sorted.get(name)
        if kept is None:
            values = self._columns[name]
            there = (n for n, present in enumerate(self._present) if present and values[n] != ABSENT)
            numbers = array("i", sorted(there, key=values.__getitem__))
            kept = self._sorted[name] = (array("q", [values[n] for n in numbers]), numbers)
        return kept

    def _write(self, number: int, keys: Keys | None) -> None:
        missing = number + 1 - len(self._present)
        if missing > 0:
            self._present.extend(bytes(missing))
            self._content_ids.extend([""] * missing)
            for values in self._columns.values():
                values.extend([ABSENT] * missing)
        self._present[number] = keys is not None
        if keys is not None:
            self._content_ids[number] = keys.content_id
            for name, value in zip(self._kind.columns, keys.columns, strict=True):
                self._columns[name][number] = value

    def _put_in(self, number: int) -> None:
        # Equal content ids can stand in any order, equal values are kept by number so that one can be found again.
        self._by_content.insert(self._content_place(number), number)
        for name, (values, numbers) in self._sorted.items():
            value = self._columns[name][number]
            if value != ABSENT:
                place = bisect_left(numbers, number, bisect_left(values, value), bisect_right(values, value))
                values.insert(place, value)
                numbers.insert(place, number)

    def _take_out(self, number: int) -> None:
        place = self._content_place(number)
        while self._by_content[place] != number:
            place += 1
        del self._by_content[place]
        for name, (values, numbers) in self._sorted.items():
            value = self._columns[name][number]
            if value != ABSENT:
                place = bisect_left(numbers, number, bisect_left(values, value), bisect_right(values, value))
                del values[place], numbers[place]

    def _content_place(self, number: int) -> int:
        return bisect_left(self._by_content, self._content_ids[number], key=self._content_ids.__getitem__)
