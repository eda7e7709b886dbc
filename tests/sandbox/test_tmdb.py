"""TMDB as the sandbox plays it, against its contract."""

import pytest

from tests.sandbox.tmdb_answers import at_noon, ok, refused
from tests.sandbox_process import RunningSandbox, running_sandbox

BLOCKS = (
    "alternative_titles", "credits", "external_ids", "images", "keywords", "recommendations", "release_dates",
    "similar", "translations", "videos", "watch/providers",
)  # fmt: skip


@pytest.fixture(autouse=True)
def without_pace(sandbox: RunningSandbox) -> None:
    at_noon(sandbox)


def film(sandbox: RunningSandbox) -> int:
    return int(sandbox.truth("tmdb_film", ids=1)["ids"][0])


def test_every_path_needs_the_token(sandbox: RunningSandbox) -> None:
    assert ok(sandbox.tmdb("/authentication"))["status_code"] == 1
    for headers, query in (
        ({}, ""),
        ({"authorization": "Bearer wrong"}, ""),
        ({}, "?api_key="),
        ({}, "?api_key=wrong"),
    ):
        refused(sandbox.client.get(f"{sandbox.url}/3/movie/popular{query}", headers=headers), 401, 7)


def test_a_key_in_the_address_opens_as_well() -> None:
    with running_sandbox(movies=10, tmdb_key="ab" * 16, as_command=True) as sandbox:
        assert ok(sandbox.client.get(f"{sandbox.url}/3/authentication?api_key={'ab' * 16}"))["success"]


def test_most_of_hotstars_films_are_there_under_other_numbers_and_some_more(sandbox: RunningSandbox) -> None:
    ids = sandbox.truth("tmdb_film", ids=1)["ids"]
    assert len(ids) == len(set(ids))
    assert 2_400 * 0.8 < len(ids) < 2_400 * 0.9


def test_a_page_of_a_list_has_twenty_rows_and_the_pages_all_films_once(sandbox: RunningSandbox) -> None:
    first = ok(sandbox.tmdb("/movie/popular"))
    assert (first["page"], len(first["results"])) == (1, 20)
    assert first["total_results"] == sandbox.truth("tmdb_film")["total"]
    pages = (ok(sandbox.tmdb("/movie/popular", page=page)) for page in range(1, first["total_pages"] + 1))
    listed = [row["id"] for page in pages for row in page["results"]]
    assert sorted(listed) == sandbox.truth("tmdb_film", ids=1)["ids"]


@pytest.mark.parametrize("page", ["0", "501", "two", "-1", ""])
def test_a_page_out_of_bounds_is_refused(sandbox: RunningSandbox, page: str) -> None:
    refused(sandbox.tmdb("/movie/popular", page=page), 400, 22)


def test_trending_rows_carry_their_media_type(sandbox: RunningSandbox) -> None:
    rows = ok(sandbox.tmdb("/trending/movie/week"))["results"]
    assert {row["media_type"] for row in rows} == {"movie"}


@pytest.mark.parametrize("name", ["now_playing", "upcoming"])
def test_films_of_a_window_lie_in_it_and_are_more_than_the_envelope_counts(sandbox: RunningSandbox, name: str) -> None:
    first = ok(sandbox.tmdb(f"/movie/{name}"))
    rows = [
        row
        for page in range(1, first["total_pages"] + 1)
        for row in ok(sandbox.tmdb(f"/movie/{name}", page=page))["results"]
    ]
    assert len(rows) == first["total_results"] + 3
    assert all(first["dates"]["minimum"] <= row["release_date"] <= first["dates"]["maximum"] for row in rows)


def test_a_film_has_its_fields_and_the_blocks_that_were_asked_for(sandbox: RunningSandbox) -> None:
    tmdb_id = film(sandbox)
    alone = ok(sandbox.tmdb(f"/movie/{tmdb_id}"))
    assert alone["id"] == tmdb_id
    assert not set(BLOCKS) & alone.keys()
    whole = ok(sandbox.tmdb(f"/movie/{tmdb_id}", append_to_response=",".join(BLOCKS)))
    assert {name: whole[name] for name in alone} == alone
    assert set(BLOCKS) <= whole.keys()
    assert all("id" not in whole[name] for name in BLOCKS)
    assert ok(sandbox.tmdb(f"/movie/{tmdb_id}", append_to_response="credits,nothing")).keys() == {*alone, "credits"}


def test_more_than_twenty_blocks_are_refused(sandbox: RunningSandbox) -> None:
    refused(sandbox.tmdb(f"/movie/{film(sandbox)}", append_to_response=",".join(["credits"] * 21)), 400, 27)


