"""How a user signs in to Trakt on another device, and how tokens are renewed and withdrawn (contracts/trakt.md, 9).

Nothing is stored here: that is `catalog_assets.trakt.sign_in`. Calls are logged by path alone. What they carry in their
bodies, secrets all of it, is put there as they leave, and stands in no log, error, traceback or table.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Annotated, TypeVar

import httpx
import orjson
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from resources.access import TraktSignInAccess
from resources.client import ServiceClient
from resources.credentials import SignedRequest
from resources.errors import PermanentServiceError, ServiceError
from resources.logs import hide
from resources.pace import ServicePace
from resources.trakt import ClientId, trakt_headers

_REDIRECT = "urn:ietf:wg:oauth:2.0:oob"
"""What an application without an address of its own is registered with."""

SIGN_IN_PACE = ServicePace(
    service="trakt_sign_in",
    interval_s=1.0,
    slow_s=10.0,
    timeout_s=30.0,
    rest_s=30.0,
    late_s=0.05,
    busy_s=5.0,
    gateway_s=60.0,
    at_once=1,
)
"""One request a second, which is what Trakt allows of what is no GET. Counted apart: it never holds up the lists."""


class Poll(Enum):
    """What Trakt says while a user is to enter a code, other than the tokens; the values are its statuses."""

    PENDING = 400
    UNKNOWN = 404
    USED = 409
    EXPIRED = 410
    REFUSED = 418


class UnusableReply(ServiceError):  # noqa: N818 - named for what happened, as the others
    """Trakt's sign-in answered 200 with something else than what its contract says."""


class GrantRefused(PermanentServiceError):  # noqa: N818 - likewise
    """Trakt takes a refresh token no more (OAuth's `invalid_grant`): the user must sign in again."""


class DeviceCode(BaseModel):
    """A code to be entered by the user.

    Attributes:
        device_code: known to this program alone.
        user_code: what the user enters.
        verification_url: where.
        expires_in: seconds from now on in which the user may do so.
        interval: seconds between two polls, at least.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    device_code: SecretStr
    user_code: Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,40}$")]
    verification_url: Annotated[str, Field(pattern=r"^https?://[!-~]{1,200}$")]
    expires_in: Annotated[int, Field(gt=0, le=86_400)]
    interval: Annotated[int, Field(ge=0, le=600)]


class _TokenReply(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    access_token: Annotated[SecretStr, Field(min_length=1)]
    refresh_token: Annotated[SecretStr, Field(min_length=1)]
    token_type: str
    scope: str | None = None
    expires_in: Annotated[int, Field(gt=0, lt=2**31)]
    created_at: Annotated[int, Field(gt=0, lt=2**33)]


@dataclass(frozen=True, slots=True)
class Tokens:
    """A pair of tokens. `expires_at` is when the access token ends, UTC, by Trakt's clock; `expires_in_s` its life."""

    access_token: SecretStr
    refresh_token: SecretStr
    token_type: str
    scope: str | None
    expires_in_s: int
    expires_at: datetime


