"""What `catalog load` does for a kind of Hotstar's: a census, or a poll of one day."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from psycopg.rows import dict_row

from catalog_assets.cli.environment import Platform
from catalog_assets.cli.in_process import Bar, Look, Stage, run_in_process
from catalog_assets.health import read_now
from catalog_assets.hotstar.kinds import Kind
from resources.errors import CatalogError
from resources.statements import statement


@dataclass(frozen=True, slots=True)
class KindAsked:
    """What of a kind is asked for: a census, or a poll of a day in India; `config` is the listing's."""

    kind: Kind
    day: date | None
    config: dict[str, Any] = field(default_factory=dict)


def asked_of_kind(
    kind: Kind, *, census: bool, day: date | None, approve_deletions: int | None, every: bool
) -> KindAsked:
    """What the options mean for a kind.

    Raises:
        CatalogError: nothing, or two things at once.
    """
    if census and day is not None:
        raise CatalogError("Choose --census or --day, not both.")
    if day is not None and approve_deletions is not None:
        raise CatalogError("Deletions are approved for what a new census finds: leave --day out.")
    if day is not None and not kind.is_polled:
        raise CatalogError(f"Hotstar does not say what changed among {kind.plural} on a day: leave --day out.")
    if every and kind.listed_by is None:
        raise CatalogError(f"A census of {kind.plural} lists all of them: leave --all out.")
    config: dict[str, Any] = {} if day else {"approve_deletions": approve_deletions}
    if every:
        config["every"] = True
    return KindAsked(kind, day, config)


def load_kind(ready: Platform, asked: KindAsked) -> dict[str, Any]:
    """Lists, merges and checks; returns the summary."""
    from catalog_assets.jobs import CENSUS, POLL, asset_keys  # noqa: PLC0415 - imports Dagster, which takes a second
    from catalog_assets.partitions import HOTSTAR_ZONE  # noqa: PLC0415

    kind, job = asked.kind, POLL if asked.day else CENSUS
    ran = run_in_process(
        ready,
        job,
        asset_keys(kind, job),
        partition=(asked.day or datetime.now(ZoneInfo(HOTSTAR_ZONE)).date()).isoformat(),
        configs={f"hotstar__{kind.listing}": asked.config} if asked.config else {},
        bar=Bar("pages", lambda connection, _: _looking(connection, asked)),
    )
    with psycopg.connect(ready.urls.source.get_secret_value(), row_factory=dict_row) as connection:
        known = {"kind": kind.name, "run_id": ran.run_id}
        counts = connection.execute(statement("hotstar/summarise_run"), known).fetchone()
    return ran.summary(counts or {})


def _looking(connection: psycopg.Connection, asked: KindAsked) -> Look:
    from catalog_assets.hotstar.progress import progress  # noqa: PLC0415

    since = read_now(connection)
    purposes = ["update"] if asked.day else ["census", "round"]

    def look() -> Stage | None:
        done = progress(connection, asked.kind.name, purposes=purposes, since=since)
        if done is None:
            return None
        stage = "merging and checking" if done.is_listed else f"fetching {asked.kind.plural}"
        return Stage(stage, done.pages, done.expected)

    return look
