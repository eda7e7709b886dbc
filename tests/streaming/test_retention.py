"""Nothing is kept beyond what its source's terms allow, nothing at all of what is off, and no old answer for long."""

from datetime import timedelta
from typing import Any

import dagster as dg
import pytest

from catalog_assets.streaming.coming_soon_replay import replay_coming_soon
from catalog_assets.streaming.retention import (
    SUPERSEDED_KEPT_FOR,
    TMDB_KEPT_FOR,
    WATCHMODE_KEPT_FOR,
    Removed,
    kept_though_off,
    read_kept,
    remove_superseded,
    remove_tmdb,
    remove_trakt,
    remove_watchmode,
)
from catalog_assets.streaming.retention_asset import RETAINED_ANSWERS, RETAINED_CHECKS, retained_answers
from catalog_assets.streaming.retention_asset import retained_answers_checks as checks_step
from resources.dagster_resources import SourceDatabase
from resources.origins import origin_of, stamp_origin
from tests.streaming.coming import REGIONS, Scene, Service, film, release
from tests.streaming.conftest import START, Clock

WATCHMODE_TABLES = {
    "id_mappings",
    "id_mapping_conflicts",
    "watchmode_credits",
    "watchmode_titles",
    "watchmode_answers",
    "watchmode_offers",
    "provider_ids",
    "provider_regions",
    "availability_changes",
    "release_dates",
    "coming_soon",
    "pages",
}


@pytest.fixture
def scene(source_url: str, clock: Clock) -> Scene:
    return Scene(source_url, clock, Service(clock), Service(clock))


def offenders(scene: Scene, check: str = "nothing_kept_too_long") -> list[str]:
    (found,) = [list(each.offenders(scene.connection)) for each in RETAINED_CHECKS if each.name == check]
    return found


def too_old(scene: Scene, source: str) -> set[str]:
    """Tables that keep something of a source for too long."""
    return {kept.table_name for kept in read_kept(scene.connection) if kept.source == source and kept.overdue}


def held(scene: Scene, source: str) -> set[str]:
    """Tables that keep something of a source."""
    return {kept.table_name for kept in read_kept(scene.connection) if kept.source == source and kept.rows}


def watchmode(scene: Scene, *, is_off: bool = False) -> Removed:
    return remove_watchmode(scene.connection, is_off=is_off, regions=REGIONS, run_id="run")


def tmdb(scene: Scene) -> Removed:
    return remove_tmdb(scene.connection, regions=REGIONS, run_id="run")


def store_page(scene: Scene, service: str, endpoint: str, key: str, schema: str = "streaming") -> int:
    """Stores an answer of this moment."""
    query = f"""
        INSERT INTO {schema}.pages (service, endpoint, rule, cache_key, path, params, status, sent_at, received_at,
          body, body_bytes, body_sha256, run_id)
        VALUES (%s, %s, 'coming_soon', %s, '/', '{{}}', 200, ops.now(), ops.now(), '{{}}', 2, '', 'run')
        RETURNING page_id
    """  # noqa: S608
    if schema == "trakt":
        stamp_origin(scene.connection, service="trakt", origin="https://api.trakt.tv")
    ((page_id,),) = scene.connection.execute(query.encode(), (service, endpoint, key)).fetchall()
    number: int = page_id
    return number


def change(scene: Scene, source: str) -> None:
    """An arrival at the only provider."""
    scene.connection.execute(
        "INSERT INTO streaming.availability_changes"
        " (media_type, tmdb_id, region, provider_id, offer_type, change, seen_at, source)"
        " SELECT 'movie', 2, 'US', provider_id, 'rent', 'arrived', ops.now(), %s FROM streaming.providers",
        (source,),
    )


