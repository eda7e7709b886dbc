"""Ids, providers and regions made again from stored pages, without a request: the proof that pages are the record.

The file that the newest load was of is loaded again, never one that was refused, and the newest usable directories are
merged again, over the present rows: both say every column of every row that they name, whatever stood there before, and
remove what they do not name. Everything is rolled back at the end, or kept when asked.

A provider's number stays with its name: arrivals and departures are kept under it. Providers that only an offer or an
earlier directory names are history, which these pages do not tell: they stay as they are.
"""

from typing import Any, LiteralString

import psycopg
from psycopg.rows import dict_row

from catalog_assets.streaming.comparing import compare
from catalog_assets.streaming.id_map import read_id_map, write_id_map
from catalog_assets.streaming.providers import directory_problem, write_directories
from catalog_assets.tmdb.replay import ReplayResult
from resources.statements import statement

_IDS: tuple[LiteralString, ...] = ("id_mappings", "id_mapping_conflicts")
_PROVIDERS: tuple[LiteralString, ...] = ("providers", "provider_ids", "provider_regions", "regions")

_DIRECTORIES = {
    ("watch_providers", "movie"): "TMDB's directory of films",
    ("watch_providers", "tv"): "TMDB's directory of series",
    ("watch_regions", None): "TMDB's list of regions",
    ("sources", None): "Watchmode's directory",
}
"""What each directory is called, by its endpoint and media type."""


def replay_reference(connection: psycopg.Connection, *, swap: bool = False) -> ReplayResult:
    """Makes ids, providers and regions again and compares them; with `swap` they take the place of the present ones.

    What rests on a page that is no longer stored, or that this release refuses, is told, left as it is and not
    compared: ids without their file, and all of providers and regions where a directory is missing, for a provider is
    described by every source that has a number for it.

    Args:
        connection: An autocommit connection to the source database.
        swap: Keep what was made.

    Returns:
        What was compared; `merges` are the load of ids and the merge of providers.
    """
    with connection.transaction(force_rollback=not swap), connection.cursor(row_factory=dict_row) as cursor:
        for name in ("lock_availability", "lock_id_mappings"):
            cursor.execute(statement(f"streaming/{name}"))
        cursor.execute(_copy("present"))
        has_ids, without_ids = _load_ids(cursor)
        has_providers, without_providers = _merge_providers(cursor)
        cursor.execute(_copy("made"))
        made = [*([] if without_ids else _IDS), *([] if without_providers else _PROVIDERS)]
        compared = compare(cursor, "reference", made)
    return ReplayResult(has_ids + has_providers, *compared, swap, [*without_ids, *without_providers])


def _load_ids(cursor: psycopg.Cursor[dict[str, Any]]) -> tuple[bool, list[str]]:
    """Whether the loaded file was loaded again, and why not where ids are loaded."""
    (loaded,) = cursor.execute(statement("streaming/find_loaded_id_map")).fetchall()
    if loaded["body"] is None:
        gone = f"{' and '.join(_IDS)}: the file that they were loaded from is no longer stored"
        return False, [gone] if loaded["is_loaded"] else []
    try:
        read = read_id_map(bytes(loaded["body"]))
    except ValueError as unreadable:
        return False, [f"{' and '.join(_IDS)}: this release refuses the file that was loaded ({unreadable})"]
    write_id_map(cursor, read)
    return True, []


def _merge_providers(cursor: psycopg.Cursor[dict[str, Any]]) -> tuple[bool, list[str]]:
    """Whether directories were merged again, and why not where any that rows rest on is missing."""
    pages = cursor.execute(statement("streaming/read_directories")).fetchall()
    found = {(page["endpoint"], page["media_type"]): bytes(page["body"]) for page in pages}
    rests_on = {row["endpoint"] for row in cursor.execute(statement("streaming/find_directories_in_use")).fetchall()}
    rests_on |= {endpoint for endpoint, _ in found}  # who is in both of TMDB's is told by both
    missing = list[str]()
    for (endpoint, media_type), name in _DIRECTORIES.items():
        body = found.get((endpoint, media_type))
        if body is None and endpoint in rests_on:
            missing.append(f"{name} is not stored")
        elif body is not None and (problem := directory_problem(endpoint, body)) is not None:
            missing.append(f"this release refuses {name} ({problem})")
    if missing:
        return False, [f"{', '.join(_PROVIDERS[:-1])} and {_PROVIDERS[-1]}: {each}" for each in missing]
    write_directories(cursor, pages, unlisted="delete_unlisted_provider_ids")
    return bool(pages), []


def _copy(moment: LiteralString) -> LiteralString:
    return statement("streaming/copy_reference").replace("{moment}", moment)
