"""What is asked of a service, and the name under which its answer is kept."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

import orjson

from catalog_assets.tmdb.models import MediaType
from resources.client import AnswerLike

Service = Literal["tmdb", "watchmode", "trakt"]


class Client(Protocol):
    """What answers: a service's client, or a service in memory."""

    async def get(self, path: str, params: Mapping[str, str], etag: str | None = None, cost: int = 1) -> AnswerLike:
        """One answer; with an etag it may be 304 and empty."""
        ...


@dataclass(frozen=True, slots=True)
class Request:
    """One request.

    Attributes:
        service: who is asked.
        endpoint: what for, in our words, such as `trending`.
        rule: how long the answer counts as fresh (`resources.settings`, `ttl_hours`).
        path: of the service.
        params: query, without the credential.
        media_type: of what is asked for, where it is of one kind.
        tmdb_id: the one title that is asked for.
        region: the one country.
        time_window: `day` or `week`.
        cost: units of the service's budget.
    """

    service: Service
    endpoint: str
    rule: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    media_type: MediaType | None = None
    tmdb_id: int | None = None
    region: str | None = None
    time_window: Literal["day", "week"] | None = None
    cost: int = 1

    @property
    def cache_key(self) -> str:
        """`service:endpoint:hash of path and parameters` (requirements: streaming, RS4)."""
        asked = orjson.dumps([self.path, sorted(self.params.items())])
        return f"{self.service}:{self.endpoint}:{hashlib.sha256(asked).hexdigest()[:16]}"
