"""A service in memory that pages as the contract says, whose items a test moves between any two requests."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import orjson

from catalog_assets.hotstar.windows import Paging


@dataclass(frozen=True, slots=True)
class Item:
    """One item as the service lists it; None: it lacks the field."""

    update: int | None
    start: int | None = None
    premium: bool | None = None


@dataclass(frozen=True, slots=True)
class MemoryAnswer:
    path: str
    params: dict[str, str]
    status: int
    body: bytes
    sent_at: datetime
    received_at: datetime
    etag: str | None = None
    served_at: datetime | None = None


class RefusedError(Exception):
    """The request breaks the contract, or the service is told to fail."""


def _matches(value: int | None, first: str | None, last: str | None) -> bool:
    if first is None and last is None:
        return True
    if value is None:
        return False
    return (first is None or int(first) <= value) and (last is None or value <= int(last))


@dataclass
class MemoryService:
    """Items by id; `before` is told the number of each request, from 1, before it is answered.

    With `still` nothing changes, so that what a filter matches is looked up once.
    """

    items: dict[str, Item]
    paging: Paging = field(default_factory=Paging)
    before: Callable[[int], None] = lambda _: None
    doubled: frozenset[str] = frozenset()
    asked: list[dict[str, str]] = field(default_factory=list)
    answered: list[bytes] = field(default_factory=list)
    still: bool = False
    found: dict[str, list[str]] = field(default_factory=dict)
    spoil: Callable[[int, bytes], bytes] = lambda _, body: body
    lag: timedelta = timedelta()

    async def get(self, path: str, params: Mapping[str, str]) -> MemoryAnswer:
        number = len(self.asked) + 1
        self.asked.append(dict(params))
        self.before(number)
        sent_at = datetime.now(UTC) - self.lag
        body = self.spoil(number, self._page(params))
        self.answered.append(body)
        return MemoryAnswer(path, dict(params), 200, body, sent_at, datetime.now(UTC))

    def _page(self, params: Mapping[str, str]) -> bytes:
        offset, size = int(params["offset"]), int(params["size"])
        if size > self.paging.size or offset + size > self.paging.reach or params["orderBy"] != "contentId":
            raise RefusedError(str(params))
        filters = str([(name, value) for name, value in params.items() if name not in {"offset", "size"}])
        if not self.still or filters not in self.found:
            self.found[filters] = sorted(self._matching(params), reverse=params["order"] == "desc")
        found = self.found[filters]
        items = [_listed(content_id, self.items[content_id]) for content_id in found[offset : offset + size]]
        return orjson.dumps({"body": {"results": {"items": items, "totalResults": len(found)}}})

    def _matching(self, params: Mapping[str, str]) -> list[str]:
        update = params.get("fromUpdateDate"), params.get("toUpdateDate")
        start = params.get("fromStartDate"), params.get("toStartDate")
        premium = {"true": True, "false": False, None: None}[params.get("premium")]
        found = [
            content_id
            for content_id, item in self.items.items()
            if _matches(item.update, *update)
            and _matches(item.start, *start)
            and (premium is None or item.premium is premium)
        ]
        return found + [content_id for content_id in found if content_id in self.doubled]

    def touch(self, content_id: str, second: int) -> None:
        """Updates an item."""
        self.items[content_id] = replace(self.items[content_id], update=second)

    def ids(self) -> set[str]:
        return set(self.items)


def _listed(content_id: str, item: Item) -> dict[str, object]:
    fields = {"updateDate": item.update, "startDate": item.start, "premium": item.premium}
    return {"contentId": content_id, **{name: value for name, value in fields.items() if value is not None}}


def numbered(items: Iterable[Item]) -> dict[str, Item]:
    """Items under ids unrelated to their dates."""
    return {str(10_000_000 + index * 7919 % 9_999_991): item for index, item in enumerate(items)}
