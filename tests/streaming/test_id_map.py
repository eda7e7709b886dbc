"""Watchmode's file of ids replaces what was loaded before as a whole, or is refused and changes nothing."""

import asyncio
import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from catalog_assets.streaming.cache import Answered
from catalog_assets.streaming.id_map import HEADER, IdMapLoad, IdMapRefused, fetch_id_map, load_id_map, read_id_map
from catalog_assets.streaming.store import opened_store
from catalog_assets.streaming.watchmode_checks import ID_MAPPINGS_CHECKS
from resources.client import Answer
from resources.databases import Database
from resources.errors import ServiceError, ServiceResting
from resources.watchmode import WatchmodeClient, watchmode_pace
from tests.sandbox_process import running_sandbox
from tests.streaming.conftest import START, Clock

Row = tuple[int, str, int | str, str, str, int | str]

FILM: Row = (1_900_001, "tt9000001", 900_001, "movie", "The Blue Door", 2026)
SERIES: Row = (3_900_002, "", 900_001, "tv", "Salt Road", "")
RESTING = ServiceResting("it rests", "watchmode", "/datasets/title_id_map.csv")


def csv_of(*rows: Row, header: str = ",".join(HEADER)) -> bytes:
    def quoted(value: object) -> str:
        return '"' + str(value).replace('"', '""') + '"'

    return "\n".join([header, *(",".join(map(quoted, row)) for row in rows)]).encode()


def films(count: int) -> list[Row]:
    return [(1_000_000 + n, f"tt{n:07}", n, "movie", f"Film {n}", 2000) for n in range(1, count + 1)]


@dataclass
class Watchmode:
    """Hands out a file under a mark of its version."""

    clock: Clock
    body: bytes | ServiceError = b""
    asked: list[tuple[str | None, int]] = field(default_factory=list)

    async def get(self, path: str, params: Mapping[str, str], etag: str | None = None, cost: int = 1) -> Answer:
        assert path == "/datasets/title_id_map.csv"
        self.asked.append((etag, cost))
        if isinstance(self.body, ServiceError):
            raise self.body
        mark = f'"{hash(self.body)}"'
        status, body = (304, b"") if etag == mark else (200, self.body)
        return Answer(path, dict(params), status, body, self.clock.at, self.clock.at, 1, 0.0, etag=mark)


@dataclass
class Scene:
    """A file, the database that it is loaded into, and the clock."""

    source_url: str
    clock: Clock
    watchmode: Watchmode

    def fetch(self, **given: Any) -> Answered:
        async def fetched() -> Answered:
            database = Database(self.source_url)
            try:
                async with opened_store(database, "run") as store:
                    return await fetch_id_map(self.watchmode, store, **given)
            finally:
                await database.aclose()

        return asyncio.run(fetched())

    def load(self, body: bytes | ServiceError | None = None, **given: Any) -> IdMapLoad:
        """Loads a file a day after the one before, or asks for the same again."""
        if body is not None:
            self.watchmode.body = body
        self.clock.advance(days=1)
        return load_id_map(self.clock.connection, self.fetch(**given), run_id="run")

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.clock.connection.execute(query.encode()).fetchall()

    def mappings(self) -> set[tuple[Any, ...]]:
        return set(self.rows("SELECT media_type, tmdb_id, watchmode_id FROM streaming.id_mappings"))

    def offenders(self) -> dict[str, list[str]]:
        found = {check.name: list(check.offenders(self.clock.connection)) for check in ID_MAPPINGS_CHECKS}
        return {name: those for name, those in found.items() if those}


@pytest.fixture
def scene(source_url: str, clock: Clock) -> Scene:
    return Scene(source_url, clock, Watchmode(clock))


