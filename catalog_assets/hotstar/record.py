"""The rows of one listing: its parts, its pages and its end, written through the one connection that holds its lock.

A lost connection loses the lock, and nothing can be written through it any more: a listing whose lock another run took
cannot write beside it. Every statement commits by itself, so a page counts from the moment it is stored.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, LiteralString

import psycopg
import structlog
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from catalog_assets.hotstar.kinds import Kind
from catalog_assets.hotstar.pages import ReadAnswer
from catalog_assets.hotstar.parts import PageKey, PartReading
from catalog_assets.hotstar.staging import JudgedPage, staging
from catalog_assets.hotstar.windows import Filters
from resources.client import AnswerLike
from resources.databases import Database
from resources.errors import AlreadyRunning, LockLost
from resources.statements import statement

log = structlog.get_logger(__name__)

Purpose = Literal["census", "update", "round"]
Role = Literal["root", "part", "apart", "window"]
Row = dict[str, Any]


@dataclass(slots=True, eq=False)
class Part:
    """One part of a listing and how far it is read.

    Attributes:
        part_id: its row.
        role: as the table says.
        filters: what its requests filter by.
        reading: its pages and their proof.
        first_sent_at: when its first page was sent.
        under_way: requests asked for and not answered.
        settled: whether its end was noted.
        problem: why it has no proof.
    """

    part_id: int
    role: Role
    filters: Filters
    reading: PartReading
    first_sent_at: datetime | None = None
    under_way: int = 0
    settled: bool = False
    problem: str | None = None

    @property
    def total(self) -> int:
        """The service's count; 0 while it is unknown."""
        return self.reading.total or 0


class Connection:
    """Runs named statements on the connection that holds a lock, one after the other."""

    def __init__(self, driver: psycopg.AsyncConnection, holder: str) -> None:
        self._driver = driver
        self._holder = holder
        self._turn = asyncio.Lock()

    async def rows(self, name: str, params: Mapping[str, Any]) -> list[Row]:
        """Runs `sql/hotstar/<name>.sql` and returns its rows.

        Raises:
            LockLost: the connection went away, and the lock with it.
        """
        async with self._held():
            return await self._run(name, params)

    async def store(self, page: Mapping[str, Any], kind: Kind, judged: JudgedPage) -> datetime:
        """Stores a page and stages its items, so that no merge sees the one without the other.

        A page that cannot be staged is stored all the same: the merge that takes it says what is wrong with it.

        Args:
            page: what `store_page.sql` takes.
            kind: whose items they are.
            judged: its items, judged.

        Raises:
            LockLost: the connection went away, and the lock with it.
        """
        async with self._held(), self._driver.transaction():
            (row,) = await self._run("store_page", page)
            try:
                async with self._driver.transaction():
                    await self._run("stage_page", staging(kind, row["page_id"], judged))
            except (psycopg.DataError, psycopg.ProgrammingError) as refused:
                log.warning("page not staged", page_id=row["page_id"], error=type(refused).__name__)
        stored_at: datetime = row["stored_at"]
        return stored_at

    async def _run(self, name: str, params: Mapping[str, Any]) -> list[Row]:
        sql: LiteralString = statement(f"hotstar/{name}")
        async with self._driver.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(sql, params)
            return await cursor.fetchall() if cursor.description else []

    @asynccontextmanager
    async def _held(self) -> AsyncIterator[None]:
        try:
            async with self._turn:
                yield
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            if not (self._driver.broken or self._driver.closed):
                raise
            raise LockLost(
                f"The connection that holds the lock of {self._holder} was lost: nothing more is written."
                " Start it again; what is stored is taken up."
            ) from error

    async def value(self, name: str, params: Mapping[str, Any]) -> Any:
        """The first column of the first row; None if there is none."""
        rows = await self.rows(name, params)
        return next(iter(rows[0].values())) if rows else None


@asynccontextmanager
async def locked(database: Database, kind: Kind, purpose: Purpose) -> AsyncIterator[Connection]:
    """Holds the lock of a kind's censuses or updates, on a connection of its own.

    Raises:
        AlreadyRunning: another run holds it.
        DatabaseError: no connection could be made.
    """
    what = f"{kind.name} {'censuses' if purpose == 'census' else f'{purpose}s'}"
    async with database.async_connection(autocommit=True) as driver:
        connection = Connection(driver, what)
        lock = {"kind": kind.name, "purpose": purpose}
        if not await connection.value("take_listing_lock", lock):
            raise AlreadyRunning(f"Another run is reading {what}: wait until it has ended, or end it.")
        try:
            yield connection
        finally:
            if not driver.closed:
                await connection.value("release_listing_lock", lock)


