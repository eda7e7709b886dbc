"""A search index over the integers of one kind's items: windows by bisection, pages by content id as text.

It knows an item only by its number and its keys. What the item looks like, and whether the index is up to date, is
the catalogue's business.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import compress

from sandbox.arithmetic import mix
from sandbox.kinds import ABSENT, Keys, Kind

Windows = Mapping[str, tuple[int, int]]
"""Column -> (lowest, highest) value that matches, both included."""

_KEPT_RESULTS = 32
_MANY = 2_000


class Index:
    """The searchable items of one kind, at most one entry a number."""

    def __init__(self, kind: Kind, keys: Sequence[Keys]) -> None:
        """Index items 0 … len(keys) - 1."""
        self._kind = kind
        self._content_ids = [key.content_id for key in keys]
        self._columns = {
            name: array("q", [key.columns[position] for key in keys]) for position, name in enumerate(kind.columns)
        }
        self._present = bytearray(b"\x01") * len(keys)
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
            if len(self._results) >= _KEPT_RESULTS:
                self._results.pop(next(iter(self._results)))
            self._results[asked] = found
        return found

    def by_column(self, found: Sequence[int], column: str, tie: int) -> list[int]:
        """Return numbers in order of a column, absent values last, equal ones in an order that `tie` decides."""
        values = self._columns[column]
        return sorted(found, key=lambda number: (values[number] == ABSENT, values[number], mix(tie, 0, number)))

    def _find(self, windows: Windows) -> Sequence[int]:
        spans = {}
        for name, (values, _) in self._sorted.items():
            if name in windows:
                lowest, highest = windows[name]
                spans[name] = (bisect_left(values, lowest), bisect_right(values, highest))
        rest = dict(windows)
        found: Sequence[int] = self._by_content
        in_order = True
        if spans:
            name = min(spans, key=lambda span: spans[span][1] - spans[span][0])
            first, last = spans[name]
            # Sorting a few numbers is cheaper than looking at all of them; for many it is the other way round.
            if (last - first) * 8 < len(self._by_content):
                found, in_order = self._sorted[name][1][first:last], False
                del rest[name]
        for name, (lowest, highest) in rest.items():
            values = self._columns[name]
            least = max(lowest, ABSENT + 1)
            found = list(compress(found, [least <= values[number] <= highest for number in found]))
        return found if in_order else sorted(found, key=self._content_ids.__getitem__)

    def _sort(self) -> None:
        present = [number for number, there in enumerate(self._present) if there]
        self._by_content = array("l", sorted(present, key=self._content_ids.__getitem__))
        self._sorted: dict[str, tuple[array[int], array[int]]] = {}
        for name in self._kind.sorted_columns:
            values = self._columns[name]
            numbers = sorted((n for n in present if values[n] != ABSENT), key=values.__getitem__)
            self._sorted[name] = (array("q", [values[n] for n in numbers]), array("l", numbers))
        self._results: dict[tuple[tuple[str, tuple[int, int]], ...], Sequence[int]] = {}

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
