"""What is due is fetched once, whoever is at it; failures, kills and other workers lose and double nothing."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from catalog_assets.tmdb.refresh import Refreshed, refresh
from catalog_assets.tmdb.store import Store
from resources.errors import PermanentServiceError, ServiceError
from resources.tmdb import TmdbClient, tmdb_pace
from tests.tmdb.platform import Tmdb

ShiftClock = Callable[[psycopg.Connection, timedelta], None]


def test_two_workers_share_what_is_due_and_ask_for_each_film_once(tmdb: Tmdb) -> None:
    tmdb.discover(most=350)
    most = 200  # so that neither can have them all, whichever begins first

    async def both(client: TmdbClient, store: Store) -> list[Refreshed]:
        async def other() -> Refreshed:
            return await asyncio.to_thread(tmdb.refresh, run_id="other", most=most)

        return list(await asyncio.gather(refresh(client, store, most=most), other()))

    one, other = tmdb.ask(both)
    assert one.fetched + other.fetched == 350
    assert min(one.fetched, other.fetched) >= 150
    assert tmdb.requests("/movie/") - tmdb.requests("/movie/popular") == 350
    assert tmdb.one("SELECT count(*) FROM tmdb.refreshes WHERE lease IS NOT NULL") == 0


def test_a_killed_workers_films_are_fetched_when_their_lease_is_over(tmdb: Tmdb, shift_clock: ShiftClock) -> None:
    tmdb.discover(most=120)
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, tmdb.source_url, tmdb.sandbox.url, tmdb.sandbox.tmdb_token],
        cwd=Path(__file__).resolve().parents[2],
        stdout=subprocess.PIPE,
    )
    assert worker.stdout is not None
    assert worker.stdout.readline() == b"three came\n"
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    worker.stdout.close()
    stored = tmdb.one("SELECT count(*) FROM tmdb.pages WHERE endpoint = 'details'")
    held = tmdb.one("SELECT count(*) FROM tmdb.refreshes WHERE lease IS NOT NULL")
    assert stored >= 3
    assert held > 0
    rest = tmdb.refresh()
    assert rest.fetched == 120 - stored - held
    shift_clock(tmdb.connection, timedelta(minutes=6))
    assert tmdb.refresh().fetched == held
    assert tmdb.one("SELECT count(DISTINCT tmdb_id) FROM tmdb.pages WHERE endpoint = 'details'") == 120
    assert tmdb.merge().inserted == 120


WORKER = """
import asyncio, sys
from pydantic import SecretStr
from catalog_assets.tmdb.refresh import refresh
from catalog_assets.tmdb.store import opened_store
from resources.databases import Database
from resources.logs import configure
from resources.tmdb import TmdbClient, tmdb_pace

url, service, token = sys.argv[1:]
configure("WARNING", stream=sys.stderr)

class Slow(TmdbClient):
    came = 0
    async def get(self, *args, **kwargs):
        if Slow.came >= 3:
            await asyncio.sleep(3600)
        answer = await super().get(*args, **kwargs)
        Slow.came += 1
        return answer

async def work():
    client = Slow(base_url=service, api_key=SecretStr(token), source_url=SecretStr(url), pace=tmdb_pace(0))
    async with client, opened_store(Database(url), "killed") as store:
        working = asyncio.create_task(refresh(client, store))
        while (await store.rows("measure_backlog", {}))[0]["titles"] > 117:
            await asyncio.sleep(0.01)
        print("three came", flush=True)
        await working

