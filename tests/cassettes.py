"""The exchanges that `cassettes/` keeps: each kind of request that a listing makes, asked by the code that makes it.

What differs between one partner and the next (address, partner, token) is replaced before anything is kept or compared.
TMDB's stand in `tests.tmdb_cassettes`.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from unittest.mock import create_autospec
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import vcr  # type: ignore[import-untyped]
from vcr.request import Request  # type: ignore[import-untyped]

from catalog_assets.hotstar.kinds import MOVIE
from catalog_assets.hotstar.parts import PageKey, PartReading
from catalog_assets.hotstar.reading import PartReader
from catalog_assets.hotstar.record import ListingRecord, Part
from catalog_assets.hotstar.windows import Filters, Paging, Window
from resources.hotstar import HotstarClient

FOLDER = Path(__file__).resolve().parents[1] / "cassettes" / "hotstar"

PAGING = Paging(size=3, reach=30)
"""Three items a page keep a cassette small."""

FIRST, LAST = PageKey(descending=False, offset=0), PageKey(descending=True, offset=0)
YEAR = Window(1_672_511_400, 1_704_047_399)
"""2023 in Asia/Kolkata."""

SCENES: Mapping[str, tuple[Filters, PageKey | None]] = {
    "count": (Filters(), None),
    "first_page": (Filters(), FIRST),
    "next_page": (Filters(), PageKey(descending=False, offset=PAGING.step)),
    "last_page": (Filters(), LAST),
    "next_page_from_the_end": (Filters(), PageKey(descending=True, offset=PAGING.step)),
    "update_window": (Filters(update=YEAR), FIRST),
    "update_window_open_below": (Filters(update=Window(last=YEAR.last)), FIRST),
    "update_window_open_above": (Filters(update=Window(first=YEAR.first)), LAST),
    "start_window": (Filters(start=YEAR), FIRST),
    "second_split_by_start": (Filters(update=Window(YEAR.first, YEAR.first), start=Window(last=YEAR.last)), FIRST),
    "premium": (Filters(start=YEAR, premium=True), FIRST),
    "not_premium": (Filters(start=YEAR, premium=False), FIRST),
}
"""What a listing asks, and of which page; None: only how many items there are."""

HIDDEN = "hidden"
_TOKEN = re.compile(r"st=\d+~exp=\d+~acl=/\*~hmac=[0-9a-f]{64}")
_KEPT_OF_AN_ANSWER = {"content-type", "etag"}


async def ask(client: HotstarClient, scene: str) -> bool:
    """Make a scene's request as a listing makes it; True if its answer can be read."""
    filters, key = SCENES[scene]
    nothing_stored = create_autospec(ListingRecord, instance=True, kind=MOVIE, listing_id=0)
    nothing_stored.add_parts.return_value = [0]
    reader = PartReader(client, nothing_stored, PAGING)
    if key is None:
        return await reader.count(filters) > 0
    return await reader.page(Part(0, "part", filters, PartReading(PAGING)), key) is not None


def cassette(scene: str, *, folder: Path = FOLDER, record: bool = False, hidden: str = "") -> Any:
    """The cassette of a scene, to be entered; played back unless it is recorded.

    Args:
        scene: a name of `SCENES`.
        folder: where it stands.
        record: write it anew.
        hidden: the partner that asks, replaced wherever an answer repeats it.
    """
    return played(folder / f"{scene}.yaml", _request_without_what_differs, record=record, hidden=hidden)


def played(
    path: Path,
    without_what_differs: Callable[[Request], Request | None],
    *,
    record: bool = False,
    hidden: str = "",
    without_secrets: Callable[[bytes], bytes] | None = None,
) -> Any:
    """A cassette, to be entered.

    Args:
        path: where it stands.
        without_what_differs: a request as it is kept and compared; None: it is no part of the exchange.
        record: write it anew.
        hidden: what identifies who asks, replaced wherever an answer repeats it.
        without_secrets: an answer's body as it is kept; where there is one, what is sent is compared too.
    """

    def answer_without_what_differs(response: dict[str, Any]) -> dict[str, Any]:
        kept = {name: values for name, values in response["headers"].items() if name.lower() in _KEPT_OF_AN_ANSWER}
        body: bytes = response["body"]["string"]
        if hidden:
            body = body.replace(hidden.encode(), HIDDEN.encode())
        if without_secrets is not None:
            body = without_secrets(body)
        return {**response, "headers": kept, "body": {"string": body}}

    player = vcr.VCR(
        record_mode=vcr.mode.ALL if record else vcr.mode.NONE,
        match_on=["method", "path", "query", "headers", *(["body"] if without_secrets is not None else [])],
        before_record_request=without_what_differs,
        before_record_response=answer_without_what_differs,
        decode_compressed_response=True,
    )
    if record:
        path.unlink(missing_ok=True)
    return player.use_cassette(str(path))


def _request_without_what_differs(request: Request) -> Request:
    """Replace address, partner and token. A token of another form stays as it is, and is not found again."""
    parts = urlsplit(request.uri)
    query = [(name, HIDDEN if name == "partner" else value) for name, value in parse_qsl(parts.query)]
    uri = urlunsplit(("https", "hotstar.invalid", parts.path, urlencode(query), ""))
    headers = {name.lower(): value for name, value in request.headers.items()}
    headers["host"] = "hotstar.invalid"
    if "x-partner-name" in headers:
        headers["x-partner-name"] = HIDDEN
    if _TOKEN.fullmatch(headers.get("hdnea", "")):
        headers["hdnea"] = HIDDEN
    return Request(request.method, uri, request.body, headers)
