"""Ids, providers and regions are what the stored pages say, and a replay finds and mends what is not."""

from collections.abc import Mapping
from datetime import timedelta

import psycopg
import pytest

from catalog_assets.streaming.availability_checks import AVAILABILITY_CHECKS
from catalog_assets.streaming.id_map import IdMapRefused, load_id_map
from catalog_assets.streaming.providers import identify_providers
from catalog_assets.streaming.reference_replay import replay_reference
from catalog_assets.streaming.retention import WATCHMODE_KEPT_FOR, remove_superseded, remove_watchmode
from catalog_assets.tmdb.replay import Difference, ReplayResult
from tests.streaming.availability import Offers, offer
from tests.streaming.conftest import START, Clock
from tests.streaming.test_id_map import FILM, SERIES, Scene, Watchmode, csv_of, films

LATER = START + timedelta(days=1)
EQUAL = dict.fromkeys(
    ("id_mappings", "id_mapping_conflicts", "providers", "provider_ids", "provider_regions", "regions"), 0
)
SHARED = (3_900_003, "tt9000001", 900_003, "tv", "The Blue Door again", 2026)
"""It has the id of IMDb's that FILM has."""

TAKEN_FOR_NETFLIX = """
    UPDATE streaming.provider_ids SET provider_id = (SELECT provider_id FROM streaming.providers WHERE name = 'Netflix')
    WHERE source_id = 337
"""
TABLES = "providers, provider_ids, provider_regions and regions"
OF_DIRECTORIES = """
    SELECT to_jsonb(p) FROM streaming.providers AS p UNION ALL
    SELECT to_jsonb(i) FROM streaming.provider_ids AS i UNION ALL
    SELECT to_jsonb(r) FROM streaming.provider_regions AS r UNION ALL
    SELECT to_jsonb(r) FROM streaming.regions AS r
    ORDER BY 1
"""
LISTED_NOWHERE = """
    INSERT INTO streaming.provider_ids (source, source_id, name, page_id)
    SELECT 'tmdb', 8888, 'Nowhere', page_id FROM streaming.provider_ids WHERE source_id = 2
"""


@pytest.fixture
def offers(connection: psycopg.Connection, clock: Clock) -> Offers:
    return Offers(connection)


@pytest.fixture
def ids(source_url: str, clock: Clock) -> Scene:
    return Scene(source_url, clock, Watchmode(clock))


def told(offers: Offers) -> None:
    """Who offers titles where, as both sources list it and as offers do, is merged."""
    offers.directory((8, "Netflix", ["US", "IN"]), (337, "Disney Plus", ["US"]), (2, "Apple TV", ["US"]))
    offers.directory((8, "Netflix", ["US", "DE"]), (9, "Amazon Prime Video", ["US"]), media_type="tv")
    offers.page("tmdb", "watch_regions", {"results": [
        {"iso_3166_1": "US", "english_name": "United States of America"}, {"iso_3166_1": "IN", "native_name": "India"},
    ]})  # fmt: skip
    offers.sources((203, "Netflix", "sub", ["US"]), (372, "Disney+", "sub", ["US"]), (349, "iTunes", "purchase", []))
    offers.merge_providers()
    offers.tmdb(1, {"US": {"flatrate": [8], "rent": [4000]}})
    offers.watchmode(1, [offer(203, "sub", "US"), offer(999, "sub", "US", name="Elsewhere")])
    offers.merge()


def replayed(offers: Offers, *, swap: bool = False) -> ReplayResult:
    return replay_reference(offers.connection, swap=swap)


def numbers(offers: Offers) -> Mapping[str, int]:
    """Providers' numbers by their names."""
    return dict(offers.rows("SELECT name, provider_id FROM streaming.providers"))


def falsified_and_swapped(offers: Offers) -> ReplayResult:
    """What a swap says of falsified rows that it cannot make: it leaves them."""
    for change in (
        "providers SET name = 'WRONG', logo_url = 'wrong'",
        "provider_ids SET name = 'WRONG', logo_url = 'wrong'",
        "provider_regions SET display_priority = 77",
        "regions SET name = 'WRONG'",
    ):
        offers.connection.execute(f"UPDATE streaming.{change}".encode())
    before = offers.rows(OF_DIRECTORIES)
    found = replayed(offers, swap=True)
    assert found.swapped
    assert offers.rows(OF_DIRECTORIES) == before
    assert not {"providers", "provider_ids", "provider_regions", "regions"} & found.rows.keys()
    return found


