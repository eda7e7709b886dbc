"""How users sign in to Trakt by device, and what becomes of their tokens (contract: trakt.md, 9).

Codes and tokens age by the sandbox's clock. How fast a code is asked for is measured in real time, as every pace is.
"""

import secrets
from dataclasses import dataclass
from typing import Literal

import orjson

from sandbox.clock import Clock
from sandbox.limits import Limiter
from sandbox.requests import Asked, Reply
from sandbox.trakt import blocked, plain

CODE_LIVES_S = 600

Answer = Literal["pending", "accepted", "refused", "used"]


@dataclass(slots=True)
class _Code:
    user_code: str
    issued_at: float
    answer: Answer = "pending"
    polled: float | None = None
    """Monotonic second of the newest poll."""


class TraktSignIn:
    """Answers under /oauth/, which Trakt serves from another address."""

    name = "trakt_sign_in"

    def __init__(
        self, clock: Clock, *, client_id: str, client_secret: str, token_lives_s: int, interval_s: int
    ) -> None:
        """Issue tokens that live so long; codes may be asked for every so many seconds."""
        self.limiter = Limiter(rate=0, latency=0)
        self._clock = clock
        self._client = {"client_id": client_id, "client_secret": client_secret}
        self._token_lives_s = token_lives_s
        self._interval_s = interval_s
        self.reset()

    def reset(self) -> None:
        """Forget every code and every token."""
        self._codes: dict[str, _Code] = {}
        self._refresh_of: dict[str, str] = {}
        """The refresh token of each sign-in that stands, by its access token."""
        self.issued = 0
        self.refreshed = 0
        self.revoked = 0
        self.refused = 0

    @property
    def live(self) -> int:
        """How many sign-ins stand."""
        return len(self._refresh_of)

    def claims(self, path: str) -> bool:
        """Take what stands under /oauth/."""
        return path.startswith("/oauth/")

    def refuse(self, seconds: float) -> Reply:
        """Answer 429."""
        reply = plain(429)
        reply.headers["retry-after"] = str(max(1, round(seconds + 0.5)))
        return reply

    def fail(self, status: int, message: str) -> Reply:
        """Answer with an error in plain text."""
        return plain(status, message)

    def decide(self, user_code: str | None, *, accept: bool) -> list[str]:
        """Answer for the user: one code, or every one that waits; return which these were."""
        codes = [code for code in self._codes.values() if code.answer == "pending"]
        chosen = [code for code in codes if user_code in (None, code.user_code)]
        for code in chosen:
            code.answer = "accepted" if accept else "refused"
        return [code.user_code for code in chosen]

    def end_sign_ins(self) -> int:
        """End every sign-in from the user's side, as on Trakt's page; return how many there were."""
        ended = self.live
        self._refresh_of.clear()
        return ended

    def answer(self, asked: Asked) -> Reply:
        """Answer a request."""
        refused = blocked(asked)
        if refused is not None:
            return refused
        if asked.method != "POST":
            return plain(405)
        if not asked.headers.get("content-type", "").startswith("application/json"):
            return plain(412)
        try:
            given = orjson.loads(asked.body)
        except orjson.JSONDecodeError:
            return plain(400)
        if not isinstance(given, dict):
            return plain(400)
        match asked.path:
            case "/oauth/device/code":
                return self._new_code() if self._knows(given, "client_id") else plain(403)
            case "/oauth/device/token":
                return self._token(asked, given) if self._knows(given) else _error(401, "invalid_client")
            case "/oauth/token":
                return self._refresh(given) if self._knows(given) else _error(401, "invalid_client")
            case "/oauth/revoke":
                return self._revoke(given) if self._knows(given) else _error(401, "invalid_client")
            case _:
                return plain(404)

    def _knows(self, given: dict[str, object], *names: str) -> bool:
        wanted = names or tuple(self._client)
        return all(self._client[name] and given.get(name) == self._client[name] for name in wanted)

    def _new_code(self) -> Reply:
        device_code, user_code = secrets.token_hex(32), secrets.token_hex(4).upper()
        self._codes[device_code] = _Code(user_code, self._clock.now())
        return _json(
            {
                "device_code": device_code,
                "user_code": user_code,
                "verification_url": "https://auth.trakt.tv/activate",
                "expires_in": CODE_LIVES_S,
                "interval": self._interval_s,
            }
        )

    def _token(self, asked: Asked, given: dict[str, object]) -> Reply:
        code = self._codes.get(str(given.get("code")))
        if code is None:
            return plain(404)
        if code.answer == "used":
            return plain(409)
        if self._clock.now() - code.issued_at > CODE_LIVES_S:
            return plain(410)
        if code.answer == "refused":
            return plain(418)
        early = 0.0 if code.polled is None else code.polled + self._interval_s - asked.arrived
        if early > 0:
            return self.refuse(early)
        code.polled = asked.arrived
        if code.answer == "pending":
            return plain(400)
        code.answer = "used"
        self.issued += 1
        return self._pair()

    def _refresh(self, given: dict[str, object]) -> Reply:
        if given.get("grant_type") != "refresh_token" or not given.get("redirect_uri"):
            return plain(400)
        owner = next(
            (access for access, refresh in self._refresh_of.items() if refresh == given.get("refresh_token")), None
        )
        if owner is None:
            self.refused += 1
            return _error(400, "invalid_grant", error_description="session not found")
        del self._refresh_of[owner]
        self.refreshed += 1
        return self._pair()

    def _revoke(self, given: dict[str, object]) -> Reply:
        if self._refresh_of.pop(str(given.get("token")), None) is not None:
            self.revoked += 1
        return plain(200)

    def _pair(self) -> Reply:
        access, refresh = secrets.token_hex(32), secrets.token_hex(32)
        self._refresh_of[access] = refresh
        return _json(
            {
                "access_token": access,
                "token_type": "bearer",
                "expires_in": self._token_lives_s,
                "refresh_token": refresh,
                "scope": "public",
                "created_at": int(self._clock.now()),
            }
        )


def _json(content: object) -> Reply:
    return Reply(200, orjson.dumps(content), "application/json; charset=utf-8")


def _error(status: int, error: str, **more: str) -> Reply:
    return Reply(status, orjson.dumps({"error": error, **more}), "application/json; charset=utf-8")
