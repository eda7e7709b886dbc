"""What becomes of a film's details and blocks: every documented rule, and columns of the right type whatever came."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog_assets.tmdb.details import BLOCKS, read_details
from catalog_assets.tmdb.film import CREW_JOBS, film_document
from tests.tmdb.answers import (
    ANSWER,
    ANYTHING,
    BLOCKS_OF_FILM,
    FILM,
    FILM_ID,
    IMAGES,
    assert_fits_the_tables,
    body_of,
    facts,
    meta,
    person,
    read,
    recorded,
    recorded_only,
    replaced,
    steps_of,
)

FILM_BLOCKS = BLOCKS["movie"]


def test_a_film_becomes_its_columns() -> None:
    document = film_document(FILM, BLOCKS_OF_FILM)
    assert_fits_the_tables(document)
    assert document["facts"] == {
        "imdb_id": "tt9000001",
        "title": "The Blue Door",
        "original_title": "Neela Darwaza",
        "release_date": "2026-10-09",
        "year": 2026,
    }
    expected = {
        "runtime_minutes": 121,
        "runtime_display": "2h 1m",
        "tagline": "Knock.",
        "overview": "A locksmith opens a door.",
        "overview_short": "A locksmith opens a door.",
        "genres": ["Drama"],
        "genre_ids": [18],
        "production_companies": [{"id": 5, "name": "Lamp Films", "origin_country": None}],
        "production_countries": ["IN"],
        "spoken_languages": ["hi"],
        "original_language": "hi",
        "origin_country": ["IN"],
        "collection": {"id": 7, "name": "Doors"},
        "budget": 5_000_000,
        "revenue_worldwide": 9_000_000,
        "homepage": "https://example.org",
        "status": "Released",
        "popularity": 20.6912,
        "adult": False,
        "keywords": ["door"],
        "external_ids": {"wikidata_id": "Q1"},
        "alternative_titles": [{"country": "IN", "title": "Neela Darvaza", "type": None}],
    }
    assert {key: document["meta"][key] for key in expected} == expected
    assert document["rating"] == {"value_raw": 6.9, "votes_count": 262}


def test_a_bare_film_has_every_column_empty() -> None:
    document = film_document({"id": FILM_ID, "title": "The Blue Door"}, {})
    assert_fits_the_tables(document)
    assert document["facts"].pop("title") == "The Blue Door"
    assert not any(document["facts"].values())
    assert not any(document["meta"].values())
    assert document["rating"] is None
    assert document["similar"] == []


@pytest.mark.parametrize("name", FILM_BLOCKS)
def test_a_missing_block_leaves_all_other_columns_as_they_are(name: str) -> None:
    whole = film_document(FILM, BLOCKS_OF_FILM)["meta"]
    lacking = film_document(FILM, {key: value for key, value in BLOCKS_OF_FILM.items() if key != name})["meta"]
    assert {key for key in whole if lacking[key] != whole[key] and lacking[key]} == set()


@pytest.mark.parametrize("text", ["", None, "soon", "2026-02-30"])
def test_a_film_without_a_release_date_has_no_year(text: object) -> None:
    assert (facts(release_date=text)["release_date"], facts(release_date=text)["year"]) == (None, None)


@pytest.mark.parametrize(
    ("own", "external", "expected"),
    [
        ("tt0137523", "tt9999999", "tt0137523"),
        ("tt10872600", None, "tt10872600"),
        ("", "tt9999999", "tt9999999"),
        (None, "tt9999999", "tt9999999"),
        ("tt123456", "tt9999999", "tt9999999"),
        ("nm0000001", "", None),
        ("tt0137523\n", None, None),
        ("tt\u0660\u0661\u0662\u0663\u0664\u0665\u0666", None, None),
        (None, None, None),
    ],
)  # fmt: skip
def test_the_imdb_id_is_the_films_own_else_that_of_its_external_ids(
    own: str | None, external: str | None, expected: str | None
) -> None:
    document = film_document(FILM | {"imdb_id": own}, {"external_ids": {"imdb_id": external}})
    assert document["facts"]["imdb_id"] == expected


@pytest.mark.parametrize("field", ["budget", "revenue"])
def test_no_money_means_that_it_is_unknown(field: str) -> None:
    column = {"budget": "budget", "revenue": "revenue_worldwide"}[field]
    assert [meta(**{field: value})[column] for value in (0, None, 5)] == [None, None, 5]


class TestCertification:
    @pytest.mark.parametrize(
        ("releases", "expected"),
        [
            ([("PG", 3)], "PG"),
            ([("", 3), ("R", 3)], "R"),
            ([("NR", 1), ("R", 3)], "R"),
            ([("", 3), ("NR", 5), ("R", 4)], "NR"),
            ([("R", None)], "R"),
            ([("", 3), (None, 1)], None),
            ([], None),
        ],
    )  # fmt: skip
    def test_it_is_that_of_the_cinemas_else_any(self, releases: Sequence[Any], expected: str | None) -> None:
        rows = [{"certification": certification, "type": kind} for certification, kind in releases]
        block = {"results": [{"iso_3166_1": "US", "release_dates": rows}]}
        found = meta("release_dates", block)
        assert found["certification"] == expected
        assert found["certifications"] == ({"US": expected} if expected else {})

    def test_every_country_has_its_own_and_the_films_is_that_of_the_usa(self) -> None:
        countries = {"IN": "A", "GB": "18", "US": ""}
        block = {
            "results": [
                {"iso_3166_1": country, "release_dates": [{"certification": text, "type": 3}]}
                for country, text in countries.items()
            ]
        }
        found = meta("release_dates", block)
        assert found["certification"] is None
        assert list(found["certifications"].items()) == [("GB", "18"), ("IN", "A")]

    def test_a_country_may_come_in_several_rows(self) -> None:
        rows = [("", 3), ("R", 3)]
        block = {"results": [{"iso_3166_1": "US", "release_dates": [{"certification": c, "type": t}]} for c, t in rows]}
        assert meta("release_dates", block)["certification"] == "R"


class TestPeople:
    def test_the_cast_is_the_first_fifteen_in_their_order_and_ten_have_photos(self) -> None:
        cast = [person(number, order=number, character="Self", gender=1) for number in reversed(range(20))]
        found = meta("credits", {"cast": cast, "crew": []})["cast_members"]
        assert [member["person_id"] for member in found] == list(range(15))
        assert [member["photo_url_small"] is not None for member in found] == [True] * 10 + [False] * 5
        assert found[3] == {
            "person_id": 3,
            "name": "Person 3",
            "character": "Self",
            "order": 3,
            "photo_url_small": f"{IMAGES}/w45/3.jpg",
            "photo_url_medium": f"{IMAGES}/w185/3.jpg",
            "photo_url_large": f"{IMAGES}/h632/3.jpg",
            "gender": 1,
        }

    def test_who_has_no_place_in_the_cast_comes_last(self) -> None:
        cast = [person(1), person(2, order=None), person(3, order=0)]
        assert [m["person_id"] for m in meta("credits", {"cast": cast, "crew": []})["cast_members"]] == [3, 1, 2]

    def test_what_is_unknown_of_a_member_is_null(self) -> None:
        (member,) = meta("credits", {"cast": [{"id": 1, "name": "", "character": ""}], "crew": []})["cast_members"]
        assert member.pop("person_id") == 1
        assert set(member.values()) == {None}

    def test_the_crew_is_ten_of_six_jobs_in_the_order_of_the_jobs(self) -> None:
        crew = [person(100, job="Grip")]
        crew += [person(10 * job + n, job=name) for job, name in enumerate(CREW_JOBS) for n in range(2)][::-1]
        found = meta("credits", {"cast": [], "crew": crew})["crew_members"]
        assert [(member["job"], member["person_id"]) for member in found] == [
            ("Director", 1), ("Director", 0), ("Writer", 11), ("Writer", 10), ("Screenplay", 21), ("Screenplay", 20),
            ("Producer", 31), ("Producer", 30), ("Director of Photography", 41), ("Director of Photography", 40),
        ]  # fmt: skip
        assert set(found[0]) == {
            "person_id", "name", "job", "department", "photo_url_small", "photo_url_medium", "photo_url_large"
        }  # fmt: skip

    def test_one_person_may_have_two_jobs_but_each_only_once(self) -> None:
        crew = [person(1, job="Writer", department="Writing"), person(1, job="Director"), person(1, job="Writer")]
        found = meta("credits", {"cast": [], "crew": crew})["crew_members"]
        assert [(member["job"], member["department"]) for member in found] == [
            ("Director", None),
            ("Writer", "Writing"),
        ]

    def test_all_directors_are_named(self) -> None:
        crew = [person(number, job="Director") for number in range(12)] + [person(50, job="Writer")]
        assert meta("credits", {"cast": [], "crew": crew})["directors"] == [f"Person {number}" for number in range(12)]


@settings(deadline=None, max_examples=300)
@given(steps=st.sampled_from([*steps_of(ANSWER)]), instead=ANYTHING)
def test_whatever_stands_in_a_field_the_columns_get_their_types(steps: tuple[Any, ...], instead: object) -> None:
    details = read(replaced(ANSWER, steps, instead))
    if details.problem is None:
        assert_fits_the_tables(film_document(details.core, details.blocks))


@recorded_only
def test_a_recorded_film_with_all_its_blocks_becomes_its_columns() -> None:
    core = json.loads(recorded("movie_550"))
    blocks = {name: json.loads(recorded(f"movie_550_{name.replace('/', '_')}")) for name in FILM_BLOCKS}
    details = read_details(body_of(core | blocks), 550, "movie")
    document = film_document(details.core, details.blocks)
    assert_fits_the_tables(document)
    found = document["meta"]
    assert (found["certification"], found["certifications"]["IN"], found["certifications"]["FR"]) == ("R", "A", "16")
    assert found["directors"] == ["David Fincher"]
    assert [member["job"] for member in found["crew_members"]] == [
        "Director", "Screenplay", "Producer", "Producer", "Producer", "Director of Photography",
        "Original Music Composer", "Original Music Composer",
    ]  # fmt: skip
    assert len(found["cast_members"]) == 15
    assert found["trailer_youtube_id"] == "dfeUzm6KF4g"
    assert found["still_images"][0] == f"{IMAGES}/w780/hZkgoQYus5vegHoetLkCJzb17zJ.jpg"
    assert set(found["streaming"]) == set(blocks["watch/providers"]["results"])
    assert len(found["translations"]) == 49
    english = next(row for row in found["translations"] if row["country"] == "US")
    assert english["title"] == "Fight Club"
    assert found["external_ids"] == {"facebook_id": "FightClub", "wikidata_id": "Q190050"}
    assert len(document["similar"]) == 20


@recorded_only
@pytest.mark.parametrize(("name", "tmdb_id"), [("movie_10140_append", 10140), ("movie_603_append", 603)])
def test_an_older_recording_loses_nothing(name: str, tmdb_id: int) -> None:
    details = read_details(recorded(name), tmdb_id, "movie")
    document = film_document(details.core, details.blocks)
    assert_fits_the_tables(document)
    assert len(document["meta"]["production_companies"]) == len(details.core["production_companies"])
    assert document["meta"]["overview_short"].endswith("…")


@recorded_only
def test_a_nearly_empty_recording_becomes_a_film_of_which_little_is_known() -> None:
    document = film_document(read_details(recorded("movie_latest"), 1236474, "movie").core, {})
    assert_fits_the_tables(document)
    known = {key: value for key, value in document["meta"].items() if value not in (None, [], {})}
    assert known == {
        "original_language": "en", "budget": 5, "status": "Released", "popularity": 0.0, "adult": False
    }  # fmt: skip
    assert document["rating"] == {"value_raw": None, "votes_count": 0}
