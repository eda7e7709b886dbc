"""Assembles the definitions; tests and deployments assemble variants here."""

from collections.abc import Mapping
from typing import Any

import dagster as dg

from catalog_assets.automation import automation
from catalog_assets.hotstar.assets import hotstar_assets
from catalog_assets.hotstar.checks import hotstar_checks
from catalog_assets.hotstar.figures_asset import daily_figures
from catalog_assets.hotstar.retention_asset import retained_pages
from catalog_assets.hotstar.retention_checks import retention_checks
from catalog_assets.instance.assets import logs_in_bounds, run_logs
from catalog_assets.jobs import jobs
from catalog_assets.pool_waits import sleep_while_waiting
from catalog_assets.streaming.automation import streaming_automation
from catalog_assets.streaming.availability_assets import availability_assets
from catalog_assets.streaming.checks import streaming_checks
from catalog_assets.streaming.coming_soon_assets import coming_soon_assets
from catalog_assets.streaming.retention_asset import retained_answers as retained_streaming_answers
from catalog_assets.streaming.trending_assets import trending_assets
from catalog_assets.streaming.watchmode_assets import watchmode_assets
from catalog_assets.tmdb.assets import tmdb_pages
from catalog_assets.tmdb.automation import tmdb_automation
from catalog_assets.tmdb.checks import tables_checks
from catalog_assets.tmdb.images_asset import hosted_images, images_checks
from catalog_assets.tmdb.retention_asset import retained_answers, retained_answers_checks
from catalog_assets.tmdb.tables_asset import works
from catalog_assets.trakt.trending_assets import trakt_trending_assets
from resources.dagster_resources import Hotstar, Images, SourceDatabase, Tmdb, Trakt, Watchmode


def build_definitions(*, resources: Mapping[str, Any] | None = None) -> dg.Definitions:
    """Everything that the code location serves.

    Runs use the in-process executor: killing a run's one process leaves nothing that goes on writing.

    Args:
        resources: Resources that replace the ones of the same name (`source`, `hotstar`, `tmdb`, `watchmode`, `trakt`,
            `images`).
    """
    sleep_while_waiting()
    schedules, sensors = automation()
    tmdb_schedules, tmdb_sensors = tmdb_automation()
    streaming_schedules, streaming_sensors = streaming_automation()
    return dg.Definitions(
        assets=[
            *hotstar_assets(),
            daily_figures,
            retained_pages,
            *tmdb_pages,
            works,
            hosted_images,
            retained_answers,
            *trending_assets,
            *trakt_trending_assets,
            *watchmode_assets,
            *availability_assets,
            *coming_soon_assets,
            retained_streaming_answers,
            run_logs,
        ],
        asset_checks=[
            *hotstar_checks(),
            retention_checks,
            *tables_checks,
            images_checks,
            retained_answers_checks,
            *streaming_checks,
            logs_in_bounds,
        ],
        jobs=jobs(),
        schedules=[*schedules, *tmdb_schedules, *streaming_schedules],
        sensors=[*sensors, *tmdb_sensors, *streaming_sensors],
        resources={
            "source": SourceDatabase(),
            "hotstar": Hotstar(),
            "tmdb": Tmdb(),
            "watchmode": Watchmode(),
            "trakt": Trakt(),
            "images": Images(),
            **(resources or {}),
        },
        executor=dg.in_process_executor,
    )
