"""How far a census is, read from what it has kept so far: any machine that reaches the database can show a bar."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any

import psycopg

from resources.statements import statement

PAGE_ADVANCE = 999
"""Items that a full page adds: pages overlap by one."""

EXTRA_PAGES = 5
"""Pages of a census beside the full ones: the ends of parts and the closing window."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Pages kept and expected of the newest census; `total` (items) and `expected` are None before its first answer."""

    pages: int
    expected: int | None
    total: int | None
    is_listed: bool


def progress(
    connection: psycopg.Connection[Any],
    kind: str,
    *,
    purposes: Sequence[str] = ("census", "round"),
    since: datetime | None = None,
) -> Progress | None:
    """How far the newest listing of a kind is; None where none was begun, or none has a page since a time."""
    known = {"kind": kind, "purposes": list(purposes), "since": since}
    found = connection.execute(statement("hotstar/read_progress"), known).fetchone()
    if found is None:
        return None
    _, status, total, pages = found
    is_listed = status != "running"
    expected = None if total is None else max(ceil(total / PAGE_ADVANCE) + EXTRA_PAGES, pages)
    return Progress(pages=pages, expected=pages if is_listed else expected, total=total, is_listed=is_listed)


def needs_first_load(connection: psycopg.Connection[Any], kind: str) -> bool:
    """Whether no complete census of a kind was ever merged."""
    found = connection.execute(statement("hotstar/needs_first_load"), {"kind": kind}).fetchone()
    return found is not None and bool(found[0])
