"""The numbers that items are known by: unique within a kind and only there (contract, Items).

Films take them in order; of the other kinds each hundredth item has the numbers of some film, where there are so many.
"""

from collections.abc import Sequence

from sandbox.arithmetic import Shuffle

_CONTENT = 900_000_000
_INTERNAL = 10_000_000
_SHARED = 100
"""One item in so many has numbers that other kinds have too."""


class Ids:
    """The public and internal ids of a kind's items; `offset` keeps its own numbers apart from the others'."""

    def __init__(self, seed: int, offset: int) -> None:
        self._offset = offset
        self._long = Shuffle(seed, "movie.contentId", _CONTENT)
        self._short = Shuffle(seed, "movie.contentId.short", _CONTENT)
        self._internal = Shuffle(seed, "movie.id", _INTERNAL)

    def content_id(self, number: int, bits: int) -> int:
        """Return the public id; one in a hundred is shorter, since text order and number order differ only there."""
        if bits % 100 == 0:
            return 100_000_000 + self._short.place(self._own(number))
        return 1_000_000_000 + self._long.place(self._own(number))

    def content_ids(self, first: int, bits: Sequence[int]) -> list[str]:
        """Return the public ids of many items as text, from `first` on."""
        return [str(self.content_id(number, part)) for number, part in enumerate(bits, first)]

    def internal_id(self, number: int, *, long: bool) -> int:
        """Return the internal id, beyond 2³¹ where it is a long one."""
        return self._internal.place(self._own(number)) + 1_000 + (1 << 33 if long else 0)

    def _own(self, number: int) -> int:
        if self._offset == 0:
            return number
        return self._offset + number if number % _SHARED else number // _SHARED
