"""The code location as Dagster loads it: what stands in it, under which names, on which clock."""

from typing import Any, cast

import dagster as dg
import yaml

from catalog_assets.build import build_definitions
from catalog_assets.definitions import defs
from catalog_assets.hotstar.checks import CHECKS
from catalog_assets.hotstar.kinds import KINDS
from catalog_assets.hotstar.retention_asset import RETAINED_PAGES
from catalog_assets.hotstar.retention_checks import RETENTION_CHECKS
from catalog_assets.instance.assets import RUN_LOGS
from catalog_assets.partitions import hotstar_days, streaming_days, streaming_hours, tmdb_days
from catalog_assets.streaming.retention_asset import RETAINED_ANSWERS as RETAINED_STREAMING_ANSWERS
from catalog_assets.streaming.retention_asset import RETAINED_CHECKS as RETAINED_STREAMING_CHECKS
from catalog_assets.tmdb.retention_asset import RETAINED_ANSWERS
from resources.settings import PROJECT_ROOT


def test_the_code_location_loads() -> None:
    dg.Definitions.validate_loadable(defs)


def test_assets_jobs_schedules_and_sensors_keep_their_names() -> None:
    repository = build_definitions().get_repository_def()
    keys = {key.to_user_string() for key in repository.asset_graph.materializable_asset_keys}
    assert keys == {
        *("hotstar/movie_updates", "hotstar/movie_census", "hotstar/movies"),
        *("hotstar/show_census", "hotstar/shows", "hotstar/channel_census", "hotstar/channels"),
        *("hotstar/season_rounds", "hotstar/seasons"),
        *("hotstar/match_updates", "hotstar/match_census", "hotstar/matches"),
        *("hotstar/episode_updates", "hotstar/episode_census", "hotstar/episodes"),
        "hotstar/daily_figures",
        *("tmdb/title_lists", "tmdb/title_changes", "tmdb/title_details"),
        *("tmdb/works", "tmdb/seasons", "tmdb/episodes", "tmdb/work_cards", "tmdb/images"),
        *("streaming/tmdb_trending_pages", "streaming/trending_entries", "streaming/id_mappings"),
        *("streaming/providers", "streaming/watchmode_pages", "streaming/availability"),
        *("streaming/coming_soon_pages", "streaming/coming_soon"),
        *("trakt/trending_pages", "trakt/trending_entries"),
        *("hotstar/retained_pages", "tmdb/retained_pages", "streaming/retained_pages", "dagster/run_logs"),
    }
    assert {job.name for job in repository.get_all_jobs() if not job.name.startswith("__")} == {
        "poll",
        "census",
        "figures",
        "retention",
        *("tmdb_ingest", "tmdb_refresh"),
        *("trending", "streaming_reference", "availability", "coming_soon"),
    }
    schedules = {schedule.name: schedule for schedule in repository.schedule_defs}
    assert {(name, found.cron_schedule, found.execution_timezone) for name, found in schedules.items()} == {
        ("poll_today", "0 */4 * * *", "Asia/Kolkata"),
        ("close_yesterday", "0 2 * * *", "Asia/Kolkata"),
        ("poll_live_matches", "30 * * * *", "Asia/Kolkata"),
        ("write_yesterdays_figures", "30 3 * * *", "Asia/Kolkata"),
        ("remove_past_keeping", "15 5 * * *", "Asia/Kolkata"),
        ("ingest_weekly", "0 2 * * 0", "America/Los_Angeles"),
        ("refresh_daily", "0 3 * * *", "America/Los_Angeles"),
        ("trending_hourly", "2 * * * *", "UTC"),
        ("availability_hourly", "20 * * * *", "UTC"),
        ("reference_daily", "40 0 * * *", "UTC"),
        ("coming_soon_daily", "50 0 * * *", "UTC"),
    }
    assert {sensor.name for sensor in repository.sensor_defs} == {
        "census_due",
        "coverage_holes",
        "stale_assets",
        "health",
        *("first_films", "due_films"),
        "stale_streaming",
    }


def test_everything_that_runs_by_itself_is_on_by_default() -> None:
    repository = build_definitions().get_repository_def()
    assert {found.default_status.value for found in repository.schedule_defs} == {"RUNNING"}
    assert {found.default_status.value for found in repository.sensor_defs} == {"RUNNING"}


