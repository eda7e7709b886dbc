"""What the tables hold of a film: its details and blocks as columns (requirements: TM3 to TM9, "Methods used before").

Every value comes from what `read_details` let through. What is unknown (an empty text, a runtime, budget or revenue of
0, an average without votes, a block that is not there) is null or empty, never an invention. A text is otherwise kept
as it came. Nothing here knows the database.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

MOST_CAST = 15
MOST_PHOTOS = 10
MOST_CREW = 10
MOST_VIDEOS = 10
MOST_STILLS = 5
MOST_SIMILAR = 10
SHORT_OVERVIEW = 150
"""Characters, without the ellipsis."""

CREW_JOBS = (
    "Director",
    "Writer",
    "Screenplay",
    "Producer",
    "Director of Photography",
    "Original Music Composer",
)
"""The jobs whose holders are kept, the first first."""

IMAGES = "https://image.tmdb.org/t/p/"
THUMBNAIL = "https://img.youtube.com/vi/{}/maxresdefault.jpg"
HOME_COUNTRY = "US"
"""Whose certification is the film's."""

SIMILAR = {"similar": ("tmdb_similar", 0.3), "recommendations": ("tmdb_recommendations", 0.5)}
"""Of each block its source's name and how sure the kinship is, 0 to 1. The first is as documented, the second ours."""

OFFER_KINDS = ("ads", "buy", "flatrate", "free", "rent")
"""How a service may offer a film (contracts: TMDB, section 6)."""

EXTERNAL_IDS = ("facebook_id", "instagram_id", "twitter_id", "wikidata_id")
"""Those that are kept beside the IMDb id."""

_PHOTO_SIZES = {"photo_url_small": "w45", "photo_url_medium": "w185", "photo_url_large": "h632"}
_THEATRICAL = 3
_WITHOUT_TEXT = (None, "", "xx")
_LAST = 2**63

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_IMDB_ID = re.compile(r"tt[0-9]{7,18}")
_YOUTUBE_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")
_JOINER = "\u200d"
_VIRAMA = 9
_SKIN = range(0x1F3FB, 0x1F400)

Json = dict[str, Any]


def film_document(core: Mapping[str, Any], blocks: Mapping[str, Any]) -> Json:
    """Makes of a film what its tables hold: `facts`, `meta`, `rating` and `similar`, whose keys are columns.

    Args:
        core: The film without its blocks.
        blocks: Its blocks by name; one that is not there gives the empty value.
    """
    return {
        "facts": _facts(core, blocks),
        "meta": {
            **_texts(core),
            **_certifications(blocks),
            **_pictures(core, blocks),
            **_people(blocks),
            **_trailers(blocks),
            "streaming": _streaming(blocks),
            **_making(core),
            "keywords": _filled(row.get("name") for row in _rows(blocks, "keywords", "keywords")),
            **_titles(core, blocks),
            "external_ids": _external_ids(blocks),
        },
        "rating": _rating(core),
        "similar": _similar(core, blocks),
    }


def iso_date(text: object) -> str | None:
    """A date as `YYYY-MM-DD`; None if there is none, or no such day in the years 1 to 9999."""
    if not isinstance(text, str) or _DATE.fullmatch(text) is None:
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return None


def known_text(value: str | None) -> str | None:
    """A text as it is; None if nothing is written in it."""
    return value if value and value.strip() else None


def short(text: str) -> str:
    """The first 150 characters and an ellipsis, or the text itself if it has no more.

    It is cut earlier rather than inside what a reader sees as one sign: before a vowel sign or accent, after a virama,
    around a joiner.
    """
    if len(text) <= SHORT_OVERVIEW:
        return text
    end = SHORT_OVERVIEW
    while end and _is_one_sign(text[end - 1], text[end]):
        end -= 1
    return f"{text[: end or SHORT_OVERVIEW].rstrip()}…"


def _is_one_sign(left: str, right: str) -> bool:
    follows = unicodedata.category(right)[0] == "M" or ord(right) in _SKIN
    return follows or _JOINER in (left, right) or unicodedata.combining(left) == _VIRAMA


def _facts(core: Mapping[str, Any], blocks: Mapping[str, Any]) -> Json:
    released = iso_date(core.get("release_date"))
    stated = (core.get("imdb_id"), blocks.get("external_ids", {}).get("imdb_id"))
    return {
        "imdb_id": next((imdb_id for imdb_id in stated if imdb_id and _IMDB_ID.fullmatch(imdb_id)), None),
        "title": known_text(core.get("title")),
        "original_title": known_text(core.get("original_title")),
        "release_date": released,
        "year": int(released[:4]) if released else None,
    }