def told_by_watchmode(scene: Scene) -> None:
    """Everything that can come from Watchmode, told this moment, beside TMDB's films."""
    scene.tmdb.films = {"US": [film(1, scene.day(200))]}
    scene.watchmode.releases = [release(21, scene.day(29), tmdb_id=2, tmdb_type="movie")]
    scene.fetch()
    scene.make()
    page, sources = (store_page(scene, "watchmode", endpoint, endpoint) for endpoint in ("title_sources", "sources"))
    run = scene.connection.execute
    run(
        "INSERT INTO streaming.id_map_loads (run_id, loaded_at, verified_at, body_sha256)"
        " VALUES ('run', ops.now(), ops.now(), '')"
    )
    run("INSERT INTO streaming.id_mappings (media_type, tmdb_id, watchmode_id) VALUES ('movie', 2, 21)")
    run("INSERT INTO streaming.id_mapping_conflicts VALUES ('tmdb_id', 'movie', 2, 21, NULL, true)")
    run(
        "INSERT INTO streaming.watchmode_titles (media_type, tmdb_id, watchmode_id, asked_at, page_id)"
        " VALUES ('movie', 2, 21, ops.now(), %s)",
        (page,),
    )
    run("INSERT INTO streaming.watchmode_answers VALUES ('movie', 2, 'US', %s, ops.now())", (page,))
    run(
        "INSERT INTO streaming.watchmode_offers (media_type, tmdb_id, region, source_id) VALUES ('movie', 2, 'US', 203)"
    )
    run("INSERT INTO streaming.providers (key, name) VALUES ('netflix', 'Netflix')")
    run(
        "INSERT INTO streaming.provider_ids (source, source_id, name, page_id, provider_id)"
        " SELECT 'watchmode', 203, 'Netflix', %s, provider_id FROM streaming.providers",
        (sources,),
    )
    run("INSERT INTO streaming.provider_regions VALUES ('watchmode', 203, 'US')")
    change(scene, "watchmode")
    stamp_origin(scene.connection, service="watchmode", origin="https://api.watchmode.com")


def test_what_watchmode_told_goes_after_its_days_and_tmdbs_stays(scene: Scene) -> None:
    told_by_watchmode(scene)
    assert held(scene, "watchmode") == {f"streaming.{name}" for name in WATCHMODE_TABLES}

    scene.clock.set(START + WATCHMODE_KEPT_FOR - timedelta(hours=1))
    assert watchmode(scene) == Removed()
    assert scene.coming("tmdb_id, source") == [(2, "watchmode"), (1, "tmdb")]

    scene.clock.set(START + timedelta(days=30))
    assert offenders(scene) == []
    scene.clock.set(START + timedelta(days=31))
    assert too_old(scene, "watchmode") == {f"streaming.{name}" for name in WATCHMODE_TABLES}
    assert len(offenders(scene)) == len(WATCHMODE_TABLES)

    removed = watchmode(scene)
    assert (removed.pages, removed.rows) == (3, 5)
    assert offenders(scene) == []
    assert held(scene, "watchmode") == set()
    assert scene.rows("SELECT count(*) FROM streaming.id_map_loads") == [(0,)]
    assert scene.coming("tmdb_id, source") == [(1, "tmdb")]
    assert origin_of(scene.connection, service="watchmode") is not None


def test_what_watchmode_confirms_in_time_stays(scene: Scene) -> None:
    told_by_watchmode(scene)
    scene.clock.advance(days=27)
    scene.connection.execute("UPDATE streaming.id_map_loads SET verified_at = ops.now()")
    scene.watchmode.releases = [release(21, scene.day(9), tmdb_id=2, tmdb_type="movie")]
    scene.fetch()
    scene.make()
    scene.clock.advance(days=2)
    watchmode(scene)
    assert scene.rows("SELECT count(*) FROM id_mappings") == [(1,)]
    assert scene.coming("tmdb_id, release_date", "source = 'watchmode'") == [(2, scene.day(7))]
    assert scene.rows("SELECT announced_at FROM release_dates") == [(START + timedelta(days=27),)]
    assert sum(replay_coming_soon(scene.connection).differences.values()) == 0


