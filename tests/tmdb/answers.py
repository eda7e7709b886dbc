"""What the service answers about a film, as tests send it and change it, and what its columns must look like."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from hypothesis import strategies as st
from pydantic import ConfigDict, TypeAdapter
from typing_extensions import TypedDict

from catalog_assets.tmdb.details import BLOCKS, Details, read_details, unstorable
from catalog_assets.tmdb.film import film_document
from tests.recorded import RECORDED as RECORDED_HOTSTAR

RECORDED = RECORDED_HOTSTAR.parent / "tmdb"
"""Answers of the real service, which lie beside the checkout where there are any."""

recorded_only = pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded answers do not lie beside this checkout")

IMAGES = "https://image.tmdb.org/t/p"

FILM_ID = 900001

FILM: dict[str, Any] = {
    "adult": False,
    "backdrop_path": "/b.jpg",
    "belongs_to_collection": {"id": 7, "name": "Doors", "poster_path": None, "backdrop_path": None},
    "budget": 5_000_000,
    "genres": [{"id": 18, "name": "Drama"}],
    "homepage": "https://example.org",
    "id": FILM_ID,
    "imdb_id": "tt9000001",
    "origin_country": ["IN"],
    "original_language": "hi",
    "original_title": "Neela Darwaza",
    "overview": "A locksmith opens a door.",
    "popularity": 20.6912,
    "poster_path": "/p.jpg",
    "production_companies": [{"id": 5, "logo_path": None, "name": "Lamp Films", "origin_country": ""}],
    "production_countries": [{"iso_3166_1": "IN", "name": "India"}],
    "release_date": "2026-10-09",
    "revenue": 9_000_000,
    "runtime": 121,
    "softcore": False,
    "spoken_languages": [{"english_name": "Hindi", "iso_639_1": "hi", "name": "हिन्दी"}],
    "status": "Released",
    "tagline": "Knock.",
    "title": "The Blue Door",
    "video": False,
    "vote_average": 6.9,
    "vote_count": 262,
}

BLOCKS_OF_FILM: dict[str, Any] = {
    "credits": {
        "cast": [
            {"id": 11, "name": "B. Sen", "gender": 2, "profile_path": "/s.jpg", "character": "Guard", "order": 0}
        ],
        "crew": [
            {"id": 12, "name": "A. Rao", "profile_path": None, "department": "Directing", "job": "Director"},
        ],
    },
    "videos": {
        "results": [
            {"key": "dfeUzm6KF4g", "site": "YouTube", "type": "Trailer", "name": "Trailer", "official": True,
             "published_at": "2026-03-05T02:03:14.000Z"},
        ]
    },
    "images": {
        "backdrops": [{"file_path": "/1.jpg", "iso_639_1": None, "vote_average": 5.3, "vote_count": 4}],
        "logos": [],
        "posters": [],
    },
    "keywords": {"keywords": [{"id": 1, "name": "door"}]},
    "release_dates": {
        "results": [
            {"iso_3166_1": "US", "release_dates": [
                {"certification": "PG", "type": 3, "release_date": "2026-10-09T00:00:00.000Z"}]},
        ]
    },
    "watch/providers": {
        "results": {
            "IN": {
                "link": "https://www.themoviedb.org/movie/900001/watch?locale=IN",
                "flatrate": [
                    {"logo_path": "/n.jpg", "provider_id": 8, "provider_name": "Netflix", "display_priority": 0}
                ],
            }
        }
    },
    "similar": {"page": 1, "results": [{"id": 900002, "title": "Another"}], "total_pages": 1, "total_results": 1},
    "recommendations": {"page": 1, "results": [{"id": 900003, "media_type": "movie"}]},
    "external_ids": {
        "imdb_id": "tt9000001", "wikidata_id": "Q1", "facebook_id": None, "instagram_id": None, "twitter_id": ""
    },
    "translations": {
        "translations": [
            {"iso_3166_1": "IN", "iso_639_1": "hi", "name": "हिन्दी", "english_name": "Hindi",
             "data": {"title": "", "overview": "एक ताला", "tagline": "", "homepage": "", "runtime": 0}},
        ]
    },
    "alternative_titles": {"titles": [{"iso_3166_1": "IN", "title": "Neela Darvaza", "type": ""}]},
}  # fmt: skip

ANSWER = FILM | BLOCKS_OF_FILM

ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=20)
    | st.sampled_from([0, -1, 2**31, 2**63, 2**64, -(2**63) - 1, 10**400, "", " ", "\x00", "\ud800", "/", "x" * 501]),
    lambda values: (
        st.lists(values, max_size=3) | st.dictionaries(st.text(st.characters(), max_size=5), values, max_size=3)
    ),
    max_leaves=6,
)
"""What may stand where another thing is expected: whatever JSON can say, and what only Python's reader takes."""


