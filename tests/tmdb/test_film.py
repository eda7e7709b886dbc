"""What becomes of a film's details and blocks: every documented rule, and columns of the right type whatever came."""

import json
from collections.abc import Sequence
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ConfigDict, TypeAdapter
from typing_extensions import TypedDict

from catalog_assets.tmdb.details import BLOCKS, read_details, unstorable
from catalog_assets.tmdb.film import CREW_JOBS, film_document, iso_date, known_text, short
from tests.tmdb.test_details import (
    ANSWER,
    ANYTHING,
    BLOCKS_OF_FILM,
    FILM,
    FILM_ID,
    body_of,
    read,
    recorded,
    recorded_only,
    replaced,
    steps_of,
)

IMAGES = "https://image.tmdb.org/t/p"


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


@pytest.mark.parametrize("name", BLOCKS)
def test_a_missing_block_leaves_all_other_columns_as_they_are(name: str) -> None:
    whole = film_document(FILM, BLOCKS_OF_FILM)["meta"]
    lacking = film_document(FILM, {key: value for key, value in BLOCKS_OF_FILM.items() if key != name})["meta"]
    assert {key for key in whole if lacking[key] != whole[key] and lacking[key]} == set()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-10-09", "2026-10-09"),
        ("0001-01-01", "0001-01-01"),
        ("9999-12-31", "9999-12-31"),
        ("2024-02-29", "2024-02-29"),
        ("2026-02-29", None),
        ("0000-01-01", None),
        ("2026-13-01", None),
        ("20261009", None),
        ("2026-W41-5", None),
        ("2026-10-09T00:00:00.000Z", None),
        ("٢٠٢٦-10-09", None),
        (" 2026-10-09", None),
        ("", None),
        (None, None),
        (20261009, None),
    ],
)  # fmt: skip
def test_a_date_is_a_day_that_exists(text: object, expected: str | None) -> None:
    assert iso_date(text) == expected


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


@pytest.mark.parametrize(
    ("runtime", "minutes", "display"),
    [(121, 121, "2h 1m"), (45, 45, "45m"), (120, 120, "2h"), (60, 60, "1h"), (1, 1, "1m"), (0, None, None),
     (None, None, None), (-5, None, None)],
)  # fmt: skip
def test_a_runtime_is_shown_in_hours_and_minutes(runtime: int | None, minutes: int | None, display: str | None) -> None:
    assert meta(runtime=runtime)["runtime_minutes"] == minutes
    assert meta(runtime=runtime)["runtime_display"] == display


@pytest.mark.parametrize("field", ["budget", "revenue"])
def test_no_money_means_that_it_is_unknown(field: str) -> None:
    column = {"budget": "budget", "revenue": "revenue_worldwide"}[field]
    assert [meta(**{field: value})[column] for value in (0, None, 5)] == [None, None, 5]


@pytest.mark.parametrize("field", ["tagline", "overview", "homepage", "status", "original_language"])
@pytest.mark.parametrize("value", ["", " \n", None])
def test_a_text_in_which_nothing_is_written_is_null(field: str, value: str | None) -> None:
    assert meta(**{field: value})[field] is None


def test_any_other_text_is_kept_as_it_is() -> None:
    assert meta(tagline="  Knock.\n")["tagline"] == "  Knock.\n"


class TestShort:
    def test_150_characters_stay_whole(self) -> None:
        assert short("a" * 150) == "a" * 150

    def test_more_are_cut_to_150_and_an_ellipsis(self) -> None:
        assert short("a" * 151) == "a" * 150 + "…"

    def test_no_space_stands_before_the_ellipsis(self) -> None:
        assert short("a" * 149 + " bc") == "a" * 149 + "…"

    @pytest.mark.parametrize(
        "sign",
        ["e\u0301", "कि", "क्ष", "👍🏽", "👨\u200d👩", "❤\ufe0f"],
        ids=["accent", "vowel sign", "virama", "skin", "joiner", "variation"],
    )
    def test_it_is_not_cut_inside_one_sign(self, sign: str) -> None:
        for length in range(1, len(sign)):
            assert short("a" * (150 - length) + sign + "b" * 9) == "a" * (150 - length) + "…"

    def test_a_text_of_nothing_but_accents_is_cut_all_the_same(self) -> None:
        assert short("\u0301" * 200) == "\u0301" * 150 + "…"

    @given(st.text(min_size=151, max_size=200))
    def test_it_begins_as_the_text_does_and_is_never_longer(self, text: str) -> None:
        assert len(short(text)) <= 151
        assert short(text).endswith("…")
        assert text.startswith(short(text)[:-1])

    def test_an_unknown_overview_has_no_short_form(self) -> None:
        assert meta(overview="")["overview_short"] is None


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