def test_one_partitions_definition_a_service_serves_all_but_retention_and_includes_the_present() -> None:
    graph = build_definitions().get_repository_def().asset_graph
    partitions = {key: graph.get(key).partitions_def for key in graph.materializable_asset_keys}
    unpartitioned = (RETAINED_PAGES, RETAINED_ANSWERS, RETAINED_STREAMING_ANSWERS, RUN_LOGS)
    assert [partitions.pop(key) for key in unpartitioned] == [None] * 4
    by_service = {"hotstar": hotstar_days, "tmdb": tmdb_days, "streaming": streaming_days, "trakt": streaming_hours}
    hourly = {key: streaming_hours for key in partitions if "trending" in key.path[-1]}
    assert {key: by_service[key.path[0]] for key in partitions} | hourly == partitions
    for found, zone in ((hotstar_days, "Asia/Kolkata"), (tmdb_days, "UTC"), (streaming_hours, "UTC")):
        assert (cast("dg.TimeWindowPartitionsDefinition", found).end_offset, found.timezone) == (1, zone)


def test_the_table_has_every_check_and_the_blocking_ones_block() -> None:
    graph = build_definitions().get_repository_def().asset_graph
    for kind in KINDS.values():
        table = dg.AssetKey(["hotstar", kind.plural])
        found = {key.name: graph.get(key).blocking for key in graph.asset_check_keys if key.asset_key == table}
        assert found == {check.name: check.blocking for check in CHECKS if check.applies(kind)}


def test_what_is_kept_is_checked_in_the_run_that_removed() -> None:
    graph = build_definitions().get_repository_def().asset_graph
    found = {key.name: graph.get(key).blocking for key in graph.asset_check_keys if key.asset_key == RETAINED_PAGES}
    assert found == {check.name: True for check in RETENTION_CHECKS}
    job = build_definitions().resolve_job_def("retention")
    selected = {key.name for key in job.asset_layer.asset_graph.asset_check_keys}
    streaming = {check.name for check in RETAINED_STREAMING_CHECKS}
    assert selected == {*found, "nothing_kept_too_long", *streaming, "logs_in_bounds"}


def test_fetching_has_pools_and_merging_has_none() -> None:
    graph = build_definitions().get_repository_def().asset_graph
    pools = {key.to_user_string(): graph.get(key).pools for key in graph.materializable_asset_keys}
    asking = {
        "streaming/tmdb_trending_pages": {"tmdb"},
        "streaming/providers": {"tmdb"},
        "streaming/coming_soon_pages": {"tmdb"},
        "streaming/id_mappings": {"watchmode"},
        "streaming/watchmode_pages": {"watchmode"},
        "trakt/trending_pages": {"trakt"},
    }
    for name, found in pools.items():
        if not name.startswith(("hotstar", "tmdb")):
            assert found == asking.get(name, set()), name
            continue
        tmdb = {asset: {"tmdb"} for asset in ("lists", "changes", "details")}
        expected = {"updates": {"hotstar_poll"}, "census": {"hotstar_census"}, "rounds": {"hotstar_census"}, **tmdb}
        assert found == expected.get(name.rpartition("_")[2], set()), name


_ASKED = {"streaming": ("tmdb", "watchmode")}
"""Services whose data a group holds that bears no service's name."""


def test_every_asset_says_what_it_is_and_whose() -> None:
    graph = build_definitions().get_repository_def().asset_graph
    for key in graph.materializable_asset_keys:
        node = graph.get(key)
        assert node.description
        assert node.owners == ["team:catalogue"]
        assert node.kinds
        assert node.tags["service"] in {key.path[0], *_ASKED.get(key.path[0], ())}


def test_runs_are_one_process_so_that_a_kill_leaves_nothing_writing() -> None:
    assert build_definitions().executor is dg.in_process_executor


def _yaml(name: str) -> Any:
    return yaml.safe_load((PROJECT_ROOT / name).read_text(encoding="utf-8"))


def test_the_workspace_names_the_location_that_schedules_belong_to() -> None:
    module = _yaml("workspace.yaml")["load_from"][0]["python_module"]
    assert (module["module_name"], module["location_name"]) == ("catalog_assets.definitions", "catalog")


def test_dagster_keeps_to_the_driver_that_its_storage_works_with() -> None:
    assert _yaml("dagster.yaml")["storage"]["postgres"]["postgres_db"]["scheme"] == "postgresql+psycopg2"
