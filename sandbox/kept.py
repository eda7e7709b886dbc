"""Encoded items of all kinds, kept within a number of bytes."""

from collections import deque

_Key = tuple[str, int, int]
_USUAL = 4_000


class Kept:
    """The JSON of items as they were in some version, the oldest given up first."""

    def __init__(self, limit: int) -> None:
        """Keep up to `limit` bytes of JSON."""
        self._limit = limit
        self.forget()

    @property
    def full(self) -> bool:
        """Say whether another item of usual size would push one out."""
        return self._bytes + _USUAL > self._limit

    def get(self, kind: str, number: int, version: int) -> bytes | None:
        """Return an item's JSON, if it is kept."""
        return self._bodies.get((kind, number, version))

    def keep(self, kind: str, number: int, version: int, body: bytes) -> None:
        """Keep the JSON of an item that is not kept yet."""
        key = (kind, number, version)
        self._bodies[key] = body
        self._oldest.append(key)
        self._bytes += len(body)
        while self._bytes > self._limit:
            self._bytes -= len(self._bodies.pop(self._oldest.popleft()))

    def forget(self) -> None:
        """Give up everything."""
        self._bytes = 0
        self._bodies: dict[_Key, bytes] = {}
        # A dict would find its own first entry ever more slowly, the more were taken from its front.
        self._oldest: deque[_Key] = deque()
