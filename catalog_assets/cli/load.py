"""`catalog load`: something of a service listed or fetched, merged and checked as a Dagster run of this process."""

import json
import sys
from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer

from catalog_assets.cli.environment import platform
from catalog_assets.cli.in_process import show_summary
from catalog_assets.cli.load_kind import asked_of_kind, load_kind
from catalog_assets.cli.load_streaming import SUBJECTS, load_streaming
from catalog_assets.cli.load_works import asked_of_works, load_works
from catalog_assets.hotstar.kinds import KINDS
from catalog_assets.tmdb.discovery import SOURCES
from resources.errors import CatalogError

WORKS = "works"

KindName = StrEnum("KindName", {plural: plural for plural in KINDS})  # type: ignore[misc] # typer reads an enumeration
Loaded = StrEnum("Loaded", {name: name for name in (*KINDS, WORKS, *SUBJECTS)})  # type: ignore[misc] # as above


def load(
    what: Annotated[
        Loaded,
        typer.Argument(
            help="What to load: a kind of Hotstar's; works, the films and series of TMDB; or, of streaming, what is "
            "trending, the reference of ids and services, availability, what is coming soon."
        ),
    ],
    *,
    census: Annotated[bool, typer.Option("--census", help="List everything (the default).")] = False,
    day: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="List what changed on this day in India.")
    ] = None,
    approve_deletions: Annotated[
        int | None,
        typer.Option(min=0, help="Apply deletions above the guard if the new census finds at most so many."),
    ] = None,
    every: Annotated[
        bool,
        typer.Option("--all", help="Seasons: of every series that was not listed within a day. Works: whatever age."),
    ] = False,
    ids: Annotated[
        str | None, typer.Option(help="Works: the films of these ids, as 603,27205; they are kept from now on.")
    ] = None,
    series_ids: Annotated[str | None, typer.Option(help="Works: the series of these ids, likewise.")] = None,
    source: Annotated[str | None, typer.Option(help=f"Works: new titles from lists: {', '.join(SOURCES)}.")] = None,
    max_movies: Annotated[
        int | None, typer.Option(min=0, help="Works, with --source: new films to keep at most (20).")
    ] = None,
    max_series: Annotated[
        int | None, typer.Option(min=0, help="Works, with --source: new series to keep at most (20).")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Works, with ids, and streaming: whatever the age of what is stored.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """List a kind, fetch works (those due unless an option says which) or a subject of streaming, merge and check.

    Exit status 0 only if every blocking check passed.
    """
    of_works = any(option is not None for option in (ids, series_ids, source, max_movies, max_series))
    if what in SUBJECTS:
        if census or day is not None or approve_deletions is not None or every or of_works:
            raise CatalogError(f"{what} takes --force and --json alone: leave the other options out.")
        with platform() as ready:
            summary = load_streaming(ready, what.value, force=force)
    elif what == WORKS:
        if census or day is not None or approve_deletions is not None:
            raise CatalogError("--census, --day and --approve-deletions mean nothing for works: leave them out.")
        works = asked_of_works(
            ids=ids,
            series_ids=series_ids,
            source=source,
            max_movies=max_movies,
            max_series=max_series,
            every=every,
            force=force,
        )
        with platform() as ready:
            summary = load_works(ready, works)
    else:
        if force or of_works:
            raise CatalogError(
                f"--ids, --series-ids, --source, --max-movies, --max-series and --force mean nothing for {what}: "
                "leave them out."
            )
        kind = asked_of_kind(
            KINDS[what.value],
            census=census,
            day=day.date() if day else None,
            approve_deletions=approve_deletions,
            every=every,
        )
        with platform() as ready:
            summary = load_kind(ready, kind)
    print(json.dumps(summary, default=str)) if as_json else show_summary(summary)
    if not summary["succeeded"]:
        sys.exit(1)
