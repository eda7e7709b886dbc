"""What is coming is what the services simulated in the sandbox say, asked over HTTP and through Dagster."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import dagster as dg
import psycopg
import pytest
from pydantic import SecretStr

from catalog_assets.streaming.coming_soon import fetch_releases, fetch_upcoming, make_coming_soon
from catalog_assets.streaming.coming_soon_assets import coming_soon_assets
from catalog_assets.streaming.coming_soon_checks import COMING_SOON_CHECKS, coming_soon_checks
from catalog_assets.streaming.coming_soon_replay import replay_coming_soon
from catalog_assets.streaming.store import opened_store
from resources.dagster_resources import SourceDatabase
from resources.dagster_resources import Tmdb as TmdbResource
from resources.dagster_resources import Watchmode as WatchmodeResource
from resources.databases import Database
from resources.event_loop import run
from resources.watchmode import WatchmodeClient, watchmode_pace
from tests.sandbox_process import running_sandbox
from tests.tmdb.platform import UNLIMITED, Tmdb

Key = tuple[str, int, str]
ShiftClock = Callable[[psycopg.Connection, timedelta], None]
REGIONS = ("US", "IN")


@pytest.fixture
def tmdb(source_url: str) -> Iterator[Tmdb]:
    with (
        running_sandbox(movies=1_000, scale=0.03, options=UNLIMITED) as sandbox,
        psycopg.connect(source_url, autocommit=True) as connection,
    ):
        yield Tmdb(sandbox, source_url, connection)


def ask(tmdb: Tmdb) -> None:
    """Asks both services for what is coming, whatever is stored."""

    async def watchmode() -> None:
        database = Database(tmdb.source_url)
        client = WatchmodeClient(
            base_url=tmdb.sandbox.url,
            api_key=SecretStr(tmdb.sandbox.watchmode_key),
            pace=watchmode_pace(33, requests_per_second=0),
            source_url=SecretStr(tmdb.source_url),
        )
        try:
            async with client, opened_store(database, "run") as store:
                assert (await fetch_releases(client, store, force=True)).problems == []
        finally:
            await database.aclose()

    async def upcoming(client: Any, _: object) -> None:
        database = Database(tmdb.source_url)
        try:
            async with opened_store(database, "run") as store:
                assert (await fetch_upcoming(client, store, regions=REGIONS, force=True)).problems == []
        finally:
            await database.aclose()

    tmdb.ask(upcoming)
    run(watchmode())


def sandbox_day(tmdb: Tmdb) -> date:
    """The day (UTC) of the sandbox's clock."""
    return datetime.fromtimestamp(tmdb.sandbox.truth("watchmode")["clock"], UTC).date()