@dataclass(slots=True)
class ListingRecord:
    """The rows of one listing.

    Attributes:
        connection: holds the lock.
        kind: what is listed.
        purpose: census or update.
        run_id: the run that reads.
        listing_id: its row.
        started_at: when it began, by the database's clock.
        taken_up: whether another run began it.
        pages: pages that this run stored.
        bytes: bytes of these, before compression.
        first_sent_at: when this run's first request was sent.
        last_stored_at: when this run's last page was stored.
    """

    connection: Connection
    kind: Kind
    purpose: Purpose
    run_id: str
    listing_id: int
    started_at: datetime
    taken_up: bool = False
    pages: int = 0
    bytes: int = 0
    first_sent_at: datetime | None = None
    last_stored_at: datetime | None = None
    _stored_parts: list[Row] = field(default_factory=list)

    @classmethod
    async def begin(
        cls,
        connection: Connection,
        kind: Kind,
        purpose: Purpose,
        run_id: str,
        *,
        update_from_s: int | None = None,
        update_to_s: int | None = None,
        approved_deletions: int | None = None,
    ) -> "ListingRecord":
        """Begins a listing, or takes up the census that was cut off; closes what else was left behind.

        An approved census is a new one: its approval is for what it finds itself.
        """
        running: list[Row] = []
        if purpose == "census" and approved_deletions is None:
            running = await connection.rows("find_running_census", {"kind": kind.name})
        kept: int | None = running[0]["listing_id"] if running else None
        await connection.rows("abandon_listings", {"kind": kind.name, "purpose": purpose, "kept": kept})
        if kept is not None:
            record = cls(connection, kind, purpose, run_id, kept, running[0]["started_at"], taken_up=True)
            record._stored_parts = await connection.rows("read_parts", {"listing_id": kept})
            return record
        begun = await connection.rows(
            "begin_listing",
            {
                "kind": kind.name,
                "purpose": purpose,
                "run_id": run_id,
                "update_from_s": update_from_s,
                "update_to_s": update_to_s,
                "approved_deletions": approved_deletions,
            },
        )
        return cls(connection, kind, purpose, run_id, begun[0]["listing_id"], begun[0]["started_at"])

    @property
    def stored_parts(self) -> Sequence[Row]:
        """The parts that the run before left, in the order they were made."""
        return self._stored_parts

    async def add_parts(
        self, role: Role, filters: Sequence[Filters], *, replaced: Part | None = None, probe: bool = False
    ) -> list[int]:
        """Adds parts and drops the one they replace, all at once; a probe is a part asked only for its total."""
        added = await self.connection.rows(
            "add_parts",
            {
                "listing_id": self.listing_id,
                "role": role,
                "filters": Jsonb([given.params() for given in filters]),
                "replaced": replaced.part_id if replaced else None,
                "replaced_total": replaced.total if replaced else None,
                "probe": probe,
            },
        )
        return sorted(row["part_id"] for row in added)

    async def drop_parts(self, parts: Sequence[Part]) -> None:
        """Drops parts that do not count any more; their pages stay."""
        await self.connection.rows("drop_parts", {"part_ids": [part.part_id for part in parts]})

    async def store_page(self, part: Part, key: PageKey, reading: int, answer: AnswerLike, read: ReadAnswer) -> None:
        """Stores one answer as it came, and what a merge takes from it."""
        total = read.facts.total if read.facts else None
        self.last_stored_at = await self.connection.store(
            {
                "kind": self.kind.name,
                "listing_id": self.listing_id,
                "part_id": part.part_id,
                "apart": part.role == "apart",
                "total": total if part.filters == Filters() else None,
                "part_total": total,
                "reading": reading,
                "descending": key.descending,
                "page_offset": key.offset,
                "path": answer.path,
                "params": Jsonb(answer.params),
                "status": answer.status,
                "sent_at": answer.sent_at,
                "received_at": answer.received_at,
                "body": read.body.compressed,
                "body_bytes": read.body.size,
                "body_sha256": read.body.sha256,
                "readable": read.facts is not None,
                "run_id": self.run_id,
            },
            self.kind,
            read.judged,
        )
        self.pages += 1
        self.bytes += read.body.size
        if self.first_sent_at is None or answer.sent_at < self.first_sent_at:
            self.first_sent_at = answer.sent_at

    async def prove(self, part: Part) -> None:
        """Notes that a part's proof held."""
        await self.connection.rows(
            "prove_part",
            {
                "part_id": part.part_id,
                "reading": part.reading.reading,
                "total": part.total,
                "distinct_ids": part.total - part.reading.duplicates,
                "duplicates": part.reading.duplicates,
            },
        )
