"""What `catalog load works` does: films of TMDB's that are due, named by lists, asked for by id, or all of them."""

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
    """Which films are asked for; with neither configuration what is due.

    Attributes:
        lists: Configuration of `tmdb/title_lists`; None: no list is read.
        details: Configuration of `tmdb/title_details`.
    """

    lists: Mapping[str, Any] | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


def asked_of_works(
    *, ids: str | None, source: str | None, max_movies: int | None, every: bool, force: bool
) -> WorksAsked:
    """What the options mean for works.

    Raises:
        CatalogError: nothing, or two things at once; there is no such source, or an id is none.
    """
    if sum([ids is not None, source is not None, every]) > 1:
        raise CatalogError("Choose one of --ids, --source and --all.")
    if max_movies is not None and source is None:
        raise CatalogError("--max-movies says how many films of the lists to add: choose them with --source.")
    if force and ids is None and not every:
        raise CatalogError("--force fetches films whatever their age: say which with --ids, or --all.")
    if source is not None:
        lists_of(source)
        return WorksAsked({"source": source} | ({} if max_movies is None else {"max_movies": max_movies}))
    if ids is not None:
        return WorksAsked(details={"tmdb_ids": _numbers(ids), "force": force})
    return WorksAsked(details={"every": True} if every else {})


def load_works(ready: Platform, asked: WorksAsked) -> dict[str, Any]:
    """Fetches, merges and checks; returns the summary.

    Raises:
        SettingsError: TMDB has no key.
    """
    ready.settings.require_tmdb()
    from dagster import AssetKey  # noqa: PLC0415 - takes a second to import: what can be refused was refused before

    from catalog_assets.jobs import TMDB_INGEST, TMDB_REFRESH  # noqa: PLC0415

    configs = {"title_details": asked.details}
    if asked.lists is not None:
        configs["title_lists"] = asked.lists
    ran = run_in_process(
        ready,
        TMDB_REFRESH if asked.lists is None else TMDB_INGEST,
        [AssetKey(["tmdb", name]) for name in (*configs, "works")],
        partition=datetime.now(UTC).date().isoformat(),
        configs={f"tmdb__{name}": config for name, config in configs.items()},
        bar=Bar("films", lambda connection, run_id: _looking(connection, run_id, asked)),
    )
    with psycopg.connect(ready.urls.source.get_secret_value(), row_factory=dict_row) as connection:
        counts = connection.execute(statement("tmdb/summarise_run"), {"run_id": ran.run_id}).fetchone()
    return ran.summary(counts or {})


def _numbers(ids: str) -> list[int]:
    """The ids of a text such as `603,27205`, each once."""
    texts = [text.strip() for text in ids.split(",")]
    wrong = next((text for text in texts if not _NUMBER.fullmatch(text) or int(text) > _GREATEST_ID), None)
    if wrong is not None:
        raise CatalogError(f"--ids takes TMDB's numbers with commas between them, as 603,27205: {wrong!r} is none.")
    return list(dict.fromkeys(map(int, texts)))


def _looking(connection: psycopg.Connection, run_id: str, asked: WorksAsked) -> Look:
    """Films fetched by the run, of those and what was due when the first of them was there."""
    films = {"run_id": run_id, "tmdb_ids": asked.details.get("tmdb_ids")}
    total = 0

    def look() -> Stage | None:
        nonlocal total
        ((fetched,),) = connection.execute(statement("tmdb/count_fetched"), films).fetchall()
        if not fetched:
            return None
        if not total:
            ((total,),) = connection.execute(statement("tmdb/count_to_fetch"), films).fetchall()
        stage = "fetching films" if fetched < total else "merging and checking"
        return Stage(stage, fetched, max(fetched, total))

    return look
