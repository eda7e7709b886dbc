"""`catalog history`: what changed of one item, from when to when."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any

import psycopg
import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from catalog_assets.cli.environment import platform
from catalog_assets.cli.load import KindName
from catalog_assets.hotstar.history import Event, History
from catalog_assets.hotstar.history import history as life_of
from catalog_assets.hotstar.kinds import KINDS

SHOWN = 60
"""Characters of a value that the table shows; `--json` prints it whole."""


def history(
    kind: Annotated[KindName, typer.Argument(help="What it is.")],
    content_id: Annotated[str, typer.Argument(help="The service's public id, the column content_id.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, every value whole.")] = False,
) -> None:
    """What changed of one item, from when to when; exit status 1 if it is unknown."""
    with (
        platform(services=False) as ready,
        psycopg.connect(ready.urls.source.get_secret_value(), autocommit=True) as connection,
    ):
        found = life_of(connection, KINDS[kind.value], content_id)
    if as_json:
        typer.echo(json.dumps(asdict(found), default=_plain, ensure_ascii=False))
    else:
        show(found, Console())


def show(found: History, console: Console) -> None:
    """A line for what the item is, and a table of what happened to it."""
    state = f"deleted ({found.deletion_reason}) since {_shown(found.deleted_at)}" if found.is_deleted else "active"
    named = f"{found.kind} {found.content_id}, {found.title or 'without a title'}: {state}"
    console.print(escape(f"{named}; last seen {_shown(found.last_seen_at)}"), soft_wrap=True, highlight=False)
    table = Table("when", "what", "field", "old", "new", box=SIMPLE)
    for event in found.events:
        for number, cells in enumerate(_cells(event)):
            when = (_shown(event.at), event.event) if number == 0 else ("", "")
            table.add_row(*when, *map(escape, cells))
    console.print(table)


def _cells(event: Event) -> Iterator[tuple[str, str, str]]:
    """Field, old value and new value: a row for each field that changed, or one for the event itself."""
    if event.reason is not None:
        since = f"since {_shown(event.since)}" if event.since else ""
        yield event.reason, "", since
        return
    if not event.changed:
        yield "", "", ""
    for field, values in sorted((event.changed or {}).items()):
        yield field, _cut(values["old"]), _cut(values["new"])


def _cut(value: Any) -> str:
    text = "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def _plain(value: object) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)


def _shown(at: datetime | None) -> str:
    return "never" if at is None else at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
