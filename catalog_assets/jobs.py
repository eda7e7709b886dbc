"""The jobs. Hotstar's assets of all kinds share one partitions definition, so one job can run any of them."""

from collections.abc import Mapping

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from catalog_assets.hotstar.kinds import KINDS, Kind

POLL = "poll"
CENSUS = "census"
FIGURES = "figures"
RETENTION = "retention"
TMDB_INGEST = "tmdb_ingest"
TMDB_REFRESH = "tmdb_refresh"
TRENDING = "trending"
REFERENCE = "streaming_reference"
AVAILABILITY = "availability"
COMING_SOON = "coming_soon"
STREAMING: Mapping[str, tuple[tuple[str, ...], str]] = {
    TRENDING: (
        (
            "streaming/tmdb_trending_pages",
            "streaming/trending_entries",
            "trakt/trending_pages",
            "trakt/trending_entries",
        ),
        "What is trending this hour, ranked: hourly.",
    ),
    REFERENCE: (
        ("streaming/id_mappings", "streaming/providers"),
        "Watchmode's ids of TMDB's titles, and the services there are: daily at 00:40 UTC.",
    ),
    AVAILABILITY: (
        ("streaming/watchmode_pages", "streaming/availability"),
        "Where titles can be watched, Watchmode's offers within its budget: hourly.",
    ),
    COMING_SOON: (
        ("streaming/coming_soon_pages", "streaming/coming_soon"),
        "What is about to come to which service: daily at 00:50 UTC.",
    ),
}
"""What each job of streaming can materialise, and what for; which services are on says what of it a run takes."""

streaming_jobs = [
    dg.define_asset_job(name, selection=[dg.AssetKey.from_user_string(key) for key in keys], description=description)
    for name, (keys, description) in STREAMING.items()
]
"""The jobs of streaming; its sensor asks for each of them."""

TMDB_TABLES = ("works", "seasons", "episodes", "work_cards")
"""The assets that one step makes from pages of details."""


def jobs() -> list[UnresolvedAssetJobDefinition]:
    """`poll` lists what changed on a day, `census` lists everything; both merge and check. `figures` counts a day.

    `retention` removes what is past keeping, of every service and of Dagster itself. `tmdb_ingest` adds titles from
    TMDB's lists, `tmdb_refresh` keeps up those there are. Those of streaming are described where they are listed.
    """
    return [
        *streaming_jobs,
        dg.define_asset_job(
            RETENTION,
            selection=[
                *(dg.AssetKey([service, "retained_pages"]) for service in ("hotstar", "tmdb", "streaming")),
                dg.AssetKey(["dagster", "run_logs"]),
            ],
            description="What is past keeping of pages and of Dagster's logs is removed: daily at 05:15.",
        ),
        dg.define_asset_job(
            TMDB_INGEST,
            selection=tmdb_keys("title_lists", "title_details", *TMDB_TABLES, "images"),
            description="New films and series from TMDB's lists, fetched and merged with whatever else is due: weekly.",
        ),
        dg.define_asset_job(
            TMDB_REFRESH,
            selection=tmdb_keys("title_changes", "title_details", *TMDB_TABLES, "images"),
            description="What TMDB says has changed, and whatever else is due, fetched and merged: daily and when due.",
        ),
        dg.define_asset_job(
            FIGURES,
            selection=[dg.AssetKey(["hotstar", "daily_figures"])],
            description="How many items were on offer on a day, came and went: yesterday's at 03:30.",
        ),
        dg.define_asset_job(
            POLL,
            selection=[key for kind in KINDS.values() if kind.updates for key in asset_keys(kind, POLL)],
            description="What changed on a day, merged and checked: today every 4 hours, yesterday at 02:00.",
        ),
        dg.define_asset_job(
            CENSUS,
            selection=[key for kind in KINDS.values() for key in asset_keys(kind, CENSUS)],
            description="A complete, proven listing, merged and checked: the first load, then one a week or a day.",
        ),
    ]


def fetching_key(kind: Kind, job: str) -> dg.AssetKey | None:
    """What a job fetches of a kind; None if it fetches nothing of it."""
    asset = kind.listing if job == CENSUS else kind.updates
    return dg.AssetKey(["hotstar", asset]) if asset else None


def asset_keys(kind: Kind, job: str) -> list[dg.AssetKey]:
    """What a job materialises of a kind: what it fetches, and the table."""
    fetched = fetching_key(kind, job)
    return [fetched, dg.AssetKey(["hotstar", kind.plural])] if fetched else []


def tmdb_keys(*names: str) -> list[dg.AssetKey]:
    """The keys of assets of TMDB's."""
    return [dg.AssetKey(["tmdb", name]) for name in names]
