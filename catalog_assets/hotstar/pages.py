"""One answer made ready to be stored: compressed, hashed, and read as far as a listing needs.

The work is processor time on a few megabytes, so it runs in a thread. Pages keep every byte; see `items` for how they
are read. Nothing here knows the database.
"""

import hashlib
import json
from dataclasses import dataclass

import zstandard

from catalog_assets.hotstar.items import Entry, read_listed
from catalog_assets.hotstar.parts import PageFacts

COMPRESSION_LEVEL = 3


@dataclass(frozen=True, slots=True)
class StoredBody:
    """A body as `hotstar.pages` keeps it.

    Attributes:
        compressed: zstd.
        size: bytes before compression.
        sha256: of the bytes before compression.
    """

    compressed: bytes
    size: int
    sha256: bytes


@dataclass(frozen=True, slots=True)
class ReadAnswer:
    """An answer's body ready to be stored, with what it says, or why it cannot serve as a page of a listing."""

    body: StoredBody
    facts: PageFacts | None
    problem: str | None


def read_answer(body: bytes) -> ReadAnswer:
    """Compresses, hashes and reads a body. Never raises for what the body holds."""
    stored = StoredBody(
        zstandard.ZstdCompressor(level=COMPRESSION_LEVEL).compress(body), len(body), hashlib.sha256(body).digest()
    )
    facts, problem = read_facts(body)
    return ReadAnswer(stored, facts, problem)


def read_stored(compressed: bytes) -> PageFacts | None:
    """What a stored page says; None if it cannot serve as a page of a listing."""
    return read_facts(zstandard.ZstdDecompressor().decompress(compressed))[0]


def read_facts(body: bytes) -> tuple[PageFacts | None, str | None]:
    """What a listing needs of a body, or why it is no page of one."""
    page = read_listed(body)
    if page.problem is not None or page.total is None:
        return None, page.problem
    return (
        PageFacts(
            page.total,
            tuple(entry.content_id or _stand_in(entry) for entry in page.items),
            tuple(_second(entry, "updateDate") for entry in page.items),
            tuple(_second(entry, "startDate") for entry in page.items),
        ),
        None,
    )


def _stand_in(entry: Entry) -> str:
    """An id for an item that has no readable one, made from its content: the same item again is the same."""
    content = json.dumps(entry.item, sort_keys=True).encode()
    return f"no id: {hashlib.blake2b(content, digest_size=8).hexdigest()}"


def _second(entry: Entry, name: str) -> int | None:
    value = entry.item.get(name) if entry.item else None
    return value if isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63 else None