def test_what_was_loaded_is_made_again_as_it_is(offers: Offers, ids: Scene) -> None:
    told(offers)
    ids.load(csv_of(FILM, SERIES, SHARED))
    again = replayed(offers)
    assert again.rows == {
        "id_mappings": 3, "id_mapping_conflicts": 2, "providers": 6, "provider_ids": 9, "provider_regions": 8,
        "regions": 2,
    }  # fmt: skip
    assert (again.merges, again.differences, again.shown, again.not_made) == (2, EQUAL, [], [])


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            "UPDATE streaming.id_mappings SET watchmode_id = 7 WHERE media_type = 'tv' AND tmdb_id = 900001",
            [Difference("id_mappings", {"media_type": "tv", "tmdb_id": 900_001},
                        columns={"watchmode_id": (7, 3_900_002)})],
        ),
        (
            "DELETE FROM streaming.id_mappings WHERE media_type = 'movie'",
            [Difference("id_mappings", {"media_type": "movie", "tmdb_id": 900_001}, only_in="made")],
        ),
        (
            "INSERT INTO streaming.id_mappings (media_type, tmdb_id, watchmode_id) VALUES ('movie', 5, 6)",
            [Difference("id_mappings", {"media_type": "movie", "tmdb_id": 5}, only_in="present")],
        ),
        (
            "UPDATE streaming.provider_ids SET name = 'Notflix' WHERE source = 'watchmode' AND source_id = 203",
            [Difference("provider_ids", {"source": "watchmode", "source_id": 203},
                        columns={"name": ("Notflix", "Netflix")})],
        ),
        (
            TAKEN_FOR_NETFLIX,
            [Difference("provider_ids", {"source": "tmdb", "source_id": 337},
                        columns={"provider": ("netflix", "disneyplus")})],
        ),
        (
            "UPDATE streaming.providers SET name = 'Notflix' WHERE name = 'Netflix'",
            [Difference("providers", {"key": "netflix"}, columns={"name": ("Notflix", "Netflix")})],
        ),
        (
            "UPDATE streaming.provider_regions SET region = 'GB' WHERE source_id = 8 AND region = 'IN'",
            [Difference("provider_regions", {"source": "tmdb", "source_id": 8, "region": "GB"}, only_in="present"),
             Difference("provider_regions", {"source": "tmdb", "source_id": 8, "region": "IN"}, only_in="made")],
        ),
        (
            LISTED_NOWHERE,
            [Difference("provider_ids", {"source": "tmdb", "source_id": 8888}, only_in="present")],
        ),
        (
            "UPDATE streaming.regions SET name = 'Bharat' WHERE region = 'IN'",
            [Difference("regions", {"region": "IN"}, columns={"name": ("Bharat", "India")})],
        ),
    ],
    ids=["an id", "a title gone", "a title more", "a name", "another provider", "a provider", "where", "who", "region"],
)  # fmt: skip
def test_a_row_that_was_changed_by_hand_is_told_and_mended(
    offers: Offers, ids: Scene, change: str, expected: list[Difference]
) -> None:
    told(offers)
    ids.load(csv_of(FILM, SERIES))
    before = numbers(offers)
    offers.connection.execute(change.encode())
    found = replayed(offers)
    assert (found.shown, sum(found.differences.values()), found.swapped) == (expected, len(expected), False)
    assert replayed(offers, swap=True).shown == expected, "a replay without a swap changes nothing"
    assert replayed(offers).differences == EQUAL
    assert numbers(offers) == before
    assert not [check.name for check in AVAILABILITY_CHECKS if check.offenders(offers.connection)]


def test_a_provider_under_another_key_is_made_anew_and_its_numbers_are_given_back(offers: Offers) -> None:
    told(offers)
    before = numbers(offers)
    offers.connection.execute("UPDATE streaming.providers SET key = 'other' WHERE name = 'Netflix'")
    found = replayed(offers, swap=True)
    assert (found.differences["providers"], found.differences["provider_ids"]) == (2, 2)
    assert numbers(offers).items() >= {name: number for name, number in before.items() if name != "Netflix"}.items()
    assert numbers(offers).keys() == before.keys()
    assert replayed(offers).differences == EQUAL