def steps_of(value: object, taken: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value inside a value."""
    if taken:
        yield taken
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inside in pairs:
        yield from steps_of(inside, (*taken, step))


def replaced(value: Any, steps: tuple[Any, ...], by: object) -> Any:
    """A copy in which another value stands at the end of the way."""
    changed = copy.deepcopy(value)
    at = changed
    for step in steps[:-1]:
        at = at[step]
    at[steps[-1]] = by
    return changed


def body_of(answer: object) -> bytes:
    return json.dumps(answer).encode()


def read(answer: object) -> Details:
    return read_details(body_of(answer), FILM_ID, "movie")


def recorded(name: str) -> bytes:
    return (RECORDED / f"{name}.json").read_bytes()


def assert_storable(details: Details) -> None:
    held = [details.core, details.blocks, details.malformed, details.problem, details.tmdb_id]
    assert unstorable(held) is None
    assert set(details.blocks) | set(details.malformed) <= set(BLOCKS["movie"])
    assert not set(details.blocks) & set(details.malformed)
    if details.problem is not None:
        assert not details.core
        assert not details.blocks
    else:
        assert details.core["id"] == details.tmdb_id == FILM_ID
        assert details.core["title"].strip()


class Facts(TypedDict):
    __pydantic_config__ = ConfigDict(extra="forbid", strict=True)  # type: ignore[misc]

    imdb_id: str | None
    title: str
    original_title: str | None
    release_date: str | None
    year: int | None


class Meta(TypedDict):
    __pydantic_config__ = ConfigDict(extra="forbid", strict=True)  # type: ignore[misc]

    runtime_minutes: int | None
    runtime_display: str | None
    tagline: str | None
    overview: str | None
    overview_short: str | None
    genres: list[str]
    genre_ids: list[int]
    certification: str | None
    certifications: dict[str, str]
    poster_path: str | None
    backdrop_path: str | None
    poster_url_small: str | None
    poster_url_medium: str | None
    poster_url_large: str | None
    poster_url_original: str | None
    backdrop_url: str | None
    backdrop_url_mobile: str | None
    cast_members: list[dict[str, Any]]
    crew_members: list[dict[str, Any]]
    directors: list[str]
    trailers: list[dict[str, Any]]
    trailer_youtube_id: str | None
    trailer_thumbnail: str | None
    still_images: list[str]
    streaming: dict[str, dict[str, Any]]
    production_companies: list[dict[str, Any]]
    production_countries: list[str]
    keywords: list[str]
    spoken_languages: list[str]
    original_language: str | None
    origin_country: list[str]
    collection: dict[str, Any] | None
    budget: int | None
    revenue_worldwide: int | None
    homepage: str | None
    status: str | None
    popularity: float | None
    adult: bool | None
    alternative_titles: list[dict[str, str | None]]
    translations: list[dict[str, str | None]]
    external_ids: dict[str, str]


class Rating(TypedDict):
    __pydantic_config__ = ConfigDict(extra="forbid", strict=True)  # type: ignore[misc]

    value_raw: float | None
    votes_count: int


class Similar(TypedDict):
    __pydantic_config__ = ConfigDict(extra="forbid", strict=True)  # type: ignore[misc]

    tmdb_id: int
    source: str
    rank_order: int
    confidence: float


class Document(TypedDict):
    __pydantic_config__ = ConfigDict(extra="forbid", strict=True)  # type: ignore[misc]

    facts: Facts
    meta: Meta
    rating: Rating | None
    similar: list[Similar]


DOCUMENT = TypeAdapter(Document)


def assert_fits_the_tables(document: dict[str, Any]) -> None:
    DOCUMENT.validate_python(document)
    assert unstorable(document) is None
    assert orjson.loads(orjson.dumps(document)) == document
    texts = [value for steps in steps_of(document) if isinstance(value := at(document, steps), str)]
    assert [text for text in texts if not text.strip()] == []


def at(value: Any, steps: tuple[Any, ...]) -> object:
    for step in steps:
        value = value[step]
    return value


def meta(block: str | None = None, value: object = None, /, **film: object) -> dict[str, Any]:
    """The `meta` of a film with other fields and, if named, one block in place of all."""
    found: dict[str, Any] = film_document(FILM | film, {} if block is None else {block: value})["meta"]
    return found


def facts(**film: object) -> dict[str, Any]:
    found: dict[str, Any] = film_document(FILM | film, {})["facts"]
    return found


def person(number: int, **more: object) -> dict[str, Any]:
    return {"id": number, "name": f"Person {number}", "profile_path": f"/{number}.jpg", **more}


def video(key: str, **more: object) -> dict[str, Any]:
    return {"key": key, "site": "YouTube", "type": "Clip", "name": key, "official": False} | more


def related(*ids: int, **more: object) -> dict[str, Any]:
    return {"results": [{"id": number, **more} for number in ids]}