def truth(tmdb: Tmdb) -> dict[Key, tuple[date, set[str]]]:
    """What the services say is coming, by title and region: the earliest day ahead, and the services announced."""
    found: dict[Key, list[date]] = {}
    services: dict[Key, set[str]] = {}
    kept = {
        row[0]
        for row in tmdb.rows("SELECT tmdb_id FROM works JOIN works_meta USING (work_id) WHERE media_type = 'movie'")
    }
    for region in REGIONS:
        page, last = 1, 1
        while page <= last:
            answer = tmdb.sandbox.tmdb("/movie/upcoming", region=region, page=page).json()
            page, last = page + 1, answer["total_pages"]
            for row in answer["results"]:
                days = [row.get("release_date") or ""]
                if row["id"] in kept:
                    details = tmdb.sandbox.tmdb(f"/movie/{row['id']}", append_to_response="release_dates").json()
                    block = details["release_dates"]["results"]
                    here = [each for each in block if each["iso_3166_1"] == region]
                    days = (
                        sorted(
                            each["release_date"][:10]
                            for each in (here[0]["release_dates"] if here else ())
                            if each["type"] != 1
                        )
                        or days
                    )
                if days[0]:
                    found.setdefault(("movie", row["id"], region), []).append(date.fromisoformat(days[0]))
    for (series,) in tmdb.rows("SELECT tmdb_id FROM works WHERE media_type = 'tv' AND gone_at IS NULL"):
        details = tmdb.sandbox.tmdb(f"/tv/{series}").json()
        episode = details["next_episode_to_air"] or {}
        days = [each["air_date"] for each in (episode, *details["seasons"]) if each.get("air_date")]
        for region in REGIONS:
            found.setdefault(("tv", series, region), []).extend(map(date.fromisoformat, days))
    today = date.fromisoformat(tmdb.sandbox.truth("watchmode")["pacific_day"])
    window = {"start_date": f"{today:%Y%m%d}", "end_date": f"{today + timedelta(days=30):%Y%m%d}", "limit": 500}
    for row in tmdb.sandbox.watchmode("/releases", **window).json()["releases"]:
        if row["tmdb_id"] is not None:
            key = (row["tmdb_type"], row["tmdb_id"], "US")
            day = date.fromisoformat(row["source_release_date"])
            found.setdefault(key, []).append(day)
            if day > sandbox_day(tmdb):
                services.setdefault(key, set()).add(row["source_name"])
    ahead = {key: [day for day in days if day > sandbox_day(tmdb)] for key, days in found.items()}
    return {key: (min(days), services.get(key, set())) for key, days in ahead.items() if days}


def shown(tmdb: Tmdb) -> dict[Key, tuple[date, set[str]]]:
    rows = tmdb.rows(
        "SELECT media_type, tmdb_id, region, release_date,"
        " ARRAY(SELECT s ->> 'name' FROM jsonb_array_elements(services) AS s) FROM coming_soon_releases"
    )
    return {(kind, tmdb_id, region): (day, set(names)) for kind, tmdb_id, region, day, names in rows}


def test_what_is_coming_is_what_the_services_say_over_days(tmdb: Tmdb, shift_clock: ShiftClock) -> None:
    upcoming = tmdb.sandbox.tmdb("/movie/upcoming", region="US").json()["results"]
    tmdb.want(*(row["id"] for row in upcoming[::2]))
    tmdb.discover("upcoming", most=30, media_type="tv")
    tmdb.refresh()
    tmdb.merge()
    ask(tmdb)
    made = make_coming_soon(tmdb.connection, regions=REGIONS, run_id="run")
    assert made.rejected == 0
    at_first = shown(tmdb)
    assert at_first == truth(tmdb)
    assert {key[0] for key in at_first} == {"movie", "tv"}
    assert made.unmapped > 0

    series = min(key[1] for key in at_first if key[0] == "tv" and key[2] == "IN")
    offer_in_india(tmdb, series)
    services = (
        "SELECT region, streaming_services ? 'A Service' FROM coming_soon_releases"
        " WHERE tmdb_id = %s AND media_type = 'tv' ORDER BY 1"
    )
    assert tmdb.rows(services, series) == [("IN", True), ("US", False)]

    tmdb.sandbox.control(do="clock", advance=5 * 86_400)
    shift_clock(tmdb.connection, timedelta(days=5))
    today = sandbox_day(tmdb)
    assert shown(tmdb) == {key: said for key, said in at_first.items() if said[0] > today}

    tmdb.connection.execute("UPDATE tmdb.refreshes SET forced_at = ops.now()")
    tmdb.refresh()
    tmdb.merge()
    ask(tmdb)
    make_coming_soon(tmdb.connection, regions=REGIONS, run_id="run")
    assert shown(tmdb) == truth(tmdb)
    assert [each for check in COMING_SOON_CHECKS for each in check.offenders(tmdb.connection)] == []
    assert sum(replay_coming_soon(tmdb.connection).differences.values()) == 0
    moved = "SELECT count(*) FROM release_dates GROUP BY watchmode_id, source_id, season_number HAVING count(*) > 1"
    assert tmdb.rows(moved)


