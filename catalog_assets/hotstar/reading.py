"""Reads the parts of a listing: requests in order, several under way, every answer stored before it counts.

A slow answer costs no throughput: whichever part, in order, has a page to ask for is asked next, and the client starts
requests as the shared pace allows. Proofs are judged as answers come in.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import Any, Protocol, TypeVar

import structlog

from catalog_assets.hotstar.pages import ReadAnswer, read_answer
from catalog_assets.hotstar.parts import PageFacts, PageKey, PartReading, State
from catalog_assets.hotstar.record import ListingRecord, Part, Role
from catalog_assets.hotstar.windows import Filters, Paging, Planned
from resources.client import AnswerLike
from resources.errors import PermanentServiceError, ServiceError

log = structlog.get_logger(__name__)

AT_ONCE = 6
"""Requests handed to the client at once: the 4 it may have under way, one that waits, one whose answer is stored."""

T = TypeVar("T")


class Client(Protocol):
    """What answers: `resources.hotstar.HotstarClient`, or a service in memory."""

    async def get(self, path: str, params: Mapping[str, str]) -> AnswerLike:
        """One page."""
        ...


Divide = Callable[[Part], Awaitable[Sequence[Part]]]
"""Replaces a part that paging cannot reach by smaller ones; none if nothing divides it, with the part's problem set."""


class UnreadableAnswer(ServiceError):  # noqa: N818 - named for what happened, as the others
    """A count could not be read off an answer, however often it was asked."""