def test_a_withdrawn_key_leaves_nothing_of_watchmode_whatever_its_age(scene: Scene) -> None:
    told_by_watchmode(scene)
    on = {"watchmode_is_off": False, "trakt_is_off": True}
    off = {"watchmode_is_off": True, "trakt_is_off": True}
    assert (kept_though_off(scene.connection, **on), kept_though_off(scene.connection, **off)) == ([], ["watchmode"])
    removed = watchmode(scene, is_off=True)
    assert (removed.pages, held(scene, "watchmode")) == (3, set())
    assert kept_though_off(scene.connection, **off) == []
    assert origin_of(scene.connection, service="watchmode") is None
    assert scene.rows("SELECT count(*) FROM streaming.providers") == [(0,)]
    assert scene.coming("tmdb_id, source, streaming_services") == [(1, "tmdb", [])]
    assert watchmode(scene, is_off=True) == Removed()
    stamp_origin(scene.connection, service="watchmode", origin="sandbox:1")


def snapshot(scene: Scene, page_id: int, schema: str = "streaming", tmdb_page_id: int | None = None) -> None:
    """A snapshot of this hour with one rank."""
    source = "tmdb" if schema == "streaming" else "trakt"
    more, value = (", tmdb_page_id", ", %s") if schema == "trakt" else ("", "")
    items = f"INSERT INTO {schema}.trending_items (page_id, place, tmdb_id) VALUES ({page_id}, 0, 9)"  # noqa: S608
    scene.connection.execute(items.encode())
    query = f"""
        WITH made AS (
          INSERT INTO {schema}.trending_snapshots (hour, media_type, time_window, source, made_at, fetched_at,
            expires_at, page_id, is_stale, sources_used, scale, ttls{more})
          VALUES (date_trunc('hour', ops.now()), 'movie', 'day', '{source}', ops.now(), ops.now(), ops.now(), %s,
            false, '{{{source}}}', 50, '{{}}'{value})
          RETURNING snapshot_id
        )
        INSERT INTO {schema}.trending_ranks SELECT snapshot_id, 1, 9, 50 FROM made
    """  # noqa: S608
    given: tuple[Any, ...] = (page_id, tmdb_page_id) if schema == "trakt" else (page_id,)
    scene.connection.execute(query.encode(), given)


def test_what_tmdb_told_goes_after_its_days_history_included(scene: Scene) -> None:
    scene.tmdb.films = {"US": [film(1, scene.day(200))]}
    scene.fetch()
    scene.make()
    page = store_page(scene, "tmdb", "trending", "trending")
    snapshot(scene, page)
    snapshot(scene, store_page(scene, "trakt", "trending", "trending", "trakt"), "trakt", page)
    (work,) = scene.rows(
        "INSERT INTO tmdb.titles (media_type, tmdb_id, wanted_by, wanted_at) VALUES ('movie', 1, 'ids', ops.now())"
        " RETURNING work_id"
    )
    run = scene.connection.execute
    run("INSERT INTO streaming.listings VALUES (streaming.listing_id('US', 'rent', 2), 'US', 'rent', 2, 1)")
    run(
        "INSERT INTO streaming.tmdb_offers SELECT %s, array_agg(listing_id), gen_random_uuid() FROM streaming.listings",
        work,
    )
    run("INSERT INTO tmdb.refreshes (work_id, dropped_at) VALUES (%s, ops.now() + interval '175 days')", work)
    run("INSERT INTO streaming.providers (key, name) VALUES ('x', 'X')")
    run(
        "INSERT INTO streaming.provider_ids (source, source_id, name, provider_id)"
        " SELECT 'tmdb', 2, 'X', provider_id FROM streaming.providers"
    )
    change(scene, "tmdb")
    scene.clock.set(START + timedelta(days=181))
    scene.fetch(["US"], force=True)
    assert too_old(scene, "tmdb") == {
        f"streaming.{name}"
        for name in ("pages", "trending_items", "trending_snapshots", "trending_ranks", "tmdb_offers", "coming_soon")
    } | {"streaming.availability_changes"}
    assert too_old(scene, "trakt") == {
        f"trakt.{name}" for name in ("pages", "trending_items", "trending_snapshots", "trending_ranks")
    }

    removed = tmdb(scene)
    assert removed.pages == 3
    assert too_old(scene, "tmdb") == set()
    assert remove_trakt(scene.connection, is_off=False).pages == 1
    assert watchmode(scene).pages == 1
    assert offenders(scene) == []
    assert scene.coming() == [(1, START.date() + timedelta(days=200))]
    for table in ("listings", "tmdb_offers", "provider_ids", "providers", "availability_changes"):
        assert scene.rows(f"SELECT count(*) FROM streaming.{table}") == [(0,)], table  # noqa: S608


