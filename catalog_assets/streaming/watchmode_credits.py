"""What Watchmode says is left of the month, and what may be asked of it: no request leaves without a unit."""

import structlog

from catalog_assets.streaming.cache import UnusableAnswer
from catalog_assets.streaming.requests import Client
from catalog_assets.streaming.store import Store
from catalog_assets.streaming.watchmode import read_status
from resources.errors import ClocksDiffer, ServiceError
from resources.watchmode import ZONE, compare_clocks

log = structlog.get_logger(__name__)

STATUS = "/v1/status"


async def note_status(client: Client, store: Store) -> None:
    """Asks how many credits the month has, which costs none, and writes the month's budget.

    Raises:
        ClocksDiffer: by the date of its answer, Watchmode's clock shows another time than the database's.
        ServiceError: Watchmode cannot be asked, or answers with something else.
    """
    (month,) = await store.rows("count_month", {"zone": ZONE})
    answer = await client.get(STATUS, {}, cost=0)
    status = read_status(answer.body)
    if status.problem is not None:
        raise UnusableAnswer(
            f"watchmode answered {STATUS} with something else than the month's credits ({status.problem}): compare "
            "the answer with the service's contract. Nothing is asked that might cost a credit.",
            "watchmode",
            STATUS,
            answer.status,
        )
    compare_clocks(answer)
    noted = {"zone": ZONE, "quota": status.quota, "used": status.used, "read_at": answer.sent_at}
    await store.rows("note_credits", noted | month | {"run_id": store.run_id})


async def know_month(client: Client, store: Store) -> tuple[bool, str | None]:
    """Sees to it that the month's budget is known, before something is asked that costs a unit.

    Returns:
        Whether it is known, by what Watchmode said within the hour or earlier, and may be used: not by a clock that
        is wrong; and why Watchmode could not be asked, None: it did not have to be, or was.

    Raises:
        DatabaseError: the database cannot be reached.
    """
    (newest,) = await store.rows("is_month_read", {"zone": ZONE})
    problem = None
    if not newest["is_read"]:
        try:
            await note_status(client, store)
        except ClocksDiffer as wrong:
            return False, str(wrong)
        except ServiceError as failed:
            problem = str(failed)
            log.warning("the month's credits cannot be asked for", failure=problem)
    return (await units_left(store))["month"] is not None, problem


async def units_left(store: Store) -> dict[str, int | None]:
    """Units that are left `now` (of this hour's share), `today` and this `month`; None where nothing bounds them."""
    (left,) = await store.rows("read_units", {})
    return left
