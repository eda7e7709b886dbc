"""Asks Watchmode for the offers of the titles that matter most, as far as its units reach.

Who gets a unit is `streaming.watchmode_queue`'s to say (docs/scores.md), what is left `streaming.watchmode_units`'s; no
request leaves without a unit (`ops.take_slot`). One run at a time asks, so that no title costs two.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog

from catalog_assets.streaming.cache import Answered, UnusableAnswer, answered
from catalog_assets.streaming.requests import Client, Request
from catalog_assets.streaming.store import Store
from catalog_assets.streaming.watchmode import is_gone, read_offers, read_regions
from catalog_assets.streaming.watchmode_credits import note_status, units_left
from catalog_assets.tmdb.models import MediaType
from resources.client import NotThere
from resources.errors import BudgetSpent, PermanentServiceError, ServiceError

log = structlog.get_logger(__name__)

REGIONS = Request("watchmode", "regions", "watchmode_reference", "/v1/regions")

MOST_REFUSED = 2
"""Titles in a row that Watchmode may refuse before a run ends: one refusal may be that title's alone."""

_LONGEST_ERROR = 500
_FAILED = {"first_wait": timedelta(hours=1), "longest_wait": timedelta(days=1)}
_REFUSED = {"first_wait": timedelta(days=1), "longest_wait": timedelta(days=28)}


@dataclass(slots=True)
class Asked:
    """What a run asked for.

    Attributes:
        answered: titles whose offers came, or were fresh already.
        gone: titles of which Watchmode says that it does not know them.
        failed: titles that brought no answer to use.
        refused: of them, those since the last one that was answered that Watchmode refuses.
        regions: those that the offers are for.
        left_out: regions that the plan does not include.
        unmapped: titles that were named and have no id of Watchmode's, such as `movie 550`.
        units_now: units that this hour's share still has; None: another run asks.
        units_today: units that the day still has.
        units_month: units that the month still has.
        stopped_by: why the run ended before its share was used; None: it was not.
        failure: what went wrong, for a person; None: nothing. What was answered before is stored.
    """

    answered: int = 0
    gone: int = 0
    failed: int = 0
    refused: int = 0
    regions: Sequence[str] = ()
    left_out: Sequence[str] = ()
    unmapped: Sequence[str] = ()
    units_now: int | None = None
    units_today: int | None = None
    units_month: int | None = None
    stopped_by: str | None = None
    failure: str | None = None


async def ask_watchmode(
    client: Client,
    store: Store,
    *,
    regions: Sequence[str],
    named: Sequence[tuple[MediaType, int]] = (),
    force: bool = False,
) -> Asked:
    """Asks for the offers of named titles, then of as many as this hour's share of the day's units allows, by places.

    Args:
        client: Watchmode's.
        store: of schema streaming.
        regions: whose offers are wanted.
        named: titles, by kind and TMDB's number, that come first, in this order, if they are due; the day's and the
            month's units bound them, the hour's share does not.
        force: ask for those that are named whatever the age of their answers; where none is, also for titles whose
            answers are within their time to live, behind those whose are not.

    A service that does not answer, or refuses the key, is told and not raised: what else is known of offers is merged
    all the same.

    Raises:
        DatabaseError: the database cannot be reached.
    """
    (lock,) = await store.rows("hold_watchmode_queue", {})
    if not lock["is_held"]:
        return Asked(stopped_by="another run asks Watchmode")
    done = Asked()
    try:
        await note_status(client, store)
        await _within_plan(client, store, regions, done)
        await _ask_titles(client, store, done, named, force=force)
    except BudgetSpent as spent:
        done.stopped_by = str(spent)
    except ServiceError as failed:
        done.failure = str(failed)
        log.error("watchmode cannot be asked", failure=done.failure)  # noqa: TRY400 - its place says nothing
    left = await units_left(store)
    done.units_now, done.units_today, done.units_month = left["now"], left["today"], left["month"]
    return done


async def _within_plan(client: Client, store: Store, regions: Sequence[str], done: Asked) -> None:
    """The regions that the account's plan includes; the list of them costs a unit a week."""
    listed = await answered(client, store, REGIONS, read=lambda body: read_regions(body).problem)
    enabled = {region.country for region in read_regions(listed.body).rows if region.plan_enabled}
    done.regions = [region for region in regions if region in enabled]
    done.left_out = [region for region in regions if region not in enabled]
    if done.left_out:
        log.warning("regions are not in Watchmode's plan", regions=done.left_out)


