"""What is read of an answer about a series, and what becomes of it: seasons are blocks, episodes are theirs."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog_assets.tmdb.details import BLOCKS, first_params, read_details, season_params, unstorable, wanted_blocks
from catalog_assets.tmdb.series import series_document
from tests.tmdb.answers import ANYTHING, IMAGES, body_of, recorded, recorded_only, replaced, steps_of

SERIES_ID = 800001

EPISODE: dict[str, Any] = {
    "air_date": "2025-02-14", "episode_number": 1, "episode_type": "standard", "id": 700001, "name": "Brine",
    "overview": "", "production_code": "", "runtime": 46, "season_number": 1, "show_id": SERIES_ID,
    "still_path": "/e.jpg", "vote_average": 7.1, "vote_count": 12,
    "crew": [
        {"id": 11, "name": "A. Rao", "job": "Director", "department": "Directing"},
        {"id": 12, "name": "C. Das", "job": "Teleplay", "department": "Writing"},
        {"id": 13, "name": "D. Roy", "job": "Gaffer", "department": "Lighting"},
    ],
    "guest_stars": [{"id": 14, "name": "B. Sen", "character": "Guard", "order": 61}],
}  # fmt: skip

SERIES: dict[str, Any] = {
    "adult": False, "backdrop_path": None, "created_by": [{"id": 21, "name": "E. Bose", "gender": 1}],
    "episode_run_time": [], "first_air_date": "2025-02-14", "genres": [{"id": 80, "name": "Crime"}], "homepage": "",
    "id": SERIES_ID, "in_production": True, "languages": ["ta"], "last_air_date": "2025-02-21",
    "last_episode_to_air": EPISODE | {"episode_number": 2, "name": "Ash", "air_date": "2025-02-21"},
    "next_episode_to_air": None, "name": "Salt Road",
    "networks": [{"id": 213, "logo_path": "/n.png", "name": "Netflix", "origin_country": ""}],
    "number_of_episodes": 2, "number_of_seasons": 1, "origin_country": ["IN"], "original_language": "ta",
    "original_name": "Uppu Saalai", "overview": "A road.", "popularity": 12.3, "poster_path": "/p.jpg",
    "production_companies": [], "production_countries": [], "spoken_languages": [], "status": "Returning Series",
    "seasons": [
        {"air_date": None, "episode_count": 1, "id": 600000, "name": "Specials", "overview": "", "poster_path": None,
         "season_number": 0, "vote_average": 0},
        {"air_date": "2025-02-14", "episode_count": 2, "id": 600001, "name": "Season 1", "overview": "",
         "poster_path": "/s.jpg", "season_number": 1, "vote_average": 7.2},
    ],
    "tagline": "", "type": "Scripted", "vote_average": 7.4, "vote_count": 88,
}  # fmt: skip

BLOCKS_OF_SERIES: dict[str, Any] = {
    "aggregate_credits": {
        "cast": [
            {"id": 31, "name": "F. Nair", "gender": 2, "profile_path": "/f.jpg", "order": 0, "total_episode_count": 2,
             "roles": [{"character": "Boy", "episode_count": 1}, {"character": "Man", "episode_count": 2}]},
        ],
        "crew": [
            {"id": 32, "name": "G. Iyer", "department": "Directing", "total_episode_count": 1,
             "jobs": [{"job": "Director", "episode_count": 1}, {"job": "Writer", "episode_count": 1}]},
            {"id": 11, "name": "A. Rao", "department": "Directing", "total_episode_count": 2,
             "jobs": [{"job": "Director", "episode_count": 2}]},
        ],
    },
    "videos": {"results": []},
    "images": {"backdrops": [], "logos": [], "posters": []},
    "keywords": {"results": [{"id": 1, "name": "salt"}]},
    "content_ratings": {
        "results": [
            {"descriptors": [], "iso_3166_1": "IN", "rating": "A"},
            {"descriptors": [], "iso_3166_1": "US", "rating": "TV-MA"},
            {"descriptors": [], "iso_3166_1": "FR", "rating": ""},
        ]
    },
    "watch/providers": {"results": {}},
    "similar": {"results": [{"id": 800002, "name": "Another"}]},
    "recommendations": {"results": [{"id": 800003, "media_type": "tv"}, {"id": 5, "media_type": "movie"}]},
    "external_ids": {"imdb_id": "tt9000009", "tvdb_id": 70001, "wikidata_id": "", "facebook_id": None},
    "translations": {"translations": [{"iso_3166_1": "IN", "iso_639_1": "ta", "data": {"name": "", "overview": "!"}}]},
    "alternative_titles": {"results": [{"iso_3166_1": "IN", "title": "Salt Way", "type": ""}]},
    "season/0": {
        "_id": "5256", "air_date": None, "name": "Specials", "season_number": 0,
        "episodes": [EPISODE | {"episode_number": 1, "season_number": 0, "id": 700009, "runtime": 9, "air_date": ""}],
    },
    "season/1": {
        "_id": "5257", "air_date": "2025-02-14", "name": "Season 1", "season_number": 1,
        "episodes": [EPISODE, EPISODE | {"episode_number": 2, "id": 700002, "name": "Ash", "vote_count": 0}],
    },
}  # fmt: skip

ANSWER = SERIES | BLOCKS_OF_SERIES


def document(answer: dict[str, Any] = ANSWER) -> dict[str, Any]:
    read = read_details(body_of(answer), answer["id"], "tv")
    assert read.problem is None
    assert read.malformed == {}
    return series_document(read.core, read.blocks)


# -- What is asked for ------------------------------------------------------------------------------------------------


def test_the_first_request_has_eleven_blocks_and_nine_seasons() -> None:
    names = first_params("tv")["append_to_response"].split(",")
    assert names == [*BLOCKS["tv"], *(f"season/{number}" for number in range(9))]
    assert len(names) == 20


def test_known_seasons_are_asked_for_with_the_one_after_them() -> None:
    names = first_params("tv", [1, 2])["append_to_response"].split(",")
    assert names[11:] == ["season/1", "season/2", "season/3"]
    assert len(first_params("tv", list(range(40)))["append_to_response"].split(",")) == 20


def test_seasons_that_do_not_fit_are_asked_for_twenty_at_a_time() -> None:
    listed = [{"id": number, "season_number": number} for number in range(45)]
    read = read_details(body_of(SERIES | {"seasons": listed}), SERIES_ID, "tv")
    further = [params["append_to_response"].split(",") for params in season_params(read, first_params("tv"))]
    assert [len(names) for names in further] == [20, 16]
    assert [name for names in further for name in names] == [f"season/{number}" for number in range(9, 45)]


# -- What is read -----------------------------------------------------------------------------------------------------


def test_seasons_are_blocks_and_belong_to_what_is_wanted() -> None:
    read = read_details(body_of(ANSWER), SERIES_ID, "tv")
    assert (read.core, read.blocks, read.malformed) == (SERIES, BLOCKS_OF_SERIES, {})
    assert wanted_blocks("tv", read.core) == [*BLOCKS["tv"], "season/0", "season/1"]


@pytest.mark.parametrize(
    ("steps", "value"),
    [
        (("season/1", "episodes"), None),
        (("season/1", "episodes", 0, "episode_number"), None),
        (("season/1", "episodes", 0, "id"), "700001"),
        (("season/1", "season_number"), 2),
        (("season/1",), {"success": False, "status_code": 34, "status_message": "…"}),
    ],
)
def test_a_season_that_cannot_be_used_counts_as_missing(steps: tuple[Any, ...], value: object) -> None:
    read = read_details(body_of(replaced(ANSWER, steps, value)), SERIES_ID, "tv")
    assert read.problem is None
    assert set(BLOCKS_OF_SERIES) - set(read.blocks) == set(read.malformed) == {"season/1"}


@pytest.mark.parametrize("seasons", [None, "", [], [{"id": 1}], [{"id": n, "season_number": n} for n in range(251)]])
def test_a_series_that_does_not_list_its_seasons_cannot_be_used(seasons: object) -> None:
    read = read_details(body_of(SERIES | {"seasons": seasons}), SERIES_ID, "tv")
    assert read.problem is not None
    assert read.problem.startswith("seasons")


def test_who_has_no_number_costs_no_episode() -> None:
    nameless = replaced(ANSWER, ("season/1", "episodes", 0, "crew", 0, "id"), None)
    assert [row["directors"] for row in document(nameless)["episodes"]] == [["A. Rao"]] * 3


def test_a_film_is_no_series() -> None:
    assert read_details(body_of({"id": SERIES_ID, "title": "A film"}), SERIES_ID, "tv").problem is not None


# -- What becomes of it -----------------------------------------------------------------------------------------------


def test_a_series_becomes_its_columns() -> None:
    made = document()
    assert made["facts"] == {
        "imdb_id": "tt9000009",
        "title": "Salt Road",
        "original_title": "Uppu Saalai",
        "release_date": "2025-02-14",
        "year": 2025,
    }
    assert made["series"] == {
        "last_air_date": "2025-02-21",
        "next_air_date": None,
        "last_episode": {"season_number": 1, "episode_number": 2, "name": "Ash", "air_date": "2025-02-21"},
        "next_episode": None,
        "in_production": True,
        "series_type": "Scripted",
        "number_of_seasons": 1,
        "number_of_episodes": 2,
        "creators": ["E. Bose"],
        "networks": [{"id": 213, "name": "Netflix", "origin_country": None}],
        "languages": ["ta"],
    }
    meta = made["meta"]
    assert (meta["runtime_minutes"], meta["runtime_display"]) == (46, "46m")
    assert (meta["certification"], meta["certifications"]) == ("TV-MA", {"IN": "A", "US": "TV-MA"})
    assert meta["external_ids"] == {"tvdb_id": 70001}
    assert meta["keywords"] == ["salt"]
    assert meta["alternative_titles"] == [{"country": "IN", "title": "Salt Way", "type": None}]
    assert [each["title"] for each in meta["translations"]] == ["Uppu Saalai"]
    assert [(each["tmdb_id"], each["source"]) for each in made["similar"]] == [
        (800002, "tmdb_similar"),
        (800003, "tmdb_recommendations"),
    ]


def test_people_are_those_of_all_seasons_together() -> None:
    meta = document()["meta"]
    (member,) = meta["cast_members"]
    assert (member["character"], member["episode_count"]) == ("Man", 2)
    assert member["photo_url_medium"] == f"{IMAGES}/w185/f.jpg"
    assert [(each["name"], each["job"]) for each in meta["crew_members"]] == [
        ("A. Rao", "Director"),
        ("G. Iyer", "Director"),
        ("G. Iyer", "Writer"),
    ]
    assert meta["directors"] == ["A. Rao", "G. Iyer"]


def test_seasons_and_episodes_are_rows() -> None:
    made = document()
    assert [(row["season_number"], row["season_id"], row["air_date"]) for row in made["seasons"]] == [
        (0, 600000, None),
        (1, 600001, "2025-02-14"),
    ]
    assert [season["vote_average"] for season in made["seasons"]] == [None, 7.2]
    assert [(row["season_number"], row["episode_number"], row["episode_id"]) for row in made["episodes"]] == [
        (0, 1, 700009),
        (1, 1, 700001),
        (1, 2, 700002),
    ]
    first = made["episodes"][1]
    assert (first["directors"], first["writers"]) == (["A. Rao"], ["C. Das"])
    assert first["guest_stars"] == [{"person_id": 14, "name": "B. Sen", "character": "Guard"}]
    assert first["still_url"] == f"{IMAGES}/w300/e.jpg"
    assert [row["vote_average"] for row in made["episodes"]] == [7.1, 7.1, None]


def test_a_season_that_is_not_listed_and_a_number_that_is_there_twice_are_left_out() -> None:
    twice = EPISODE | {"id": 700099}
    answer = replaced(ANSWER, ("season/1", "episodes"), [EPISODE, twice]) | {"season/7": BLOCKS_OF_SERIES["season/1"]}
    del answer["season/7"]["season_number"]
    assert [row["episode_id"] for row in document(answer)["episodes"]] == [700009, 700001]


def test_a_thin_record_is_a_series_of_which_little_is_known() -> None:
    made = document({"id": 5, "name": "Soon", "seasons": [], "number_of_seasons": None, "first_air_date": None})
    assert made["seasons"] == made["episodes"] == []
    assert (made["facts"]["year"], made["meta"]["runtime_minutes"]) == (None, None)


def test_the_length_is_what_the_series_says_where_no_episode_tells() -> None:
    bare = {name: value for name, value in ANSWER.items() if not name.startswith("season/")}
    assert document(bare | {"episode_run_time": [0, 50]})["meta"]["runtime_minutes"] == 50


@settings(deadline=None, max_examples=200)
@given(steps=st.sampled_from([*steps_of(ANSWER)]), instead=ANYTHING)
def test_whatever_stands_in_a_field_what_comes_out_can_be_stored(steps: tuple[Any, ...], instead: object) -> None:
    read = read_details(body_of(replaced(ANSWER, steps, instead)), SERIES_ID, "tv")
    assert unstorable([read.core, read.blocks, read.problem]) is None
    if read.problem is None:
        assert unstorable(series_document(read.core, read.blocks)) is None


# -- Recorded answers -------------------------------------------------------------------------------------------------


@recorded_only
@pytest.mark.parametrize(
    ("name", "tmdb_id"), [("tv_1399", 1399), ("tv_2", 2), ("tv_96677_append", 96677), ("tv_96677_images", 96677)]
)
def test_a_recorded_series_is_read_whole(name: str, tmdb_id: int) -> None:
    answer = json.loads(recorded(name))
    read = read_details(recorded(name), tmdb_id, "tv")
    assert (read.problem, read.malformed) == (None, {})
    assert set(read.blocks) == set(BLOCKS["tv"]) & set(answer)
    made = series_document(read.core, read.blocks)
    assert made["facts"]["title"] == answer["name"]
    assert len(made["seasons"]) == len(answer["seasons"])
    assert bool(made["meta"]["cast_members"]) == ("aggregate_credits" in answer)


@recorded_only
@pytest.mark.parametrize(("name", "series", "episodes"), [("tv_1399_season_1", "tv_1399", 10)])
def test_a_recorded_season_becomes_its_episodes(name: str, series: str, episodes: int) -> None:
    block = {key: value for key, value in json.loads(recorded(name)).items() if key != "id"}
    answer = json.loads(recorded(series)) | {"season/1": block}
    made = document(answer)
    assert len(made["episodes"]) == episodes
    assert all(row["name"] and row["air_date"] and row["directors"] for row in made["episodes"])
    assert made["meta"]["runtime_minutes"] > 40
    (season,) = [row for row in made["seasons"] if row["season_number"] == 1]
    assert season["episode_count"] == episodes


@recorded_only
@pytest.mark.parametrize(
    ("block", "name"),
    [("content_ratings", "tv_1399_content_ratings"), ("watch/providers", "tv_1399_watch_providers")],
)
def test_a_recorded_block_has_the_shape_that_is_asked_of_it(block: str, name: str) -> None:
    made = document(json.loads(recorded("tv_1399")) | {block: json.loads(recorded(name))})
    assert made["meta"]["certifications" if block == "content_ratings" else "streaming"]


@recorded_only
def test_a_recorded_season_with_blocks_of_its_own_is_one_all_the_same() -> None:
    block = json.loads(recorded("tv_63333_season_1_append"))
    answer = SERIES | {"season/1": block}
    assert len([row for row in document(answer)["episodes"] if row["season_number"] == 1]) == 8
