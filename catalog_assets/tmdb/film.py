"""What the tables hold of a film: its details and blocks as columns (requirements: TM3 to TM9, "Methods used before").

What it has in common with a series is made in `columns`; here is what a film alone has. Nothing here knows the
database.
"""

from collections.abc import Mapping
from typing import Any

from catalog_assets.tmdb import columns
from catalog_assets.tmdb.columns import HOME_COUNTRY, Json, known_text

CREW_JOBS = (
    "Director",
    "Writer",
    "Screenplay",
    "Producer",
    "Director of Photography",
    "Original Music Composer",
)
"""The jobs whose holders are kept, the first first."""

EXTERNAL_IDS = ("facebook_id", "instagram_id", "twitter_id", "wikidata_id")
"""Those that are kept beside the IMDb id."""

_THEATRICAL = 3


def film_document(core: Mapping[str, Any], blocks: Mapping[str, Any]) -> Json:
    """Makes of a film what its tables hold: `facts`, `meta`, `rating` and `similar`, whose keys are columns.

    Args:
        core: The film without its blocks.
        blocks: Its blocks by name; one that is not there gives the empty value.
    """
    return {
        "facts": _facts(core, blocks),
        "meta": {
            **columns.texts(core),
            **columns.runtime(columns.positive(core.get("runtime"))),
            **_certifications(blocks),
            **columns.pictures(core, blocks),
            **_people(blocks),
            **columns.trailers(blocks),
            "streaming": columns.streaming(blocks),
            **columns.making(core),
            **_money(core),
            "keywords": columns.filled(row.get("name") for row in columns.rows(blocks, "keywords", "keywords")),
            **columns.titles(core, blocks, name="title", alternatives="titles"),
            "external_ids": columns.external_ids(blocks, EXTERNAL_IDS),
        },
        "rating": columns.rating(core),
        "similar": columns.similar(core, blocks, "movie"),
    }


def _facts(core: Mapping[str, Any], blocks: Mapping[str, Any]) -> Json:
    released = columns.iso_date(core.get("release_date"))
    return {
        "imdb_id": columns.imdb_id(core.get("imdb_id"), blocks.get("external_ids", {}).get("imdb_id")),
        "title": known_text(core.get("title")),
        "original_title": known_text(core.get("original_title")),
        "release_date": released,
        "year": int(released[:4]) if released else None,
    }


def _certifications(blocks: Mapping[str, Any]) -> Json:
    """By country the first certification of a theatrical release, else of any release."""
    releases: dict[str, list[Json]] = {}
    for row in columns.rows(blocks, "release_dates", "results"):
        releases.setdefault(row["iso_3166_1"], []).extend(row["release_dates"])
    chosen = {}
    for country in sorted(filter(str.strip, releases)):
        marked = [release for release in releases[country] if known_text(release.get("certification"))]
        first = next((release for release in marked if release.get("type") == _THEATRICAL), marked[0] if marked else {})
        if first:
            chosen[country] = first["certification"]
    return {"certification": chosen.get(HOME_COUNTRY), "certifications": chosen}


def _people(blocks: Mapping[str, Any]) -> Json:
    listed = columns.rows(blocks, "credits", "cast")
    cast = sorted(listed, key=lambda member: columns.place_in(member.get("order")))[: columns.MOST_CAST]
    crew: dict[tuple[str, int], Json] = {}
    for member in columns.rows(blocks, "credits", "crew"):
        if member.get("job") in CREW_JOBS:
            crew.setdefault((member["job"], member["id"]), member)
    working = sorted(crew.values(), key=lambda member: CREW_JOBS.index(member["job"]))
    return {
        "cast_members": [
            columns.cast_member(member, known_text(member.get("character")), has_photo=place < columns.MOST_PHOTOS)
            for place, member in enumerate(cast)
        ],
        "crew_members": [columns.crew_member(member, member["job"]) for member in working[: columns.MOST_CREW]],
        "directors": columns.filled(member.get("name") for member in working if member["job"] == CREW_JOBS[0]),
    }


def _money(core: Mapping[str, Any]) -> Json:
    collection = core.get("belongs_to_collection")
    return {
        "collection": {"id": collection["id"], "name": known_text(collection.get("name"))} if collection else None,
        "budget": columns.positive(core.get("budget")),
        "revenue_worldwide": columns.positive(core.get("revenue")),
    }
