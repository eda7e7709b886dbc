"""Watchmode's client: its key, its pace and its budget (contracts/watchmode.md, sections 1 and 2).

It knows no title and parses nothing: an answer is bytes. What a request costs is its caller's to say.
"""

import re
from collections.abc import Mapping
from datetime import UTC, timedelta
from typing import NoReturn

import httpx
from pydantic import SecretStr

from resources.client import Answer, AnswerLike, ServiceClient
from resources.credentials import SignedRequest
from resources.errors import BudgetSpent, ClocksDiffer, PermanentServiceError
from resources.logs import hide
from resources.pace import Budget, ServicePace

_ID = re.compile(r"/[0-9]+(?=/|$)")

ZONE = "UTC"
"""Of the budgets' days and months. When Watchmode's own month begins is not documented; what it says counts."""

MOST_APART = timedelta(minutes=5)
"""By which the two clocks may differ within a day: one ahead over midnight would give a day the units of another."""

PAID_TRIES = 2
"""How often a request that costs units is sent: each time takes them, whatever comes of it."""


def watchmode_pace(requests_a_day: int, *, requests_per_second: float = 2.0) -> ServicePace:
    """How Watchmode may be asked: 120 requests a minute (contract, "Rate limit and quota"), and so many units a day.

    The units of the month are Watchmode's to say and are written when it was asked for them (`/v1/status`).

    Args:
        requests_a_day: units.
        requests_per_second: 0: without limit, which only a sandbox can take.
    """
    return ServicePace(
        service="watchmode",
        interval_s=1 / requests_per_second if requests_per_second else 0.0,
        slow_s=10.0,
        timeout_s=30.0,
        rest_s=30.0,
        late_s=0.05,
        busy_s=1.0,
        budgets=(Budget("day", ZONE, requests_a_day),),
        at_once=2,
    )


class WatchmodeKey:
    """Watchmode's credential, sent in a header: in an address it would stand in logs.

    Attributes:
        likely_causes: what a person looks at when Watchmode refuses it.
        generation: always 0, since there is no other.
    """

    likely_causes: str = "WATCHMODE_API_KEY is wrong or was withdrawn, or the plan does not include what was asked for"
    generation: int = 0

    def __init__(self, key: SecretStr) -> None:
        hide(key)
        self._key = key

    async def signed(self, request: httpx.Request) -> httpx.Request:
        """A copy of a request with the key in its header."""
        return SignedRequest(request, headers={"x-api-key": self._key.get_secret_value()})

    async def renew(self) -> bool:
        """There is no other."""
        return False

    def __reduce__(self) -> NoReturn:
        raise TypeError("WatchmodeKey holds a secret and is never pickled: give the other process its own settings")


class WatchmodeClient(ServiceClient):
    """Asks Watchmode; paths begin with the API's version, such as `/v1/status`, or with `/datasets/`.

    Args:
        base_url: such as `https://api.watchmode.com`.
        api_key: the account's key.
        pace: how it may be asked, with its budget.
        source_url: `postgresql://` URL of the database that keeps the pace.
        run_id: written beside every call.
        asset: likewise.
        transport: what carries the requests; httpx's own if left out.
    """

    def __init__(
        self,
        *,
        base_url: str,
        api_key: SecretStr,
        pace: ServicePace,
        source_url: SecretStr,
        run_id: str = "",
        asset: str = "",
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        super().__init__(
            base_url=base_url,
            credential=WatchmodeKey(api_key),
            pace=pace,
            source_url=source_url,
            run_id=run_id,
            asset=asset,
            transport=transport,
        )
        self._differ: ClocksDiffer | None = None

    def endpoint(self, path: str) -> str:
        """A path without Watchmode's ids, which may be kept for 30 days alone."""
        return _ID.sub("/…", path)

    def tries(self, cost: int) -> int:
        """`PAID_TRIES` where it costs."""
        return PAID_TRIES if cost else super().tries(cost)

    async def get(self, path: str, params: Mapping[str, str], etag: str | None = None, cost: int = 1) -> Answer:
        """Ask for one page (see `ServiceClient.get`).

        Raises:
            BudgetSpent: as there, and where Watchmode says that the month's units are used up (402): then nobody asks
                again for what costs any, until Watchmode's credits are others than they were, or a day is over.
            ClocksDiffer: an answer that cost units said before that the clocks differ; nothing is asked.
        """
        if cost and self._differ is not None:
            raise self._differ
        try:
            answer = await super().get(path, params, etag, cost)
        except PermanentServiceError as refused:
            if refused.status == 402:
                await self._pace.run("ops/spend_month", {"service": refused.service, "zone": ZONE})
                raise BudgetSpent(
                    "Watchmode says that the month's units are used up (402): what is stored is served until its next "
                    "month begins, or a larger plan is taken.",
                    refused.service,
                    refused.endpoint,
                    402,
                ) from None
            raise
        if cost:
            try:
                compare_clocks(answer)
            except ClocksDiffer as differ:
                self._differ = differ  # this answer is paid for
        return answer


def compare_clocks(answer: AnswerLike) -> None:
    """See to it that the database's clock shows Watchmode's day, and its time to `MOST_APART`.

    Raises:
        ClocksDiffer: by the date of the answer it does not. One that bears no date is not compared.
    """
    if answer.served_at is None:
        return
    early, late = answer.sent_at - answer.served_at, answer.served_at - answer.received_at
    days = {at.astimezone(UTC).date() for at in (answer.sent_at, answer.received_at)}
    if max(early, late) <= MOST_APART and answer.served_at.astimezone(UTC).date() in days:
        return
    raise ClocksDiffer(
        f"the database's clock is {'ahead of' if early > late else 'behind'} Watchmode's by "
        f"{max(early, late).total_seconds() / 60:.0f} minutes: set the clock of the database's machine (NTP), then "
        "run again. Nothing is asked that costs a unit, for they are counted by days.",
        "watchmode",
        answer.path,
        answer.status,
    )
