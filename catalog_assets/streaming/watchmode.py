"""Reads Watchmode's answers (contracts: Watchmode, sections 1 and 5 to 7). Nothing here raises or knows the database.

A row that cannot be used costs itself alone. An answer is no list, or a list of which nothing can be used, is said to
have a problem: it must not be taken for an empty one.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import orjson
from pydantic import ValidationError

from catalog_assets.streaming.watchmode_models import Offer, Region, Release, Row, Source, Status
from catalog_assets.tmdb.details import unstorable

RowT = TypeVar("RowT", bound=Row)

_LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Listed(Generic[RowT]):
    """A list, read.

    Attributes:
        rows: in the order of the answer, each once: of several with one key the first stays.
        rejected: why a row cannot be used, by its place in the list. A reason quotes no value.
        problem: why the answer as a whole cannot be used.
    """

    rows: list[RowT] = field(default_factory=list)
    rejected: dict[int, str] = field(default_factory=dict)
    problem: str | None = None


Offers = Listed[Offer]
Releases = Listed[Release]
Sources = Listed[Source]
Regions = Listed[Region]


@dataclass(frozen=True, slots=True)
class Credits:
    """The answer of `/status`, read.

    Attributes:
        quota: credits of the month.
        used: of them.
        problem: why the answer cannot be used; both are 0 then.
    """

    quota: int = 0
    used: int = 0
    problem: str | None = None


def read_offers(body: bytes) -> Offers:
    """Reads `/title/{id}/sources`: one row for each region, service, type and format. No row: it is offered nowhere."""
    return _listed(_parsed(body), Offer, ("region", "source_id", "type", "format"))


def read_releases(body: bytes) -> Releases:
    """Reads `/releases`: one row for each title, service, season and day."""
    answer = _parsed(body)
    rows = answer.get("releases") if isinstance(answer, dict) and "success" not in answer else answer
    return _listed(rows, Release, ("id", "source_id", "season_number", "source_release_date"))


def read_sources(body: bytes) -> Sources:
    """Reads `/sources`, the directory of services."""
    return _listed(_parsed(body), Source, ("id",))


def read_regions(body: bytes) -> Regions:
    """Reads `/regions`; a region is for this key's plan only where it says so."""
    return _listed(_parsed(body), Region, ("country",))


def read_status(body: bytes) -> Credits:
    """Reads `/status`: the credits of the month."""
    answer = _parsed(body)
    if (problem := _error(answer)) is not None:
        return Credits(problem=problem)
    status = _row(answer, Status)
    return Credits(problem=status) if isinstance(status, str) else Credits(status.quota, status.used)


def is_gone(body: bytes) -> bool:
    """Whether the body of a 404 has a form of Watchmode's own (section 1), not a gateway's: there is no such title."""
    answer = _parsed(body)
    return isinstance(answer, dict) and answer.get("success") is False and answer.get("statusCode") in {404, None}


def _listed(answer: Any, model: type[RowT], key: tuple[str, ...]) -> Listed[RowT]:
    if not isinstance(answer, list):
        return Listed(problem=_error(answer) or "the answer is not a list")
    found: dict[Hashable, RowT] = {}
    rejected = {}
    for place, each in enumerate(answer):
        row = _row(each, model)
        if isinstance(row, str):
            rejected[place] = row
        else:
            found.setdefault(tuple(getattr(row, name) for name in key), row)
    if rejected and not found:
        return Listed(rejected=rejected, problem=f"none of its {len(answer)} rows can be used: {rejected[0]}")
    return Listed(list(found.values()), rejected)


def _row(value: Any, model: type[RowT]) -> RowT | str:
    """A row, or why it cannot be used."""
    if not isinstance(value, Mapping):
        return "it is not an object"
    names = {described.alias or name for name, described in model.model_fields.items()}
    named = {name: value[name] for name in names if name in value}  # what else it holds may be of any kind
    if (reason := unstorable(named)) is not None:
        return reason
    try:
        return model.model_validate(named)
    except ValidationError as invalid:
        first = invalid.errors(include_input=False, include_url=False, include_context=False)[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"[:_LONGEST_REASON]


def _error(answer: Any) -> str | None:
    """What stands in place of an answer; Watchmode has two forms of it (section 1)."""
    match answer:
        case _Unreadable():
            return "the answer is not JSON"
        case {"success": False, "statusCode": int(code)}:
            return f"the answer is Watchmode's error {code}"
        case {"success": False}:
            return "the answer is an error of Watchmode's"
        case _:
            return None


class _Unreadable:
    """A body that is no JSON."""


def _parsed(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return _Unreadable()