def _texts(core: Mapping[str, Any]) -> Json:
    minutes = _positive(core.get("runtime"))
    overview = known_text(core.get("overview"))
    genres = core.get("genres") or []
    return {
        "runtime_minutes": minutes,
        "runtime_display": _runtime(minutes) if minutes else None,
        "tagline": known_text(core.get("tagline")),
        "overview": overview,
        "overview_short": short(overview) if overview else None,
        "genres": _filled(genre.get("name") for genre in genres),
        "genre_ids": list(dict.fromkeys(genre["id"] for genre in genres)),
    }


def _runtime(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return " ".join([f"{hours}h"] * (hours > 0) + [f"{rest}m"] * (rest > 0))


def _certifications(blocks: Mapping[str, Any]) -> Json:
    """By country the first certification of a theatrical release, else of any release."""
    releases: dict[str, list[Json]] = {}
    for row in _rows(blocks, "release_dates", "results"):
        releases.setdefault(row["iso_3166_1"], []).extend(row["release_dates"])
    chosen = {}
    for country in sorted(filter(str.strip, releases)):
        marked = [release for release in releases[country] if known_text(release.get("certification"))]
        first = next((release for release in marked if release.get("type") == _THEATRICAL), marked[0] if marked else {})
        if first:
            chosen[country] = first["certification"]
    return {"certification": chosen.get(HOME_COUNTRY), "certifications": chosen}


def _pictures(core: Mapping[str, Any], blocks: Mapping[str, Any]) -> Json:
    """The stills are backdrops: those without text first, then by their votes."""
    poster, backdrop = _path(core.get("poster_path")), _path(core.get("backdrop_path"))
    backdrops = sorted(
        (row for row in _rows(blocks, "images", "backdrops") if _path(row.get("file_path"))),
        key=lambda row: (
            row.get("iso_639_1") not in _WITHOUT_TEXT,
            -(row.get("vote_average") or 0),
            -(row.get("vote_count") or 0),
            row["file_path"],
        ),
    )
    stills = list(dict.fromkeys(row["file_path"] for row in backdrops))[:MOST_STILLS]
    return {
        "poster_path": poster,
        "backdrop_path": backdrop,
        "poster_url_small": _url("w185", poster),
        "poster_url_medium": _url("w342", poster),
        "poster_url_large": _url("w500", poster),
        "poster_url_original": _url("original", poster),
        "backdrop_url": _url("w780", backdrop),
        "backdrop_url_mobile": _url("w300", backdrop),
        "still_images": [_url("w780", path) for path in stills],
    }


def _people(blocks: Mapping[str, Any]) -> Json:
    cast = sorted(_rows(blocks, "credits", "cast"), key=lambda member: _place(member.get("order")))[:MOST_CAST]
    crew: dict[tuple[str, int], Json] = {}
    for member in _rows(blocks, "credits", "crew"):
        if member.get("job") in CREW_JOBS:
            crew.setdefault((member["job"], member["id"]), member)
    working = sorted(crew.values(), key=lambda member: CREW_JOBS.index(member["job"]))
    return {
        "cast_members": [
            {
                "person_id": member["id"],
                "name": known_text(member.get("name")),
                "character": known_text(member.get("character")),
                "order": member.get("order"),
                **_photos(member.get("profile_path") if place < MOST_PHOTOS else None),
                "gender": member.get("gender"),
            }
            for place, member in enumerate(cast)
        ],
        "crew_members": [
            {
                "person_id": member["id"],
                "name": known_text(member.get("name")),
                "job": member["job"],
                "department": known_text(member.get("department")),
                **_photos(member.get("profile_path")),
            }
            for member in working[:MOST_CREW]
        ],
        "directors": _filled(member.get("name") for member in working if member["job"] == CREW_JOBS[0]),
    }


def _photos(path: str | None) -> Json:
    return {name: _url(size, _path(path)) for name, size in _PHOTO_SIZES.items()}


def _trailers(blocks: Mapping[str, Any]) -> Json:
    """The trailer is the first official one, else the first one, else the first video; of YouTube's alone."""
    videos: dict[str, Json] = {}
    for row in _rows(blocks, "videos", "results"):
        if row.get("site") == "YouTube" and _YOUTUBE_KEY.fullmatch(row.get("key") or ""):
            videos.setdefault(row["key"], row)
    trailers = [key for key, row in videos.items() if row.get("type") == "Trailer"]
    official = [key for key in trailers if videos[key].get("official")]
    chosen = next(iter([*official, *trailers, *videos]), None)
    return {
        "trailers": [
            {
                "key": key,
                "name": known_text(row.get("name")),
                "type": known_text(row.get("type")),
                "official": row.get("official"),
                "published_at": known_text(row.get("published_at")),
                "url": f"https://www.youtube.com/watch?v={key}",
                "thumbnail": THUMBNAIL.format(key),
            }
            for key, row in list(videos.items())[:MOST_VIDEOS]
        ],
        "trailer_youtube_id": chosen,
        "trailer_thumbnail": THUMBNAIL.format(chosen) if chosen else None,
    }


def _streaming(blocks: Mapping[str, Any]) -> Json:
    """Who offers the film, by country and kind; all sorted, so that the same offers are the same text."""
    countries = blocks.get("watch/providers", {}).get("results", {})
    streaming = {}
    for country, given in sorted(countries.items()):
        offers = {kind: _providers(given[kind]) for kind in OFFER_KINDS if given.get(kind)}
        if offers:
            streaming[country] = {"link": known_text(given.get("link")), **offers}
    return streaming


def _providers(rows: Iterable[Json]) -> list[Json]:
    return [
        {
            "provider_id": row["provider_id"],
            "provider_name": known_text(row.get("provider_name")),
            "logo_path": _path(row.get("logo_path")),
            "display_priority": row.get("display_priority"),
        }
        for row in sorted(rows, key=lambda row: (_place(row.get("display_priority")), row["provider_id"]))
    ]


def _making(core: Mapping[str, Any]) -> Json:
    collection = core.get("belongs_to_collection")
    return {
        "production_companies": [
            {
                "id": company["id"],
                "name": known_text(company.get("name")),
                "origin_country": known_text(company.get("origin_country")),
            }
            for company in core.get("production_companies") or []
        ],
        "production_countries": _filled(row.get("iso_3166_1") for row in core.get("production_countries") or []),
        "spoken_languages": _filled(row.get("iso_639_1") for row in core.get("spoken_languages") or []),
        "original_language": known_text(core.get("original_language")),
        "origin_country": _filled(core.get("origin_country") or []),
        "collection": {"id": collection["id"], "name": known_text(collection.get("name"))} if collection else None,
        "budget": _positive(core.get("budget")),
        "revenue_worldwide": _positive(core.get("revenue")),
        "homepage": known_text(core.get("homepage")),
        "status": known_text(core.get("status")),
        "popularity": None if core.get("popularity") is None else float(core["popularity"]),
        "adult": core.get("adult"),
    }


def _titles(core: Mapping[str, Any], blocks: Mapping[str, Any]) -> Json:
    """The row of the original language often has no title: the film's original one is meant."""
    alternative_titles = [
        {"country": known_text(row.get("iso_3166_1")), "title": title, "type": known_text(row.get("type"))}
        for row in _rows(blocks, "alternative_titles", "titles")
        if (title := known_text(row.get("title")))
    ]
    translations = []
    for row in _rows(blocks, "translations", "translations"):
        data, language = row.get("data") or {}, known_text(row.get("iso_639_1"))
        texts = {name: known_text(data.get(name)) for name in ("title", "overview", "tagline")}
        if texts["title"] is None and language is not None and language == core.get("original_language"):
            texts["title"] = known_text(core.get("original_title"))
        if any(texts.values()):
            translations.append({"country": known_text(row.get("iso_3166_1")), "language": language, **texts})
    return {"alternative_titles": alternative_titles, "translations": translations}


def _external_ids(blocks: Mapping[str, Any]) -> Json:
    given = blocks.get("external_ids", {})
    return {name: given[name] for name in EXTERNAL_IDS if known_text(given.get(name))}


def _rating(core: Mapping[str, Any]) -> Json | None:
    """An average that nobody voted for is unknown, not 0."""
    average, votes = core.get("vote_average"), core.get("vote_count")
    if average is None and votes is None:
        return None
    votes = max(votes or 0, 0)
    return {"value_raw": float(average) if votes and average is not None else None, "votes_count": votes}


def _similar(core: Mapping[str, Any], blocks: Mapping[str, Any]) -> list[Json]:
    """A film that both lists name stands where it is similar; ranks have no gaps."""
    seen = {core.get("id")}
    similar = []
    for block, (source, confidence) in SIMILAR.items():
        rank = 0
        for row in _rows(blocks, block, "results"):
            if row["id"] in seen or row.get("media_type") not in (None, "movie") or rank == MOST_SIMILAR:
                continue
            rank += 1
            seen.add(row["id"])
            similar.append({"tmdb_id": row["id"], "source": source, "rank_order": rank, "confidence": confidence})
    return similar


def _rows(blocks: Mapping[str, Any], name: str, key: str) -> list[Json]:
    rows: list[Json] = blocks.get(name, {}).get(key, [])
    return rows


def _filled(values: Iterable[str | None]) -> list[str]:
    return [text for value in values if (text := known_text(value)) is not None]


def _path(value: str | None) -> str | None:
    return value if value and value.startswith("/") else None


def _url(size: str, path: str | None) -> str | None:
    return f"{IMAGES}{size}{path}" if path else None


def _positive(value: int | None) -> int | None:
    return value if value and value > 0 else None


def _place(value: int | None) -> int:
    """Where a row stands in an order; one that does not say, behind all others."""
    return _LAST if value is None else value