async def _ask_titles(
    client: Client, store: Store, done: Asked, named: Sequence[tuple[MediaType, int]], *, force: bool
) -> None:
    if not done.regions:
        done.failure = (
            "none of the regions in CATALOG_REGIONS is in Watchmode's plan: set one that is, or take another plan"
        )
        return
    await store.rows("describe_watchmode_regions", {"regions": list(done.regions)})
    if named:
        kinds, ids = zip(*dict.fromkeys(named), strict=True)
        chosen = {"media_types": list(kinds), "tmdb_ids": list(ids), "force": force}
        titles = await store.rows("choose_named_titles", chosen)
        done.unmapped = [f"{title['media_type']} {title['tmdb_id']}" for title in titles if not title["watchmode_id"]]
        for title in titles:
            if title["watchmode_id"] and not await _ask_title(client, store, done, title, force=force):
                return
    force = force and not named
    left = (await units_left(store))["now"] or 0
    for title in await store.rows("choose_watchmode_titles", {"most": left, "force": force}):
        if not (await units_left(store))["now"]:
            done.stopped_by = "others used the units of this hour"
            return
        if not await _ask_title(client, store, done, title, force=force):
            return


async def _ask_title(client: Client, store: Store, done: Asked, title: dict[str, Any], *, force: bool) -> bool:
    """Asks for one title's offers and notes what came of it; False if no other is to be asked for in this run."""
    request = offers_request(title, done.regions)
    try:
        answer = await answered(client, store, request, read=lambda body: read_offers(body).problem, force=force)
    except BudgetSpent:
        raise
    except UnusableAnswer as unusable:
        await _note_failure(store, done, title, str(unusable))
        return True
    except PermanentServiceError as refused:
        if refused.status == 404 and is_gone(refused.body):
            await _note_gone(store, done, title)
            return True
        return await _note_refusal(store, done, title, str(refused))
    except ServiceError as failed:
        await _note_failure(store, done, title, str(failed))
        raise
    if answer.failure is None:
        done.answered, done.refused = done.answered + 1, 0
        noted = {"sent_at": answer.sent_at, "page_id": answer.page_id, "regions": list(done.regions)}
        await store.rows("note_watchmode_answer", title | noted)
        return True
    return await _after_failure(store, done, title, answer)


async def _after_failure(store: Store, done: Asked, title: dict[str, Any], answer: Answered) -> bool:
    if answer.problem is not None:
        await _note_failure(store, done, title, answer.failure or "")
        return True
    if answer.is_refused:
        return await _note_refusal(store, done, title, answer.failure or "")
    left = await units_left(store)
    if 0 in (left["today"], left["month"]):
        done.stopped_by = answer.failure  # the budget was spent, by others' count or by Watchmode's
        return False
    await _note_failure(store, done, title, answer.failure or "")
    done.failure = answer.failure
    return False


async def _note_gone(store: Store, done: Asked, title: dict[str, Any]) -> None:
    """Stores that there is no such title, from which the merge knows that it is offered nowhere."""
    request = offers_request(title, done.regions)
    async with store.transaction() as writing:
        (clock,) = await writing.rows("read_now", {})
        await writing.page(request, NotThere(request.path, dict(request.params), clock["now"]))
        noted = {"error": "Watchmode knows no such id", "is_gone": True}
        waits = dict.fromkeys(
            ("first_wait", "longest_wait"), timedelta(0)
        )  # for the queue knows of those that are gone
        await writing.rows("note_watchmode_failure", title | noted | waits)
    done.gone += 1


async def _note_refusal(store: Store, done: Asked, title: dict[str, Any], error: str) -> bool:
    """Notes what is refused, as the key is not, since `/status` was answered; False if others are refused as well."""
    await _note_failure(store, done, title, error, _REFUSED)
    done.refused += 1
    done.failure = error
    return done.refused < MOST_REFUSED


async def _note_failure(
    store: Store, done: Asked, title: dict[str, Any], error: str, waits: Mapping[str, timedelta] = _FAILED
) -> None:
    done.failed += 1
    noted = {"error": error[:_LONGEST_ERROR], "is_gone": False}
    await store.rows("note_watchmode_failure", {**title, **noted, **waits})


def offers_request(title: dict[str, Any], regions: Sequence[str]) -> Request:
    """The request for a title's offers (contracts: Watchmode, section 6): one unit, by Watchmode's own id.

    Args:
        title: its `media_type`, `tmdb_id` and `watchmode_id`.
        regions: whose offers are wanted.
    """
    return Request(
        "watchmode",
        "title_sources",
        "watchmode_availability",
        f"/v1/title/{title['watchmode_id']}/sources",
        {"regions": ",".join(regions)},
        media_type=title["media_type"],
        tmdb_id=title["tmdb_id"],
    )
