"""What an answer of Hotstar holds: pages read fast, or item by item where one is damaged, and items judged.

A page that the fast parser takes as it stands is read by it. Any other (a cut-off body, NaN, a lone surrogate, an
invalid byte) is read item by item, so that a bad item costs itself alone. The fast parser keeps integers of any length
exact; what cannot be stored without loss rejects its item. Nothing here knows the database or Dagster.
"""

import gc
import hashlib
import json
import marshal
import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson
from pydantic import ValidationError
from pydantic_core import from_json

from catalog_assets.hotstar.models import HotstarItem


class Entry(NamedTuple):
    """One item of a page; a named tuple, since a page has a thousand.

    Attributes:
        position: Its place on the page, from 0; -1 for the unreadable rest of a page that breaks off.
        content_id: The public id as text; None if it has no readable one.
        item: The item; None if it could not be parsed.
        problem: Why it cannot be kept, if the parser already knows.
    """

    position: int
    content_id: str | None
    item: dict[str, Any] | None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One answer, read.

    Attributes:
        total: `totalResults`: what the filter matches; None if the page does not say.
        items: Its items in order.
        problem: Why it cannot serve as a page of a listing (cut off, not JSON, no envelope); its items still count.
    """

    total: int | None
    items: list[Entry]
    problem: str | None = None


class Accepted(NamedTuple):
    """An item that can stand in the tables: its JSON with sorted keys, and the hash of that in hexadecimal."""

    content: bytes
    item_hash: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """An item that cannot, and why."""

    reason: str


# How marshal writes an infinite float: the quickest exact search of a whole page for one (JSON's 1e400).
_INFINITE = (b"g\x00\x00\x00\x00\x00\x00\xf0\x7f", b"g\x00\x00\x00\x00\x00\x00\xf0\xff")
_ITEMS = re.compile(r'"items"\s*:\s*\[')
_TOTAL = re.compile(r'"totalResults"\s*:\s*(\d{1,9})\b')
_MOST_ITEMS = 10**9
_LONGEST_ID = 200
"""Characters; the service's ids have ten or so, and an index holds no text of thousands."""
_SEPARATOR = re.compile(r"[\s,]*")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_JSON = json.JSONDecoder(strict=False)


def read_page(body: bytes) -> Page:
    """Reads an answer's body (contracts: Hotstar, "Response"). Never raises: what is wrong is said in the page."""
    try:
        answer = from_json(body, allow_inf_nan=False, cache_strings="keys")
    except ValueError:
        return _read_tolerantly(body)
    page = _from_envelope(answer)
    written = marshal.dumps([entry.item for entry in page.items])
    return _read_tolerantly(body) if any(mark in written for mark in _INFINITE) else page


@contextmanager
def no_collections() -> Iterator[None]:
    """Pauses the search for garbage in cycles: parsed pages have none, and every search would walk through them."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def read_listed(body: bytes) -> Page:
    """As `read_page`, faster, for who needs ids and times alone: numbers beyond 64 bits are inexact in it."""
    try:
        page = _from_envelope(orjson.loads(body))
    except orjson.JSONDecodeError:
        return read_page(body)
    return read_page(body) if any(entry.content_id is None for entry in page.items) else page


def judge(entry: Entry, model: type[HotstarItem]) -> Accepted | Rejected:
    """Says whether an item can stand in the tables. The reason for a rejection quotes nothing of the item."""
    _, content_id, item, problem = entry
    if problem is not None:
        return Rejected(problem)
    if item is None or content_id is None:
        return Rejected("contentId is missing or unreadable")
    try:
        model.model_validate(item)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        return Rejected(f"{'.'.join(str(step) for step in first['loc'])}: {first['msg']}")
    try:
        content = orjson.dumps(item, option=orjson.OPT_SORT_KEYS)
    except TypeError as refused:
        deep = "recursion" in str(refused).lower()
        return Rejected("nested too deeply" if deep else "an integer is beyond 64 bits")
    if b"\\u0000" in content and _unstorable(item) is not None:
        return Rejected("a text holds a NUL character")
    return Accepted(content, content_hash(content))


def content_hash(content: bytes) -> str:
    """128 bits that stand for an item's content, in the type that PostgreSQL stores in 16 bytes."""
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def raw_items(body: bytes) -> dict[int, bytes]:
    """The bytes of every item as they came, by position; of -1, the rest of a page that breaks off."""
    text = body.decode("utf-8", "surrogateescape")
    return {position: text[start:end].encode("utf-8", "surrogateescape") for position, start, end, _ in _scan(text)}


def _from_envelope(answer: object) -> Page:
    match answer:
        case {"body": {"results": {"items": list(items), "totalResults": int(total)}}} if (
            not isinstance(total, bool) and 0 <= total < _MOST_ITEMS
        ):
            return Page(total, [_entry(position, item) for position, item in enumerate(items)])
        case _:
            return Page(None, [], "the answer has not the form of a listing (body.results.items, totalResults)")


def _entry(position: int, item: object) -> Entry:
    if not isinstance(item, dict):
        return Entry(position, None, None, "not an object")
    return Entry(position, _content_id(item.get("contentId")), item)


def _content_id(value: object) -> str | None:
    match value:
        case bool():
            return None
        case int():
            return str(value)
        case str() if value.strip() and len(value) <= _LONGEST_ID and _UNSTORABLE.search(value) is None:
            return value
        case _:
            return None


def _read_tolerantly(body: bytes) -> Page:
    text = body.decode("utf-8", "surrogateescape")
    total = _TOTAL.search(text)
    problem = None if total else "the answer has no totalResults"
    if _ITEMS.search(text) is None:
        return Page(int(total[1]) if total else None, [], "the answer is not a listing")
    entries = []
    for position, _, _, item in _scan(text):
        if position < 0:
            problem = "the answer breaks off"
            entries.append(Entry(position, None, None, problem))
            continue
        entry = _entry(position, item)
        unstorable = _unstorable(entry.item)
        entries.append(Entry(position, entry.content_id, entry.item, entry.problem or unstorable))
    return Page(int(total[1]) if total else None, entries, problem)


def _scan(text: str) -> Iterator[tuple[int, int, int, object]]:
    """Walks the list of items: (position, start, end, value); position -1 if the list breaks off."""
    opening = _ITEMS.search(text)
    if opening is None:
        return
    at, position = opening.end(), 0
    while True:
        separator = _SEPARATOR.match(text, at)
        at = separator.end() if separator else at
        if text[at : at + 1] == "]":
            return
        try:
            value, end = _JSON.raw_decode(text, at)
        except (json.JSONDecodeError, RecursionError, ValueError):
            yield -1, at, len(text), None
            return
        yield position, at, end, value
        at, position = end, position + 1


def _unstorable(value: object) -> str | None:
    """Why PostgreSQL could not store a value without loss; None if it can. Of any depth, so it does not recurse."""
    waiting = [value]
    while waiting:
        match waiting.pop():
            case str() as text:
                found = _UNSTORABLE.search(text)
                if found is not None:
                    return f"a text holds {'a NUL' if found[0] == chr(0) else 'an invalid'} character"
            case bool() | None:
                pass
            case int() as number if not -(2**63) <= number < 2**64:
                return "an integer is beyond 64 bits"
            case float() as number if not math.isfinite(number):
                return "a number is not finite"
            case dict() as pairs:
                waiting += (part for pair in pairs.items() for part in pair)
            case list() as parts:
                waiting += parts
    return None
