"""TMDB's answers on the wire: JSON with a weak ETag, errors with TMDB's numbers, and parameters as it reads them."""

from hashlib import blake2b

import orjson

from sandbox.requests import Asked, Reply

LAST_PAGE = 500
MOST_APPENDED = 20

_MEDIA_TYPE = "application/json;charset=utf-8"


def one(asked: Asked, name: str, default: str) -> str:
    """Return a parameter; the last one where it is given twice."""
    values = asked.values(name)
    return values[-1] if values else default


def page_of(asked: Asked) -> int | None:
    """Return which page is asked for; None if there is no such page."""
    text = one(asked, "page", "1")
    return int(text) if text.isascii() and text.isdigit() and 1 <= int(text) <= LAST_PAGE else None


def appended(asked: Asked) -> list[str] | None:
    """Return the names in `append_to_response`; None if they are too many."""
    names = [name for name in one(asked, "append_to_response", "").split(",") if name]
    return names if len(names) <= MOST_APPENDED else None


def json_reply(content: object, asked: Asked, *, seconds: float = 0.0) -> Reply:
    """Answer with content, or 304 where the client has it."""
    body = orjson.dumps(content)
    tag = f'W/"{blake2b(body, digest_size=16).hexdigest()}"'
    headers = {"etag": tag, "cache-control": "public, max-age=18000"}
    if asked.headers.get("if-none-match") == tag:
        return Reply(304, b"", _MEDIA_TYPE, headers, seconds=seconds)
    return Reply(200, body, _MEDIA_TYPE, headers, items=1, seconds=seconds)


def error(status: int, code: int, message: str) -> Reply:
    """Answer with an error; `code` is TMDB's number."""
    body = orjson.dumps({"success": False, "status_code": code, "status_message": message})
    return Reply(status, body, _MEDIA_TYPE)


def not_found() -> Reply:
    """Answer that there is nothing."""
    return error(404, 34, "The resource you requested could not be found.")


def no_such_page() -> Reply:
    """Answer that pages go from 1 to 500."""
    return error(400, 22, "Invalid page: Pages start at 1 and max at 500. They are expected to be an integer.")


def too_many_appended() -> Reply:
    """Answer that more was to be appended than is allowed."""
    return error(400, 27, "Too many append to response objects: The maximum number of remote calls is 20.")