asyncio.run(work())
"""


def test_a_film_that_is_gone_is_asked_for_once(tmdb: Tmdb) -> None:
    tmdb.want(tmdb.ids()[0], 99_999_999)
    done = tmdb.refresh()
    assert (done.fetched, done.gone) == (1, 1)
    assert tmdb.refresh().asked == 0
    assert tmdb.merge().gone == 1
    ((title, status),) = tmdb.rows("SELECT title, ingestion_status FROM works WHERE gone_at IS NOT NULL")
    assert (title, status) == (None, "pending")


def test_a_gone_film_that_the_feed_names_again_is_asked_for_once_more_and_then_left(tmdb: Tmdb) -> None:
    film = tmdb.ids()[0]
    tmdb.want(film)
    tmdb.refresh()
    tmdb.sandbox.control(do="tmdb_remove", ids=[film])
    for _ in range(3):
        tmdb.connection.execute("UPDATE tmdb.refreshes SET changed_at = ops.now()")
        assert tmdb.refresh().gone == 1
        assert tmdb.refresh().asked == 0
    tmdb.connection.execute("UPDATE tmdb.refreshes SET forced_at = ops.now()")
    assert (tmdb.refresh().gone, tmdb.refresh().asked) == (1, 0)


def test_a_film_that_comes_back_is_there_again(tmdb: Tmdb) -> None:
    film = tmdb.ids()[0]
    tmdb.want(film)
    tmdb.refresh()
    tmdb.sandbox.control(do="fault", path=f"/3/movie/{film}", status=404)
    tmdb.connection.execute("UPDATE tmdb.refreshes SET changed_at = ops.now()")
    assert tmdb.refresh().gone == 1
    tmdb.connection.execute("UPDATE tmdb.refreshes SET changed_at = ops.now()")
    assert tmdb.refresh().fetched == 1
    assert tmdb.rows("SELECT gone_at FROM tmdb.refreshes") == [(None,)]


def test_a_gone_film_is_looked_for_once_a_month_for_half_a_year(tmdb: Tmdb, shift_clock: ShiftClock) -> None:
    tmdb.want(99_999_999)
    tmdb.refresh()
    asked = []
    for day in range(10, 260, 10):
        shift_clock(tmdb.connection, timedelta(days=day, minutes=day))
        asked.append(tmdb.refresh().gone)
    assert 4 <= sum(asked) <= 6
    assert sum(asked[-7:]) == 0


def test_a_gateways_404_is_no_word_of_tmdbs(tmdb: Tmdb) -> None:
    film = tmdb.ids()[0]
    tmdb.want(film)
    tmdb.sandbox.control(do="fault", path=f"/3/movie/{film}", status=404, body="html")
    done = tmdb.refresh()
    assert (done.gone, done.failed) == (0, 1)


def test_a_film_that_alone_brings_errors_is_named_and_the_next_run_begins_with_others(tmdb: Tmdb) -> None:
    films = tmdb.ids()[:8]
    tmdb.want(*films)
    tmdb.sandbox.control(do="fault", path=f"/3/movie/{films[0]}", status=500, times=None)
    with pytest.raises(ServiceError):
        tmdb.ask(refresh, pace=replace(tmdb_pace(0), rest_s=0.05))
    assert tmdb.rows("SELECT tmdb_id, last_error FROM refresh_queue WHERE retry_count > 0") == [(films[0], "HTTP 500")]
    assert tmdb.one("SELECT count(*) FROM tmdb.refreshes WHERE lease IS NOT NULL") == 0
    tmdb.refresh()
    assert tmdb.one("SELECT count(*) FROM tmdb.refreshes WHERE answered_at IS NOT NULL") == 7


def test_who_lost_the_lease_says_nothing_of_a_failure(tmdb: Tmdb) -> None:
    (work,) = tmdb.want(tmdb.ids()[0])
    tmdb.refresh()
    late = {"work_id": work, "lease": uuid4(), "run_id": "late", "error": "late"}
    tmdb.ask(lambda _, store: store.rows("note_failure", late))
    tmdb.ask(lambda _, store: store.rows("note_gone", {**late, "sent_at": datetime.now(UTC)}))
    assert tmdb.rows("SELECT attempts, gone_at FROM tmdb.refreshes") == [(0, None)]


def test_a_block_that_is_never_there_is_asked_for_less_and_less_often(tmdb: Tmdb, shift_clock: ShiftClock) -> None:
    film = tmdb.ids()[0]
    tmdb.want(film)
    tmdb.sandbox.control(do="fault", path=f"/3/movie/{film}", without=["keywords"], times=None)
    asked = 0
    for hour in range(24):
        shift_clock(tmdb.connection, timedelta(hours=hour, minutes=hour))
        asked += tmdb.refresh().fetched
    assert 4 <= asked <= 6


def test_every_film_is_forced_once_and_what_was_cut_off_is_taken_up(tmdb: Tmdb) -> None:
    tmdb.discover(most=20)
    tmdb.refresh()
    tmdb.ask(lambda _, store: store.rows("force_every", {}))
    assert tmdb.refresh(most=12).asked == 12
    tmdb.ask(lambda _, store: store.rows("force_every", {}))
    assert tmdb.refresh().asked == 8


def test_an_answer_that_cannot_be_used_costs_its_film_alone_and_is_tried_again_later(
    tmdb: Tmdb, shift_clock: ShiftClock
) -> None:
    bad, good = tmdb.ids()[:2]
    tmdb.want(bad, good)
    tmdb.sandbox.control(do="fault", path=f"/3/movie/{bad}", body="cut")
    done = tmdb.refresh()
    assert (done.fetched, done.failed) == (1, 1)
    assert tmdb.refresh().asked == 0
    ((status, attempts, error),) = tmdb.rows("SELECT status, retry_count, last_error FROM refresh_queue")
    assert (status, attempts) == ("waiting", 1)
    assert error
    assert tmdb.rows("SELECT tmdb_id, reason FROM tmdb.rejected_items") == [(bad, error)]
    assert tmdb.merge().rejected == 1
    shift_clock(tmdb.connection, timedelta(minutes=2))
    assert tmdb.refresh().fetched == 1
    assert tmdb.merge().inserted == 1
    assert tmdb.rows("SELECT * FROM refresh_queue") == []


def test_a_film_that_the_service_refuses_costs_itself_alone(tmdb: Tmdb) -> None:
    bad, good = tmdb.ids()[:2]
    tmdb.want(bad, good)
    tmdb.sandbox.control(do="fault", path=f"/3/movie/{bad}", status=400)
    done = tmdb.refresh()
    assert (done.fetched, done.failed) == (1, 1)


def test_a_refused_key_ends_the_run_and_gives_back_what_was_leased(tmdb: Tmdb) -> None:
    tmdb.discover(most=10)
    tmdb.sandbox.control(do="fault", status=401, times=None)
    with pytest.raises(PermanentServiceError, match="TMDB_API_KEY"):
        tmdb.refresh()
    assert tmdb.one("SELECT count(*) FROM tmdb.refreshes WHERE lease IS NOT NULL") == 0
    assert tmdb.one("SELECT count(*) FROM refresh_queue WHERE status = 'queued'") == 10


def test_what_was_not_changed_is_not_sent_again(tmdb: Tmdb, shift_clock: ShiftClock) -> None:
    tmdb.discover(most=20)
    assert tmdb.refresh().fetched == 20
    first = tmdb.merge()
    assert first.inserted == 20
    tmdb.connection.execute("UPDATE tmdb.refreshes SET changed_at = asked_at + interval '1 microsecond'")
    tmdb.sandbox.control(do="tmdb_change", ids=[tmdb.one("SELECT min(tmdb_id) FROM works")])
    done = tmdb.refresh()
    assert done.fetched + done.unchanged == 20
    assert 1 <= done.fetched < 10  # the changed film, and those that show it among their similar ones
    merged = tmdb.merge()
    assert (merged.updated, merged.unchanged, merged.cards) == (1, 19, 1)
    assert tmdb.one("SELECT count(*) FROM works WHERE last_refreshed_at > updated_at") == 19


def test_a_film_that_another_run_is_fetching_is_waited_for(tmdb: Tmdb, monkeypatch: pytest.MonkeyPatch) -> None:
    (film,) = tmdb.want(tmdb.ids()[0])
    tmdb.connection.execute(
        "INSERT INTO tmdb.refreshes (work_id, lease, leased_by, leased_until)"
        " VALUES (%s, gen_random_uuid(), 'other', ops.now() + interval '1 minute')",
        (film,),
    )

    ask = Store.rows
    looked = asyncio.Event()

    async def looking(self: Store, name: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
        found = await ask(self, name, params)
        if name == "count_answered":
            looked.set()
        return found

    monkeypatch.setattr(Store, "rows", looking)

    async def both(client: TmdbClient, store: Store) -> Refreshed:
        asking = asyncio.create_task(refresh(client, store, only=[film]))
        await looked.wait()
        tmdb.connection.execute(
            "UPDATE tmdb.refreshes SET asked_at = ops.now(), answered_at = ops.now(),"
            " lease = NULL, leased_by = NULL, leased_until = NULL"
        )
        return await asking

    done = tmdb.ask(both)
    assert (done.asked, done.waited_for, done.left) == (0, 1, 0)
