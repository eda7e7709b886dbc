"""What is asked of a film, and what the answer holds: the film itself and the blocks that came with it.

TMDB leaves a block out that it could not fetch, and answers 200 all the same (contracts: TMDB, section 6): what is not
here was not fetched, and what is here in another shape counts as not fetched. Nothing that PostgreSQL cannot store
comes out of here. Nothing here knows the database.
"""

import json
import math
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import orjson
from pydantic import TypeAdapter, ValidationError

from catalog_assets.tmdb import models

_MODELS = {
    "credits": models.Credits,
    "videos": models.Videos,
    "images": models.Images,
    "keywords": models.Keywords,
    "release_dates": models.ReleaseDates,
    "watch/providers": models.WatchProviders,
    "similar": models.RelatedFilms,
    "recommendations": models.RelatedFilms,
    "external_ids": models.ExternalIds,
    "translations": models.Translations,
    "alternative_titles": models.AlternativeTitles,
}

BLOCKS: tuple[str, ...] = tuple(_MODELS)
"""What is appended to a film's details: 11 of the 20 names that one request may have."""

MOVIE_PARAMS: Mapping[str, str] = {
    "append_to_response": ",".join(BLOCKS),
    "language": "en-US",
    # a language empties the images unless this is sent; the stills that are kept are those without text, null's
    "include_image_language": "en,hi,null",
}
"""The parameters of `GET /movie/{movie_id}`."""

_DIGITS = bytes.maketrans(b"123456789", b"000000000")
_LONG_NUMBER = b"0" * 19
"""As a number may look that is none of 64 bits, once every digit is a zero; orjson would make a float of it."""
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_DEEPEST = 100
"""Levels of a value; orjson writes 254, and a film's own have eight."""
_LONGEST_REASON = 200
"""Characters; a reason names the place in the answer, which may be a key of any length."""


@dataclass(frozen=True, slots=True)
class Details:
    """The answer about a film, read.

    Attributes:
        tmdb_id: The id that it states; None if it has no readable one.
        core: The film without its blocks, as it came; empty if there is a problem.
        blocks: Of `BLOCKS` those that came in the right shape, as they came; empty if there is a problem.
        malformed: Why a block that came cannot be used, by its name. It counts as missing.
        problem: Why the answer as a whole cannot be used. Neither reason quotes a value.
    """

    tmdb_id: int | None
    core: dict[str, Any] = field(default_factory=dict)
    blocks: dict[str, Any] = field(default_factory=dict)
    malformed: dict[str, str] = field(default_factory=dict)
    problem: str | None = None


def read_details(body: bytes, tmdb_id: int) -> Details:
    """Reads the answer about a film (contracts: TMDB, section 6). Never raises: what is wrong is said in the details.

    Args:
        body: What the answer holds, of any kind.
        tmdb_id: The film that was asked for.
    """
    try:
        answer = read_object(body)
    except ValueError as refused:
        return Details(None, problem=str(refused))
    stated = answer.get("id")
    if isinstance(stated, bool) or not isinstance(stated, int):
        return Details(None, problem="the answer has no id")
    if stated != tmdb_id:
        return Details(stated if abs(stated) < 2**63 else None, problem="the answer is about another film")
    core = {key: value for key, value in answer.items() if key not in _MODELS}
    problem = unusable(core, models.Film)
    if problem is None and not core["title"].strip():
        problem = "title: it is empty"
    if problem is not None:
        return Details(tmdb_id, problem=problem)
    given = [name for name in BLOCKS if name in answer]
    judged = {name: unusable(answer[name], _MODELS[name]) for name in given}
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
