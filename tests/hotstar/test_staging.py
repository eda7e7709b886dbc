"""Any order of pages, staged when stored or by the merge, gives one set of tables, and so does a replay of them."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from unittest.mock import patch

import orjson
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog_assets.hotstar.kinds import MOVIE
from catalog_assets.hotstar.pages import read_answer
from catalog_assets.hotstar.parts import PageKey, PartReading
from catalog_assets.hotstar.record import Connection, ListingRecord, Part, locked
from catalog_assets.hotstar.replay import replay
from catalog_assets.hotstar.staging import JudgedPage, judge_page, staging
from catalog_assets.hotstar.windows import Filters, Paging
from resources.databases import Database
from resources.statements import statement
from tests.hotstar.memory_service import MemoryAnswer
from tests.hotstar.stored import START, body_of, empty, film, merged, rows, store_films, store_listing, store_page

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


STATES = st.sampled_from(
    [{}, {"title": "Other"}, {"assetStatus": "UNPUBLISHED"}, {"endDate": 1_700_000_000}, {"title": 5}]
)
PAGES = st.lists(
    st.tuples(
        st.sampled_from(["census", "update"]),
        st.dictionaries(st.integers(0, 3), STATES, max_size=4),
    ),
    min_size=1,
    max_size=6,
)
STATE = (
    (
        "SELECT kind, content_id, title, asset_status, item_hash, version_from, first_seen_at, is_deleted,"
        " deletion_reason, deleted_at FROM hotstar.items ORDER BY content_id"
    ),
    "SELECT content_id, valid_from, valid_to, item FROM hotstar.item_versions ORDER BY content_id, valid_from",
    "SELECT to_jsonb(m) - 'id' FROM hotstar.movies AS m ORDER BY content_id",
    "SELECT content_id, last_synced_at FROM hotstar_movies ORDER BY content_id",
    "SELECT content_id, reason, body FROM hotstar.rejected_items ORDER BY content_id, reason, body",
)


def staged(connection: psycopg.Connection, page_id: int, body: bytes) -> None:
    connection.execute(statement("hotstar/stage_page"), staging(MOVIE, page_id, judge_page(MOVIE, body)))


HOW = st.sampled_from(["stored", "staged", "staged and lost", "staged before another merge"])


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pages=PAGES.flatmap(lambda pages: st.tuples(*[st.tuples(st.just(page), HOW) for page in pages])),
    order=st.randoms(use_true_random=False),
    together=st.booleans(),
)
def test_any_order_of_arrival_and_of_staging_gives_one_set_of_tables(
    source: psycopg.Connection,
    source_url: str,
    pages: tuple[tuple[tuple[str, dict[int, dict[str, Any]]], str], ...],
    order: Any,
    together: bool,
) -> None:
    found = []
    for shuffled in (False, True):
        empty(source)
        places = list(enumerate(pages))
        listings = [
            store_listing(source, purpose=purpose, at=START + place * DAY, status="complete")
            for place, ((purpose, _), _) in places
        ]
        if shuffled:
            order.shuffle(places)
        for place, ((_, films), how) in places:
            body = body_of([film(number, **fields) for number, fields in films.items()])
            with psycopg.connect(source_url) as storing:
                page_id = store_page(storing, listings[place], body, at=START + place * DAY)
                if shuffled and how != "stored":
                    staged(storing, page_id, body)
                if shuffled and how == "staged before another merge":
                    merged(source)
            if shuffled and how == "staged and lost":
                source.execute("TRUNCATE hotstar.staged_items")  # as a crash of the server does
            if not (shuffled and together):
                merged(source)
        merged(source)
        found.append([rows(source, query) for query in STATE])
        assert rows(source, "SELECT count(*) FROM hotstar.staged_items") == [(0,)]
    assert found[0] == found[1]


def test_a_swap_forgets_what_was_left_out_because_the_rows_that_go_held_it(source: psycopg.Connection) -> None:
    store_films(source, [film(1), film(2)])
    merged(source)
    body = body_of([film(1), film(2)])
    staged(source, store_page(source, store_listing(source, at=START + DAY), body, at=START + DAY), body)
    source.execute(
        "UPDATE hotstar.items SET item_hash = gen_random_uuid()"
    )  # as by another release that hashed otherwise
    assert replay(source, MOVIE, swap=True).swapped
    assert rows(source, "SELECT count(*) FROM hotstar.staged_items") == [(0,)]
    assert (merged(source).unchanged, replay(source, MOVIE).differences) == (2, 0)


def test_what_another_release_judged_is_judged_anew(source: psycopg.Connection) -> None:
    body = body_of([film(1), film(2, title=5)])
    staged(source, store_page(source, store_listing(source), body), body)
    source.execute("UPDATE hotstar.staged_items SET judged_by = 'another', reason = 'nothing is right', item = NULL")
    result = merged(source)
    assert (result.inserted, result.rejected, replay(source, MOVIE).differences) == (1, 1, 0)


def test_a_rule_that_is_new_since_a_page_was_staged_holds(source: psycopg.Connection) -> None:
    body = body_of([film(1, title="Peppermint 12")])
    staged(source, store_page(source, store_listing(source), body), body)
    source.execute("INSERT INTO hotstar.test_title_rules VALUES ('peppermint', 'a test', '2026-11-21')")
    merged(source)
    assert rows(source, "SELECT is_test FROM hotstar_movies") == [(True,)]
    assert replay(source, MOVIE).differences == 0


def test_a_title_rule_that_cannot_be_read_stops_no_page_but_the_merge_that_applies_it(
    source: psycopg.Connection,
) -> None:
    source.execute("INSERT INTO test_title_rules VALUES ('(', 'mistyped', '2026-11-21')")
    body = body_of([film(1)])
    page_id = store_page(source, store_listing(source), body)
    staged(source, page_id, body)
    with pytest.raises(psycopg.errors.InvalidRegularExpression):
        merged(source)
    assert rows(source, "SELECT count(*) FROM hotstar.staged_items") == [(1,)]
    source.execute("DELETE FROM test_title_rules WHERE pattern = '('")
    assert merged(source).inserted == 1


def test_a_replay_leaves_alone_what_is_staged_of_pages_that_wait(source: psycopg.Connection) -> None:
    store_films(source, [film(1)])
    merged(source)
    body = body_of([film(1), film(2)])
    staged(source, store_page(source, store_listing(source, at=START + DAY), body, at=START + DAY), body)
    assert replay(source, MOVIE).differences == 0
    assert rows(source, "SELECT count(*) FROM hotstar.staged_items") == [(2,)]
    assert (merged(source).inserted, replay(source, MOVIE).differences) == (1, 0)


def test_an_item_nested_deeper_than_anything_reads_costs_itself_alone(source: psycopg.Connection) -> None:
    depths = (300, 700, 900, 950, 1000, 1015)
    for place, depth in enumerate(depths):
        nested: bytes = b"[" * depth + b"]" * depth
        body = body_of([film(2 * place), film(2 * place + 1)]).replace(b'["Drama"]', nested, 1)
        page_id = store_page(source, store_listing(source), body)
        assert from_below(300, partial(read_answer, MOVIE, body)).facts is not None
        assert read_answer(MOVIE, body.replace(b'"contentId"', b'"noId"')).facts is not None
        if place % 2:
            staged(source, page_id, body)
    result = from_below(300, lambda: merged(source))
    assert (result.inserted, result.rejected) == (len(depths), len(depths))


def from_below(frames: int, call: Callable[[], Any]) -> Any:
    """What a call returns that is made so many frames further down the stack."""
    return from_below(frames - 1, call) if frames else call()


def test_an_id_that_no_index_holds_rejects_its_item(source: psycopg.Connection) -> None:
    body = body_of([film(1), film(2)]).replace(b'"1001"', b"7" * 4001)
    store_page(source, store_listing(source), body)
    assert read_answer(MOVIE, body).facts is not None
    result = merged(source)
    assert (result.inserted, result.rejected) == (1, 1)


def test_many_bad_items_of_an_odd_envelope_cost_what_they_weigh() -> None:
    answer = {"items": [], "body": {"results": {"items": [film(n, title=n) for n in range(300)], "totalResults": 300}}}
    body = orjson.dumps(answer)
    judged = judge_page(MOVIE, body)
    assert judged.rejected.count(b'"reason"') == 300
    assert len(judged.items) + len(judged.rejected) < 4 * len(body)


def test_content_that_was_the_newest_when_its_page_was_staged_is_found_when_it_no_longer_is(
    source: psycopg.Connection, source_url: str
) -> None:
    store_films(source, [film(1)])
    merged(source)
    listing = store_listing(source, at=START + 2 * DAY)
    store_films(source, [film(1, title="Between")], at=START + DAY)
    with psycopg.connect(source_url) as storing:
        body = body_of([film(1)])
        page_id = store_page(storing, listing, body, at=START + 2 * DAY)
        staged(storing, page_id, body)
        assert storing.execute("SELECT item FROM hotstar.staged_items").fetchall() == [(None,)]
        assert merged(source).updated == 1
    assert merged(source).updated == 1
    assert rows(source, "SELECT title FROM hotstar_movies") == [("Film 1",)]
    titles = "SELECT item ->> 'title' FROM hotstar_movie_versions ORDER BY valid_from"
    assert rows(source, titles) == [("Film 1",), ("Between",), ("Film 1",)]
    assert replay(source, MOVIE).differences == 0


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pages=PAGES, swap=st.booleans())
def test_a_replay_makes_the_same_tables_from_pages(
    source: psycopg.Connection, pages: list[tuple[str, dict[int, dict[str, Any]]]], swap: bool
) -> None:
    empty(source)
    for place, (purpose, films) in enumerate(pages):
        store_films(
            source,
            [film(number, **fields) for number, fields in films.items()],
            purpose=purpose,
            at=START + place * DAY,
        )
        merged(source)
    before = [rows(source, query) for query in STATE]
    result = replay(source, MOVIE, swap=swap)
    assert (result.differences, result.merges, result.swapped) == (0, len(pages), swap)
    assert [rows(source, query) for query in STATE] == before


def test_a_replay_names_what_was_tampered_with_and_a_swap_mends_it(source: psycopg.Connection) -> None:
    store_films(source, [film(1), film(2)])
    merged(source)
    source.execute("UPDATE hotstar.movies SET title = 'Forged' WHERE content_id = '1001'")
    source.execute("DELETE FROM hotstar.items WHERE content_id = '1002'")
    found = replay(source, MOVIE, swap=True)
    assert {(difference.table, difference.only_in) for difference in found.shown} == {
        ("movies", "present"),
        ("movies", "replayed"),
        ("items", "replayed"),
    }
    assert replay(source, MOVIE).differences == 0
    store_films(source, [film(3)], at=START + DAY)
    assert merged(source).inserted == 1


def test_no_merge_sees_a_page_before_what_is_staged_of_it(source: psycopg.Connection, source_url: str) -> None:
    asyncio.run(_stored_beside_a_merge(source, source_url))
    assert rows(source, "SELECT count(*) FROM hotstar.staged_items") == [(3,)]
    assert (merged(source).inserted, replay(source, MOVIE).differences) == (3, 0)


async def _stored_beside_a_merge(source: psycopg.Connection, source_url: str) -> None:
    """Stores a page of a listing while a merge runs between its two statements."""
    body = body_of([film(n) for n in range(3)])
    merges: list[int] = []
    run = Connection._run

    async def run_and_merge(self: Connection, name: str, params: Any) -> list[dict[str, Any]]:
        if name == "stage_page":
            merges.append((await asyncio.to_thread(merged, source)).pages)
        return await run(self, name, params)

    database = Database(source_url)
    async with locked(database, MOVIE, "update") as connection:
        record = await ListingRecord.begin(connection, MOVIE, "update", "run", update_from_s=0, update_to_s=1)
        (part_id,) = await record.add_parts("part", [Filters()])
        part = Part(part_id, "part", Filters(), PartReading(Paging()))
        at = datetime.now(UTC)
        answer = MemoryAnswer(MOVIE.path, {}, 200, body, at, at)
        with patch.object(Connection, "_run", run_and_merge):
            await record.store_page(part, PageKey(False, 0), 1, answer, read_answer(MOVIE, body))
    await database.aclose()
    assert merges == [0]


def test_a_page_that_cannot_be_staged_is_stored_and_the_merge_stages_it(
    source: psycopg.Connection, source_url: str
) -> None:
    async def scene() -> None:
        body = body_of([film(n) for n in range(3)])
        database = Database(source_url)
        async with locked(database, MOVIE, "update") as connection:
            record = await ListingRecord.begin(connection, MOVIE, "update", "run", update_from_s=0, update_to_s=1)
            (part_id,) = await record.add_parts("part", [Filters()])
            part = Part(part_id, "part", Filters(), PartReading(Paging()))
            answer = MemoryAnswer(MOVIE.path, {}, 200, body, datetime.now(UTC), datetime.now(UTC))
            read = replace(read_answer(MOVIE, body), judged=JudgedPage(b"[cut off", "", b"[]"))
            await record.store_page(part, PageKey(False, 0), 1, answer, read)
        await database.aclose()

    asyncio.run(scene())
    assert rows(source, "SELECT count(*), (SELECT count(*) FROM hotstar.staged_items) FROM hotstar.pages") == [(1, 0)]
    assert merged(source).inserted == 3
