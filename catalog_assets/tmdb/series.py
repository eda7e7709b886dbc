"""What the tables hold of a series: its details, seasons and episodes as columns.

What it has in common with a film is made in `columns`; here is what a series alone has. Nothing here knows the
database.
"""

from collections.abc import Mapping
from statistics import median_low
from typing import Any

from catalog_assets.tmdb import columns
from catalog_assets.tmdb.columns import HOME_COUNTRY, Json, known_text

CREW_JOBS = ("Director", "Writer", "Executive Producer", "Producer", "Original Music Composer")
"""The jobs whose holders are kept of a series, the first first."""

EPISODE_JOBS = {"directors": ("Director",), "writers": ("Writer", "Screenplay", "Teleplay", "Story")}
"""The jobs whose holders are kept of an episode, by column."""

EXTERNAL_IDS = ("facebook_id", "instagram_id", "tvdb_id", "twitter_id", "wikidata_id")
"""Those that are kept beside the IMDb id."""

MOST_GUESTS = 10
_SPECIALS = 0


def series_document(core: Mapping[str, Any], blocks: Mapping[str, Any]) -> Json:
    """Makes of a series what its tables hold.

    The keys are those of a film's document and `series`, `seasons` and `episodes`, whose keys are columns as well.

    Args:
        core: The series without its blocks.
        blocks: Its blocks by name; one that is not there gives the empty value, and a season that is not there has no
            episodes. Of a season that the series does not list nothing is kept.
    """
    seasons = _seasons(core)
    episodes = [episode for season in seasons for episode in _episodes(blocks, season["season_number"])]
    return {
        "facts": _facts(core, blocks),
        "meta": {
            **columns.texts(core),
            **columns.runtime(_runtime(core, episodes)),
            **_certifications(blocks),
            **columns.pictures(core, blocks),
            **_people(blocks),
            **columns.trailers(blocks),
            "streaming": columns.streaming(blocks),
            **columns.making(core),
            "keywords": columns.filled(row.get("name") for row in columns.rows(blocks, "keywords", "results")),
            **columns.titles(core, blocks, name="name", alternatives="results"),
            "external_ids": columns.external_ids(blocks, EXTERNAL_IDS),
        },
        "series": _series(core),
        "seasons": seasons,
        "episodes": episodes,
        "rating": columns.rating(core),
        "similar": columns.similar(core, blocks, "tv"),
    }


def _facts(core: Mapping[str, Any], blocks: Mapping[str, Any]) -> Json:
    first = columns.iso_date(core.get("first_air_date"))
    return {
        "imdb_id": columns.imdb_id(blocks.get("external_ids", {}).get("imdb_id")),
        "title": known_text(core.get("name")),
        "original_title": known_text(core.get("original_name")),
        "release_date": first,
        "year": int(first[:4]) if first else None,
    }


def _runtime(core: Mapping[str, Any], episodes: list[Json]) -> int | None:
    """The usual length of an episode: the series' own figure is no longer kept up, so that of its episodes."""
    known = [
        episode["runtime_minutes"]
        for episode in episodes
        if episode["runtime_minutes"] and episode["season_number"] != _SPECIALS
    ]
    stated = [minutes for minutes in core.get("episode_run_time") or [] if minutes > 0]
    return median_low(known) if known else next(iter(stated), None)


def _certifications(blocks: Mapping[str, Any]) -> Json:
    """By country the first rating that says something."""
    chosen: dict[str, str] = {}
    for row in columns.rows(blocks, "content_ratings", "results"):
        if row["iso_3166_1"].strip() and known_text(row.get("rating")):
            chosen.setdefault(row["iso_3166_1"], row["rating"])
    return {"certification": chosen.get(HOME_COUNTRY), "certifications": dict(sorted(chosen.items()))}


def _people(blocks: Mapping[str, Any]) -> Json:
    """Of all seasons together; a part or job is that of the most episodes, and who is in more of them stands first."""
    listed = columns.rows(blocks, "aggregate_credits", "cast")
    cast = sorted(listed, key=lambda member: columns.place_in(member.get("order")))[: columns.MOST_CAST]
    crew = [
        (CREW_JOBS.index(job["job"]), -(job.get("episode_count") or 0), place, member)
        for place, member in enumerate(columns.rows(blocks, "aggregate_credits", "crew"))
        for job in member.get("jobs") or []
        if job.get("job") in CREW_JOBS
    ]
    working = sorted(crew, key=lambda each: each[:3])
    return {
        "cast_members": [
            {
                **columns.cast_member(member, _character(member), has_photo=place < columns.MOST_PHOTOS),
                "episode_count": member.get("total_episode_count"),
            }
            for place, member in enumerate(cast)
        ],
        "crew_members": [
            columns.crew_member(member, CREW_JOBS[job]) for job, _, _, member in working[: columns.MOST_CREW]
        ],
        "directors": list(
            dict.fromkeys(columns.filled(member.get("name") for job, _, _, member in working if job == 0))
        ),
    }