def test_odd_values_of_the_contract_occur(sandbox: RunningSandbox) -> None:
    found = [ok(sandbox.tmdb(f"/movie/{tmdb_id}")) for tmdb_id in sandbox.truth("tmdb_film", ids=1)["ids"][:300]]
    assert {"", None} & {one["homepage"] for one in found}
    assert any(one["release_date"] == "" for one in found)
    assert any(one["imdb_id"] is None for one in found)
    assert {0, None} <= {one["runtime"] for one in found}
    assert any(one["vote_count"] == 0 and one["vote_average"] == 0 for one in found)
    assert any(one["poster_path"] is None for one in found)
    listed = [row for page in range(1, 100) for row in ok(sandbox.tmdb("/movie/popular", page=page))["results"]]
    assert any("release_date" not in row for row in listed)


def test_an_unknown_id_and_a_removed_film_answer_404(sandbox: RunningSandbox) -> None:
    tmdb_id = film(sandbox)
    for unknown in ("1", "999999999", "abc"):
        refused(sandbox.tmdb(f"/movie/{unknown}"), 404, 34)
    sandbox.control(do="tmdb_remove", ids=[tmdb_id])
    refused(sandbox.tmdb(f"/movie/{tmdb_id}"), 404, 34)
    assert sandbox.truth("tmdb_film", ids=1)["removed_ids"] == [tmdb_id]


def changed(sandbox: RunningSandbox, start: str, end: str) -> dict[int, object]:
    first = ok(sandbox.tmdb("/movie/changes", start_date=start, end_date=end))
    pages = [first, *(ok(sandbox.tmdb("/movie/changes", start_date=start, end_date=end, page=page))
                      for page in range(2, first["total_pages"] + 1))]  # fmt: skip
    rows = {row["id"]: row["adult"] for page in pages for row in page["results"]}
    assert len(rows) == first["total_results"]
    return rows


def test_the_feed_names_what_changed_on_its_days_but_for_a_few(sandbox: RunningSandbox) -> None:
    there = sandbox.control(do="tmdb_change", count=200)["ids"]
    named = changed(sandbox, "2026-11-21", "2026-11-21")
    assert 0.8 * len(there) < len(set(there) & named.keys()) < len(there)
    assert not set(there) <= changed(sandbox, "2026-11-20", "2026-11-20").keys()


def test_a_removed_film_is_named_with_adult_null(sandbox: RunningSandbox) -> None:
    gone = sandbox.control(do="tmdb_remove", count=50)["ids"]
    named = changed(sandbox, "2026-11-21", "2026-11-21")
    assert {named[tmdb_id] for tmdb_id in gone if tmdb_id in named} == {None}


def test_a_change_shows_in_the_film(sandbox: RunningSandbox) -> None:
    tmdb_id = next(
        tmdb_id for tmdb_id in sandbox.truth("tmdb_film", ids=1)["ids"]
        if ok(sandbox.tmdb(f"/movie/{tmdb_id}"))["vote_count"]
    )  # fmt: skip
    before = sandbox.tmdb(f"/movie/{tmdb_id}")
    sandbox.control(do="tmdb_change", ids=[tmdb_id])
    after = sandbox.tmdb(f"/movie/{tmdb_id}")
    assert after.json()["vote_count"] == before.json()["vote_count"] + 3
    assert after.headers["etag"] != before.headers["etag"]


def test_days_beyond_fourteen_and_dates_that_are_none_are_refused(sandbox: RunningSandbox) -> None:
    refused(sandbox.tmdb("/movie/changes", start_date="2026-11-01", end_date="2026-11-16"), 422, 20)
    refused(sandbox.tmdb("/movie/changes", start_date="yesterday"), 400, 23)
    ok(sandbox.tmdb("/movie/changes", start_date="2026-11-01", end_date="2026-11-15"))


def test_an_answer_that_was_seen_is_not_sent_again(sandbox: RunningSandbox) -> None:
    path = f"{sandbox.url}/3/movie/{film(sandbox)}"
    headers = {"authorization": f"Bearer {sandbox.tmdb_token}"}
    tag = sandbox.client.get(path, headers=headers).headers["etag"]
    again = sandbox.client.get(path, headers={**headers, "if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")


def test_its_pace_is_its_own(sandbox: RunningSandbox) -> None:
    ok(sandbox.tmdb("/authentication"))
    sandbox.control(do="pace", service="tmdb", rate=0.001)
    refused(sandbox.tmdb("/authentication"), 429, 25)
    assert sandbox.get(size=1).status_code == 200


def test_a_block_can_go_missing_and_an_error_has_tmdbs_form(sandbox: RunningSandbox) -> None:
    path = f"/movie/{film(sandbox)}"
    sandbox.control(do="fault", path=f"/3{path}", without=["credits"])
    assert "credits" not in ok(sandbox.tmdb(path, append_to_response="credits,videos"))
    assert "credits" in ok(sandbox.tmdb(path, append_to_response="credits,videos"))
    sandbox.control(do="fault", path=f"/3{path}", status=503)
    refused(sandbox.tmdb(path), 503, 9)
