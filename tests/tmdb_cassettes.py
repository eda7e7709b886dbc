"""The exchanges with TMDB that `cassettes/` keeps: a title's details, a page of a list, a page of the changes.

Address and credential are replaced before anything is kept or compared; whichever of the two forms a credential has, a
request with one is the same on record, and one without is not.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import orjson
from vcr.request import Request  # type: ignore[import-untyped]

from catalog_assets.tmdb.details import first_params
from catalog_assets.tmdb.discovery import PATHS
from resources.client import Answer
from resources.tmdb import TmdbClient
from tests.cassettes import FOLDER as HOTSTAR_FOLDER
from tests.cassettes import HIDDEN, played

FOLDER = HOTSTAR_FOLDER.with_name("tmdb")

_PAGE = {"language": "en-US", "page": "1"}
_DAY = {"start_date": "2026-11-14", "end_date": "2026-11-14", "page": "1"}

SCENES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "list_page": (PATHS["movie"]["popular"], _PAGE),
    "series_list_page": (PATHS["tv"]["popular"], _PAGE),
    "changes_page": ("/3/movie/changes", _DAY),
    "series_changes_page": ("/3/tv/changes", _DAY),
    "details": ("/3/movie/{id}", first_params("movie")),
    "series_details": ("/3/tv/{id}", first_params("tv")),
    "unchanged": ("/3/movie/{id}", {}),
}
"""What is asked: of a title, after a list that names one; `unchanged` twice, the second time naming the version."""

_KEY = re.compile("[0-9a-fA-F]{32}")
_BEARER = re.compile(r"Bearer [\w-]+\.[\w-]+\.[\w-]+")


async def ask(client: TmdbClient, scene: str) -> Answer:
    """Make a scene's requests; its last answer."""
    path, params = SCENES[scene]
    if "{id}" in path:
        listed = await client.get(*SCENES["series_list_page" if "/tv/" in path else "list_page"])
        path = path.format(id=orjson.loads(listed.body)["results"][0]["id"])
    answer = await client.get(path, params)
    return await client.get(path, params, etag=answer.etag) if scene == "unchanged" else answer


def cassette(scene: str, *, folder: Path = FOLDER, record: bool = False, hidden: str = "") -> Any:
    """The cassette of a scene, to be entered; played back unless it is recorded.

    Args:
        scene: a name of `SCENES`.
        folder: where it stands.
        record: write it anew.
        hidden: the credential that asks, replaced wherever an answer repeats it.
    """
    return played(folder / f"{scene}.yaml", _request_without_what_differs, record=record, hidden=hidden)


def _request_without_what_differs(request: Request) -> Request:
    """Replace address and credential. Two of them, or one of another form, stay and are not found again."""
    parts = urlsplit(request.uri)
    query = parse_qsl(parts.query)
    headers = {name.lower(): value for name, value in request.headers.items()}
    headers["host"] = "tmdb.invalid"
    keys = [pair for pair in query if pair[0] == "api_key" and _KEY.fullmatch(pair[1])]
    is_token = _BEARER.fullmatch(headers.get("authorization", "")) is not None
    if len(keys) + is_token == 1:
        query = [pair for pair in query if pair not in keys]
        headers.pop("authorization", None)
        headers["credential"] = HIDDEN
    uri = urlunsplit(("https", "tmdb.invalid", parts.path, urlencode(query), ""))
    return Request(request.method, uri, request.body, headers)