class TestPictures:
    def test_urls_are_of_the_documented_sizes(self) -> None:
        found = meta()
        assert {key: value for key, value in found.items() if key.startswith(("poster", "backdrop"))} == {
            "poster_path": "/p.jpg",
            "poster_url_small": f"{IMAGES}/w185/p.jpg",
            "poster_url_medium": f"{IMAGES}/w342/p.jpg",
            "poster_url_large": f"{IMAGES}/w500/p.jpg",
            "poster_url_original": f"{IMAGES}/original/p.jpg",
            "backdrop_path": "/b.jpg",
            "backdrop_url": f"{IMAGES}/w780/b.jpg",
            "backdrop_url_mobile": f"{IMAGES}/w300/b.jpg",
        }

    @pytest.mark.parametrize("path", [None, "", "no-slash.jpg"])
    def test_a_film_without_pictures_has_no_urls(self, path: str | None) -> None:
        found = meta(poster_path=path, backdrop_path=path)
        assert {found[key] for key in found if key.startswith(("poster", "backdrop"))} == {None}

    def test_stills_are_the_five_best_backdrops_those_without_text_first(self) -> None:
        backdrops = [
            ("/worst.jpg", None, 1.0, 9),
            ("/english.jpg", "en", 9.0, 9),
            ("/few.jpg", None, 5.0, 1),
            ("/many.jpg", "xx", 5.0, 2),
            ("/unvoted.jpg", "", None, None),
            (None, None, 9.0, 9),
            ("/hindi.jpg", "hi", 8.0, 9),
        ]
        rows = [
            {"file_path": path, "iso_639_1": language, "vote_average": average, "vote_count": votes}
            for path, language, average, votes in backdrops
        ]
        expected = ["many", "few", "worst", "unvoted", "english"]
        assert meta("images", {"backdrops": rows})["still_images"] == [f"{IMAGES}/w780/{n}.jpg" for n in expected]
        assert (
            meta("images", {"backdrops": rows[::-1]})["still_images"]
            == meta("images", {"backdrops": rows})["still_images"]
        )


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


class TestTrailers:
    @pytest.mark.parametrize(
        ("videos", "chosen"),
        [
            ([video("clip"), video("fan", type="Trailer"), video("own", type="Trailer", official=True)], "own"),
            ([video("teaser", type="Teaser", official=True), video("fan", type="Trailer")], "fan"),
            ([video("clip"), video("other")], "clip"),
            ([video("vimeo", site="Vimeo", type="Trailer", official=True), video("clip")], "clip"),
            ([video("vimeo", site="Vimeo")], None),
            ([], None),
        ],
    )  # fmt: skip
    def test_the_trailer_is_the_official_one_else_a_trailer_else_the_first(
        self, videos: list[dict[str, Any]], chosen: str | None
    ) -> None:
        found = meta("videos", {"results": videos})
        assert found["trailer_youtube_id"] == chosen
        thumbnail = f"https://img.youtube.com/vi/{chosen}/maxresdefault.jpg" if chosen else None
        assert found["trailer_thumbnail"] == thumbnail

    def test_ten_videos_of_youtube_are_kept_each_once(self) -> None:
        videos = [
            video("same"),
            video("same", name="again"),
            video("vimeo", site="Vimeo"),
            *(video(f"v{n}") for n in range(20)),
        ]
        found = meta("videos", {"results": videos})["trailers"]
        assert [kept["name"] for kept in found] == ["same", *(f"v{n}" for n in range(9))]

    def test_the_trailer_may_stand_behind_the_first_ten(self) -> None:
        videos = [*(video(f"v{n}") for n in range(12)), video("own", type="Trailer", official=True)]
        assert meta("videos", {"results": videos})["trailer_youtube_id"] == "own"

    def test_a_video_has_its_addresses(self) -> None:
        (found,) = meta("videos", {"results": [video("a-_B9", published_at="2010-06-16 23:26:16 UTC")]})["trailers"]
        assert found == {
            "key": "a-_B9",
            "name": "a-_B9",
            "type": "Clip",
            "official": False,
            "published_at": "2010-06-16 23:26:16 UTC",
            "url": "https://www.youtube.com/watch?v=a-_B9",
            "thumbnail": "https://img.youtube.com/vi/a-_B9/maxresdefault.jpg",
        }

    @pytest.mark.parametrize("key", [None, "", "a/../b", "a?b", "ä"])
    def test_a_key_that_no_address_can_hold_is_no_video(self, key: str | None) -> None:
        assert meta("videos", {"results": [{"key": key, "site": "YouTube"}]})["trailers"] == []


