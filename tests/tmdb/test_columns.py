"""What becomes of the parts that films and series share, shown on a film: texts, pictures, videos, offers, kinship."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_assets.tmdb.columns import iso_date, known_text, short
from catalog_assets.tmdb.film import film_document
from tests.tmdb.answers import (
    FILM,
    FILM_ID,
    IMAGES,
    meta,
    related,
    video,
)


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


@pytest.mark.parametrize(
    ("runtime", "minutes", "display"),
    [(121, 121, "2h 1m"), (45, 45, "45m"), (120, 120, "2h"), (60, 60, "1h"), (1, 1, "1m"), (0, None, None),
     (None, None, None), (-5, None, None)],
)  # fmt: skip
def test_a_runtime_is_shown_in_hours_and_minutes(runtime: int | None, minutes: int | None, display: str | None) -> None:
    assert meta(runtime=runtime)["runtime_minutes"] == minutes
    assert meta(runtime=runtime)["runtime_display"] == display


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

    def test_a_kind_of_offer_that_nobody_documented_is_kept_as_such(self) -> None:
        lent = [{"provider_id": 7, "provider_name": "Library", "logo_path": 3}, {"provider_id": "8"}, "9", None]
        given = {"link": "https://x", "loan": lent, "later": "soon", "rent": [{"provider_id": 2}]}
        found = meta("watch/providers", {"results": {"IN": given}})["streaming"]["IN"]
        assert {kind: [row["provider_id"] for row in found[kind]] for kind in ("rent", "other")} == {
            "rent": [2],
            "other": [7],
        }
        assert found["other"][0] == {
            "provider_id": 7, "provider_name": "Library", "logo_path": None, "display_priority": None
        }  # fmt: skip

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


def test_a_text_is_known_if_something_is_written_in_it() -> None:
    assert [known_text(text) for text in (None, "", "\t ", " a ")] == [None, None, None, " a "]
