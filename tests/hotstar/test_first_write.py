"""What a merge does before it writes into an empty table, and that nothing of it is left behind."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from psycopg import sql

from catalog_assets.hotstar import merge
from catalog_assets.hotstar.kinds import MATCH, MOVIE, Kind
from tests.hotstar.stored import START, film, item_of, merged, rows, store_films, store_items


def indexes(connection: psycopg.Connection) -> list[tuple[Any, ...]]:
    return connection.execute(
        "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'hotstar' ORDER BY 1, 2"
    ).fetchall()


def relation(connection: psycopg.Connection) -> tuple[Any, ...] | None:
    """Where the table's rows lie: another file once it was truncated."""
    return connection.execute("SELECT relfilenode FROM pg_class WHERE oid = 'hotstar.movies'::regclass").fetchone()


@pytest.mark.parametrize("pages_at_once", [1, 100])
def test_the_indexes_that_a_first_write_puts_off_are_there_when_it_ends(
    source: psycopg.Connection, monkeypatch: pytest.MonkeyPatch, pages_at_once: int
) -> None:
    monkeypatch.setattr(merge, "PAGES_AT_ONCE", pages_at_once)
    before, lay = indexes(source), relation(source)
    for first in (0, 5):
        store_films(source, [film(n) for n in range(first, first + 5)])
    assert merged(source).inserted == 10
    assert indexes(source) == before
    assert relation(source) != lay


def test_a_first_write_that_fails_leaves_the_table_as_it_was(
    source: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, lay = indexes(source), relation(source)
    store_films(source, [film(1)])

    def fail(*_: object) -> None:
        raise RuntimeError("cut off")

    with monkeypatch.context() as patched:
        patched.setattr(merge, "_decide_deletions", fail)
        with pytest.raises(RuntimeError, match="cut off"):
            merged(source)
    assert (indexes(source), relation(source)) == (before, lay)
    assert merged(source).inserted == 1
    assert indexes(source) == before


@contextmanager
def writing_only(connection: psycopg.Connection) -> Iterator[None]:
    """The connection is a role's that owns nothing and may read and write."""
    role = sql.Identifier(f"writes_{connection.info.dbname}")
    connection.execute(sql.SQL("CREATE ROLE {} IN ROLE catalog_ops, catalog_hotstar").format(role))
    try:
        connection.execute(sql.SQL("SET ROLE {}").format(role))
        yield
    finally:
        connection.execute("RESET ROLE")
        connection.execute(sql.SQL("DROP ROLE {}").format(role))


def test_a_role_that_may_only_write_merges_into_an_empty_table_as_into_any_other(source: psycopg.Connection) -> None:
    before, lay = indexes(source), relation(source)
    store_films(source, [film(n) for n in range(5)])
    with writing_only(source):
        assert merged(source).inserted == 5
    assert (indexes(source), relation(source)) == (before, lay)


def test_an_owner_who_may_make_no_index_merges_into_an_empty_table_as_into_any_other(
    source: psycopg.Connection,
) -> None:
    before = indexes(source)
    store_films(source, [film(n) for n in range(5)])
    role = sql.Identifier(f"owns_{source.info.dbname}")
    source.execute(sql.SQL("CREATE ROLE {} IN ROLE catalog_ops, catalog_hotstar").format(role))
    try:
        source.execute(sql.SQL("GRANT CREATE ON SCHEMA hotstar TO {}").format(role))
        source.execute(sql.SQL("ALTER TABLE hotstar.movies OWNER TO {}").format(role))
        source.execute(sql.SQL("REVOKE CREATE ON SCHEMA hotstar FROM {}").format(role))
        source.execute(sql.SQL("SET ROLE {}").format(role))
        assert merged(source).inserted == 5
    finally:
        source.execute("RESET ROLE")
        source.execute("ALTER TABLE hotstar.movies OWNER TO CURRENT_USER")
        source.execute(sql.SQL("DROP ROLE {}").format(role))
    assert indexes(source) == before


def test_a_reader_that_stays_does_not_keep_an_empty_table_from_its_first_merge(
    source: psycopg.Connection, source_url: str
) -> None:
    before, lay = indexes(source), relation(source)
    store_films(source, [film(n) for n in range(5)])
    with psycopg.connect(source_url) as reader:
        assert reader.execute("SELECT count(*) FROM hotstar.movies").fetchone() == (0,)
        assert merged(source).inserted == 5
        assert reader.execute("SELECT count(*) FROM hotstar.movies").fetchone() == (5,)
    assert (indexes(source), relation(source)) == (before, lay)


def planned(connection: psycopg.Connection, kind: Kind) -> int:
    """How many items of a kind the planner expects."""
    (plan,) = rows(connection, "EXPLAIN (FORMAT JSON) SELECT FROM hotstar.items WHERE kind = %s", kind.name)[0]
    return int(plan[0]["Plan"]["Plan Rows"])


def joined(connection: psycopg.Connection, kind: Kind) -> str:
    """How the planner would join a kind's items to their sightings."""
    query = "EXPLAIN SELECT FROM hotstar.sightings JOIN hotstar.items USING (kind, content_id) WHERE kind = %s"
    return "\n".join(line for (line,) in rows(connection, query, kind.name))


def watch(monkeypatch: pytest.MonkeyPatch, after_a_batch: Callable[[], object]) -> list[object]:
    """What is seen after each batch of one page, within the merge."""
    write, seen = merge._write_versions, []

    def write_versions(*of_a_batch: Any) -> int:
        written = write(*of_a_batch)
        seen.append(after_a_batch())
        return written

    monkeypatch.setattr(merge, "PAGES_AT_ONCE", 1)
    monkeypatch.setattr(merge, "_write_versions", write_versions)
    return seen


@pytest.mark.parametrize("role", [nullcontext, writing_only])
def test_a_kind_that_comes_after_a_large_one_is_not_compared_each_with_each(
    source: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
    role: Callable[[psycopg.Connection], AbstractContextManager[None]],
) -> None:
    """At full size the items of a page were compared with every match, and every match with every match."""
    store_films(source, [film(n) for n in range(500)])
    merged(source)
    assert planned(source, MOVIE) == 500
    for first, end in ((0, 300), (300, 600), (600, 620)):
        store_items(source, [item_of(MATCH, n) for n in range(first, end)], kind=MATCH)
    assert "Nested Loop" in joined(source, MATCH)
    plans = watch(monkeypatch, lambda: "Nested Loop" in joined(source, MATCH))
    with role(source):
        merged(source, MATCH)
    assert plans == [False, False, False]
    assert planned(source, MATCH) == 620


def test_a_few_changes_of_a_large_kind_are_looked_up_one_by_one(
    source: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_films(source, [film(n) for n in range(500)])
    merged(source)
    for hours, changed in enumerate((3, 100), start=1):
        items = [film(n, title=f"Changed {hours} times") for n in range(changed)]
        store_films(source, items, at=START + timedelta(hours=hours))
    lookups = watch(monkeypatch, lambda: rows(source, "SHOW enable_nestloop")[0][0])
    assert merged(source).updated == 100
    assert lookups == ["on", "off"]
