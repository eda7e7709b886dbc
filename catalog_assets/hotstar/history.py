"""The life of one item: when it was first seen, what changed of it from when to when, and how its deletion went."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import class_row, dict_row

from catalog_assets.hotstar.kinds import Kind
from resources.errors import UnknownItem
from resources.statements import statement


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to an item.

    Attributes:
        at: When: the sending of the page that showed it, or the merge that decided it; UTC.
        event: `first seen`, `changed`, `deleted`, `restored`, or `still deleted`: for another reason or since
            another time.
        until: Of a version, when the next one began; None for the newest.
        changed: Of a changed version, each field with its `old` and `new` value.
        reason: Of a deletion, why; of a restored item, why it had been deleted.
        since: Of a deletion, since when the item counts as deleted.
    """

    at: datetime
    event: str
    until: datetime | None
    changed: dict[str, dict[str, Any]] | None
    reason: str | None
    since: datetime | None


@dataclass(frozen=True, slots=True)
class History:
    """An item as it is now, and everything that happened to it, oldest first. Times are UTC."""

    kind: str
    content_id: str
    title: str | None
    first_seen_at: datetime
    last_seen_at: datetime
    is_deleted: bool
    deletion_reason: str | None
    deleted_at: datetime | None
    events: list[Event]


def history(connection: psycopg.Connection, kind: Kind, content_id: str) -> History:
    """Reads the life of one item.

    Args:
        connection: To the source database; its search path finds the tables.
        kind: What it is.
        content_id: The service's public id as text.

    Raises:
        UnknownItem: no page held such an item, or it could never be kept.
    """
    known = {"kind": kind.name, "content_id": content_id}
    with connection.cursor(row_factory=dict_row) as cursor:
        item = cursor.execute(statement("hotstar/read_item"), known).fetchone()
    if item is None:
        raise UnknownItem(
            f"No {kind.name} with the content id {content_id} was ever kept: ids are those of the column content_id of "
            f"{kind.view}, and what could not be kept stands in rejected_items."
        )
    with connection.cursor(row_factory=class_row(Event)) as cursor:
        lived = statement("hotstar/read_history").replace("{versions}", kind.versions_view)
        events = cursor.execute(lived, known).fetchall()
    return History(kind=kind.name, content_id=content_id, events=events, **item)