def test_a_film_and_a_series_share_a_number_and_stay_two_titles(scene: Scene) -> None:
    load = scene.load(csv_of(FILM, SERIES))
    assert (load.rows, load.mapped, load.inserted, load.conflicts) == (2, 2, 2, 0)
    assert scene.rows("SELECT * FROM streaming.streaming_id_mappings ORDER BY media_type") == [
        (900_001, 1_900_001, "movie", scene.clock.at),
        (900_001, 3_900_002, "tv", scene.clock.at),
    ]
    assert scene.rows("SELECT imdb_id, title, year FROM streaming.id_mappings ORDER BY media_type") == [
        ("tt9000001", "The Blue Door", 2026),
        (None, "Salt Road", None),
    ]


def test_a_file_replaces_the_one_before_and_leaves_alone_what_is_as_it_was(scene: Scene) -> None:
    scene.load(csv_of(*films(100)))
    untouched = scene.rows("SELECT xmin::text FROM streaming.id_mappings WHERE tmdb_id = 5")
    changed = [*films(100)[:-2], (1_000_099, "tt0000099", 99, "movie", 'Another "name", \\N', 2001), FILM]
    load = scene.load(csv_of(*changed))
    assert (load.mapped, load.inserted, load.updated, load.deleted) == (100, 1, 1, 1)
    assert scene.rows("SELECT title, year FROM streaming.id_mappings WHERE tmdb_id = 99") == [
        ('Another "name", \\N', 2001)
    ]
    assert scene.rows("SELECT xmin::text FROM streaming.id_mappings WHERE tmdb_id = 5") == untouched
    assert scene.offenders() == {}


def test_a_file_that_is_as_before_is_neither_sent_nor_loaded_again_but_verifies_the_ids(scene: Scene) -> None:
    scene.load(csv_of(FILM))
    first = scene.watchmode.asked.pop()
    load = scene.load()
    assert (first, load.is_new, load.failure) == ((None, 0), False, None)
    assert scene.watchmode.asked == [(f'"{hash(csv_of(FILM))}"', 0)]
    assert scene.rows("SELECT DISTINCT last_verified FROM streaming.streaming_id_mappings") == [(scene.clock.at,)]


def test_within_its_time_to_live_nothing_is_asked_unless_it_is_forced(scene: Scene) -> None:
    scene.load(csv_of(FILM))
    scene.clock.advance(hours=23)
    assert scene.fetch().is_hit
    assert load_id_map(scene.clock.connection, scene.fetch(), run_id="run").mapped == 1
    assert not scene.fetch(force=True).is_hit
    assert len(scene.watchmode.asked) == 2
    assert scene.rows("SELECT count(*) FROM streaming.id_map_loads") == [(1,)]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (csv_of(FILM, SERIES, header="Watchmode ID,IMDB ID,TMDB ID,Title Type,Title,Year"), "header"),
        (csv_of(FILM, SERIES, header=",".join((*HEADER, "Country"))), "header"),
        (b"<html>down for maintenance</html>", "header"),
        (b"", "header"),
        (csv_of(), "no row"),
        (csv_of((7, "tt0000007", "", "", "Nowhere", "")), "no row"),
        (csv_of(*films(94)), "names 94 titles of TMDB's, where 95 at least are expected"),
    ],
    ids=["another column", "one more", "a page", "nothing", "no row", "no title", "fewer"],
)
def test_what_is_not_the_file_is_refused_and_the_rows_stay(scene: Scene, body: bytes, reason: str) -> None:
    scene.load(csv_of(*films(100)))
    verified, before = scene.clock.at, scene.mappings()
    with pytest.raises(IdMapRefused, match=reason):
        scene.load(body)
    assert scene.mappings() == before
    assert scene.rows("SELECT DISTINCT last_verified FROM streaming.streaming_id_mappings") == [(verified,)]
    (refused,) = scene.offenders()["mapping_within_bounds"]
    assert "was refused" in refused
    assert scene.load(csv_of(*films(95))).mapped == 95
    assert scene.offenders() == {}


def test_a_first_file_that_is_none_is_refused_too(scene: Scene) -> None:
    with pytest.raises(IdMapRefused, match="header"):
        scene.load(b"no file")
    assert scene.mappings() == set()


