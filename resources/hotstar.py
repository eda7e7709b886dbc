"""The Hotstar partner API's client: its headers, its token, its pace (contracts/hotstar.md).

It knows no kind of item and parses nothing: an answer is bytes.
"""

from collections.abc import Awaitable, Callable

import httpx
from pydantic import SecretStr

from resources.client import ServiceClient
from resources.edgeauth import EdgeAuth, TokenHeader, TokenRecord
from resources.logs import hide
from resources.pace import ServicePace

HOTSTAR_PACE = ServicePace(service="hotstar", interval_s=1.0, slow_s=5.0, timeout_s=60.0, rest_s=60.0, late_s=0.006)
"""One request a second, and a minute's rest after a 5XX or an answer slower than 5 s (contract, "Access")."""

LIKELY_CAUSES = (
    "HOTSTAR_AKAMAI_SECRET is wrong, this machine's address is not whitelisted by the provider, the partner in "
    "HOTSTAR_PARTNER_ID is not allowed, or this machine's clock is off"
)


class HotstarClient(ServiceClient):
    """Asks the partner API for pages.

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
        super().__init__(
            base_url=base_url,
            credential=TokenHeader(
                EdgeAuth(akamai_secret), header="hdnea", likely_causes=LIKELY_CAUSES, on_token=on_token
            ),
            pace=pace,
            source_url=source_url,
            headers={
                "x-country-code": "in",
                "x-platform-code": "ANDROID",
                "x-partner-name": partner_id,
                "x-region-code": "DL",
                "x-client-code": "pt",
            },
            params={"partner": partner_id},
            run_id=run_id,
            asset=asset,
            transport=transport,
        )
