"""What the tables hold of films and series alike, as columns (requirements: TM3 to TM9, "Methods used before").

Every value comes from what `read_details` let through. What is unknown (an empty text, a 0 that means nothing, a block
that is not there) is null or empty, never an invention. A text is otherwise kept as it came. Nothing here knows the
database.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
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

IMAGES = "https://image.tmdb.org/t/p/"
THUMBNAIL = "https://img.youtube.com/vi/{}/maxresdefault.jpg"
HOME_COUNTRY = "US"
"""Whose certification is the title's."""

SIMILAR = {"similar": ("tmdb_similar", 0.3), "recommendations": ("tmdb_recommendations", 0.5)}
"""Of each block its source's name and how sure the kinship is, 0 to 1. The first is as documented, the second ours."""

OFFER_KINDS = ("ads", "buy", "flatrate", "free", "rent")
"""How a service may offer a title (contracts: TMDB, section 6)."""

_PHOTO_SIZES = {"photo_url_small": "w45", "photo_url_medium": "w185", "photo_url_large": "h632"}
_WITHOUT_TEXT = (None, "", "xx")
_LAST = 2**63

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_IMDB_ID = re.compile(r"tt[0-9]{7,18}")
_YOUTUBE_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")
_JOINER = "\u200d"
_VIRAMA = 9
_SKIN = range(0x1F3FB, 0x1F400)

Json = dict[str, Any]


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


def imdb_id(*stated: str | None) -> str | None:
    """The first id that is one of IMDb's."""
    return next((each for each in stated if each and _IMDB_ID.fullmatch(each)), None)


def texts(core: Mapping[str, Any]) -> Json:
    """What a title is about: tagline, overview and genres."""
    overview = known_text(core.get("overview"))
    genres = core.get("genres") or []
    return {
        "tagline": known_text(core.get("tagline")),
        "overview": overview,
        "overview_short": short(overview) if overview else None,
        "genres": filled(genre.get("name") for genre in genres),
        "genre_ids": list(dict.fromkeys(genre["id"] for genre in genres)),
    }


def runtime(minutes: int | None) -> Json:
    """How long it takes, in minutes and as a text."""
    return {"runtime_minutes": minutes, "runtime_display": _runtime(minutes) if minutes else None}