def test_a_provider_whose_name_was_tmdbs_is_called_as_watchmode_calls_it(scene: Scene) -> None:
    told_by_watchmode(scene)
    run = scene.connection.execute
    run(
        "INSERT INTO streaming.provider_ids (source, source_id, name, logo_url, provider_id)"
        " SELECT 'tmdb', 8, 'NETFLIX', '/n.png', provider_id FROM streaming.providers"
    )
    run("UPDATE streaming.providers SET name = 'NETFLIX', logo_url = '/n.png'")
    tmdb(scene)  # no directory and no offer names its number any more
    assert scene.rows("SELECT name, logo_url FROM streaming.providers") == [("Netflix", None)]


def test_within_the_terms_tmdbs_history_stays(scene: Scene) -> None:
    snapshot(scene, store_page(scene, "tmdb", "trending", "trending"))
    scene.clock.set(START + TMDB_KEPT_FOR - timedelta(hours=1))
    assert tmdb(scene) == Removed()
    assert remove_superseded(scene.connection) == Removed()
    assert held(scene, "tmdb") == {
        f"streaming.{name}" for name in ("pages", "trending_items", "trending_snapshots", "trending_ranks")
    }


def test_where_trakt_is_off_nothing_of_it_is_left_and_where_it_is_on_all_is(scene: Scene) -> None:
    snapshot(scene, store_page(scene, "trakt", "trending", "trending", "trakt"), "trakt")
    assert remove_trakt(scene.connection, is_off=False) == Removed()
    assert kept_though_off(scene.connection, watchmode_is_off=True, trakt_is_off=True) == ["trakt"]
    assert remove_trakt(scene.connection, is_off=True) == Removed(pages=1)
    assert held(scene, "trakt") == set()
    assert kept_though_off(scene.connection, watchmode_is_off=True, trakt_is_off=True) == []
    assert remove_trakt(scene.connection, is_off=True) == Removed()


def test_answers_that_newer_ones_took_the_place_of_go_unless_something_rests_on_them(scene: Scene) -> None:
    scene.tmdb.films = {"US": [film(1, scene.day(90)), film(2, scene.day(90)), film(3, scene.day(90))]}
    scene.watchmode.releases = [release(21, scene.day(9), tmdb_id=2, tmdb_type="movie")]
    told_by_watchmode(scene)
    rested_on = store_page(scene, "tmdb", "trending", "trending")
    snapshot(scene, rested_on)
    for _ in range(3):
        scene.day_passes()
        for service, endpoint in (("tmdb", "trending"), ("watchmode", "title_sources"), ("tmdb", "reference")):
            store_page(scene, service, endpoint, endpoint)
    what = "tmdb_id, region, release_date, services"
    before = scene.coming(what)
    scene.clock.advance(hours=SUPERSEDED_KEPT_FOR / timedelta(hours=1) - 1)
    remove_superseded(scene.connection)
    scene.clock.advance(hours=2)
    assert scene.coming(what) == before
    remove_superseded(scene.connection)
    kept = scene.rows("SELECT endpoint, count(*) FROM streaming.pages GROUP BY 1 ORDER BY 1")
    assert kept == [
        ("reference", 1),
        ("releases", 4),
        ("sources", 1),
        ("title_sources", 2),
        ("trending", 2),
        ("upcoming", 2),
    ]
    assert scene.rows("SELECT count(*) FROM watchmode_offers") == [(1,)]
    assert sum(replay_coming_soon(scene.connection).differences.values()) == 0
    assert scene.rows("SELECT count(*) FROM streaming_cache WHERE cache_key = 'trending'") == [(1,)]