class TestStreaming:
    def test_it_is_empty_where_nobody_offers_the_film(self) -> None:
        assert meta("watch/providers", {"results": {}})["streaming"] == {}
        assert meta("watch/providers", {"results": {"IN": {"link": "https://x", "rent": []}}})["streaming"] == {}

    def test_the_same_offers_in_another_order_are_the_same_text(self) -> None:
        def provider(number: int, priority: int | None) -> dict[str, Any]:
            named = {"provider_name": f"P{number}", "logo_path": "/l.png"}
            return {"provider_id": number, **named, "display_priority": priority}

        rows = [provider(9, None), provider(3, 2), provider(2, 2), provider(5, 0)]
        results: dict[str, dict[str, Any]] = {
            "US": {"link": "", "rent": rows, "ads": rows[:1]},
            "IN": {"flatrate": rows[:1], "softcore": False},
        }
        turned = {
            country: {
                kind: given[::-1] if isinstance(given, list) else given for kind, given in [*offers.items()][::-1]
            }
            for country, offers in [*results.items()][::-1]
        }
        found = meta("watch/providers", {"results": results})["streaming"]
        assert json.dumps(found) == json.dumps(meta("watch/providers", {"results": turned})["streaming"])
        assert list(found) == ["IN", "US"]
        assert found["IN"] == {"link": None, "flatrate": [provider(9, None)]}
        assert list(found["US"]) == ["link", "ads", "rent"]
        assert [offer["provider_id"] for offer in found["US"]["rent"]] == [5, 2, 3, 9]


class TestTitles:
    def test_an_alternative_title_without_words_is_left_out(self) -> None:
        rows = [{"iso_3166_1": "IN", "title": ""}, {"iso_3166_1": "", "title": "Door", "type": "working title"}]
        found = meta("alternative_titles", {"titles": rows})["alternative_titles"]
        assert found == [{"country": None, "title": "Door", "type": "working title"}]

    def test_the_row_of_the_original_language_has_the_original_title(self) -> None:
        rows = [
            {"iso_3166_1": "IN", "iso_639_1": "hi", "data": {"title": "", "overview": "x", "tagline": ""}},
            {"iso_3166_1": "FR", "iso_639_1": "fr", "data": {"title": "", "overview": "y", "tagline": None}},
            {"iso_3166_1": "DE", "iso_639_1": "de", "data": {"title": "Die Tür", "overview": "", "tagline": "z"}},
        ]
        assert meta("translations", {"translations": rows})["translations"] == [
            {"country": "IN", "language": "hi", "title": "Neela Darwaza", "overview": "x", "tagline": None},
            {"country": "FR", "language": "fr", "title": None, "overview": "y", "tagline": None},
            {"country": "DE", "language": "de", "title": "Die Tür", "overview": None, "tagline": "z"},
        ]

    def test_a_translation_without_a_word_is_left_out(self) -> None:
        rows = [
            {"iso_3166_1": "FR", "iso_639_1": "fr", "data": {"title": "", "overview": "", "tagline": "", "runtime": 9}},
            {"iso_3166_1": "DE", "iso_639_1": "de", "data": None},
            {"iso_3166_1": "IN", "iso_639_1": "hi"},
        ]
        found = meta("translations", {"translations": rows}, original_title="")["translations"]
        assert found == []


