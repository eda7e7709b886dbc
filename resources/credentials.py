"""What opens a service: put into a copy of a request as it leaves, and shown by nothing.

Which credential a service takes stands in its own module (`resources.edgeauth`, `resources.tmdb`).
"""

from collections.abc import Mapping
from typing import Protocol

import httpx


class Credential(Protocol):
    """A service's credential, which signs each attempt at a request at the last moment.

    Attributes:
        likely_causes: what a person looks at when the service refuses it.
    """

    likely_causes: str

    @property
    def generation(self) -> int:
        """Grows with every new credential."""

    async def signed(self, request: httpx.Request) -> httpx.Request:
        """A copy of a request that carries the present credential; the request itself stays without."""

    async def renew(self) -> bool:
        """Make a new one, since the service refused the present one; False: there is no other."""


class SignedRequest(httpx.Request):
    """A copy of a request with a credential in its headers, its address or its body; as text it shows none.

    httpx's own text of a request is its address, which a traceback with variables would show.

    Args:
        request: what is asked; not changed.
        headers: sent beside its own.
        params: put into the address after its own.
        content: sent as the body in place of its own.
    """

    def __init__(
        self,
        request: httpx.Request,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> None:
        kept = [*request.headers.multi_items(), *(headers or {}).items()]
        if content is not None:
            kept = [(name, value) for name, value in kept if name != "content-length"]
        super().__init__(
            request.method,
            request.url.copy_merge_params(params) if params else request.url,
            headers=kept,
            content=content,
            stream=request.stream if content is None else None,
            extensions=request.extensions,
        )

    def __repr__(self) -> str:
        return f"<SignedRequest({self.method!r})>"
