"""The exchanges with Watchmode that `cassettes/` keeps: each kind of request, asked as the code that asks has it.

Address and key are replaced before anything is kept or compared. They are recorded from the sandbox alone: what
Watchmode itself answers may be kept for 30 days at most.
"""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from vcr.request import Request as SentRequest  # type: ignore[import-untyped]

from catalog_assets.streaming.coming_soon import _releases
from catalog_assets.streaming.id_map import REQUEST as ID_MAP
from catalog_assets.streaming.providers import WATCHMODE_DIRECTORIES
from catalog_assets.streaming.requests import Request
from catalog_assets.streaming.watchmode_credits import STATUS
from catalog_assets.streaming.watchmode_queue import REGIONS, offers_request
from resources.client import Answer
from resources.watchmode import WatchmodeClient
from tests.cassettes import FOLDER as HOTSTAR_FOLDER
from tests.cassettes import HIDDEN, played

FOLDER = HOTSTAR_FOLDER.with_name("watchmode")

LINES = 12
"""Of the file of ids, whose real one has hundreds of thousands."""

_NO_TITLE = {"media_type": "movie", "tmdb_id": 0, "watchmode_id": 0}
_COUNTRIES = ("US", "IN")

SCENES: Mapping[str, Request] = {
    "status": Request("watchmode", "status", "", STATUS, cost=0),
    "regions": REGIONS,
    "sources": WATCHMODE_DIRECTORIES[0],
    "title_sources": offers_request(_NO_TITLE, _COUNTRIES),
    "releases": _releases(date(2026, 11, 22), date(2026, 12, 5)),
    "id_map": ID_MAP,
    "id_map_unchanged": ID_MAP,
}
"""What is asked; `title_sources` of a title that the file of ids names, `id_map_unchanged` twice."""

_KEY = re.compile(r"[\w-]{32,64}")


def first_id(body: bytes) -> int:
    """Watchmode's id of the first title in the file of ids."""
    return int(body.split(b"\n")[1].split(b",")[0].strip(b'"'))


async def ask(client: WatchmodeClient, scene: str) -> Answer:
    """Make a scene's requests; its last answer."""
    request = SCENES[scene]
    path = request.path
    if scene == "title_sources":
        file = await client.get(ID_MAP.path, ID_MAP.params, cost=0)
        path = offers_request({**_NO_TITLE, "watchmode_id": first_id(file.body)}, _COUNTRIES).path
    answer = await client.get(path, request.params, cost=request.cost)
    if scene == "id_map_unchanged":
        return await client.get(path, request.params, etag=answer.etag, cost=request.cost)
    return answer


def cassette(scene: str, *, folder: Path = FOLDER, record: bool = False) -> Any:
    """The cassette of a scene, to be entered; played back unless it is recorded.

    Args:
        scene: a name of `SCENES`.
        folder: where it stands.
        record: write it anew.
    """
    return played(folder / f"{scene}.yaml", _request_without_what_differs, record=record, without_secrets=_first_lines)


def _first_lines(body: bytes) -> bytes:
    return b"\n".join(body.split(b"\n")[:LINES]) if body.startswith(b'"Watchmode ID"') else body


def _request_without_what_differs(request: SentRequest) -> SentRequest:
    """Replace address and key. One of another form, or in another place, stays and is not found again."""
    parts = urlsplit(request.uri)
    headers = {name.lower(): value for name, value in request.headers.items()}
    headers["host"] = "watchmode.invalid"
    if _KEY.fullmatch(headers.get("x-api-key", "")):
        headers["x-api-key"] = HIDDEN
    uri = urlunsplit(("https", "watchmode.invalid", parts.path, parts.query, ""))
    return SentRequest(request.method, uri, request.body, headers)