def _runtime(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return " ".join([f"{hours}h"] * (hours > 0) + [f"{rest}m"] * (rest > 0))


def pictures(core: Mapping[str, Any], blocks: Mapping[str, Any]) -> Json:
    """Poster, backdrop and stills; these are backdrops, those without text first, then by their votes."""
    poster, backdrop = image_path(core.get("poster_path")), image_path(core.get("backdrop_path"))
    backdrops = sorted(
        (row for row in rows(blocks, "images", "backdrops") if image_path(row.get("file_path"))),
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
        "poster_url_small": image_url("w185", poster),
        "poster_url_medium": image_url("w342", poster),
        "poster_url_large": image_url("w500", poster),
        "poster_url_original": image_url("original", poster),
        "backdrop_url": image_url("w780", backdrop),
        "backdrop_url_mobile": image_url("w300", backdrop),
        "still_images": [image_url("w780", path) for path in stills],
    }


def cast_member(member: Mapping[str, Any], character: str | None, *, has_photo: bool) -> Json:
    """Somebody before the camera."""
    return {
        "person_id": member["id"],
        "name": known_text(member.get("name")),
        "character": character,
        "order": member.get("order"),
        **photos(member.get("profile_path") if has_photo else None),
        "gender": member.get("gender"),
    }


def crew_member(member: Mapping[str, Any], job: str) -> Json:
    """Somebody behind the camera."""
    return {
        "person_id": member["id"],
        "name": known_text(member.get("name")),
        "job": job,
        "department": known_text(member.get("department")),
        **photos(member.get("profile_path")),
    }


def photos(path: str | None) -> Json:
    """Addresses of a face in three sizes."""
    return {name: image_url(size, image_path(path)) for name, size in _PHOTO_SIZES.items()}


def trailers(blocks: Mapping[str, Any]) -> Json:
    """The trailer is the first official one, else the first one, else the first video; of YouTube's alone."""
    videos: dict[str, Json] = {}
    for row in rows(blocks, "videos", "results"):
        if row.get("site") == "YouTube" and _YOUTUBE_KEY.fullmatch(row.get("key") or ""):
            videos.setdefault(row["key"], row)
    marked = [key for key, row in videos.items() if row.get("type") == "Trailer"]
    official = [key for key in marked if videos[key].get("official")]
    chosen = next(iter([*official, *marked, *videos]), None)
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


def streaming(blocks: Mapping[str, Any]) -> Json:
    """Who offers the title, by country and kind; all sorted, so that the same offers are the same text."""
    countries = blocks.get("watch/providers", {}).get("results", {})
    found = {}
    for country, given in sorted(countries.items()):
        offers = {kind: _providers(given[kind]) for kind in OFFER_KINDS if given.get(kind)}
        offers |= _other_offers(given)
        if offers:
            found[country] = {"link": known_text(given.get("link")), **offers}
    return found


def _other_offers(given: Json) -> dict[str, list[Json]]:
    """Offers of a kind that nobody documented, as `other`: what they mean is not guessed."""
    rows = [
        row
        for kind, listed in sorted(given.items())
        if kind not in OFFER_KINDS and isinstance(listed, list)
        for row in listed
        if isinstance(row, dict) and type(row.get("provider_id")) is int and abs(row["provider_id"]) < _LAST
    ]
    read = {"provider_name": str, "logo_path": str, "display_priority": int}
    kept = [
        {"provider_id": row["provider_id"]}
        | {name: row[name] for name, kind in read.items() if type(row.get(name)) is kind}
        for row in rows
    ]
    return {"other": _providers(kept)} if kept else {}


def _providers(rows: Iterable[Json]) -> list[Json]:
    return [
        {
            "provider_id": row["provider_id"],
            "provider_name": known_text(row.get("provider_name")),
            "logo_path": image_path(row.get("logo_path")),
            "display_priority": row.get("display_priority"),
        }
        for row in sorted(rows, key=lambda row: (place_in(row.get("display_priority")), row["provider_id"]))
    ]


def making(core: Mapping[str, Any]) -> Json:
    """Who made it, where, in which languages, and how it fares."""
    return {
        "production_companies": companies(core.get("production_companies")),
        "production_countries": filled(row.get("iso_3166_1") for row in core.get("production_countries") or []),
        "spoken_languages": filled(row.get("iso_639_1") for row in core.get("spoken_languages") or []),
        "original_language": known_text(core.get("original_language")),
        "origin_country": filled(core.get("origin_country") or []),
        "homepage": known_text(core.get("homepage")),
        "status": known_text(core.get("status")),
        "popularity": None if core.get("popularity") is None else float(core["popularity"]),
        "adult": core.get("adult"),
    }


def companies(listed: Iterable[Mapping[str, Any]] | None) -> list[Json]:
    """Companies or networks, each with id, name and country."""
    return [
        {
            "id": company["id"],
            "name": known_text(company.get("name")),
            "origin_country": known_text(company.get("origin_country")),
        }
        for company in listed or []
    ]


def titles(core: Mapping[str, Any], blocks: Mapping[str, Any], *, name: str, alternatives: str) -> Json:
    """What it is called elsewhere. The row of the original language often has no title: the original one is meant.

    Args:
        core: The title without its blocks.
        blocks: Its blocks by name.
        name: The key of its name in an answer: `title` or `name`.
        alternatives: The key of the list in the block `alternative_titles`.
    """
    alternative_titles = [
        {"country": known_text(row.get("iso_3166_1")), "title": title, "type": known_text(row.get("type"))}
        for row in rows(blocks, "alternative_titles", alternatives)
        if (title := known_text(row.get("title")))
    ]
    translations = []
    for row in rows(blocks, "translations", "translations"):
        data, language = row.get("data") or {}, known_text(row.get("iso_639_1"))
        told = {"title": known_text(data.get(name))} | {
            key: known_text(data.get(key)) for key in ("overview", "tagline")
        }
        if told["title"] is None and language is not None and language == core.get("original_language"):
            told["title"] = known_text(core.get(f"original_{name}"))
        if any(told.values()):
            translations.append({"country": known_text(row.get("iso_3166_1")), "language": language, **told})
    return {"alternative_titles": alternative_titles, "translations": translations}


def external_ids(blocks: Mapping[str, Any], names: Sequence[str]) -> Json:
    """Ids elsewhere, of these names those that there are; texts, and numbers where the source has numbers."""
    given = blocks.get("external_ids", {})
    return {name: given[name] for name in names if str(given.get(name) or "").strip()}


def rating(core: Mapping[str, Any]) -> Json | None:
    """An average that nobody voted for is unknown, not 0."""
    average, votes = core.get("vote_average"), core.get("vote_count")
    if average is None and votes is None:
        return None
    votes = max(votes or 0, 0)
    return {"value_raw": float(average) if votes and average is not None else None, "votes_count": votes}


def similar(core: Mapping[str, Any], blocks: Mapping[str, Any], media_type: str) -> list[Json]:
    """Titles of its kind that are like it. One that both lists name stands where it is similar; ranks have no gaps."""
    seen = {core.get("id")}
    alike = []
    for block, (source, confidence) in SIMILAR.items():
        rank = 0
        for row in rows(blocks, block, "results"):
            if row["id"] in seen or row.get("media_type") not in (None, media_type) or rank == MOST_SIMILAR:
                continue
            rank += 1
            seen.add(row["id"])
            alike.append({"tmdb_id": row["id"], "source": source, "rank_order": rank, "confidence": confidence})
    return alike


def rows(blocks: Mapping[str, Any], name: str, key: str) -> list[Json]:
    """The rows of a list in a block; none if the block is not there."""
    found: list[Json] = blocks.get(name, {}).get(key, [])
    return found


def filled(values: Iterable[str | None]) -> list[str]:
    """Those texts in which something is written."""
    return [text for value in values if (text := known_text(value)) is not None]


def image_path(value: str | None) -> str | None:
    """A picture's path; None if it is none."""
    return value if value and value.startswith("/") else None


def image_url(size: str, path: str | None) -> str | None:
    """Where a picture is had in a size."""
    return f"{IMAGES}{size}{path}" if path else None


def positive(value: int | None) -> int | None:
    """A number, of which 0 means unknown."""
    return value if value and value > 0 else None


def place_in(value: int | None) -> int:
    """Where a row stands in an order; one that does not say, behind all others."""
    return _LAST if value is None else value
