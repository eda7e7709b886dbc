"""The Hotstar partner API's client: its headers, its token, its pace (contracts/hotstar.md).

It knows no kind of item and parses nothing: an answer is bytes.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import NoReturn, Self

import httpx
from pydantic import SecretStr

from resources.edgeauth import EdgeAuth, TokenHeader, TokenRecord
from resources.logs import hide
from resources.outcomes import Delivery
from resources.pace import Pace, ServicePace
from resources.transport import CONNECT_S, Counts, PacedTransport

HOTSTAR_PACE = ServicePace(service="hotstar", interval_s=1.0, slow_s=5.0, timeout_s=60.0, rest_s=60.0, late_s=0.006)
"""One request a second, and a minute's rest after a 5XX or an answer slower than 5 s (contract, "Access")."""

LIKELY_CAUSES = (
    "HOTSTAR_AKAMAI_SECRET is wrong, this machine's address is not whitelisted by the provider, the partner in "
    "HOTSTAR_PARTNER_ID is not allowed, or this machine's clock is off"
)


@dataclass(frozen=True, slots=True)
class Answer:
    """One page as it came, and the request that fetched it. Times are UTC, by the database's clock.

    Attributes:
        path: such as `/movie/search`.
        params: as asked, without the partner.
        status: HTTP status.
        body: the bytes of the page, unparsed.
        sent_at: when the request that brought it was sent.
        received_at: when its last byte was here.
        attempts: requests that it took.
        waited_s: seconds that they waited for their slots and for rests.
    """

    path: str
    params: dict[str, str]
    status: int
    body: bytes
    sent_at: datetime
    received_at: datetime
    attempts: int
    waited_s: float


class HotstarClient:
    """Asks for pages, four requests at most taken or under way; an async context manager, for one run.

    Args:
        base_url: such as `https://catalog-api.hotstar.com`.
        partner_id: sent as header and as query parameter.
        akamai_secret: hexadecimal; leaves this process only as a token's signature.
        source_url: `postgresql://` URL of the database that keeps the pace.
        run_id: written beside every call.
        asset: likewise.
        on_token: told of every new token's times and fingerprint.
        pace: what the service asks for; another one only where another service answers.
        transport: what carries the requests; httpx's own if left out.
    """

    def __init__(
        self,
        *,
        base_url: str,
        partner_id: str,
        akamai_secret: SecretStr,
        source_url: SecretStr,
        run_id: str = "",
        asset: str = "",
        on_token: Callable[[TokenRecord], Awaitable[None]] | None = None,
        pace: ServicePace = HOTSTAR_PACE,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        hide(akamai_secret)
        self._partner_id = partner_id
        self._pace = Pace(pace, source_url)
        self._transport = PacedTransport(
            pace=self._pace,
            credential=TokenHeader(
                EdgeAuth(akamai_secret), header="hdnea", likely_causes=LIKELY_CAUSES, on_token=on_token
            ),
            inner=transport,
            run_id=run_id,
            asset=asset,
        )
        self._http = httpx.AsyncClient(
            base_url=base_url,
            transport=self._transport,
            timeout=httpx.Timeout(pace.timeout_s, connect=CONNECT_S),
            headers={
                "accept": "application/json",
                "accept-encoding": "gzip",
                "user-agent": "catalog-platform",
                "x-country-code": "in",
                "x-platform-code": "ANDROID",
                "x-partner-name": partner_id,
                "x-region-code": "DL",
                "x-client-code": "pt",
            },
        )

    async def __aenter__(self) -> Self:
        await self._pace.__aenter__()
        await self._http.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self._http.__aexit__(kind, error, trace)
        finally:
            await self._pace.__aexit__(kind, error, trace)

    def __reduce__(self) -> NoReturn:
        raise TypeError("HotstarClient holds a secret and connections: make one in the process that uses it")

    @property
    def counts(self) -> Counts:
        """What this client did so far."""
        return self._transport.counts

    def now(self) -> datetime:
        """The database's time, UTC; known from the first slot on."""
        return self._pace.clock.now()

    async def get(self, path: str, params: Mapping[str, str]) -> Answer:
        """Ask for one page.

        Args:
            path: of the contract's endpoints, such as `/movie/search`.
            params: the query without the partner.

        Raises:
            PermanentServiceError: 401, 403 after one new token, 404, 400, 422: asking again brings the same.
            ServiceUnreachable, ServiceBusy, ServiceResting: retries and rests are used up.
            DatabaseError: the source database cannot be reached.
        """
        response = await self._http.get(path, params={**params, "partner": self._partner_id})
        delivery: Delivery = response.extensions["delivery"]
        return Answer(
            path=path,
            params=dict(params),
            status=response.status_code,
            body=response.content,
            sent_at=delivery.sent_at,
            received_at=delivery.received_at,
            attempts=delivery.attempts,
            waited_s=delivery.waited_s,
        )
