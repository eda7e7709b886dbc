"""TMDB's client: its credential, in either of its forms, and its pace (contracts/tmdb.md, sections 1 and 2).

It knows no title and parses nothing: an answer is bytes.
"""

from typing import NoReturn

import httpx
from pydantic import SecretStr

from resources.access import tmdb_key_form
from resources.client import ServiceClient
from resources.credentials import SignedRequest
from resources.logs import hide
from resources.pace import ServicePace

LATE_SHARE = 0.15
"""Of an interval, what a request may leave late without telling; to ask again for every millisecond costs more than it
gives."""

CLOSEST = 0.75
"""Of an interval, what stands at least between two requests that leave. TMDB counts over a while: one that leaves late
is made up for, or every delay of a busy machine would add up. At the default of 20 requests a second two stand 37 ms
apart, 30 ms where one leaves as late as it may; TMDB's about 40 a second stand 25 ms apart."""

AT_ONCE = 10
"""At 20 requests a second ten go in half a second: an answer of 150 ms, and as much again on a busy machine. Half of
the 20 connections that client authors keep to (section 1)."""


def tmdb_pace(requests_per_second: float) -> ServicePace:
    """How TMDB may be asked.

    TMDB asks for no rest; it has no SLA, and what it says of a 5XX is to wait and try again (section 2). A rest of 10 s
    lets a gateway come back, and costs a run little. Details with everything appended take up to a second or two, so
    that 10 s are a sign of trouble, and after 30 s no answer comes. Its 429 need not say how long to wait: at least a
    second, then twice as long each time.

    Args:
        requests_per_second: 0: without limit, which only a sandbox can take.
    """
    interval_s = 1 / requests_per_second if requests_per_second else 0.0
    return ServicePace(
        service="tmdb",
        interval_s=interval_s,
        slow_s=10.0,
        timeout_s=30.0,
        rest_s=10.0,
        late_s=LATE_SHARE * interval_s,
        busy_s=1.0,
        at_once=AT_ONCE,
        closest=CLOSEST,
    )


TMDB_PACE = tmdb_pace(20.0)
"""Half of what TMDB says it allows, about 40 a second (contract, "Rate limit")."""


class ApiKey:
    """TMDB's credential: a v4 read access token goes into a header, a v3 key into the address.

    Attributes:
        likely_causes: what a person looks at when TMDB refuses it.
        generation: always 0, since there is no other.
    """

    likely_causes: str = "TMDB_API_KEY is wrong or was withdrawn, or its account is suspended"
    generation: int = 0

    def __init__(self, key: SecretStr) -> None:
        self._form = tmdb_key_form(key)
        hide(key)
        self._key = key

    async def signed(self, request: httpx.Request) -> httpx.Request:
        """A copy of a request with the key where its form belongs."""
        if self._form == "v3":
            return SignedRequest(request, params={"api_key": self._key.get_secret_value()})
        return SignedRequest(request, headers={"authorization": f"Bearer {self._key.get_secret_value()}"})

    async def renew(self) -> bool:
        """There is no other."""
        return False

    def __reduce__(self) -> NoReturn:
        raise TypeError("ApiKey holds a secret and is never pickled: give the other process its own settings")


class TmdbClient(ServiceClient):
    """Asks TMDB for pages; paths begin with the API's version, such as `/3/movie/603`.

    A 404 is a `PermanentServiceError` of that status: the id is not known, or its title was deleted.

    Args:
        base_url: such as `https://api.themoviedb.org`.
        api_key: v3 key or v4 read access token.
        source_url: `postgresql://` URL of the database that keeps the pace.
        run_id: written beside every call.
        asset: likewise.
        pace: how it may be asked.
        transport: what carries the requests; httpx's own if left out.

    Raises:
        SettingsError: the key has neither form.
    """

    def __init__(
        self,
        *,
        base_url: str,
        api_key: SecretStr,
        source_url: SecretStr,
        run_id: str = "",
        asset: str = "",
        pace: ServicePace = TMDB_PACE,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        super().__init__(
            base_url=base_url,
            credential=ApiKey(api_key),
            pace=pace,
            source_url=source_url,
            run_id=run_id,
            asset=asset,
            transport=transport,
        )