@pytest.mark.parametrize(
    ("average", "votes", "expected"),
    [
        (6.9, 262, {"value_raw": 6.9, "votes_count": 262}),
        (7, 1, {"value_raw": 7.0, "votes_count": 1}),
        (0, 0, {"value_raw": None, "votes_count": 0}),
        (5.0, 0, {"value_raw": None, "votes_count": 0}),
        (5.0, None, {"value_raw": None, "votes_count": 0}),
        (None, 5, {"value_raw": None, "votes_count": 5}),
        (5.0, -1, {"value_raw": None, "votes_count": 0}),
        (None, None, None),
    ],
)  # fmt: skip
def test_a_film_that_nobody_voted_for_has_no_rating(
    average: float | None, votes: int | None, expected: dict[str, Any] | None
) -> None:
    assert film_document(FILM | {"vote_average": average, "vote_count": votes}, {})["rating"] == expected


class TestSimilar:
    def test_ten_of_each_source_are_ranked(self) -> None:
        blocks = {"similar": related(*range(1, 21)), "recommendations": related(*range(101, 121))}
        found = film_document(FILM, blocks)["similar"]
        assert found[0] == {"tmdb_id": 1, "source": "tmdb_similar", "rank_order": 1, "confidence": 0.3}
        assert found[10] == {"tmdb_id": 101, "source": "tmdb_recommendations", "rank_order": 1, "confidence": 0.5}
        assert [row["rank_order"] for row in found] == [*range(1, 11), *range(1, 11)]

    def test_no_film_stands_there_twice_nor_the_film_itself(self) -> None:
        blocks = {"similar": related(5, FILM_ID, 5, 6), "recommendations": related(6, FILM_ID, 7, 7)}
        found = film_document(FILM, blocks)["similar"]
        assert [(row["tmdb_id"], row["source"], row["rank_order"]) for row in found] == [
            (5, "tmdb_similar", 1), (6, "tmdb_similar", 2), (7, "tmdb_recommendations", 1)
        ]  # fmt: skip

    def test_a_series_has_another_numbering_and_is_left_out(self) -> None:
        blocks = {"recommendations": related(5, media_type="tv")}
        assert film_document(FILM, blocks)["similar"] == []


@settings(deadline=None, max_examples=300)
@given(steps=st.sampled_from([*steps_of(ANSWER)]), instead=ANYTHING)
def test_whatever_stands_in_a_field_the_columns_get_their_types(steps: tuple[Any, ...], instead: object) -> None:
    details = read(replaced(ANSWER, steps, instead))
    if details.problem is None:
        assert_fits_the_tables(film_document(details.core, details.blocks))


@recorded_only
def test_a_recorded_film_with_all_its_blocks_becomes_its_columns() -> None:
    core = json.loads(recorded("movie_550"))
    blocks = {name: json.loads(recorded(f"movie_550_{name.replace('/', '_')}")) for name in BLOCKS}
    details = read_details(body_of(core | blocks), 550)
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
    details = read_details(recorded(name), tmdb_id)
    document = film_document(details.core, details.blocks)
    assert_fits_the_tables(document)
    assert len(document["meta"]["production_companies"]) == len(details.core["production_companies"])
    assert document["meta"]["overview_short"].endswith("…")


@recorded_only
def test_a_nearly_empty_recording_becomes_a_film_of_which_little_is_known() -> None:
    document = film_document(read_details(recorded("movie_latest"), 1236474).core, {})
    assert_fits_the_tables(document)
    known = {key: value for key, value in document["meta"].items() if value not in (None, [], {})}
    assert known == {
        "original_language": "en", "budget": 5, "status": "Released", "popularity": 0.0, "adult": False
    }  # fmt: skip
    assert document["rating"] == {"value_raw": None, "votes_count": 0}


def test_a_text_is_known_if_something_is_written_in_it() -> None:
    assert [known_text(text) for text in (None, "", "\t ", " a ")] == [None, None, None, " a "]
