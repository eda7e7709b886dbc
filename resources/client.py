"""What every service's client has in common: paced requests, answers as bytes, no way to be pickled.

A service's own module says how it is opened and how fast it may be asked. Nothing here parses an answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import NoReturn, Protocol, Self

import httpx
from pydantic import SecretStr

from resources.credentials import Credential
from resources.outcomes import Delivery, served_at
from resources.pace import Pace, ServicePace
from resources.transport import CONNECT_S, TRIES, Counts, PacedTransport


@dataclass(frozen=True, slots=True)
class Answer:
    """One page as it came, and the request that fetched it. Times are UTC, by the database's clock.

    Attributes:
        path: such as `/movie/search`.
        params: as asked, without what the client adds to every request.
        status: HTTP status.
        body: the bytes of the page, unparsed; empty with status 304.
        sent_at: when the request that brought it was sent.
        received_at: when its last byte was here.
        attempts: requests that it took.
        waited_s: seconds that they waited for their slots and for rests.
        etag: the service's mark of this version of the page, or None if it gave none.
        served_at: when it left, by the service's own clock, to the second; None if it does not say.
    """

    path: str
    params: dict[str, str]
    status: int
    body: bytes
    sent_at: datetime
    received_at: datetime
    attempts: int
    waited_s: float
    etag: str | None = None
    served_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NotThere:
    """The answer that there is no such thing (404), to be stored like another: the service's error text is not kept."""

    path: str
    params: dict[str, str]
    sent_at: datetime
    status: int = 404
    etag: str | None = None
    body: bytes = b""
    served_at: datetime | None = None

    @property
    def received_at(self) -> datetime:
        """As if it had come at once."""
        return self.sent_at


class AnswerLike(Protocol):
    """What is read of an answer: `Answer` and `NotThere` have it, and those of services in memory."""

    @property
    def path(self) -> str: ...  # noqa: D102
    @property
    def params(self) -> dict[str, str]: ...  # noqa: D102
    @property
    def status(self) -> int: ...  # noqa: D102
    @property
    def etag(self) -> str | None: ...  # noqa: D102
    @property
    def body(self) -> bytes: ...  # noqa: D102
    @property
    def sent_at(self) -> datetime: ...  # noqa: D102
    @property
    def received_at(self) -> datetime: ...  # noqa: D102
    @property
    def served_at(self) -> datetime | None: ...  # noqa: D102


class ServiceClient:
    """Asks one service for pages, four requests at most taken or under way; an async context manager, for one run.

    Args:
        base_url: such as `https://api.themoviedb.org`.
        credential: what opens the service.
        pace: how it may be asked.
        source_url: `postgresql://` URL of the database that keeps the pace.
        headers: sent with every request.
        params: sent with every request, after its own.
        run_id: written beside every call.
        asset: likewise.
        transport: what carries the requests; httpx's own if left out.
    """

    def __init__(
        self,
        *,
        base_url: str,
        credential: Credential,
        pace: ServicePace,
        source_url: SecretStr,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        run_id: str = "",
        asset: str = "",
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._params = dict(params or {})
        self._pace = Pace(pace, source_url)
        self._transport = PacedTransport(
            pace=self._pace, credential=credential, inner=transport, run_id=run_id, asset=asset
        )
        self._http = httpx.AsyncClient(
            base_url=base_url,
            transport=self._transport,
            timeout=httpx.Timeout(pace.timeout_s, connect=CONNECT_S),
            headers={
                "accept": "application/json",
                "accept-encoding": "gzip",
                "user-agent": "catalog-platform",
                **(headers or {}),
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
        name = type(self).__name__
        raise TypeError(f"{name} holds a secret and connections: make one in the process that uses it")

    @property
    def counts(self) -> Counts:
        """What this client did so far."""
        return self._transport.counts

    def now(self) -> datetime:
        """The database's time, UTC; known from the first slot on."""
        return self._pace.clock.now()

    def endpoint(self, path: str) -> str:
        """What is logged in place of a path; a service whose ids may not be kept leaves them out."""
        return path

    def tries(self, cost: int) -> int:  # noqa: ARG002 - for a service whose units are few
        """How often a request of so many units may be sent."""
        return TRIES

    async def get(self, path: str, params: Mapping[str, str], etag: str | None = None, cost: int = 1) -> Answer:
        """Ask for one page.

        Args:
            path: of the contract's endpoints, such as `/movie/search`, from the base URL on.
            params: the query without what the client adds.
            etag: of the version that is known (`Answer.etag`); if that is still the present one, the answer is a 304
                without a body.
            cost: units of the service's budgets that it takes.

        Raises:
            PermanentServiceError: 401, 403 after one new credential, 404, 400, 422: asking again brings the same.
            ServiceUnreachable, ServiceBusy, ServiceResting: retries and rests are used up.
            BudgetSpent: no unit is left in the period.
            DatabaseError: the source database cannot be reached.
        """
        response = await self._http.get(
            path,
            params={**params, **self._params},
            headers=None if etag is None else {"if-none-match": etag},
            extensions={"cost": cost, "endpoint": self.endpoint(path), "tries": self.tries(cost)},
        )
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
            etag=response.headers.get("etag"),
            served_at=served_at(response.headers),
        )