class _Refusal(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    error: str


_Reply = TypeVar("_Reply", DeviceCode, _TokenReply)


class _SignedBody(ClientId):
    """The credential of a call: the application's id in a header, and a body of secrets, given as `body`."""

    likely_causes = "TRAKT_CLIENT_ID or TRAKT_CLIENT_SECRET is wrong, or the application was withdrawn"

    async def signed(self, request: httpx.Request) -> httpx.Request:
        """A copy of a request with both."""
        body: dict[str, SecretStr] = request.extensions["body"]
        return SignedRequest(
            await super().signed(request),
            content=orjson.dumps({name: value.get_secret_value() for name, value in body.items()}),
        )


class TraktSignInClient(ServiceClient):
    """Speaks to `auth.trakt.tv`; for one run, as every client.

    Args:
        access: the application's credentials.
        source_url: `postgresql://` URL of the database that keeps the pace.
        pace: how it may be asked.
        transport: what carries the requests; httpx's own if left out.
    """

    def __init__(
        self,
        access: TraktSignInAccess,
        *,
        source_url: SecretStr,
        pace: ServicePace = SIGN_IN_PACE,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        hide(access.client_secret)
        self._client = {"client_id": access.client_id, "client_secret": access.client_secret}
        super().__init__(
            base_url=access.base_url,
            credential=_SignedBody(access.client_id),
            pace=pace,
            source_url=source_url,
            headers=trakt_headers(access.contact),
            asset="trakt/sign_in",
            transport=transport,
        )

    async def device_code(self) -> DeviceCode:
        """Ask for a code that a user may enter.

        Raises:
            UnusableReply: the answer is none of the contract.
            ServiceError: as `ServiceClient.get`.
        """
        code = _read(DeviceCode, await self._post("/oauth/device/code", {"client_id": self._client["client_id"]}))
        hide(code.device_code)
        return code

    async def poll(self, code: DeviceCode) -> Tokens | Poll:
        """Ask once whether the user entered the code. A poll that came too fast (429) is repeated when it may be.

        Raises:
            UnusableReply, ServiceError: as `device_code`.
        """
        try:
            response = await self._post("/oauth/device/token", {"code": code.device_code, **self._client})
        except PermanentServiceError as refused:
            if refused.status in {answer.value for answer in Poll}:
                return Poll(refused.status)
            raise
        return _tokens(_read(_TokenReply, response))

    async def refresh(self, refresh_token: SecretStr) -> Tokens:
        """A new pair for a refresh token, which is dead afterwards.

        Raises:
            GrantRefused: the user must sign in again.
            UnusableReply, ServiceError: as `device_code`; the token may be good still.
        """
        hide(refresh_token)
        asked = {
            "refresh_token": refresh_token,
            **self._client,
            "redirect_uri": SecretStr(_REDIRECT),
            "grant_type": SecretStr("refresh_token"),
        }
        try:
            response = await self._post("/oauth/token", asked)
        except PermanentServiceError as refused:
            if not _is_invalid_grant(refused):
                raise
            raise GrantRefused(
                f"{refused.service} takes the refresh token no more (invalid_grant): sign in again.",
                refused.service,
                refused.endpoint,
                refused.status,
            ) from None
        return _tokens(_read(_TokenReply, response))

    async def revoke(self, access_token: SecretStr) -> None:
        """Withdraw a sign-in.

        Raises:
            ServiceError: as `ServiceClient.get`.
        """
        hide(access_token)
        await self._post("/oauth/revoke", {"token": access_token, **self._client})

    async def _post(self, path: str, body: dict[str, SecretStr]) -> httpx.Response:
        return await self._http.post(path, extensions={"body": body})


def _tokens(reply: _TokenReply) -> Tokens:
    hide(reply.access_token)
    hide(reply.refresh_token)
    return Tokens(
        access_token=reply.access_token,
        refresh_token=reply.refresh_token,
        token_type=reply.token_type,
        scope=reply.scope,
        expires_in_s=reply.expires_in,
        expires_at=datetime.fromtimestamp(reply.created_at, UTC) + timedelta(seconds=reply.expires_in),
    )


def _is_invalid_grant(refused: PermanentServiceError) -> bool:
    """Whether OAuth's word for a refresh token that is dead stands in a refusal; other words tell of the request."""
    try:
        return refused.status == 400 and _Refusal.model_validate_json(refused.body).error == "invalid_grant"
    except ValidationError:
        return False


def _read(model: type[_Reply], response: httpx.Response) -> _Reply:
    try:
        return model.model_validate_json(response.content)
    except ValidationError as wrong:
        # Only where it is wrong: what came may hold tokens.
        places = ", ".join(sorted({".".join(map(str, each["loc"])) or "the whole" for each in wrong.errors()}))
    path = response.request.url.path
    raise UnusableReply(
        f"trakt_sign_in answered {path} with something else than what its contract says ({places}): see whether "
        "TRAKT_AUTH_BASE_URL is right, then try again.",
        "trakt_sign_in",
        path,
        200,
    )
