"""Watchmode's assets as Dagster runs them: what they materialise, what the UI shows of it, and how they fail."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import dagster as dg
import psycopg
import pytest

from catalog_assets.streaming.watchmode_assets import id_mappings, watchmode_pages
from catalog_assets.streaming.watchmode_checks import CHECKS, watchmode_checks
from resources.dagster_resources import SourceDatabase, Watchmode
from tests.sandbox_process import running_sandbox
from tests.streaming.watchmode_scene import Scene, Title, write_titles

PLOTTED = {"units_left_this_hour", "units_left_today", "units_left_this_month", "titles_asked", "queue_due"}


@pytest.fixture
def scene(source_url: str, connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    with running_sandbox(movies=200) as sandbox:
        urls = {f"{name}_DATABASE_URL": source_url for name in ("SOURCE", "CATALOG", "DAGSTER")}
        rest = {"CATALOG_ORIGIN_WATCHMODE": "sandbox:1", "CATALOG_REGIONS": "IN,FR"}
        for name, value in {**sandbox.environment(), **urls, **rest}.items():
            monkeypatch.setenv(name, value)
        yield Scene(sandbox, source_url, connection)


def materialize(asset: dg.AssetsDefinition, **config: Any) -> dg.ExecuteInProcessResult:
    name = "__".join(asset.key.path)
    with dg.DagsterInstance.ephemeral() as instance:
        return dg.materialize(
            [asset, *watchmode_checks],
            selection=dg.AssetSelection.assets(asset),
            resources={"source": SourceDatabase(), "watchmode": Watchmode()},
            partition_key=datetime.now(UTC).date().isoformat(),
            run_config={"ops": {name: {"config": config}}},
            instance=instance,
            raise_on_error=False,
        )


def metadata(result: dg.ExecuteInProcessResult, asset: dg.AssetsDefinition) -> dict[str, Any]:
    (made,) = result.asset_materializations_for_node("__".join(asset.key.path))
    return {name: value.value for name, value in made.metadata.items()}


def test_a_day_of_ids_and_offers_is_told_in_figures_that_the_ui_plots(scene: Scene) -> None:
    first = materialize(id_mappings)
    assert first.success
    told = metadata(first, id_mappings)
    assert told["is_new"]
    assert told["dagster/row_count"] == told["inserted"] > 100
    assert told["problem"] == "none"
    ((tmdb_id, watchmode_id),) = scene.rows(
        "DELETE FROM streaming.id_mappings WHERE (media_type, tmdb_id) = (SELECT 'movie', min(tmdb_id) FROM"
        " streaming.id_mappings WHERE media_type = 'movie') RETURNING tmdb_id, watchmode_id"
    )
    write_titles(scene.connection, [Title("movie", tmdb_id, watchmode_id)])

    asked = materialize(watchmode_pages)
    assert asked.success
    told = metadata(asked, watchmode_pages)
    assert (told["regions"], told["regions_not_in_plan"], told["problem"]) == ("IN", "FR", "none")
    assert told["titles_asked"] == told["titles_answered"] == 1
    assert told["units_left_today"] == 33 - 2
    assert {name for name in PLOTTED if isinstance(told[name], int)} == PLOTTED
    assert len(told["calls_a_day"].records) == 30
    evaluated = [each for result in (first, asked) for each in result.get_asset_check_evaluations()]
    assert {each.check_name for each in evaluated} == {check.name for checks in CHECKS.values() for check in checks}
    assert [each.check_name for each in evaluated if not each.passed] in ([], ["mappings_are_unique"])


def test_a_file_that_is_refused_fails_its_check_and_says_what_to_do(scene: Scene) -> None:
    first = materialize(id_mappings)
    assert first.success
    scene.sandbox.control(do="watchmode", map_share=0.5)
    refused = materialize(id_mappings, force=True)
    assert not refused.success
    told = metadata(refused, id_mappings)
    assert "run again with `fewest`" in told["problem"]
    assert told["dagster/row_count"] == metadata(first, id_mappings)["dagster/row_count"]
    evaluated = {each.check_name: each.passed for each in refused.get_asset_check_evaluations()}
    assert (evaluated["mapping_within_bounds"], evaluated["mapping_is_fresh"]) == (False, True)
    assert materialize(id_mappings, fewest=10).success


def test_a_run_asks_for_the_titles_that_are_named(scene: Scene) -> None:
    assert materialize(id_mappings).success
    named = scene.rows(
        "SELECT media_type, min(tmdb_id) FROM streaming.id_mappings WHERE tmdb_id > 100 GROUP BY 1 ORDER BY 1"
    )
    films, series = ([tmdb_id for kind, tmdb_id in named if kind == media_type] for media_type in ("movie", "tv"))
    told = metadata(materialize(watchmode_pages, tmdb_ids=[*films, 1], series_ids=series), watchmode_pages)
    assert (told["titles_answered"], told["titles_not_mapped"]) == (2, "movie 1")
    asked = [row for (row,) in scene.rows("SELECT tmdb_id FROM streaming.watchmode_titles ORDER BY asked_at")]
    assert asked == films + series


def test_a_service_that_refuses_the_key_is_told_and_stops_nothing_else(scene: Scene) -> None:
    scene.sandbox.control(do="watchmode", key="withdrawn")
    result = materialize(watchmode_pages)
    assert result.success  # offers that are known otherwise are merged after it
    assert "WATCHMODE_API_KEY is wrong" in metadata(result, watchmode_pages)["problem"]
    failed = [each.check_name for each in result.get_asset_check_evaluations() if not each.passed]
    assert failed == ["watchmode_is_asked"]
