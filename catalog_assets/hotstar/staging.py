"""Pages judged once and staged: what a merge takes from a page is in the database as soon as the page is stored.

A page's items are judged while nothing else is to do (requests wait for their slot), so that a merge is left with
statements alone. Staged rows are a cache of `hotstar.pages`: they are not logged, a crash of the server empties them,
and a merge stages what is not. Nothing here knows Dagster.
"""

import orjson

from catalog_assets.hotstar.items import Entry, Page, Rejected, judge, raw_item, read_page
from catalog_assets.hotstar.kinds import Kind


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
    return f"[{b','.join([_judged(entry, kind, body) for entry in entries]).decode()}]"


def staging(kind: Kind, page_id: int, judged: str) -> dict[str, object]:
    """The parameters of `sql/hotstar/stage_page.sql`."""
    return {
        "kind": kind.name,
        "title_field": kind.title_field,
        "scope_field": kind.listed_by,
        "page_id": page_id,
        "judged": judged,
    }


def _judged(entry: Entry, kind: Kind, body: bytes) -> bytes:
    verdict = judge(entry, kind.item)
    if isinstance(verdict, Rejected):
        raw = raw_item(body, entry.position).hex()
        return orjson.dumps(
            {"position": entry.position, "content_id": entry.content_id, "reason": verdict.reason, "body": raw}
        )
    return b'{"position":%d,"content_id":%b,"item_hash":"%b","item":%b}' % (
        entry.position,
        orjson.dumps(entry.content_id),
        verdict.item_hash.encode(),
        verdict.content,
    )
