"""Hotstar's partner catalogue API: which parameters it takes and the shape of its pages (contract: hotstar.md)."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import orjson

from sandbox.access import Access
from sandbox.catalogue import Catalogue
from sandbox.kinds import ABSENT, MOST, Kind
from sandbox.limits import Limiter
from sandbox.requests import Asked, Reply, refusal

LARGEST_PAGE = 1_000
DEEPEST = 10_000
ELSEWHERE = "https://cmscontentpartner.invalid"
"""Host of `nextOffsetURL`: never ours, and one that no resolver knows."""

_INTEGER = re.compile(r"-?\d{1,18}")


class BadRequestError(ValueError):
    """A parameter breaks the contract; the text says which."""


@dataclass(frozen=True, slots=True)
class Query:
    """A search that the contract allows."""

    offset: int
    size: int
    order_by: str
    order: str
    windows: Mapping[str, tuple[int, int]]


class Hotstar:
    """Answers searches for the kinds it was given."""

    name = "hotstar"

    def __init__(self, catalogues: Mapping[str, Catalogue], *, access: Access, limiter: Limiter) -> None:
        """Serve catalogues by the name of their kind."""
        self.limiter = limiter
        self.access = access
        self._by_path = {catalogue.kind.path: catalogue for catalogue in catalogues.values()}
        self._answers = 0

    def claims(self, path: str) -> bool:
        """Take every path: the service stands at the root, and what it does not know it answers with 404."""
        return path.startswith("/")

    def refuse(self, seconds: float) -> Reply:
        """Answer 429; the contract gives no body, and no partner has seen another wait than a second."""
        reply = refusal(429, f"1 request in {1 / self.limiter.rate:.3f} s: this one came {seconds:.3f} s too early.")
        reply.headers["retry-after"] = "1"
        return reply

    def fail(self, status: int, message: str) -> Reply:
        """Answer with an error."""
        return refusal(status, message)

    def answer(self, asked: Asked) -> Reply:
        """Answer a request: 403, 404, 405 or 400 with a reason, or a page."""
        reason = self.access.refusal(asked.headers, asked.values("partner"), time.time())
        if reason is not None:
            return refusal(403, reason)
        catalogue = self._by_path.get(asked.path)
        if catalogue is None:
            return refusal(404, f"There is no {asked.path}.")
        if asked.method != "GET":
            return refusal(405, f"{asked.path} takes GET.")
        try:
            query = read_query(catalogue.kind, asked)
        except BadRequestError as reason:
            return refusal(400, str(reason))
        return self._page(catalogue, query, asked)

    def _page(self, catalogue: Catalogue, query: Query, asked: Asked) -> Reply:
        catalogue.bring_up_to_date()
        index = catalogue.index
        found = index.matches(query.windows)
        total = len(found)
        column = catalogue.kind.order_columns[query.order_by]
        self._answers += 1
        end = query.offset + query.size
        backwards = query.order == "desc"
        first, last = (max(total - end, 0), max(total - query.offset, 0)) if backwards else (query.offset, end)
        if column is not None:
            # Equal dates come in another order each time: the contract's duplicates across pages.
            numbers = index.by_column(found, column, self._answers, first, last)
        else:
            numbers = list(found[first:last])
        if backwards:
            numbers.reverse()
        results: dict[str, object] = {"totalResults": total}
        if catalogue.kind.counts_pages:
            results |= {"offset": query.offset, "size": query.size}
        if end < total:
            results["nextOffsetURL"] = f"{ELSEWHERE}{asked.path}?{_next(asked, end)}"
        if catalogue.kind.counts_pages:
            results |= {"totalPageResults": len(numbers), "totalPages": -(-total // query.size)}
        body = b"".join(
            (
                b'{"body":{"results":{"items":[',
                b",".join([catalogue.body(number) for number in numbers]),
                b"],",
                orjson.dumps(results)[1:],
                b'},"statusCode":"OK","statusCodeValue":200}',
            )
        )
        return Reply(200, body, items=len(numbers), seconds=self.limiter.seconds_for(len(numbers)))


def read_query(kind: Kind, asked: Asked) -> Query:
    """Return the search that the parameters ask for.

    Raises:
        BadRequestError: a parameter is unknown to the endpoint, given twice, malformed or beyond the paging limits.
    """
    given: dict[str, str] = {}
    for name, value in asked.params:
        if name not in kind.filters and name not in kind.paging:
            raise BadRequestError(f"{kind.path} takes no parameter {name}.")
        if name in given:
            raise BadRequestError(f"{name} is given twice.")
        given[name] = value
    for name in kind.required:
        if name not in given:
            raise BadRequestError(f"{kind.path} requires {name}.")
    offset, size = _integer(given, "offset", 0), _integer(given, "size", 10)
    if offset < 0 or not 1 <= size <= LARGEST_PAGE:
        raise BadRequestError(f"offset must be 0 or more and size from 1 to {LARGEST_PAGE}.")
    if offset + size > DEEPEST:
        raise BadRequestError(f"offset + size must be at most {DEEPEST}.")
    order_by = given.get("orderBy", kind.default_order[0])
    order = given.get("order", kind.default_order[1])
    if order_by not in kind.order_columns or order not in ("asc", "desc"):
        raise BadRequestError(f"orderBy must be {' or '.join(kind.order_columns)}, order asc or desc.")
    return Query(offset, size, order_by, order, _windows(kind, given))


def _windows(kind: Kind, given: Mapping[str, str]) -> dict[str, tuple[int, int]]:
    windows: dict[str, tuple[int, int]] = {}
    for name, limit in kind.filters.items():
        if name not in given:
            continue
        lowest, highest = windows.get(limit.column, (ABSENT + 1, MOST))
        if limit.side == "flag":
            if given[name] not in ("true", "false"):
                raise BadRequestError(f"{name} must be true or false.")
            lowest = highest = int(given[name] == "true")
        else:
            value = _integer(given, name, 0)
            if limit.side in ("from", "is"):
                lowest = max(lowest, value)
            if limit.side in ("to", "is"):
                highest = min(highest, value)
        windows[limit.column] = (lowest, highest)
    return windows


def _integer(given: Mapping[str, str], name: str, default: int) -> int:
    text = given.get(name)
    if text is None:
        return default
    if not _INTEGER.fullmatch(text):
        raise BadRequestError(f"{name} must be an integer.")
    return int(text)


def _next(asked: Asked, offset: int) -> str:
    kept = [(name, value) for name, value in asked.params if name not in ("offset", "partner")]
    return urlencode([("offset", str(offset)), *kept])
