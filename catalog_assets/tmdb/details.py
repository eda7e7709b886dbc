"""What is asked of a film or series, and what the answer holds: the title itself and the blocks that came with it.

TMDB leaves a block out that it could not fetch, and answers 200 all the same (contracts: TMDB, section 6): what is not
here was not fetched, and what is here in another shape counts as not fetched. A season with its episodes is a block of
its series. Nothing that PostgreSQL cannot store comes out of here. Nothing here knows the database.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import orjson
from pydantic import TypeAdapter, ValidationError

from catalog_assets.tmdb import models, series_models
from catalog_assets.tmdb.models import MediaType

MOST_APPENDED = 20
"""Names that one request may have in `append_to_response`."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """How answers about films or series look: the key of the name, the title itself, and its blocks."""

    name: str
    core: type[models.Shaped]
    blocks: Mapping[str, type[models.Shaped]]


_KINDS: Mapping[MediaType, _Kind] = {
    "movie": _Kind(
        "title",
        models.Film,
        {
            "credits": models.Credits,
            "videos": models.Videos,
            "images": models.Images,
            "keywords": models.Keywords,
            "release_dates": models.ReleaseDates,
            "watch/providers": models.WatchProviders,
            "similar": models.RelatedTitles,
            "recommendations": models.RelatedTitles,
            "external_ids": models.ExternalIds,
            "translations": models.Translations,
            "alternative_titles": models.AlternativeTitles,
        },
    ),
    "tv": _Kind(
        "name",
        series_models.Series,
        {
            "aggregate_credits": series_models.AggregateCredits,
            "videos": models.Videos,
            "images": models.Images,
            "keywords": series_models.SeriesKeywords,
            "content_ratings": series_models.ContentRatings,
            "watch/providers": models.WatchProviders,
            "similar": models.RelatedTitles,
            "recommendations": models.RelatedTitles,
            "external_ids": models.ExternalIds,
            "translations": models.Translations,
            "alternative_titles": series_models.SeriesAlternativeTitles,
        },
    ),
}

BLOCKS: Mapping[MediaType, tuple[str, ...]] = {kind: tuple(described.blocks) for kind, described in _KINDS.items()}
"""What is appended to a title's details: 11 of the 20 names; the others are for a series' seasons."""

_LANGUAGES = {
    "language": "en-US",
    # a language empties the images unless this is sent; the stills that are kept are those without text, null's
    "include_image_language": "en,hi,null",
}
_SEASON = re.compile(r"season/([0-9]{1,10})")

_DIGITS = bytes.maketrans(b"123456789", b"000000000")
_LONG_NUMBER = b"0" * 19
"""As a number may look that is none of 64 bits, once every digit is a zero; orjson would make a float of it."""
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_DEEPEST = 100
"""Levels of a value; orjson writes 254, and a title's own have eight."""
_LONGEST_REASON = 200
"""Characters; a reason names the place in the answer, which may be a key of any length."""


@dataclass(frozen=True, slots=True)
class Details:
    """The answer about a title, read.

    Attributes:
        tmdb_id: The id that it states; None if it has no readable one.
        core: The title without its blocks, as it came; empty if there is a problem.
        blocks: Those that came in the right shape, as they came; empty if there is a problem.
        malformed: Why a block that came cannot be used, by its name. It counts as missing.
        problem: Why the answer as a whole cannot be used. Neither reason quotes a value.
    """

    tmdb_id: int | None
    core: dict[str, Any] = field(default_factory=dict)
    blocks: dict[str, Any] = field(default_factory=dict)
    malformed: dict[str, str] = field(default_factory=dict)
    problem: str | None = None


def first_params(media_type: MediaType, seasons: Sequence[int] = ()) -> dict[str, str]:
    """The parameters of `GET /movie/{movie_id}`, or of the first `GET /tv/{series_id}`.

    Args:
        media_type: What is asked for.
        seasons: The numbers of a series' seasons as far as they are known. They are asked for with the one after them,
            since one that there is not costs nothing; where none is known, 0 to 8 are.
    """
    blocks = BLOCKS[media_type]
    if media_type == "movie":
        return _params(blocks)
    numbers = [*seasons, max(seasons) + 1] if seasons else range(MOST_APPENDED)
    return _params((*blocks, *(f"season/{number}" for number in numbers))[:MOST_APPENDED])


def season_params(read: Details, asked: Mapping[str, str]) -> list[dict[str, str]]:
    """The parameters of further requests: for the seasons that a series lists and its first request did not name."""
    named = asked["append_to_response"].split(",")
    left = [block for block in _seasons(read.core) if block not in named]
    return [_params(left[first : first + MOST_APPENDED]) for first in range(0, len(left), MOST_APPENDED)]


def wanted_blocks(media_type: MediaType, core: Mapping[str, Any]) -> list[str]:
    """What belongs to a title: the blocks of its kind, and the seasons that it lists."""
    return [*BLOCKS[media_type], *_seasons(core)]


