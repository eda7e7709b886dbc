"""Fetches the details of what is due: one request a title, leased, stored, and its state noted with its page.

A series of more seasons than fit into one request takes as many more as it needs. What is due is `tmdb.staleness`'s to
say; a title that another run holds is left to it.
"""

import asyncio
import uuid
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson
import structlog

from catalog_assets.tmdb.details import Details, first_params, read_details, season_params, wanted_blocks
from catalog_assets.tmdb.store import Client, Store, Writing
from resources.client import AnswerLike, NotThere
from resources.errors import PermanentServiceError, ServiceError
from resources.tmdb import AT_ONCE

log = structlog.get_logger(__name__)

WORKERS = AT_ONCE + 2
"""Requests handed to the client at once: those it may have under way, one that waits, one whose answer is stored."""

LEASED_AT_ONCE = 200
LOW = 60
"""With fewer titles left than this, more are leased while these are fetched."""

LEASE = timedelta(minutes=5)
"""Longer than a batch takes even after a service's rests; so long a killed run's titles wait."""

GONE_CODES = frozenset({6, 34, 37})
"""TMDB's own numbers for an id that it does not know."""

LATEST_START_S = 120.0
"""A title is asked for within this of its lease, so that rests and retries end before the lease does; one that comes
later, behind series of many requests, is leased anew."""

WAIT_S = 30.0
"""How long titles that another run is fetching are waited for."""

_LOOK_EVERY_S = 0.5
_LONGEST_ERROR = 500


@dataclass(slots=True)
class Refreshed:
    """What a run fetched.

    Attributes:
        fetched: titles whose details came.
        unchanged: titles that were as they were (304).
        gone: titles that TMDB does not have (404).
        failed: titles whose answer cannot be used, or was an error of theirs alone.
        incomplete: titles of `fetched` that lack a block.
        waited_for: titles asked for that another run fetched meanwhile.
        left: titles asked for that are still due, or held by another run after the wait.
    """

    fetched: int = 0
    unchanged: int = 0
    gone: int = 0
    failed: int = 0
    incomplete: int = 0
    waited_for: int = 0
    left: int = 0

    @property
    def asked(self) -> int:
        """Titles asked for: one request each, retries and a series' further seasons apart."""
        return self.fetched + self.unchanged + self.gone + self.failed


@dataclass(slots=True)
class _Queue:
    """Leased titles that wait to be fetched; more are leased before it runs dry."""

    store: Store
    only: Sequence[int] | None
    left: int
    lease: uuid.UUID = field(default_factory=uuid.uuid4)
    titles: deque[Mapping[str, Any]] = field(default_factory=deque)
    leased: dict[int, float] = field(default_factory=dict)
    late: list[int] = field(default_factory=list)
    given_back: set[int] = field(default_factory=set)
    is_dry: bool = False
    leasing: asyncio.Task[None] | None = None

    async def next(self) -> Mapping[str, Any] | None:
        """The next title; None when nothing is due any more.

        One that waited so long that its lease may be over before it is stored is given back once, and leased anew.
        """
        while True:
            while self.titles and self._is_late(self.titles[0]):
                late = self.titles.popleft()["work_id"]
                self.late.append(late)
                self.given_back.add(late)
                self.is_dry = False
            if len(self.titles) < LOW and not self.is_dry and self.leasing is None:
                self.leasing = asyncio.create_task(self._lease_more())
            if self.titles:
                return self.titles.popleft()
            if self.leasing is None:
                return None
            await asyncio.shield(self.leasing)

    async def _lease_more(self) -> None:
        try:
            if self.late:
                late, self.late = self.late, []
                self.left += len(late)
                await self.store.rows("release_titles", {"lease": self.lease, "work_ids": late})
            asked_at = asyncio.get_running_loop().time()
            leased = await self.store.rows(
                "lease_titles",
                {
                    "only": self.only,
                    "most": min(LEASED_AT_ONCE, self.left),
                    "lease": self.lease,
                    "lease_for": LEASE,
                    "run_id": self.store.run_id,
                },
            )
            self.leased.update(dict.fromkeys((title["work_id"] for title in leased), asked_at))
            self.left -= len(leased)
            self.titles.extend(leased)
            self.is_dry = (not leased or self.left <= 0) and not self.late
        finally:
            self.leasing = None

    def _is_late(self, title: Mapping[str, Any]) -> bool:
        waited_s = asyncio.get_running_loop().time() - self.leased[title["work_id"]]
        return waited_s > LATEST_START_S and title["work_id"] not in self.given_back

    async def end(self, *, gave_up: bool) -> None:
        """Gives back what was leased and not fetched; where the service gave up, says whose requests failed."""
        if self.leasing is not None:
            await asyncio.gather(self.leasing, return_exceptions=True)
        if gave_up:
            await self.store.rows("note_culprits", {"lease": self.lease, "run_id": self.store.run_id})
        await self.store.rows("release_leases", {"lease": self.lease})


async def refresh(
    client: Client,
    store: Store,
    *,
    only: Sequence[int] | None = None,
    most: int | None = None,
) -> Refreshed:
    """Fetches what is due, the most urgent first.

    Args:
        client: what answers.
        store: where pages and states are kept.
        only: these works alone, if they are due; those that another run is fetching are waited for, 30 s at most.
        most: so many at most; all if left out.

    Raises:
        ServiceError: the service refuses the credential, or gave up answering. What was fetched is stored.
    """
    done = Refreshed()
    most = len(only) if only is not None and most is None else most
    queue = _Queue(store, only, 10**9 if most is None else most)
    (began,) = await store.rows("read_now", {})
    fetching = _Fetching(client, store, queue, done)
    try:
        async with asyncio.TaskGroup() as workers:
            for _ in range(WORKERS):
                workers.create_task(fetching.work())
    except BaseExceptionGroup as group:
        await queue.end(gave_up=True)
        raise group.exceptions[0] from None  # the first to fail ended the others
    except BaseException:
        await queue.end(gave_up=False)
        raise
    await queue.end(gave_up=False)
    if only is not None:
        await _wait_for_others(store, only, began["now"], done)
    return done


