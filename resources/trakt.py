"""Trakt's client for its lists: the application's id, and its pace (contracts/trakt.md, sections 2 and 8).

Lists need no user: no user's token is ever sent with them, so that a missing sign-in keeps nobody from them. Signing in
is `resources.trakt_sign_in`. Nothing here knows a title or parses an answer.
"""

from importlib.metadata import version
from typing import NoReturn

import httpx
from pydantic import SecretStr

from resources.access import TRAKT_RATE
from resources.client import ServiceClient
from resources.credentials import SignedRequest
from resources.logs import hide
from resources.pace import ServicePace


def trakt_pace(requests_per_second: float = TRAKT_RATE) -> ServicePace:
    """How Trakt may be asked: a little less than 500 requests in five minutes.

    Trakt asks for 30 s after a 5XX. Its own 429 says how long to wait; that of the gateway before it, a page of HTML,
    often does not: from a minute on, then twice as long each time.

    Args:
        requests_per_second: 0: without limit, which only a sandbox can take.
    """
    return ServicePace(
        service="trakt",
        interval_s=1 / requests_per_second if requests_per_second else 0.0,
        slow_s=10.0,
        timeout_s=30.0,
        rest_s=30.0,
        late_s=0.05,
        busy_s=1.0,
        gateway_s=60.0,
        at_once=4,
    )


def trakt_headers(contact: str) -> dict[str, str]:
    """What every request to Trakt carries beside the id of the application.

    Args:
        contact: a mail address or the address of a page; without one in the User-Agent the gateway refuses (section 2).
    """
    whom = contact if "@" in contact and "://" not in contact else f"+{contact}"
    return {
        "user-agent": f"catalog-platform/{version('catalog-platform')} ({whom})",
        "trakt-api-version": "2",
        "content-type": "application/json",
    }


class ClientId:
    """Trakt's credential: the id of the application, in a header.

    Attributes:
        likely_causes: what a person looks at when Trakt refuses it.
        generation: always 0, since there is no other.
    """

    likely_causes: str = (
        "TRAKT_CLIENT_ID is wrong, its application was withdrawn or needs an active VIP account, or the gateway does "
        "not like TRAKT_CONTACT"
    )
    generation: int = 0

    def __init__(self, client_id: SecretStr) -> None:
        hide(client_id)
        self._client_id = client_id

    async def signed(self, request: httpx.Request) -> httpx.Request:
        """A copy of a request with the id in its header."""
        return SignedRequest(request, headers={"trakt-api-key": self._client_id.get_secret_value()})

    async def renew(self) -> bool:
        """There is no other."""
        return False

    def __reduce__(self) -> NoReturn:
        raise TypeError("ClientId holds a secret and is never pickled: give the other process its own settings")


class TraktClient(ServiceClient):
    """Asks Trakt for public lists, such as `/movies/trending`.

    An answer is a bare array; how many pages there are stands in headers, which a list of one page does not need.

    Args:
        base_url: such as `https://api.trakt.tv`.
        client_id: of the application.
        contact: whom Trakt may write to.
        source_url: `postgresql://` URL of the database that keeps the pace.
        run_id: written beside every call.
        asset: likewise.
        pace: how it may be asked; `trakt_pace()` if left out.
        transport: what carries the requests; httpx's own if left out.
    """

    def __init__(
        self,
        *,
        base_url: str,
        client_id: SecretStr,
        contact: str,
        source_url: SecretStr,
        run_id: str = "",
        asset: str = "",
        pace: ServicePace | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        super().__init__(
            base_url=base_url,
            credential=ClientId(client_id),
            pace=pace or trakt_pace(),
            source_url=source_url,
            headers=trakt_headers(contact),
            run_id=run_id,
            asset=asset,
            transport=transport,
        )
