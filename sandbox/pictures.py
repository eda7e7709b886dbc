"""Picture files made of a few coloured tiles: valid, small, quick to make, and a function of what they are called.

A tile is drawn in blocks of one colour, which take a few bits each, so that the largest picture has 12 kB.
"""

import struct
import zlib
from hashlib import blake2b
from itertools import pairwise

_TILES = 4
"""A picture has so many tiles in each direction."""
_MCU = 16
"""Width and height in pixels of what a JPEG encodes at once: four blocks of brightness and one of each tint."""
_FLAT = "00"
"""A block of the same colour as the one before: no difference, end of block."""
_DC_LENGTHS = bytes((1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0))
_DC_SIZES = bytes(range(12))
_AC_LENGTHS = bytes((1, *[0] * 15))
_END_OF_BLOCK = b"\x00"
_STEP = bytes([8] * 64)
"""With it a difference of 1 in a block's mean is a difference of 1 in its code."""


def jpeg(name: str, width: int, height: int) -> bytes:
    """Return a baseline JPEG; the name decides the colours and stands in a comment."""
    digest = blake2b(name.encode(), digest_size=_TILES * _TILES + 2).digest()
    head = [
        _segment(0xE0, b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"),
        _segment(0xFE, name.encode()),
        _segment(0xDB, b"\x00" + _STEP),
        _segment(0xC0, struct.pack(">BHHB", 8, height, width, 3) + b"\x01\x22\x00\x02\x11\x00\x03\x11\x00"),
        _segment(0xC4, b"\x00" + _DC_LENGTHS + _DC_SIZES + b"\x10" + _AC_LENGTHS + _END_OF_BLOCK),
        _segment(0xDA, b"\x03\x01\x00\x02\x00\x03\x00\x00\x3f\x00"),
    ]
    bits = _scan(digest, -(-width // _MCU), -(-height // _MCU))
    bits += "1" * (-len(bits) % 8)
    scan = int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\x00")
    return b"".join((b"\xff\xd8", *head, scan, b"\xff\xd9"))


def png(name: str, width: int, height: int) -> bytes:
    """Return a PNG in shades of grey; the name decides them and stands in a text."""
    shades = blake2b(name.encode(), digest_size=_TILES * _TILES).digest()
    rows: list[bytes] = []
    for first, last in pairwise(_edges(height)):
        tiles = shades[len(rows) * _TILES : (len(rows) + 1) * _TILES]
        row = b"".join(tiles[at : at + 1] * (right - left) for at, (left, right) in enumerate(pairwise(_edges(width))))
        rows.append((b"\x00" + row) * (last - first))
    chunks = (
        _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        _chunk(b"tEXt", b"Title\x00" + name.encode()),
        _chunk(b"IDAT", zlib.compress(b"".join(rows))),
        _chunk(b"IEND", b""),
    )
    return b"".join((b"\x89PNG\r\n\x1a\n", *chunks))


def _scan(digest: bytes, across: int, down: int) -> str:
    """Return the bits of a JPEG's blocks: rows of tiles, of which only the first block differs from its neighbour."""
    tints, before = digest[-2:], 128
    rows: list[str] = []
    for at, (first, last) in enumerate(pairwise(_edges(down))):
        levels = digest[at * _TILES : (at + 1) * _TILES]
        for _ in range(first, last):
            row: list[str] = []
            for level, (left, right) in zip(levels, pairwise(_edges(across)), strict=True):
                if left < right:
                    chroma = [_code(tint - 128) if not rows and not row else _FLAT for tint in tints]
                    row.append(_code(level - before) + 3 * _FLAT + "".join(chroma))
                    row.append(6 * _FLAT * (right - left - 1))
                    before = level
            rows.append("".join(row))
    return "".join(rows)


def _code(difference: int) -> str:
    """Return a block by the difference of its mean to that of the block before."""
    if difference == 0:
        return _FLAT
    size = abs(difference).bit_length()
    value = difference if difference > 0 else difference + (1 << size) - 1
    return f"{'1' * size}0{value:0{size}b}0"


def _edges(length: int) -> list[int]:
    return [length * at // _TILES for at in range(_TILES + 1)]


def _segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