@dataclass(frozen=True, slots=True)
class _Fetching:
    """Fetches title after title; several at once share it."""

    client: Client
    store: Store
    queue: _Queue
    done: Refreshed

    async def work(self) -> None:
        while (title := await self.queue.next()) is not None:
            await self._fetch(title)

    async def _fetch(self, title: Mapping[str, Any]) -> None:
        path = f"/3/{title['media_type']}/{title['tmdb_id']}"
        params = first_params(title["media_type"], title["seasons"])
        try:
            await self._ask(title, path, params)
        except PermanentServiceError as refused:
            if refused.status in {401, 403}:
                raise
            if refused.status == 404 and is_gone(refused.body):
                await self._note_gone(title, path, params)
            else:
                await self._note_failure(title, refused)

    async def _ask(self, title: Mapping[str, Any], path: str, params: dict[str, str]) -> None:
        etag = title["etag"] if title["etag_params"] == params else None
        answer = await self.client.get(path, params, etag=etag)
        if answer.status == 304:
            async with self.store.transaction() as writing:
                await self._page(writing, title, answer)
                await writing.rows("note_unchanged", {**self._noted(title), "sent_at": answer.sent_at})
            self.done.unchanged += 1
            return
        first_sent_at, read = answer.sent_at, await _read(answer, title)
        got, further = set(read.blocks), season_params(read, params)
        for seasons in further:
            async with self.store.transaction() as writing:  # what came is kept, whatever becomes of the next
                await self._page(writing, title, answer, read)
                await writing.rows("forget_etag", {"work_id": title["work_id"]})
            answer = await self.client.get(path, seasons)
            read = await _read(answer, title)
            got |= set(read.blocks)
            if read.problem is not None:
                break
        missing = [block for block in wanted_blocks(title["media_type"], read.core) if block not in got]
        noted = {"sent_at": first_sent_at, "etag": None if further else answer.etag, "missing_blocks": missing}
        await self._keep(title, answer, read, noted)

    async def _keep(
        self, title: Mapping[str, Any], answer: AnswerLike, read: Details, noted: Mapping[str, Any]
    ) -> None:
        """Stores a title's last answer, and with it the title's state."""
        async with self.store.transaction() as writing:
            page_id = await self._page(writing, title, answer, read)
            if read.problem is not None:
                await writing.rows("note_failure", {**self._noted(title), "error": read.problem[:_LONGEST_ERROR]})
            else:
                await writing.rows("note_content", {**self._noted(title), **noted, "page_id": page_id})
        missing = noted["missing_blocks"] if read.problem is None else []
        self.done.failed += read.problem is not None
        self.done.fetched += read.problem is None
        self.done.incomplete += bool(missing)
        if read.problem is not None or missing:
            named = {name: title[name] for name in ("media_type", "tmdb_id")}
            log.warning("details not whole", **named, problem=read.problem, missing=missing)

    async def _page(
        self, writing: Writing, title: Mapping[str, Any], answer: AnswerLike, read: Details | None = None
    ) -> int:
        return await writing.page(
            answer,
            "details",
            title["media_type"],
            tmdb_id=title["tmdb_id"],
            blocks=[] if read is None else list(read.blocks),
            problem=None if read is None else read.problem,
        )

    async def _note_failure(self, title: Mapping[str, Any], failed: ServiceError) -> None:
        await self.store.rows("note_failure", {**self._noted(title), "error": str(failed)[:_LONGEST_ERROR]})
        self.done.failed += 1

    async def _note_gone(self, title: Mapping[str, Any], path: str, params: dict[str, str]) -> None:
        nothing = NotThere(path, params, self.client.now())
        async with self.store.transaction() as writing:
            await self._page(writing, title, nothing)
            await writing.rows("note_gone", {**self._noted(title), "sent_at": nothing.sent_at})
        self.done.gone += 1

    def _noted(self, title: Mapping[str, Any]) -> dict[str, Any]:
        return {"work_id": title["work_id"], "lease": self.queue.lease, "run_id": self.store.run_id}


async def _read(answer: AnswerLike, title: Mapping[str, Any]) -> Details:
    return await asyncio.to_thread(read_details, answer.body, title["tmdb_id"], title["media_type"])


def is_gone(body: bytes) -> bool:
    """Whether a 404 is TMDB's own answer that there is no such title, not a gateway's (contract, section 2)."""
    try:
        answer = orjson.loads(body)
    except ValueError:
        return False
    return isinstance(answer, dict) and answer.get("status_code") in GONE_CODES


async def _wait_for_others(store: Store, only: Sequence[int], since: datetime, done: Refreshed) -> None:
    """Waits until nobody else is at the titles asked for, 30 s at most."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + WAIT_S
    while True:
        (counted,) = await store.rows("count_answered", {"work_ids": list(only), "since": since})
        if not counted["leased"] or loop.time() >= deadline:
            break
        await asyncio.sleep(_LOOK_EVERY_S)
    done.waited_for = max(0, counted["answered"] - done.fetched - done.unchanged - done.gone)
    done.left = counted["due"]
