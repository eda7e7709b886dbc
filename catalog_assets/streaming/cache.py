"""The one place that decides whether a stored answer is served or the service asked again.

Within its time to live an answer is served as it is. After it the service is asked; what fails is no answer and is
never stored as one: the older answer is served, marked as stale (requirements: streaming, RS19, RS22, RS23, faults R3
and R4).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog

from catalog_assets.streaming.requests import Client, Request
from catalog_assets.streaming.store import Store
from resources.errors import PermanentServiceError, ServiceError

log = structlog.get_logger(__name__)

_LONGEST_FAILURE = 500


class UnusableAnswer(ServiceError):  # noqa: N818 - named for what happened, as the others
    """A service answered with something else than what was asked for, and no older answer is stored.

    Attributes:
        problem: what is wrong with it; None where what answered was not asked through here.
    """

    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer, stored or new.

    Attributes:
        page_id: the stored page that holds it.
        body: as it came.
        sent_at: when it was asked for, or last confirmed; by the database's clock.
        is_stale: it is past its time to live, and asking again failed.
        is_hit: nothing was asked.
        failure: why asking again failed; None: it did not.
        problem: where the service did answer: why its answer cannot be used in place of this one.
        is_refused: asking failed and would again: the service refuses this request.
    """

    page_id: int
    body: bytes
    sent_at: datetime
    is_stale: bool = False
    is_hit: bool = False
    failure: str | None = None
    problem: str | None = None
    is_refused: bool = False


async def answered(
    client: Client,
    store: Store,
    request: Request,
    *,
    read: Callable[[bytes], str | None],
    force: bool = False,
    conditional: bool = False,
) -> Answered:
    """The answer to a request: the stored one within its time to live, otherwise a new one, otherwise the stale one.

    Args:
        client: who answers.
        store: where answers are kept.
        request: what is asked for.
        read: says why a body cannot be used; None if it can.
        force: ask whatever the age of the stored answer. Pace and budget hold all the same.
        conditional: name the version that is stored, used or not, so that the service may answer that it is still the
            present one: what could not be used then is not sent again, and counts as before. Not where it is forced.

    Raises:
        ServiceError: asking failed, and no older answer is stored; `BudgetSpent` and `UnusableAnswer` are such.
        DatabaseError: the database cannot be reached.
    """
    known = await store.find(request)
    if known is not None and known["is_fresh"] and not force:
        await store.count(request.rule, "hits")
        return Answered(known["page_id"], known["body"], known["sent_at"], is_hit=True)
    newest = await store.newest(request) if conditional and not force else None
    refused = read(newest["body"]) if newest is not None and newest["problem"] is not None else None
    if newest is not None and newest["problem"] is not None and refused is None:
        newest = None  # it would be used today
    etag = newest["etag"] if newest is not None else None
    try:
        answer = await client.get(request.path, dict(request.params), etag=etag, cost=request.cost)
    except ServiceError as failed:
        if known is None or (isinstance(failed, PermanentServiceError) and failed.status == 404):
            raise  # that there is no such thing is an answer
        return replace(
            await _stale(store, request, known, str(failed)), is_refused=isinstance(failed, PermanentServiceError)
        )
    problem = read(answer.body) if answer.status == 200 else refused
    async with store.transaction() as writing:
        page_id = await writing.page(request, answer, problem=problem)
    if problem is not None:
        log.warning("answer not usable", service=request.service, endpoint=request.endpoint, problem=problem)
        if known is None:
            unusable = UnusableAnswer(
                f"{request.service} answered {request.path} with something else than what was asked for ({problem}): "
                f"see page {page_id}, compare it with the service's contract, then run again.",
                request.service,
                request.path,
                answer.status,
            )
            unusable.problem = problem
            raise unusable
        return await _stale(store, request, known, f"the answer cannot be used: {problem}", problem)
    await store.count(request.rule, "misses")
    if answer.status == 304 and known is not None:
        return Answered(known["page_id"], known["body"], answer.sent_at)
    return Answered(page_id, answer.body, answer.sent_at)


async def _stale(
    store: Store, request: Request, known: dict[str, Any], failure: str, problem: str | None = None
) -> Answered:
    await store.count(request.rule, "stale")
    log.warning("stale answer served", service=request.service, endpoint=request.endpoint, failure=failure)
    return Answered(
        known["page_id"],
        known["body"],
        known["sent_at"],
        is_stale=True,
        failure=failure[:_LONGEST_FAILURE],
        problem=problem,
    )
