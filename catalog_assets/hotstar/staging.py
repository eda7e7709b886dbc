"""Pages judged once and staged: what a merge takes from a page is in the database as soon as the page is stored.

A page's items are judged while nothing else is to do (requests wait for their slot), so that a merge is left with
statements alone. Staged rows are a cache of `hotstar.pages`: they are not logged, a crash of the server empties them,
and a merge stages anew what is not there or was judged by another release. Nothing here knows Dagster.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import orjson
from psycopg.types.json import Jsonb

from catalog_assets.hotstar import items, models
from catalog_assets.hotstar.items import Entry, Page, content_hash, judge, raw_items, read_page
from catalog_assets.hotstar.kinds import Kind
from resources.statements import statement


@dataclass(frozen=True, slots=True)
class JudgedPage:
    """The items of a page as `sql/hotstar/stage_page.sql` takes them.

    Attributes:
        items: a JSON array of the items in order; null stands for one that cannot stand in the tables.
        hashes: of each its content's hash in hexadecimal, with commas between.
        rejected: a JSON array of {position, content_id, reason, body} of these, the body in hexadecimal.
    """

    items: bytes
    hashes: str
    rejected: bytes


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
    judged = judge(entries, kind.item)
    raw = raw_items(body) if judged.rejected else {}
    rejected = [_rejected(entries[place], reason, raw, body) for place, reason in judged.rejected.items()]
    return JudgedPage(
        items=judged.array,
        hashes=",".join(map(content_hash, judged.contents)),
        rejected=orjson.dumps(rejected),
    )


def staging(kind: Kind, page_id: int, judged: JudgedPage) -> dict[str, object]:
    """The parameters of `sql/hotstar/stage_page.sql`."""
    return {
        "kind": kind.name,
        "title_field": kind.title_field,
        "scope_field": kind.listed_by,
        "page_id": page_id,
        "items": Jsonb(judged.items, dumps=bytes),
        "hashes": judged.hashes,
        "rejected": Jsonb(judged.rejected, dumps=bytes),
        "judged_by": JUDGED_BY,
    }


def _rejected(entry: Entry, reason: str, raw: dict[int, bytes], body: bytes) -> dict[str, object]:
    as_it_came = raw.get(entry.position)
    if as_it_came is None:  # the page is none that can be scanned: one copy of it is enough
        as_it_came = body if entry.position < 0 else _again(entry.item)
    return {
        "position": entry.position,
        "content_id": entry.content_id,
        "reason": reason,
        "body": as_it_came.hex(),
    }


def _again(item: object) -> bytes:
    try:
        return json.dumps(item).encode()
    except RecursionError:
        return b""  # nested deeper than anything writes: its page has it


def _digest() -> str:
    sources = [Path(str(module.__file__)).read_bytes() for module in (items, models)]
    return hashlib.blake2b(b"".join([*sources, statement("hotstar/stage_page").encode()]), digest_size=8).hexdigest()


JUDGED_BY = _digest()
"""Stands for the code that judges: what another release staged is staged anew by the merge."""
