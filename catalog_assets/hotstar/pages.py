"""One answer made ready to be stored: compressed, hashed, and read for its listing and for the merge that takes it.

The work is processor time on a few megabytes, so it runs in a thread. Pages keep every byte; see `items` for how they
are read. Nothing here knows the database.
"""

import hashlib
import json
from dataclasses import dataclass

import zstandard

from catalog_assets.hotstar.items import Entry, Page, no_collections, read_page
from catalog_assets.hotstar.kinds import Kind
from catalog_assets.hotstar.parts import PageFacts
from catalog_assets.hotstar.staging import JudgedPage, judge_page

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
    """An answer's body ready to be stored, its items judged, and its facts, or why it is no page of a listing."""

    body: StoredBody
    judged: JudgedPage
    facts: PageFacts | None
    problem: str | None


def read_answer(kind: Kind, body: bytes) -> ReadAnswer:
    """Compresses, hashes, reads and judges a body. Never raises for what the body holds."""
    compressed = zstandard.ZstdCompressor(level=COMPRESSION_LEVEL).compress(body)
    stored = StoredBody(compressed, len(body), hashlib.sha256(body).digest())
    with no_collections():
        return ReadAnswer(stored, *_read(kind, body))


def _read(kind: Kind, body: bytes) -> tuple[JudgedPage, PageFacts | None, str | None]:
    page = read_page(body)
    return judge_page(kind, body, page), *_facts(page)


def read_stored(compressed: bytes) -> PageFacts | None:
    """What a stored page says; None if it cannot serve as a page of a listing."""
    return read_facts(zstandard.ZstdDecompressor().decompress(compressed))[0]


def read_facts(body: bytes) -> tuple[PageFacts | None, str | None]:
    """What a listing needs of a body, or why it is no page of one."""
    return _facts(read_page(body))


def _facts(page: Page) -> tuple[PageFacts | None, str | None]:
    if page.problem is not None or page.total is None:
        return None, page.problem
    return (
        PageFacts(
            page.total,
            tuple([entry.content_id or _stand_in(entry) for entry in page.items]),
            tuple([_second(entry.item.get("updateDate")) if entry.item else None for entry in page.items]),
            tuple([_second(entry.item.get("startDate")) if entry.item else None for entry in page.items]),
        ),
        None,
    )


def _stand_in(entry: Entry) -> str:
    """An id for an item that has no readable one, made from its content: the same item again is the same."""
    try:
        content = json.dumps(entry.item, sort_keys=True).encode()
    except RecursionError:
        content = b"nested deeper than anything writes"
    return f"no id: {hashlib.blake2b(content, digest_size=8).hexdigest()}"


def _second(value: object) -> int | None:
    return value if type(value) is int and -(2**63) <= value < 2**63 else None