class PartReader:
    """Asks for pages and stores them.

    Args:
        client: what answers.
        record: where pages are stored.
        paging: the service's limits.

    Attributes:
        paging: as given.
        counted: counts that an earlier run was told, in order, by their filters; they are not asked again.
    """

    def __init__(self, client: Client, record: ListingRecord, paging: Paging) -> None:
        self.paging = paging
        self.counted: dict[Filters, list[int]] = {}
        self._client = client
        self._record = record
        self._read_in_turn = asyncio.Lock()  # threads would not be quicker, and a parsed page takes ten times its bytes
        self._order_by = {"orderBy": record.kind.order_by} if record.kind.order_by else {}

    async def add(
        self, role: Role, planned: Sequence[tuple[Filters, int | None]], *, replaced: Part | None = None
    ) -> list[Part]:
        """Adds parts to read: their filters and how many items each has almost surely at least."""
        part_ids = await self._record.add_parts(role, [filters for filters, _ in planned], replaced=replaced)
        return [
            Part(part_id, role, filters, PartReading(self.paging, at_least))
            for part_id, (filters, at_least) in zip(part_ids, planned, strict=True)
        ]

    async def read(self, parts: Sequence[Part], divide: Divide, proven: Callable[[Part], None]) -> list[Part]:
        """Reads parts until each is proven or given up, dividing those that paging cannot reach.

        Args:
            parts: what to read, in the order of asking.
            divide: makes parts of one that overflows.
            proven: told of each part as its proof holds, while its pages are still at hand.

        Returns:
            The parts, those divided replaced by theirs. `problem` says which are not proven.
        """
        queue = list(parts)
        under_way: dict[asyncio.Task[None], Part] = {}
        try:
            while True:
                queue = await self._settle(queue, divide, proven)
                for part in queue:
                    while len(under_way) < AT_ONCE and (key := part.reading.next_page()) is not None:
                        part.under_way += 1
                        under_way[asyncio.create_task(self._fetch(part, key, part.reading.reading))] = part
                if not under_way:
                    return queue
                finished, _ = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
                for task in finished:
                    under_way.pop(task).under_way -= 1
                    task.result()
        finally:
            await cancel(under_way)

    async def lacking(self, whole: Filters, having: Sequence[Filters]) -> int:
        """How many items match a filter, but none of those that only items with a certain field match.

        Between two counts an item may come or go. The whole is counted before and after, and the larger count taken: a
        single change can then only let us seek an item that is not there, never overlook one that is.
        """
        before, *counts, after = await self.counts([whole, *having, whole])
        return max(before, after) - sum(counts)

    async def counts(self, filters: Sequence[Filters]) -> list[int]:
        """How many items the service counts under each filter, asked one after the other without waiting."""
        return await together(*(self.count(given) for given in filters))

    async def count(self, filters: Filters) -> int:
        """How many items the service counts under a filter: one request of one item.

        Raises:
            UnreadableAnswer: three answers could not be read.
        """
        if self.counted.get(filters):
            return self.counted[filters].pop(0)
        part_ids = await self._record.add_parts("apart", [filters], probe=True)
        part = Part(part_ids[0], "apart", filters, PartReading(self.paging))
        key = PageKey(descending=False, offset=0)
        while part.reading.state is State.READING:
            read = await self._ask(part, key, part.reading.reading, size=1)
            if read.facts is not None:
                return read.facts.total
            part.reading.take_unreadable(key, part.reading.reading, str(read.problem))
        raise UnreadableAnswer(
            f"Hotstar did not say how many items match {filters}: {part.reading.problem}. Start it again later;"
            " the answers are stored in hotstar.pages.",
            "hotstar",
            self._record.kind.path,
        )

    async def page(self, part: Part, key: PageKey) -> PageFacts | None:
        """One page of a part beside its proof; None if the answer cannot be read."""
        return (await self._ask(part, key, part.reading.reading, size=self.paging.size)).facts

    async def _fetch(self, part: Part, key: PageKey, reading: int) -> None:
        try:
            read = await self._ask(part, key, reading, size=self.paging.size)
        except PermanentServiceError as refused:
            if part.filters.within is None or refused.status in {401, 403}:
                raise
            part.reading.give_up(str(refused))  # the item that it lists within is gone: the others go on
            return
        if read.facts is None:
            part.reading.take_unreadable(key, reading, str(read.problem))
        else:
            part.reading.take(key, reading, read.facts)

    async def _ask(self, part: Part, key: PageKey, reading: int, *, size: int) -> ReadAnswer:
        answer = await self._client.get(
            self._record.kind.path,
            {
                **part.filters.params(),
                **self._order_by,
                "order": "desc" if key.descending else "asc",
                "offset": str(key.offset),
                "size": str(size),
            },
        )
        async with self._read_in_turn:
            read = await asyncio.to_thread(read_answer, self._record.kind, answer.body)
        await self._record.store_page(part, key, reading, answer, read)
        if part.first_sent_at is None or answer.sent_at < part.first_sent_at:
            part.first_sent_at = answer.sent_at
        log.info(
            "page stored",
            listing_id=self._record.listing_id,
            part_id=part.part_id,
            filters=str(part.filters),
            reading=reading,
            order="desc" if key.descending else "asc",
            offset=key.offset,
            total=read.facts.total if read.facts else None,
            problem=read.problem,
            pages=self._record.pages,
        )
        return read

    async def _settle(self, queue: Sequence[Part], divide: Divide, proven: Callable[[Part], None]) -> list[Part]:
        """Notes what was proven or given up, and divides what overflows once its requests are answered."""
        after: list[Part] = []
        for part in queue:
            if part.settled:
                after.append(part)
            elif part.reading.state is State.PROVEN:
                part.settled = True
                await self._record.prove(part)
                proven(part)
                part.reading.release()
                log.info("part proven", part_id=part.part_id, filters=str(part.filters), items=part.total)
                after.append(part)
            elif part.reading.state is State.FAILED:
                part.settled = True
                part.problem = f"the part with {part.filters}: {part.reading.problem}"
                after.append(part)
            elif part.reading.state is State.OVERFLOWING and part.under_way == 0:
                part.settled = True
                children = await divide(part)
                after.extend(children or [part])
            else:
                after.append(part)
        return after


async def together(*work: Coroutine[Any, Any, T]) -> list[T]:
    """Runs several pieces of work at once, in order of starting; the first error cancels the others and is raised."""
    tasks = [asyncio.create_task(piece) for piece in work]
    try:
        return list(await asyncio.gather(*tasks))
    finally:
        await cancel(tasks)


async def cancel(tasks: "Mapping[asyncio.Task[T], object] | Sequence[asyncio.Task[T]]") -> None:
    """Cancels what is still running and waits until it has ended."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def narrowed(filters: Filters, planned: Sequence[Planned], field: str) -> list[tuple[Filters, int | None]]:
    """The filters of a part's divisions by its window of `update` or `start`, with the items that each surely has."""
    return [
        (
            Filters(
                update=piece.window if field == "update" else filters.update,
                start=piece.window if field == "start" else filters.start,
                premium=filters.premium,
                within=filters.within,
            ),
            piece.at_least,
        )
        for piece in planned
    ]
