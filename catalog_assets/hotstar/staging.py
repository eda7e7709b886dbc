"""Pages judged once and staged: what a merge takes from a page is in the database as soon as the page is stored.

A page's items are judged while nothing else is to do (requests wait for their slot), so that a merge is left with
statements alone. Staged rows are a cache of `hotstar.pages`: they are not logged, a crash of the server empties them,
and a merge stages what is not. Nothing here knows Dagster.
"""

from collections.abc import Set
from dataclasses import dataclass
from typing import NamedTuple

import psycopg

from catalog_assets.hotstar.items import Entry, Page, Rejected, judge, raw_item, read_page
from catalog_assets.hotstar.kinds import Kind
from resources.statements import statement

_NULL = b"\\N"


class JudgedItem(NamedTuple):
    """One item of a page as COPY takes it.

    Attributes:
        place: position and content id, as the row begins.
        item_hash: stands for the content, in hexadecimal; None if the item was rejected.
        content: its JSON, escaped; empty if it was rejected.
        rejection: reason and bytes, as the row ends.
    """

    place: bytes
    content_id: str | None
    item_hash: str | None
    content: bytes
    rejection: bytes = b"\\N\t\\N\n"


@dataclass(frozen=True, slots=True)
class JudgedPage:
    """The items of a page, judged."""

    items: list[JudgedItem]

    def contents(self, kind: Kind) -> dict[str, object]:
        """What the statement takes that finds the items whose newest known content is the one on this page."""
        accepted = [item for item in self.items if item.item_hash is not None]
        return {
            "kind": kind.name,
            "content_ids": [item.content_id for item in accepted],
            "item_hashes": [item.item_hash for item in accepted],
        }

    def rows(self, page_id: int, known: Set[str]) -> bytes:
        """The rows of `hotstar.staged_items`; content that is an item's newest known one is left out.

        Args:
            page_id: the page's row.
            known: ids of the items whose newest known content is the one on this page.
        """
        head = b"%d\t" % page_id
        rows: list[bytes] = []
        for item in self.items:
            content = _NULL if not item.content or item.content_id in known else item.content
            item_hash = _NULL if item.item_hash is None else item.item_hash.encode()
            rows += (head, item.place, item_hash, b"\t", content, b"\t", item.rejection)
        return b"".join(rows)


def judge_page(kind: Kind, body: bytes, page: Page | None = None) -> JudgedPage:
    """Judges every item of a page.

    Args:
        kind: whose items they are.
        body: the answer's body as it came.
        page: the body, if it was read already.
    """
    page = page or read_page(body)
    entries = page.items
    if page.problem is not None and not any(entry.position < 0 for entry in entries):
        entries = [*entries, Entry(-1, None, None, page.problem)]
    return JudgedPage([_judged(entry, kind, body) for entry in entries])


def _judged(entry: Entry, kind: Kind, body: bytes) -> JudgedItem:
    verdict = judge(entry, kind.item)
    content_id = _NULL if entry.content_id is None else _copied(entry.content_id)
    place = b"%d\t%b\t" % (entry.position, content_id)
    if isinstance(verdict, Rejected):
        raw = raw_item(body, entry.position).hex().encode()
        return JudgedItem(place, entry.content_id, None, b"", b"%b\t\\\\x%b\n" % (_copied(verdict.reason), raw))
    return JudgedItem(place, entry.content_id, verdict.item_hash, verdict.content.replace(b"\\", b"\\\\"))


def _copied(value: str) -> bytes:
    """A text as COPY's text format takes it."""
    escaped = value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    return escaped.encode()


def stage_page(cursor: psycopg.Cursor, kind: Kind, page_id: int, page: JudgedPage) -> None:
    """Stages a stored page, in the transaction that the cursor is in."""
    known = {row[0] for row in cursor.execute(statement("hotstar/find_known"), page.contents(kind))}
    with cursor.copy(statement("hotstar/copy_staged_items")) as copy:
        copy.write(page.rows(page_id, known))
