"""Pages judged once and staged: what a merge takes from a page is in the database as soon as the page is stored.

A page's items are judged while nothing else is to do (requests wait for their slot), so that a merge is left with
statements alone. Staged rows are a cache of `hotstar.pages`: they are not logged, a crash of the server empties them,
and a merge stages anew what is not there or was judged by another release. Nothing here knows Dagster.
"""

import hashlib
import json
from pathlib import Path

import orjson

from catalog_assets.hotstar import items, models
from catalog_assets.hotstar.items import Entry, Page, Rejected, judge, raw_items, read_page
from catalog_assets.hotstar.kinds import Kind
from resources.statements import statement


def judge_page(kind: Kind, body: bytes, page: Page | None = None) -> str:
    """Judges every item of a page.

    Args:
        kind: whose items they are.
        body: the answer's body as it came.
        page: the body, if it was read already.

    Returns:
        What `sql/hotstar/stage_page.sql` takes: an array of {position, content_id} with {item_hash, item}, or {reason,
        body} of those that cannot stand in the tables.
    """
    page = page or read_page(body)
    entries = page.items
    if page.problem is not None and not any(entry.position < 0 for entry in entries):
        entries = [*entries, Entry(-1, None, None, page.problem)]
    raw: dict[int, bytes] = {}
    judged = []
    for entry in entries:
        verdict = judge(entry, kind.item)
        if isinstance(verdict, Rejected):
            raw = raw or raw_items(body)
            judged.append(_rejected(entry, verdict, raw, body))
        else:
            content_id = orjson.dumps(entry.content_id)
            place = b'{"position":%d,"content_id":%b,"item_hash":"%b","item":' % (
                entry.position,
                content_id,
                verdict.item_hash.encode(),
            )
            judged.append(place + verdict.content + b"}")
    return f"[{b','.join(judged).decode()}]"


def staging(kind: Kind, page_id: int, judged: str) -> dict[str, object]:
    """The parameters of `sql/hotstar/stage_page.sql`."""
    return {
        "kind": kind.name,
        "title_field": kind.title_field,
        "scope_field": kind.listed_by,
        "page_id": page_id,
        "judged": judged,
        "judged_by": JUDGED_BY,
    }


def _rejected(entry: Entry, verdict: Rejected, raw: dict[int, bytes], body: bytes) -> bytes:
    as_it_came = raw.get(entry.position)
    if as_it_came is None:  # the page is none that can be scanned: one copy of it is enough
        as_it_came = body if entry.position < 0 else json.dumps(entry.item).encode()
    return orjson.dumps(
        {
            "position": entry.position,
            "content_id": entry.content_id,
            "reason": verdict.reason,
            "body": as_it_came.hex(),
        }
    )


def _digest() -> str:
    sources = [Path(str(module.__file__)).read_bytes() for module in (items, models)]
    return hashlib.blake2b(b"".join([*sources, statement("hotstar/stage_page").encode()]), digest_size=8).hexdigest()


JUDGED_BY = _digest()
"""Stands for the code that judges: what another release staged is staged anew by the merge."""
