"""Who may ask: the headers, the partner and the hdnea token of Hotstar's contract (section Access)."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_TOKEN = re.compile(r"st=(\d{1,12})~exp=(\d{1,12})~acl=/\*~hmac=([0-9a-f]{64})")
_CLOCKS_APART = 5
"""Seconds that a client's clock may be ahead of ours."""

REQUIRED = {
    "x-country-code": frozenset({"in"}),
    "x-platform-code": frozenset({"ANDROID", "PCTV"}),
    "x-region-code": frozenset({"DL"}),
    "x-client-code": frozenset({"pt"}),
}


@dataclass(slots=True)
class Access:
    """Judges a request's credentials; without a partner and a secret of its own it refuses every one."""

    partner: str
    secret: bytes = field(repr=False)
    not_before: float = 0.0
    """Tokens that begin earlier (epoch seconds of real time) are refused as if they had expired."""

    def refusal(self, headers: Mapping[str, str], partners: list[str], now: float) -> str | None:
        """Return why a request is refused with 403, or None if it may pass.

        Args:
            headers: the request's headers, names in lower case.
            partners: every value of the query parameter `partner`.
            now: epoch seconds of real time.
        """
        if not self.partner or not self.secret:
            return (
                "The sandbox was started without SANDBOX_HOTSTAR_PARTNER and SANDBOX_HOTSTAR_SECRET: no request passes."
            )
        for name, allowed in REQUIRED.items():
            if headers.get(name) not in allowed:
                return f"Header {name} must be {' or '.join(sorted(allowed))}."
        if headers.get("x-partner-name") != self.partner or partners != [self.partner]:
            return "The partner is not allowed: header x-partner-name and parameter partner must both name it."
        return self._token_refusal(headers.get("hdnea", ""), now)

    def _token_refusal(self, token: str, now: float) -> str | None:
        parts = _TOKEN.fullmatch(token)
        if parts is None:
            return "Header hdnea is missing or malformed: st=…~exp=…~acl=/*~hmac=…"
        start, expiry, signature = int(parts[1]), int(parts[2]), parts[3]
        signed = f"st={start}~exp={expiry}~acl=/*".encode()
        if not hmac.compare_digest(hmac.new(self.secret, signed, hashlib.sha256).hexdigest(), signature):
            return "The signature in hdnea is wrong."
        if expiry <= now or start < self.not_before:
            return "The token in hdnea has expired."
        if start > now + _CLOCKS_APART:
            return "The token in hdnea is not valid yet."
        return None