def test_what_nobody_knows_the_age_of_counts_as_too_old(scene: Scene) -> None:
    scene.connection.execute(
        "INSERT INTO streaming.id_mappings (media_type, tmdb_id, watchmode_id) VALUES ('movie', 2, 21)"
    )
    told = "streaming.id_mappings: 1 rows of watchmode older than 30 days, the oldest of an unknown day"
    assert offenders(scene) == [told]
    assert watchmode(scene).rows == 1
    assert offenders(scene) == []


def test_a_table_without_a_rule_is_found_and_a_rule_without_a_table(scene: Scene) -> None:
    check = "every_table_has_a_rule"
    assert offenders(scene, check) == []
    scene.connection.execute("CREATE TABLE streaming.later (tmdb_id bigint)")
    scene.connection.execute(
        "INSERT INTO streaming.retention_rules (table_name, source, reason) VALUES ('trakt.earlier', 'ours', 'It went')"
    )
    assert offenders(scene, check) == ["streaming.later has no rule", "trakt.earlier is no table"]


def test_whoever_is_shown_is_named(scene: Scene) -> None:
    notices = {
        source: (notice, link) for source, notice, link in scene.rows("SELECT source, notice, link FROM attributions")
    }
    assert notices["watchmode"] == ("Streaming data by Watchmode.", "https://www.watchmode.com/")
    assert notices["trakt"][1] == "https://trakt.tv"


def test_the_asset_removes_by_what_is_on_and_its_checks_pass(
    scene: Scene, source_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SOURCE", "CATALOG", "DAGSTER"):
        monkeypatch.setenv(f"{name}_DATABASE_URL", source_url)
    monkeypatch.setenv("WATCHMODE_API_KEY", "a-key-of-tests")
    told_by_watchmode(scene)
    definitions = dg.Definitions(
        assets=[retained_answers],
        asset_checks=[checks_step],
        jobs=[dg.define_asset_job("job")],
        resources={"source": SourceDatabase()},
    )

    def materialized(instance: dg.DagsterInstance) -> dict[str, Any]:
        result = definitions.resolve_job_def("job").execute_in_process(instance=instance, raise_on_error=False)
        assert result.success
        assert {found.check_name for found in result.get_asset_check_evaluations() if found.passed} == {
            check.name for check in RETAINED_CHECKS
        }
        (event,) = result.get_asset_materialization_events()
        assert event.asset_key == RETAINED_ANSWERS
        return {name: value.value for name, value in event.materialization.metadata.items()}

    with dg.DagsterInstance.ephemeral() as instance:
        told = materialized(instance)
        assert (told["watchmode_pages_removed"], told["tmdb_pages_removed"]) == (0, 0)
        assert "| streaming.watchmode_offers | watchmode | 30 | 1 |" in told["kept"]
        monkeypatch.delenv("WATCHMODE_API_KEY")
        told = materialized(instance)
        assert (told["watchmode_pages_removed"], told["dagster/row_count"]) == (3, 2)
    assert held(scene, "watchmode") == set()


def test_a_page_that_a_snapshot_rests_on_waits_for_it_rather_than_fail(scene: Scene) -> None:
    page = store_page(scene, "tmdb", "trending", "trending")
    snapshot(scene, page)
    scene.clock.advance(days=176)
    scene.connection.execute("UPDATE streaming.trending_snapshots SET fetched_at = ops.now()")
    assert tmdb(scene).pages == 0
    assert held(scene, "tmdb") >= {"streaming.pages", "streaming.trending_ranks"}