def _character(member: Mapping[str, Any]) -> str | None:
    roles = [role for role in member.get("roles") or [] if known_text(role.get("character"))]
    most = max(roles, key=lambda role: role.get("episode_count") or 0, default=None)
    return None if most is None else str(most["character"])


def _series(core: Mapping[str, Any]) -> Json:
    last, following = core.get("last_episode_to_air"), core.get("next_episode_to_air")
    return {
        "last_air_date": columns.iso_date(core.get("last_air_date")),
        "next_air_date": columns.iso_date(following.get("air_date")) if following else None,
        "last_episode": _address(last) if last else None,
        "next_episode": _address(following) if following else None,
        "in_production": core.get("in_production"),
        "series_type": known_text(core.get("type")),
        "number_of_seasons": core.get("number_of_seasons"),
        "number_of_episodes": core.get("number_of_episodes"),
        "creators": columns.filled(person.get("name") for person in core.get("created_by") or []),
        "networks": columns.companies(core.get("networks")),
        "languages": columns.filled(core.get("languages") or []),
    }


def _address(episode: Mapping[str, Any]) -> Json:
    return {
        "season_number": episode.get("season_number"),
        "episode_number": episode["episode_number"],
        "name": known_text(episode.get("name")),
        "air_date": columns.iso_date(episode.get("air_date")),
    }


def _seasons(core: Mapping[str, Any]) -> list[Json]:
    """Each number once: the first season of a number stays."""
    listed: dict[int, Json] = {}
    for season in core.get("seasons") or []:
        poster = columns.image_path(season.get("poster_path"))
        listed.setdefault(
            season["season_number"],
            {
                "season_number": season["season_number"],
                "season_id": season["id"],
                "name": known_text(season.get("name")),
                "overview": known_text(season.get("overview")),
                "air_date": columns.iso_date(season.get("air_date")),
                "episode_count": season.get("episode_count"),
                "poster_path": poster,
                "poster_url": columns.image_url("w342", poster),
                "vote_average": season.get("vote_average") or None,
            },
        )
    return list(listed.values())


def _episodes(blocks: Mapping[str, Any], season_number: int) -> list[Json]:
    """Each number once: the first episode of a number stays."""
    found: dict[int, Json] = {}
    for episode in columns.rows(blocks, f"season/{season_number}", "episodes"):
        found.setdefault(episode["episode_number"], _episode(episode, season_number))
    return list(found.values())


def _episode(episode: Mapping[str, Any], season_number: int) -> Json:
    still, votes = columns.image_path(episode.get("still_path")), max(episode.get("vote_count") or 0, 0)
    crew, guests = episode.get("crew") or [], episode.get("guest_stars") or []
    named = sorted(guests, key=lambda guest: columns.place_in(guest.get("order")))[:MOST_GUESTS]
    return {
        "season_number": season_number,
        "episode_number": episode["episode_number"],
        "episode_id": episode["id"],
        "name": known_text(episode.get("name")),
        "overview": known_text(episode.get("overview")),
        "air_date": columns.iso_date(episode.get("air_date")),
        "episode_type": known_text(episode.get("episode_type")),
        "production_code": known_text(episode.get("production_code")),
        "runtime_minutes": columns.positive(episode.get("runtime")),
        "still_path": still,
        "still_url": columns.image_url("w300", still),
        "vote_average": episode.get("vote_average") if votes else None,
        "vote_count": votes,
        **{
            column: list(dict.fromkeys(columns.filled(each.get("name") for each in crew if each.get("job") in jobs)))
            for column, jobs in EPISODE_JOBS.items()
        },
        "guest_stars": [
            {
                "person_id": guest.get("id"),
                "name": known_text(guest.get("name")),
                "character": known_text(guest.get("character")),
            }
            for guest in named
        ],
    }