def test_a_refused_newer_file_changes_nothing(offers: Offers, ids: Scene) -> None:
    ids.load(csv_of(*films(100)))
    for refused in (csv_of(*films(40)), b"no file"):
        with pytest.raises(IdMapRefused):
            ids.load(refused)
        again = replayed(offers, swap=True)
        assert (again.rows["id_mappings"], again.differences, again.not_made) == (100, EQUAL, [])
    assert len(ids.mappings()) == 100
    ids.load(csv_of(*films(40)), fewest=40)
    assert replayed(offers).rows["id_mappings"] == 40
    assert replayed(offers).differences == EQUAL


def test_a_directory_that_cannot_be_used_changes_nothing(offers: Offers) -> None:
    told(offers)
    offers.page("tmdb", "watch_providers", {"other": []}, media_type="movie", at=LATER, problem="results: not a list")
    assert replayed(offers).differences == EQUAL


def test_a_file_that_was_only_confirmed_since_is_the_one_that_was_loaded(offers: Offers, ids: Scene) -> None:
    ids.load(csv_of(FILM, SERIES))
    for _ in range(3):
        assert not ids.load().is_new
    assert replayed(offers).differences == EQUAL
    assert replayed(offers).rows["id_mappings"] == 2


def test_a_file_that_no_load_took_yet_is_not_replayed(offers: Offers, ids: Scene) -> None:
    ids.load(csv_of(FILM, SERIES))
    ids.clock.advance(days=1)
    ids.watchmode.body = csv_of(FILM, SERIES, SHARED)
    file = ids.fetch()
    assert (replayed(offers).differences, replayed(offers).rows["id_mappings"]) == (EQUAL, 2)
    load_id_map(offers.connection, file, run_id="run")
    assert (replayed(offers).differences, replayed(offers).rows["id_mappings"]) == (EQUAL, 3)


def test_what_only_an_offer_or_an_earlier_directory_names_stays_whatever_came_since(offers: Offers) -> None:
    """Numbers that a directory lists no more stay while titles are offered under them, and until the next merge."""
    told(offers)
    offers.tmdb(2, {"US": {"flatrate": [337]}})
    offers.merge()
    offers.directory((8, "Netflix", ["US"]), at=LATER)
    offers.directory((8, "Netflix", ["US", "DE"]), (9, "Prime", ["US"]), at=LATER, media_type="tv")
    offers.merge_providers()
    assert ("Disney Plus",) in offers.rows("SELECT name FROM provider_ids WHERE source_id = 337")
    assert replayed(offers).differences == EQUAL
    offers.tmdb(2, {"US": {"rent": [8]}}, at=LATER)
    offers.watchmode(1, [offer(999, "sub", "US", name="Another")], at=LATER)
    offers.merge()
    assert offers.rows("SELECT count(*) FROM streaming.listings WHERE source_id = 337") == [(0,)]
    assert replayed(offers).differences == EQUAL
    assert replayed(offers, swap=True).not_made == []
    assert {337, 4000, 999} <= {number for (number,) in offers.rows("SELECT source_id FROM provider_ids")}
    offers.merge_providers()
    assert replayed(offers).differences == EQUAL


def test_ids_whose_file_retention_removed_are_told_and_left(offers: Offers, ids: Scene) -> None:
    told(offers)
    ids.load(csv_of(FILM, SERIES))
    for _ in range(2):
        ids.clock.advance(days=14)
        ids.load()
    remove_watchmode(offers.connection, is_off=False, regions=("US",), run_id="run")
    assert len(ids.mappings()) == 2, "Watchmode confirmed them a day ago"
    gone = "id_mappings and id_mapping_conflicts: the file that they were loaded from is no longer stored"
    offers.connection.execute("UPDATE streaming.id_mappings SET title = 'By hand'")
    found = replayed(offers, swap=True)
    assert (found.merges, found.not_made, sum(found.differences.values())) == (1, [gone], 0)
    assert "id_mappings" not in found.rows
    assert offers.rows("SELECT DISTINCT title FROM streaming.id_mappings") == [("By hand",)]
    ids.load()
    assert replayed(offers).differences["id_mappings"] == 2
    assert replayed(offers, swap=True).not_made == []
    assert replayed(offers).differences == EQUAL


