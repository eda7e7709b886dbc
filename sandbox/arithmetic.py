"""Numbers that look random and are a function of (seed, stream, number): what lets a million items need no storage.

A *stream* keeps two uses of one item's number apart, so that a film's dates say nothing about its title.
"""

from collections.abc import Sequence
from math import gcd
from typing import TypeVar
from zlib import crc32

_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15

T = TypeVar("T")


def stream(name: str) -> int:
    """Return the stream that a name stands for."""
    return crc32(name.encode())


def mix(seed: int, use: int, number: int) -> int:
    """Return 64 well-mixed bits (splitmix64's finaliser) that belong to one number in one stream."""
    z = (seed * 0xD1342543DE82EF95 + use * 0xDA942042E4DD58B5 + (number + 1) * _GOLDEN) & _MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return z ^ (z >> 31)


class Draw:
    """A row of choices that belongs to one number in one stream: the same row each time it is asked."""

    __slots__ = ("_state",)

    def __init__(self, seed: int, use: int, number: int) -> None:
        self._state = mix(seed, use, number)

    def below(self, bound: int) -> int:
        """Return an integer from 0 to `bound` - 1."""
        self._state = (self._state * 6364136223846793005 + 1442695040888963407) & _MASK
        return (self._state >> 33) % bound

    def one(self, choices: Sequence[T]) -> T:
        """Return one of the choices."""
        return choices[self.below(len(choices))]

    def some(self, choices: Sequence[T], most: int) -> list[T]:
        """Return from one to `most` of the choices, neighbours in their list, so that none comes twice."""
        first = self.below(len(choices))
        wanted = 1 + self.below(min(most, len(choices)))
        return [choices[(first + step) % len(choices)] for step in range(wanted)]

    def chance(self, in_a_thousand: int) -> bool:
        """Return True so many times in a thousand."""
        return self.below(1000) < in_a_thousand


class Shuffle:
    """A one-to-one map of 0 … size - 1 onto itself, so that counts come out exact and ids never collide."""

    __slots__ = ("_factor", "_inverse", "_shift", "_size")

    def __init__(self, seed: int, name: str, size: int) -> None:
        self._size = max(size, 1)
        draw = Draw(seed, stream(name), size)
        factor = (int(self._size * 0.618) + draw.below(max(self._size // 7, 1))) % self._size or 1
        while gcd(factor, self._size) != 1:
            factor += 1
        self._factor = factor
        self._inverse = pow(factor, -1, self._size)
        self._shift = draw.below(self._size)

    def place(self, number: int) -> int:
        """Return where `number` stands; numbers from `size` on repeat earlier places."""
        return (number * self._factor + self._shift) % self._size

    def number_at(self, place: int) -> int:
        """Return the number that stands in a place."""
        return (place - self._shift) * self._inverse % self._size