def offer_in_india(tmdb: Tmdb, series: int) -> None:
    """Has a service offer a series in India, as its details would say."""
    tmdb.connection.execute(
        """
        WITH service AS (
          INSERT INTO streaming.providers (key, name) VALUES ('aservice', 'A Service') RETURNING provider_id
        ), number AS (
          INSERT INTO streaming.provider_ids (source, source_id, name, provider_id)
          SELECT 'tmdb', 999, 'A Service', provider_id FROM service
        ), listing AS (
          INSERT INTO streaming.listings (listing_id, region, offer_type, source_id, titles)
          VALUES (streaming.listing_id('IN', 'subscription', 999), 'IN', 'subscription', 999, 1) RETURNING listing_id
        )
        INSERT INTO streaming.tmdb_offers (work_id, listing_ids, content_hash)
        SELECT work_id, ARRAY[listing_id], content_hash
        FROM tmdb.titles JOIN tmdb.contents USING (work_id) CROSS JOIN listing
        WHERE media_type = 'tv' AND tmdb_id = %s
        """,
        (series,),
    )


def test_the_assets_ask_merge_and_check_and_one_service_suffices(tmdb: Tmdb, monkeypatch: pytest.MonkeyPatch) -> None:
    urls = {f"{name}_DATABASE_URL": tmdb.source_url for name in ("SOURCE", "CATALOG", "DAGSTER")}
    rest = {f"CATALOG_ORIGIN_{name}": "sandbox:1" for name in ("TMDB", "WATCHMODE")}
    for name, value in {**tmdb.sandbox.environment(), **urls, **rest, "SANDBOX_TMDB_RATE": "0"}.items():
        monkeypatch.setenv(name, value)
    definitions = dg.Definitions(
        assets=coming_soon_assets,
        asset_checks=[coming_soon_checks],
        jobs=[dg.define_asset_job("job")],
        resources={"source": SourceDatabase(), "tmdb": TmdbResource(), "watchmode": WatchmodeResource()},
    )
    day = sandbox_day(tmdb).isoformat()

    def materialized(instance: dg.DagsterInstance) -> dict[str, Any]:
        result = definitions.resolve_job_def("job").execute_in_process(
            instance=instance, partition_key=day, raise_on_error=False
        )
        assert result.success
        assert all(each.passed for each in result.get_asset_check_evaluations())
        events = result.get_asset_materialization_events()
        return {
            f"{event.materialization.asset_key.path[-1]}: {name}": value.value
            for event in events
            for name, value in event.materialization.metadata.items()
        }

    with dg.DagsterInstance.ephemeral() as instance:
        told = materialized(instance)
        assert told["coming_soon_pages: problem"] == "none"
        assert told["coming_soon_pages: watchmode_requests"] == 2  # the month's credits, which cost nothing, first
        assert told["coming_soon: dagster/row_count"] == tmdb.one("SELECT count(*) FROM coming_soon_releases") > 0
        described = told["coming_soon: dagster/column_schema"].columns
        assert all(column.description for column in described if column.name in ("release_date", "source", "sources"))
        again = materialized(instance)
        assert (again["coming_soon_pages: tmdb_requests"], again["coming_soon_pages: watchmode_requests"]) == (0, 0)
        monkeypatch.delenv("WATCHMODE_API_KEY")
        alone = materialized(instance)
        assert "coming_soon_pages: watchmode_requests" not in alone
        monkeypatch.delenv("TMDB_API_KEY")
        refused = definitions.resolve_job_def("job").execute_in_process(
            instance=instance, partition_key=day, raise_on_error=False
        )
        assert not refused.success
        (failure,) = [event.step_failure_data for event in refused.get_step_failure_events()][:1]
        assert failure.error is not None
        assert "set TMDB_API_KEY or WATCHMODE_API_KEY" in failure.error.message