def test_a_refused_file_is_not_sent_again_and_stays_refused(scene: Scene) -> None:
    scene.load(csv_of(*films(100)))
    small = csv_of(*films(40))
    reason = "names 40 titles of TMDB's, where 95 at least"
    for _ in range(3):
        with pytest.raises(IdMapRefused, match=reason):
            scene.load(small)
        assert len(scene.offenders()["mapping_within_bounds"]) == 1
    marks = [f'"{hash(body)}"' for body in (csv_of(*films(100)), small, small)]
    assert [etag for etag, _ in scene.watchmode.asked] == [None, *marks]
    pages = scene.rows("SELECT status, body_bytes > 0, problem IS NULL FROM streaming.pages ORDER BY page_id")
    assert pages == [(200, True, True), (200, True, False), (304, False, False), (304, False, False)]
    with pytest.raises(IdMapRefused, match=reason):
        scene.load(force=True)
    assert scene.watchmode.asked[-1][0] is None
    scene.watchmode.body = RESTING  # the file of before is no newer for that
    scene.clock.advance(days=1)
    assert scene.fetch().failure == "it rests"
    assert scene.load(csv_of(*films(96))).mapped == 96
    assert scene.offenders() == {}


def test_a_first_file_that_is_refused_is_not_sent_again_either_and_is_taken_once_it_can_be(scene: Scene) -> None:
    for _ in range(2):
        with pytest.raises(IdMapRefused, match="header"):
            scene.load(b"no file")
    assert [etag is None for etag, _ in scene.watchmode.asked] == [True, False]
    scene.rows("UPDATE streaming.pages SET problem = 'of old' RETURNING 1")
    scene.load(csv_of(FILM))
    scene.rows("UPDATE streaming.pages SET problem = 'of old' WHERE status = 200 RETURNING 1")
    assert scene.load(force=False).failure is None  # whoever reads it now has nothing to say against it
    assert scene.watchmode.asked[-1][0] is None


def test_a_person_can_take_a_file_that_lacks_many(scene: Scene) -> None:
    scene.load(csv_of(*films(100)))
    with pytest.raises(IdMapRefused, match="names 40"):
        scene.load(csv_of(*films(40)))
    load = scene.load(fewest=40)
    assert (load.mapped, load.deleted) == (40, 60)


def test_of_several_ids_the_smallest_stays_and_all_are_reported(scene: Scene) -> None:
    second = (1_800_000, "tt9000001", 900_001, "movie", "The Blue Door", 2026)
    shared = (3_900_002, "", 800_001, "tv", "Salt Road", "")
    load = scene.load(csv_of(FILM, second, second, SERIES, shared))
    assert scene.mappings() == {
        ("movie", 900_001, 1_800_000),
        ("tv", 900_001, 3_900_002),
        ("tv", 800_001, 3_900_002),
    }
    found = scene.rows(
        "SELECT conflict, media_type, tmdb_id, watchmode_id, is_kept"
        " FROM streaming.id_mapping_conflicts ORDER BY 1, 3, 4"
    )
    assert found == [
        ("tmdb_id", "movie", 900_001, 1_800_000, True),
        ("tmdb_id", "movie", 900_001, 1_900_001, False),
        ("watchmode_id", "tv", 800_001, 3_900_002, True),
        ("watchmode_id", "tv", 900_001, 3_900_002, True),
    ]
    assert load.conflicts == 4
    assert len(scene.offenders()["mappings_are_unique"]) == 2


def test_rows_without_a_title_of_tmdbs_or_that_cannot_be_read_are_counted(scene: Scene) -> None:
    odd: list[Row] = [
        (5, "tt0000005", "", "movie", "No number", 2000),
        (6, "tt0000006", 6, "", "No kind", 2000),
        (7, "tt0000007", 7, "person", "Another kind", 2000),
        (8, "tt0000008", "x", "movie", "No such number", 2000),
        (9, "tt0000009", 2**31, "movie", "Too large", 2000),
        (10, "nm0000010", 10, "movie", "a\0b", "MMXX"),
    ]
    load = scene.load(csv_of(FILM, *odd))
    assert (load.rows, load.mapped, load.without_tmdb_id, load.rejected) == (7, 2, 2, 3)
    assert scene.rows("SELECT imdb_id, title, year FROM streaming.id_mappings WHERE tmdb_id = 10") == [
        (None, "ab", None)
    ]


