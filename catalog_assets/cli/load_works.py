"""What `catalog load works` does: titles of TMDB's that are due, named by lists, asked for by id, or all of them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row

from catalog_assets.cli.environment import Platform
from catalog_assets.cli.in_process import Bar, Look, Stage, run_in_process
from catalog_assets.tmdb.discovery import lists_of
from resources.errors import CatalogError
from resources.statements import statement

_NUMBER = re.compile("[1-9][0-9]{0,9}")
_GREATEST_ID = 2**31 - 1
"""TMDB's ids are integers of 32 bits (`catalog_assets.tmdb.models.Id`)."""


@dataclass(frozen=True, slots=True)
class WorksAsked:
    """Which titles are asked for; with neither configuration what is due.

    Attributes:
        lists: Configuration of `tmdb/title_lists`; None: no list is read.
        details: Configuration of `tmdb/title_details`.
    """

    lists: Mapping[str, Any] | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


def asked_of_works(
    *,
    ids: str | None,
    series_ids: str | None,
    source: str | None,
    max_movies: int | None,
    max_series: int | None,
    every: bool,
    force: bool,
) -> WorksAsked:
    """What the options mean for works.

    Raises:
        CatalogError: nothing, or two things at once; there is no such source, or an id is none.
    """
    named = {"tmdb_ids": ("--ids", ids), "series_ids": ("--series-ids", series_ids)}
    given = {name: _numbers(option, text) for name, (option, text) in named.items() if text is not None}
    most = {"max_movies": max_movies, "max_series": max_series}
    if sum([bool(given), source is not None, every]) > 1:
        raise CatalogError("Choose --ids and --series-ids, or --source, or --all.")
    if source is None and any(each is not None for each in most.values()):
        raise CatalogError("--max-movies and --max-series say how many titles to add of lists: choose with --source.")
    if force and not given and not every:
        raise CatalogError("--force fetches titles whatever their age: say which with --ids or --series-ids, or --all.")
    if source is not None:
        lists_of(source)
        return WorksAsked({"source": source} | {name: each for name, each in most.items() if each is not None})
    if given:
        return WorksAsked(details={**given, "force": force})
    return WorksAsked(details={"every": True} if every else {})


def load_works(ready: Platform, asked: WorksAsked) -> dict[str, Any]:
    """Fetches, merges and checks; returns the summary.

    Raises:
        SettingsError: TMDB has no key.
    """
    ready.settings.require_tmdb()
    # Dagster takes a second to import: what can be refused was refused before.
    from catalog_assets.jobs import TMDB_INGEST, TMDB_REFRESH, TMDB_TABLES, tmdb_keys  # noqa: PLC0415

    configs = {"title_details": asked.details}
    if asked.lists is not None:
        configs["title_lists"] = asked.lists
    ran = run_in_process(
        ready,
        TMDB_REFRESH if asked.lists is None else TMDB_INGEST,
        tmdb_keys(*configs, *TMDB_TABLES),
        partition=datetime.now(UTC).date().isoformat(),
        configs={f"tmdb__{name}": config for name, config in configs.items()},
        bar=Bar("titles", lambda connection, run_id: _looking(connection, run_id, asked)),
    )
    with psycopg.connect(ready.urls.source.get_secret_value(), row_factory=dict_row) as connection:
        counts = connection.execute(statement("tmdb/summarise_run"), {"run_id": ran.run_id}).fetchone()
    return ran.summary(counts or {})


def _numbers(option: str, ids: str) -> list[int]:
    """The ids of a text such as `603,27205`, each once."""
    texts = [text.strip() for text in ids.split(",")]
    wrong = next((text for text in texts if not _NUMBER.fullmatch(text) or int(text) > _GREATEST_ID), None)
    if wrong is not None:
        raise CatalogError(f"{option} takes TMDB's numbers with commas between them, as 603,27205: {wrong!r} is none.")
    return list(dict.fromkeys(map(int, texts)))


def _looking(connection: psycopg.Connection, run_id: str, asked: WorksAsked) -> Look:
    """Titles fetched by the run, of those and what was due when the first of them was there."""
    titles = {"run_id": run_id} | {name: asked.details.get(name) for name in ("tmdb_ids", "series_ids")}
    total = 0

    def look() -> Stage | None:
        nonlocal total
        ((fetched,),) = connection.execute(statement("tmdb/count_fetched"), titles).fetchall()
        if not fetched:
            return None
        if not total:
            ((total,),) = connection.execute(statement("tmdb/count_to_fetch"), titles).fetchall()
        stage = "fetching titles" if fetched < total else "merging and checking"
        return Stage(stage, fetched, max(fetched, total))

    return look