@pytest.mark.parametrize(
    ("gone", "names"),
    [
        (
            "DELETE FROM streaming.pages WHERE endpoint = 'watch_providers' AND media_type = 'movie'",
            ["TMDB's directory of films"],
        ),
        (
            "DELETE FROM streaming.pages WHERE endpoint = 'watch_providers' AND media_type = 'tv'",
            ["TMDB's directory of series"],
        ),
        (
            "DELETE FROM streaming.pages WHERE endpoint = 'watch_providers'",
            ["TMDB's directory of films", "TMDB's directory of series"],
        ),
        ("DELETE FROM streaming.pages WHERE endpoint = 'watch_regions'", ["TMDB's list of regions"]),
        ("DELETE FROM streaming.pages WHERE endpoint = 'sources'", ["Watchmode's directory"]),
    ],
    ids=["films", "series", "both of TMDB's", "regions", "Watchmode's"],
)
def test_a_directory_that_is_gone_is_told_and_nothing_that_rests_on_it_is_compared_or_changed(
    offers: Offers, ids: Scene, gone: str, names: list[str]
) -> None:
    told(offers)
    ids.load(csv_of(FILM, SERIES))
    with offers.connection.transaction():
        offers.connection.execute("SET LOCAL session_replication_role = replica")  # rows do not go with their page
        offers.connection.execute(gone.encode())
    found = falsified_and_swapped(offers)
    assert found.not_made == [f"{TABLES}: {name} is not stored" for name in names]
    assert (found.merges, found.rows) == (1, {"id_mappings": 2, "id_mapping_conflicts": 0})
    assert sum(found.differences.values()) == 0


def test_a_directory_that_retention_removed_is_told(offers: Offers) -> None:
    """What is in both stays with the newer one."""
    told(offers)
    offers.connection.execute("DELETE FROM streaming.pages WHERE endpoint = 'watch_providers' AND media_type = 'movie'")
    identify_providers(offers.connection)
    assert falsified_and_swapped(offers).not_made == [f"{TABLES}: TMDB's directory of films is not stored"]


def test_a_directory_that_this_release_refuses_is_told(offers: Offers) -> None:
    told(offers)
    offers.connection.execute("UPDATE streaming.pages SET body = '{}' WHERE endpoint = 'watch_regions'")
    assert falsified_and_swapped(offers).not_made == [
        f"{TABLES}: this release refuses TMDB's list of regions (results: it is not a list)"
    ]


def test_numbers_that_only_offers_name_need_no_directory(offers: Offers) -> None:
    offers.tmdb(1, {"US": {"flatrate": [8]}})
    offers.watchmode(1, [offer(203, "sub", "US", name="Netflix")])
    offers.merge()
    again = replayed(offers)
    assert (again.rows["provider_ids"], again.differences, again.not_made) == (2, EQUAL, [])


def test_conflicts_that_stand_there_twice_are_told_and_mended(offers: Offers, ids: Scene) -> None:
    ids.load(csv_of(FILM, SERIES, SHARED))
    offers.connection.execute("INSERT INTO streaming.id_mapping_conflicts SELECT * FROM streaming.id_mapping_conflicts")
    found = replayed(offers, swap=True)
    assert (found.rows["id_mapping_conflicts"], found.differences) == (4, EQUAL | {"id_mapping_conflicts": 2})
    assert [(each.row["occurrence"], each.only_in) for each in found.shown] == [(2, "present")] * 2
    assert offers.rows("SELECT count(*) FROM streaming.id_mapping_conflicts") == [(2,)]
    assert replayed(offers).differences == EQUAL


def test_what_retention_removes_in_time_costs_no_replay(offers: Offers, ids: Scene) -> None:
    told(offers)
    ids.load(csv_of(FILM, SERIES))
    for day in range(1, 12):
        at = ids.clock.at
        offers.directory((8, "Netflix", ["US", "IN"]), (day, "Changing", ["US"]), at=at)
        offers.sources((203, "Netflix", "sub", ["US"]), at=at)
        offers.merge_providers()
        ids.load(csv_of(FILM, SERIES, *films(day)))
    assert remove_superseded(offers.connection).pages > 0
    assert (replayed(offers).differences, replayed(offers).not_made) == (EQUAL, [])
    ids.clock.set(ids.clock.at + WATCHMODE_KEPT_FOR + timedelta(days=1))
    remove_watchmode(offers.connection, is_off=True, regions=("US",), run_id="run")
    again = replayed(offers)
    assert (again.rows["id_mappings"], again.differences, again.not_made) == (0, EQUAL, [])


def test_where_nothing_was_ever_loaded_there_is_nothing_to_make(offers: Offers) -> None:
    empty = replayed(offers)
    assert (empty.merges, empty.rows, empty.differences, empty.not_made) == (0, EQUAL, EQUAL, [])
