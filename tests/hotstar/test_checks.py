"""Each check passes over sound tables and names what breaks it."""

from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest

from catalog_assets.hotstar.checks import CHECKS
from catalog_assets.hotstar.kinds import MOVIE
from tests.hotstar.stored import START, film, merged, store_films

DAY = timedelta(days=1)


@pytest.fixture
def source(source_url: str) -> Iterator[psycopg.Connection]:
    """Two censuses of thirty films, the second without one, and what a listing would have noted of them."""
    with psycopg.connect(source_url, autocommit=True) as connection:
        store_films(connection, [film(n) for n in range(30)], purpose="census")
        merged(connection)
        store_films(connection, [film(n) for n in range(1, 30)], purpose="census", at=START + DAY)
        merged(connection)
        connection.execute(
            "UPDATE hotstar.parts AS p SET proven_at = p.started_at, total = counted.ids, distinct_ids = counted.ids"
            " FROM (SELECT g.part_id, count(*) AS ids FROM hotstar.pages AS g JOIN hotstar.sightings USING (page_id)"
            " GROUP BY 1) AS counted WHERE counted.part_id = p.part_id"
        )
        connection.execute(
            "UPDATE hotstar.listings AS l SET total = p.total, distinct_ids = p.total"
            " FROM hotstar.parts AS p WHERE p.listing_id = l.listing_id"
        )
        connection.execute(
            "INSERT INTO hotstar.coverage (kind, covered, listing_id)"
            " SELECT 'movie', tstzrange(l.started_at - interval '1 hour', l.completed_at), l.listing_id"
            " FROM hotstar.listings AS l"
        )
        yield connection


def found(connection: psycopg.Connection) -> dict[str, list[str]]:
    """What each failing check names."""
    offenders = {check.name: list(check.offenders(connection, MOVIE)) for check in CHECKS}
    return {name: named for name, named in offenders.items() if named}


def test_sound_tables_pass_every_check(source: psycopg.Connection) -> None:
    assert found(source) == {}


def test_an_empty_database_only_lacks_its_first_census(source_url: str) -> None:
    with psycopg.connect(source_url, autocommit=True) as connection:
        assert set(found(connection)) == {"census_exists"}


@pytest.mark.parametrize(
    ("name", "named", "breakage"),
    [
        ("parts_add_up", "is not proven", "UPDATE hotstar.parts SET proven_at = NULL"),
        ("parts_add_up", "the parts hold", "UPDATE hotstar.parts SET total = total - 1"),
        (
            "parts_add_up",
            "for a reason",
            (
                "UPDATE hotstar.listings SET status = 'incomplete', problem = 'for a reason' WHERE listing_id ="
                " (SELECT max(listing_id) FROM hotstar.listings)"
            ),
        ),
        ("every_id_kept", "1005", "DELETE FROM hotstar.items WHERE content_id = '1005'"),
        (
            "every_id_kept",
            "keep 28",
            "DELETE FROM hotstar.sightings WHERE content_id = '1005' AND sent_at > '2026-11-02 12:00+00'",
        ),
        (
            "table_equals_census",
            "1000",
            "UPDATE hotstar.items SET is_deleted = false, deletion_reason = NULL, deleted_at = NULL WHERE is_deleted",
        ),
        (
            "nothing_listed_is_missing",
            "1007",
            (
                "UPDATE hotstar.items SET is_deleted = true, deletion_reason = 'missing', deleted_at = ops.now()"
                " WHERE content_id = '1007'"
            ),
        ),
        (
            "census_accounted_for",
            "1008",
            (
                "UPDATE hotstar.items SET is_deleted = true, deletion_reason = 'unpublished', deleted_at = ops.now()"
                " WHERE content_id = '1008'"
            ),
        ),
        (
            "census_accounted_for",
            "1009",
            (
                "UPDATE hotstar.items SET is_deleted = true, deletion_reason = 'expired', deleted_at = ops.now()"
                " WHERE content_id = '1009'"
            ),
        ),
        (
            "coverage_has_no_hole",
            "2026-11-03T01:00",
            (
                "INSERT INTO hotstar.coverage (kind, covered, listing_id) SELECT 'movie',"
                " tstzrange('2026-11-03 02:00+00', '2026-11-03 03:00+00'), max(listing_id) FROM hotstar.listings;"
                " UPDATE hotstar.coverage SET covered = tstzrange(lower(covered), '2026-11-03 01:00+00')"
                " WHERE upper(covered) < '2026-11-03 02:00+00'"
            ),
        ),
        (
            "no_deletion_withheld",
            "1010 Film 10 (missing)",
            "INSERT INTO hotstar.withheld_deletions VALUES ('movie', '1010', 'Film 10', 'missing', 1)",
        ),
        (
            "census_near_median",
            "300",
            "UPDATE hotstar.listings SET total = 300 WHERE listing_id = (SELECT max(listing_id) FROM hotstar.listings)",
        ),
    ],
)
def test_a_check_names_what_breaks_it(source: psycopg.Connection, name: str, named: str, breakage: str) -> None:
    source.execute(breakage)
    assert any(named in offender for offender in found(source)[name]), found(source)
