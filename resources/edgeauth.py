"""Akamai EdgeAuth tokens, made in the process from the partner's secret (contracts/hotstar.md, "The hdnea token").

The secret and the token leave this module only as the header of a request. What may be kept of a token is its times
and a fingerprint.
"""

import hashlib
import hmac
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NoReturn

import httpx
from pydantic import SecretStr

from resources.credentials import SignedRequest
from resources.errors import SettingsError

WINDOW_S = 2000
"""Seconds a token is valid: the usual window of the provider."""

RENEW_S = 120
"""A token with fewer seconds left is replaced before it is used."""


@dataclass(frozen=True, slots=True)
class TokenRecord:
    """What may be kept of a token.

    Attributes:
        fingerprint: first 16 hex digits of the token's SHA-256.
        generated_at: start of its validity, UTC.
        expires_at: end of its validity, UTC.
    """

    fingerprint: str
    generated_at: datetime
    expires_at: datetime


class EdgeAuth:
    """Makes tokens and renews them before they expire; safe to share between threads and tasks.

    Attributes:
        generation: how many tokens were made so far.
    """

    def __init__(self, secret: SecretStr, *, clock: Callable[[], float] = time.time) -> None:
        try:
            self._key = bytes.fromhex(secret.get_secret_value())
        except ValueError:
            raise SettingsError(
                "The EdgeAuth secret is no hexadecimal text: copy it again from the provider."
            ) from None
        self._clock = clock
        self._lock = threading.Lock()
        self._token = ""
        self._record: TokenRecord | None = None
        self.generation = 0

    def token(self) -> tuple[str, TokenRecord]:
        """The present token, made anew if none has `RENEW_S` seconds left, and what may be kept of it."""
        with self._lock:
            if self._record is None or self._record.expires_at.timestamp() - self._clock() < RENEW_S:
                self._make()
            return self._token, self._made()

    def renew(self) -> None:
        """Make a new token although the present one has not expired: the service refused it."""
        with self._lock:
            self._make()

    def _make(self) -> None:
        start = int(self._clock())
        if self._record is not None:
            # Within one second the text would be the same; a request waits longer than that for its slot.
            start = max(start, int(self._record.generated_at.timestamp()) + 1)
        fields = f"st={start}~exp={start + WINDOW_S}~acl=/*"
        self._token = f"{fields}~hmac={hmac.new(self._key, fields.encode(), hashlib.sha256).hexdigest()}"
        self._record = TokenRecord(
            fingerprint=hashlib.sha256(self._token.encode()).hexdigest()[:16],
            generated_at=datetime.fromtimestamp(start, UTC),
            expires_at=datetime.fromtimestamp(start + WINDOW_S, UTC),
        )
        self.generation += 1

    def _made(self) -> TokenRecord:
        if self._record is None:
            raise RuntimeError("a token is made before it is asked for")
        return self._record

    def __repr__(self) -> str:
        return f"EdgeAuth(generation={self.generation})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("EdgeAuth holds a secret and is never pickled: give the other process its own settings")


class TokenHeader:
    """The credential of a request: a header that carries the present token.

    Attributes:
        likely_causes: what a person looks at when a new token is refused too.
    """

    def __init__(
        self,
        auth: EdgeAuth,
        *,
        header: str,
        likely_causes: str,
        on_token: Callable[[TokenRecord], Awaitable[None]] | None = None,
    ) -> None:
        self.likely_causes = likely_causes
        self._auth = auth
        self._header = header
        self._on_token = on_token
        self._told: TokenRecord | None = None

    @property
    def generation(self) -> int:
        """How many tokens were made so far."""
        return self._auth.generation

    async def headers(self) -> dict[str, str]:
        """The header with the present token, after `on_token` was told of it."""
        token, record = self._auth.token()
        if self._on_token is not None and record != self._told:
            self._told = record
            await self._on_token(record)
        return {self._header: token}

    async def signed(self, request: httpx.Request) -> httpx.Request:
        """A copy of a request with that header."""
        return SignedRequest(request, headers=await self.headers())

    async def renew(self) -> bool:
        """Make a new token: the service refused the present one. There always is another."""
        self._auth.renew()
        return True