@pytest.mark.parametrize(
    ("before", "line", "behind", "rejected"),
    [
        ("\ufeff", "", "", 0),
        ("", '900,tt0000900,900,movie,"Best" Movie,2020', "", 0),
        ("", '900,tt0000900,900,movie,"Best Movie,2020', "", 1),
        ("", "", '900,tt0000900,900,movie,"Best Movie,2020', 1),
        ("\ufeff", '900,tt0000900,900,movie,"A,2020', '901,tt0000901,901,movie,"B,2020', 2),
        ("", '900,tt0000900,900,movie,"A,2020', '901,tt0000901,901,movie,B",2020', 1),
        ("", '900,tt0000900,900,movie,A,2020,"more', '901,tt0000901,901,movie,B,2020,"more', 2),
    ],
    ids=[
        "a mark of its bytes",
        "quotes within",
        "a lone quote",
        "at the end",
        "two",
        "closed later",
        "behind the last",
    ],
)
def test_a_line_out_of_shape_costs_itself_alone(
    scene: Scene, before: str, line: str, behind: str, rejected: int
) -> None:
    rows = [f'{watchmode_id},{imdb_id},{tmdb_id},movie,"A, B",2000' for watchmode_id, imdb_id, tmdb_id, *_ in films(50)]
    lines = [",".join(HEADER), *filter(None, (line, *rows, behind))]
    load = scene.load((before + "\r\n".join(lines) + "\n").encode())
    assert (load.rows, load.mapped, load.rejected) == (len(lines) - 1, len(lines) - 1 - rejected, rejected)
    assert scene.rows("SELECT DISTINCT title FROM streaming.id_mappings WHERE tmdb_id < 900") == [("A, B",)]


def test_where_watchmode_is_down_the_ids_stay_and_it_is_said(scene: Scene) -> None:
    scene.load(csv_of(FILM))
    verified = scene.clock.at
    load = scene.load(RESTING)
    assert (load.mapped, load.failure, load.is_new) == (1, "it rests", False)
    assert scene.rows("SELECT DISTINCT last_verified FROM streaming.streaming_id_mappings") == [(verified,)]
    scene.clock.advance(days=3)
    assert list(scene.offenders()) == ["mapping_is_fresh"]
    scene.load(csv_of(FILM, SERIES))
    assert scene.offenders() == {}


def test_a_load_that_fails_midway_changes_nothing(scene: Scene, connection: psycopg.Connection) -> None:
    scene.load(csv_of(*films(100)))
    before = scene.mappings()
    connection.execute("ALTER TABLE streaming.id_map_loads ADD CHECK (mapped < 101)")
    with pytest.raises(psycopg.errors.CheckViolation):
        scene.load(csv_of(*films(99), FILM, SERIES))
    assert scene.mappings() == before
    assert scene.rows("SELECT count(*) FROM streaming.id_mapping_conflicts") == [(0,)]


def test_ids_that_retention_removed_are_loaded_again_from_the_same_file(scene: Scene) -> None:
    scene.load(csv_of(FILM, SERIES))
    scene.rows("DELETE FROM streaming.id_mappings RETURNING 1")
    assert scene.load().inserted == 2
    assert scene.offenders() == {}


def test_a_file_that_was_asked_for_earlier_does_not_replace_a_later_one(scene: Scene) -> None:
    scene.load(csv_of(FILM))
    early = Answered(0, csv_of(SERIES), START - timedelta(hours=1))
    assert not load_id_map(scene.clock.connection, early, run_id="run").is_new
    assert scene.mappings() == {("movie", 900_001, 1_900_001)}


