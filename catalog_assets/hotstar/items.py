"""What an answer of Hotstar holds: pages read fast, or item by item where one is damaged, and items judged.

A page that the fast parser takes as it stands is read by it, one that may hold a number beyond 64 bits by one that
keeps it exact. Any other (a cut-off body, NaN, a lone surrogate, an invalid byte) is read item by item, so that a bad
item costs itself alone. An integer beyond 64 bits, a number that is not finite and a text that PostgreSQL cannot hold
reject their item. Nothing here knows the database.
"""

import gc
import hashlib
import json
import math
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, NamedTuple

import orjson
from pydantic import TypeAdapter, ValidationError
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


class Judged(NamedTuple):
    """The items of a page, each fit for the tables or not.

    Attributes:
        contents: Of each its JSON with sorted keys; `null` of one that is rejected.
        array: All of them as one JSON array.
        rejected: Why an item is, by its place among them. A reason quotes nothing of the item.
    """

    contents: list[bytes]
    array: bytes
    rejected: dict[int, str]


_DIGITS = bytes.maketrans(b"123456789", b"000000000")
_LONG_NUMBER = b"0" * 19
"""As a number may look that is none of 64 bits, once every digit is a zero."""
_ITEMS = re.compile(r'"items"\s*:\s*\[')
_TOTAL = re.compile(r'"totalResults"\s*:\s*(\d{1,9})\b')
_MOST_ITEMS = 10**9
_LONGEST_ID = 200
"""Characters; the service's ids have ten or so, and an index holds no text of thousands."""
_WIDEST_ID = 10**_LONGEST_ID
_SEPARATOR = re.compile(r"[\s,]*")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_JSON = json.JSONDecoder(strict=False)


def read_page(body: bytes) -> Page:
    """Reads an answer's body (contracts: Hotstar, "Response"). Never raises: what is wrong is said in the page."""
    try:
        if _LONG_NUMBER not in body.translate(_DIGITS):
            return _from_envelope(orjson.loads(body))  # it refuses infinite numbers
        page = _from_envelope(from_json(body, allow_inf_nan=False, cache_strings="keys"))
    except ValueError:
        return _read_tolerantly(body)
    return replace(
        page, items=[entry._replace(problem=entry.problem or _unstorable(entry.item)) for entry in page.items]
    )


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


def judge(entries: Sequence[Entry], model: type[HotstarItem]) -> Judged:
    """Says which items can stand in the tables."""
    rejected = {
        place: entry.problem or "contentId is missing or unreadable"
        for place, entry in enumerate(entries)
        if entry.problem is not None or entry.content_id is None
    }
    items = [entry.item for entry in entries]
    try:
        _list_of(model).validate_python(items)  # type: ignore[arg-type]  # a class is hashable
    except ValidationError as invalid:
        for error in invalid.errors(include_input=False, include_url=False, include_context=False):
            place, *steps = error["loc"]
            rejected.setdefault(int(place), f"{'.'.join(map(str, steps))}: {error['msg']}")
    contents = []
    for place, item in enumerate(items):
        try:
            content = b"null" if place in rejected else orjson.dumps(item, option=orjson.OPT_SORT_KEYS)
        except TypeError as refused:
            deep = "recursion" in str(refused).lower()
            rejected[place] = "nested too deeply" if deep else "an integer is beyond 64 bits"
            content = b"null"
        contents.append(content)
    array = b"[%b]" % b",".join(contents)
    if b"\\u0000" in array:  # one search instead of a thousand: hardly a page has it
        for place, item in enumerate(items):
            if place not in rejected and (why := _unstorable(item)) is not None:
                rejected[place] = why
                contents[place] = b"null"
        array = b"[%b]" % b",".join(contents)
    return Judged(contents, array, rejected)


def content_hash(content: bytes) -> str:
    """128 bits that stand for an item's content, in the type that PostgreSQL stores in 16 bytes."""
    return hashlib.blake2b(content, digest_size=16).hexdigest()


@cache
def _list_of(model: type[HotstarItem]) -> TypeAdapter[list[HotstarItem]]:
    return TypeAdapter(list[model])  # type: ignore[valid-type]


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
        case int() if abs(value) < _WIDEST_ID:
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