def read_details(body: bytes, tmdb_id: int, media_type: MediaType) -> Details:
    """Reads the answer about a title (contracts: TMDB, section 6). Never raises: what is wrong is said in the details.

    Args:
        body: What the answer holds, of any kind.
        tmdb_id: The title that was asked for.
        media_type: What it is.
    """
    kind = _KINDS[media_type]
    try:
        answer = read_object(body)
    except ValueError as refused:
        return Details(None, problem=str(refused))
    stated = answer.get("id")
    if isinstance(stated, bool) or not isinstance(stated, int):
        return Details(None, problem="the answer has no id")
    if stated != tmdb_id:
        return Details(stated if abs(stated) < 2**63 else None, problem="the answer is about another title")
    given = [name for name in answer if name in kind.blocks or (media_type == "tv" and _SEASON.fullmatch(name))]
    core = {key: value for key, value in answer.items() if key not in given}
    problem = unusable(core, kind.core)
    if problem is None and not core[kind.name].strip():
        problem = f"{kind.name}: it is empty"
    if problem is None and core.get("number_of_seasons") and core.get("number_of_episodes") and not core["seasons"]:
        problem = "seasons: it is empty, though there are some"
    if problem is not None:
        return Details(tmdb_id, problem=problem)
    judged = {name: _unusable_block(kind, name, answer[name]) for name in given}
    return Details(
        tmdb_id,
        core,
        blocks={name: answer[name] for name in given if judged[name] is None},
        malformed={name: why for name, why in judged.items() if why is not None},
    )


def read_object(body: bytes) -> dict[str, Any]:
    """Reads an answer that has to be an object; what PostgreSQL cannot store is still in it.

    NaN, lone surrogates, invalid bytes (as surrogates) and integers of any size are read, so that they cost only the
    block or row that they stand in.

    Raises:
        ValueError: The body is not JSON, not an object, or TMDB's own error; says which, and quotes nothing.
    """
    answer = _parsed(body)
    match answer:
        case {"status_code": int(code), **others} if "id" not in others and code is not True and 0 < code < 1000:
            raise ValueError(f"the answer is TMDB's error {code}")
        case dict():
            return answer
        case _:
            raise ValueError("the answer is not an object")


def read_array(body: bytes) -> list[Any]:
    """Reads an answer that has to be an array, as `read_object` reads an object.

    Raises:
        ValueError: The body is not JSON, or not an array; says which, and quotes nothing.
    """
    answer = _parsed(body)
    if not isinstance(answer, list):
        raise ValueError("the answer is not an array")  # noqa: TRY004 - a page that is wrong, as every other fault of one
    return answer


def _params(blocks: Sequence[str]) -> dict[str, str]:
    return {"append_to_response": ",".join(blocks), **_LANGUAGES}


def _seasons(core: Mapping[str, Any]) -> list[str]:
    return list(dict.fromkeys(f"season/{row['season_number']}" for row in core.get("seasons") or []))


def _unusable_block(kind: _Kind, name: str, value: Any) -> str | None:
    season = _SEASON.fullmatch(name)
    if season is None:
        return unusable(value, kind.blocks[name])
    problem = unusable(value, series_models.Season)
    if problem is None and value.get("season_number") not in (None, int(season[1])):
        return "season_number: it is another season's"
    return problem


def unusable(value: object, model: type[models.Shaped]) -> str | None:
    """Why a value cannot be stored, or has not the shape of a model; None if it is fit."""
    reason = unstorable(value)
    if reason is not None:
        return reason
    try:
        _adapter(model).validate_python(value)  # type: ignore[arg-type]  # a class is hashable
    except ValidationError as invalid:
        first = invalid.errors(include_input=False, include_url=False, include_context=False)[0]
        place = ".".join(map(str, first["loc"]))[-_LONGEST_REASON:]
        return f"{place}: {first['msg']}" if place else first["msg"]
    return None


def unstorable(value: object) -> str | None:
    """Why PostgreSQL could not store a JSON value without loss; None if it can."""
    level = [value]
    for _ in range(_DEEPEST):
        below: list[object] = []
        texts: list[str] = []
        for part in level:
            if isinstance(part, str):
                texts.append(part)
            elif isinstance(part, dict):
                texts += part
                below += part.values()
            elif isinstance(part, list):
                below += part
            elif isinstance(part, float):
                if not math.isfinite(part):
                    return "a number is not finite"
            elif isinstance(part, int) and not -(2**63) <= part < 2**63:
                return "an integer is beyond 64 bits"
        found = _UNSTORABLE.search("".join(texts))  # one search instead of ten thousand
        if found is not None:
            return f"a text holds {'a NUL' if found[0] == chr(0) else 'an invalid'} character"
        if not below:
            return None
        level = below
    return "it is nested too deeply"


def _parsed(body: bytes) -> object:
    if _LONG_NUMBER not in body.translate(_DIGITS):
        with suppress(orjson.JSONDecodeError):
            return orjson.loads(body)
    try:
        return json.loads(body.decode("utf-8", "surrogateescape"), strict=False)
    except RecursionError:
        raise ValueError("the answer is nested too deeply") from None
    except ValueError:
        raise ValueError("the answer is not JSON") from None


@cache
def _adapter(model: type[models.Shaped]) -> TypeAdapter[models.Shaped]:
    return TypeAdapter(model)