def test_the_sandboxes_file_names_every_title_that_it_knows(source_url: str, connection: psycopg.Connection) -> None:
    def load() -> IdMapLoad:
        async def fetched() -> Answered:
            database = Database(source_url)
            client = WatchmodeClient(
                base_url=sandbox.url,
                api_key=SecretStr(sandbox.watchmode_key),
                source_url=SecretStr(source_url),
                pace=watchmode_pace(33, requests_per_second=0),
            )
            try:
                async with client, opened_store(database, "run") as store:
                    return await fetch_id_map(client, store, force=True)
            finally:
                await database.aclose()

        return load_id_map(connection, asyncio.run(fetched()), run_id="run")

    with running_sandbox(movies=300) as sandbox:
        first = load()
        told = sandbox.truth("watchmode", ids=1)
        named = {(row["tmdb_type"], row["tmdb_id"]) for row in told["ids"] if row["tmdb_id"] is not None}
        kept = connection.execute("SELECT media_type, tmdb_id FROM streaming.id_mappings").fetchall()
        assert len(named) > 300
        assert len(named - set(kept)) <= first.without_tmdb_id  # their rows do not say of which kind they are
        assert len(named - set(kept)) < 0.02 * len(named)
        assert first.rejected == 0
        assert not load().is_new
        assert told["used"] == 0
        sandbox.control(do="watchmode", map_share=0.9)
        with pytest.raises(IdMapRefused):
            load()
        sandbox.control(do="watchmode", map_share=1.0, map_header="Watchmode ID,IMDB ID,TMDB ID,Title Type,Title,Year")
        with pytest.raises(IdMapRefused):
            load()
        answers = sandbox.truth("watchmode", requests=1)["requests"]["watchmode"]
        assert [answer["status"] for answer in answers] == [200, 200, 200, 200]  # forced, each is asked for whole


ids = st.integers(1, 40)
names = st.text(st.characters(exclude_characters="\r\n"), max_size=5)  # no title of the file's holds a line break
rows = st.tuples(ids, st.sampled_from(["", "tt0000001"]), ids, st.sampled_from(["movie", "tv"]), names, st.just(2000))


@given(st.lists(rows, min_size=1, max_size=25), st.randoms(use_true_random=False))
def test_the_order_of_a_files_rows_says_nothing(listed: list[Row], random: Any) -> None:
    read = read_id_map(csv_of(*listed))
    expected: dict[tuple[str, int], int] = {}
    for watchmode_id, _, tmdb_id, media_type, *_ in listed:
        key = (media_type, int(tmdb_id))
        expected[key] = min(watchmode_id, expected.get(key, watchmode_id))
    assert {(row[0], row[1]): row[2] for row in read.mappings.rows()} == expected
    shuffled = list(listed)
    random.shuffle(shuffled)
    again = read_id_map(csv_of(*shuffled))
    keys = ["conflict", "media_type", "tmdb_id", "watchmode_id", "imdb_id", "is_kept"]
    assert again.conflicts.sort(keys).equals(read.conflicts.sort(keys))


@given(st.lists(st.tuples(ids, st.sampled_from(["1", "2", "", "x"]), st.text('ab" ', max_size=4)), max_size=12))
def test_every_line_is_read_for_itself_and_counted_once(listed: list[tuple[int, str, str]]) -> None:
    lines = ["99,,99,movie,Good,2000", *(f"{given},,{tmdb_id},movie,{title},2000" for given, tmdb_id, title in listed)]
    unreadable = [line for line in lines if len(next(csv.reader([line]))) != len(HEADER)]
    read = read_id_map("\n".join((",".join(HEADER), *lines)).encode())
    readable = [next(csv.reader([line])) for line in lines if line not in unreadable]
    assert read.rows == len(lines)
    assert read.rows == read.mappings.height + read.without_tmdb_id + read.rejected + read.repeated
    assert read.rejected == len(unreadable) + sum(fields[2] == "x" for fields in readable)
    expected: dict[int, int] = {}
    for fields in readable:
        if fields[2].isdigit():
            expected[int(fields[2])] = min(int(fields[0]), expected.get(int(fields[2]), 10**9))
    assert dict(read.mappings.select("tmdb_id", "watchmode_id").rows()) == expected
