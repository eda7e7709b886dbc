"""Trakt as the sandbox plays it, against its contract."""

from typing import Any

import httpx
import pytest

from tests.sandbox.tmdb_answers import NOON
from tests.sandbox_process import RunningSandbox, running_sandbox

AGENT = {"user-agent": "tests/1.0 (tests@localhost)"}
RANKINGS = ("trending", "popular", "anticipated", "watched/daily", "played/monthly", "collected/all", "watched")


@pytest.fixture(autouse=True)
def at_noon(sandbox: RunningSandbox) -> None:
    sandbox.control(do="clock", set=NOON, stop=True)


def rows(reply: httpx.Response) -> list[dict[str, Any]]:
    assert reply.status_code == 200, reply.text
    found: list[dict[str, Any]] = reply.json()
    return found


def post(sandbox: RunningSandbox, path: str, **body: str) -> httpx.Response:
    return sandbox.client.post(f"{sandbox.url}/oauth/{path}", json=body, headers=AGENT)


def both(sandbox: RunningSandbox) -> dict[str, str]:
    return {"client_id": sandbox.trakt_client_id, "client_secret": sandbox.trakt_client_secret}


# -- Who may ask -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "status", "media_type"),
    [
        ({"user-agent": "python-httpx/0.28"}, 403, "text/html"),
        ({"user-agent": "program (tests@localhost)"}, 403, "text/html"),
        ({"trakt-api-key": "wrong"}, 403, "text/plain"),
        ({"trakt-api-key": ""}, 403, "text/plain"),
        ({"trakt-api-version": "1"}, 400, "text/plain"),
    ],
)
def test_who_does_not_say_what_is_needed_is_refused(
    sandbox: RunningSandbox, wrong: dict[str, str], status: int, media_type: str
) -> None:
    headers = {**AGENT, "trakt-api-key": sandbox.trakt_client_id, "trakt-api-version": "2"}
    path = f"{sandbox.url}/movies/trending"
    assert sandbox.client.get(path, headers=headers).status_code == 200
    refused = sandbox.client.get(path, headers={**headers, **wrong})
    assert (refused.status_code, refused.headers["content-type"].split(";")[0]) == (status, media_type)


def test_more_than_the_limit_in_five_minutes_is_told_how_long_to_wait_and_tmdb_goes_on() -> None:
    with running_sandbox(movies=20, options=("--trakt-rate=3",)) as sandbox:
        assert [sandbox.trakt("/movies/popular").status_code for _ in range(3)] == [200] * 3
        refused = sandbox.trakt("/movies/popular")
        assert refused.status_code == 429
        assert 290 < int(refused.headers["retry-after"]) <= 301
        assert '"name":"UNAUTHED_API_GET_LIMIT","period":300,"limit":3,"remaining":0' in refused.headers["x-ratelimit"]
        assert refused.text.startswith("UNAUTHED_API_GET_LIMIT rate limit exceeded. Please wait ")
        assert sandbox.tmdb("/movie/popular").status_code == 200
        assert post(sandbox, "device/code", client_id=sandbox.trakt_client_id).status_code == 200


# -- Rankings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ranking", RANKINGS)
@pytest.mark.parametrize("titles", ["movies", "shows"])
def test_a_ranking_is_a_bare_array_whose_pages_hold_each_title_once(
    sandbox: RunningSandbox, titles: str, ranking: str
) -> None:
    first = sandbox.trakt(f"/{titles}/{ranking}", limit=40)
    pages = [
        sandbox.trakt(f"/{titles}/{ranking}", limit=40, page=page + 1)
        for page in range(int(first.headers["x-pagination-page-count"]))
    ]
    found = [row for page in pages for row in rows(page)]
    assert len(found) == int(first.headers["x-pagination-item-count"])
    key = titles.removesuffix("s")
    shown = [row.get(key, row) for row in found]
    assert len({title["ids"]["trakt"] for title in shown}) == len(shown)
    assert all(title["ids"]["slug"] and title["title"] for title in shown)
    counts = {tuple(row) for row in found}
    if ranking == "popular":
        assert counts == {("title", "year", "ids")}
        return
    by = {"trending": "watchers", "anticipated": "list_count", "played/monthly": "play_count"}.get(
        ranking, "watcher_count"
    )
    if ranking == "collected/all":
        by = "collected_count"
    assert [row[by] for row in found] == sorted((row[by] for row in found), reverse=True)
    assert all(row[by] > 0 for row in found if by == "watchers")


def test_pages_are_clamped_and_empty_beyond_the_last(sandbox: RunningSandbox) -> None:
    reply = sandbox.trakt("/movies/popular", limit=1000)
    assert (len(rows(reply)), reply.headers["x-pagination-limit"]) == (250, "250")
    assert len(rows(sandbox.trakt("/movies/popular"))) == 100
    assert rows(sandbox.trakt("/movies/popular", page=1000)) == []
    total = int(sandbox.trakt("/movies/trending").headers["x-trending-user-count"])
    assert total == sum(row["watchers"] for row in rows(sandbox.trakt("/movies/trending", limit=250)))


def test_what_leads_is_tmdbs_in_part_moves_from_hour_to_hour_and_the_truth_knows_it(sandbox: RunningSandbox) -> None:
    for titles, media in (("movies", "movie"), ("shows", "tv")):
        sandbox.control(do="clock", set=NOON)
        theirs = {row["id"] for row in sandbox.tmdb(f"/trending/{media}/day").json()["results"]}
        listed = rows(sandbox.trakt(f"/{titles}/watched/daily", limit=20))
        told = sandbox.truth("trakt")["lists"][titles]["watched/daily"]
        key = titles.removesuffix("s")
        assert [row[key]["ids"]["trakt"] for row in listed] == [row["trakt_id"] for row in told]
        assert [row["watcher_count"] for row in listed] == [row["watcher_count"] for row in told]
        assert 3 <= len(theirs & {row["tmdb_id"] for row in told}) <= 17
        sandbox.control(do="clock", advance=3_600)
        later = sandbox.truth("trakt")["lists"][titles]["watched/daily"]
        assert [row["trakt_id"] for row in later] != [row["trakt_id"] for row in told]
        assert len({row["trakt_id"] for row in later} & {row["trakt_id"] for row in told}) > 10


def test_now_and_then_a_title_has_no_tmdb_id_as_null_or_not_at_all(sandbox: RunningSandbox) -> None:
    ids = [row["movie"]["ids"] for row in rows(sandbox.trakt("/movies/watched/weekly", limit=250))]
    without = [each for each in ids if each.get("tmdb") is None]
    assert 0 < len(without) < 0.2 * len(ids)
    popular = [row["ids"] for row in rows(sandbox.trakt("/movies/popular", limit=250))]
    assert {"tmdb" in each for each in popular if each.get("tmdb") is None} == {True, False}
    assert any(each["imdb"] is None for each in popular)
    there = set(sandbox.truth("tmdb_film", ids=1)["ids"])
    assert {each["tmdb"] for each in popular if each.get("tmdb")} <= there


def test_full_titles_mixed_lists_and_ids_of_every_kind(sandbox: RunningSandbox) -> None:
    (full,) = rows(sandbox.trakt("/movies/popular", limit=1, extended="full"))
    assert {"overview", "released", "runtime", "rating", "votes", "status", "images"} <= full.keys()
    assert sandbox.trakt(f"/movies/{full['ids']['trakt']}", extended="full").json() == full
    mixed = rows(sandbox.trakt("/media/trending", limit=250))
    assert {"movie" in row for row in mixed} == {"show" in row for row in mixed} == {True, False}
    for id_type in ("trakt", "imdb", "tmdb"):
        wanted = full["ids"][id_type]
        found = rows(sandbox.trakt(f"/search/{id_type}/{wanted}", type="movie"))
        assert full["ids"] in [row["movie"]["ids"] for row in found]
    assert rows(sandbox.trakt("/search/tmdb/99")) == []
    for path in ("/movies/1", "/movies/nothing", "/movies/watched/hourly", "/search/name/x", "/calendars/all/movies"):
        assert sandbox.trakt(path).status_code == 404


def test_an_answer_that_was_seen_is_not_sent_again(sandbox: RunningSandbox) -> None:
    tag = sandbox.trakt("/movies/trending").headers["etag"]
    headers = {**AGENT, "trakt-api-key": sandbox.trakt_client_id, "trakt-api-version": "2", "if-none-match": tag}
    again = sandbox.client.get(f"{sandbox.url}/movies/trending", headers=headers)
    assert (again.status_code, again.content) == (304, b"")


# -- Signing in ------------------------------------------------------------------------------------------------------


def test_a_code_is_pending_until_its_user_decides_and_then_brings_tokens_once(sandbox: RunningSandbox) -> None:
    code = post(sandbox, "device/code", client_id=sandbox.trakt_client_id).json()
    assert (len(code["device_code"]), code["expires_in"], code["interval"]) == (64, 600, 5)
    asked = {"code": code["device_code"], **both(sandbox)}
    pending = post(sandbox, "device/token", **asked)
    assert (pending.status_code, pending.content) == (400, b"")
    too_fast = post(sandbox, "device/token", **asked)
    assert too_fast.status_code == 429
    assert 1 <= int(too_fast.headers["retry-after"]) <= 5
    assert post(sandbox, "device/token", **{**asked, "code": "other"}).status_code == 404
    assert post(sandbox, "device/token", **{**asked, "client_secret": "other"}).status_code == 401
    sandbox.control(do="trakt_decide", accept=False, user_code=code["user_code"])
    assert post(sandbox, "device/token", **asked).status_code == 418

    second = post(sandbox, "device/code", client_id=sandbox.trakt_client_id).json()
    assert sandbox.control(do="trakt_decide", accept=True) == {"user_codes": [second["user_code"]]}
    asked["code"] = second["device_code"]
    token = post(sandbox, "device/token", **asked).json()
    assert (token["expires_in"], token["token_type"], token["created_at"]) == (604_800, "bearer", NOON)
    assert post(sandbox, "device/token", **asked).status_code == 409
    third = post(sandbox, "device/code", client_id=sandbox.trakt_client_id).json()
    sandbox.control(do="clock", advance=601)
    assert post(sandbox, "device/token", **{**asked, "code": third["device_code"]}).status_code == 410
    assert sandbox.truth("trakt")["sign_ins"] == {"issued": 1, "refreshed": 0, "refused": 0, "revoked": 0, "live": 1}


def test_a_refresh_token_works_once_and_a_withdrawn_sign_in_not_at_all(sandbox: RunningSandbox) -> None:
    code = post(sandbox, "device/code", client_id=sandbox.trakt_client_id).json()
    sandbox.control(do="trakt_decide", accept=True)
    first = post(sandbox, "device/token", code=code["device_code"], **both(sandbox)).json()
    asked = {**both(sandbox), "grant_type": "refresh_token", "redirect_uri": "urn:ietf:wg:oauth:2.0:oob"}
    second = post(sandbox, "token", refresh_token=first["refresh_token"], **asked).json()
    assert second.keys() == first.keys()
    again = post(sandbox, "token", refresh_token=first["refresh_token"], **asked)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert post(sandbox, "revoke", token=second["access_token"], **both(sandbox)).status_code == 200
    assert post(sandbox, "token", refresh_token=second["refresh_token"], **asked).status_code == 400
    assert sandbox.truth("trakt")["sign_ins"] == {"issued": 1, "refreshed": 1, "refused": 2, "revoked": 1, "live": 0}


def test_what_is_no_json_of_a_known_client_is_refused(sandbox: RunningSandbox) -> None:
    path = f"{sandbox.url}/oauth/device/code"
    json_type = {**AGENT, "content-type": "application/json"}
    assert sandbox.client.post(path, content=b"{}", headers=AGENT).status_code == 412
    assert sandbox.client.post(path, content=b"{", headers=json_type).status_code == 400
    assert sandbox.client.post(path, json={"client_id": sandbox.trakt_client_id}).status_code == 403
    assert post(sandbox, "device/code", client_id="other").status_code == 403
    assert sandbox.client.get(path, headers=AGENT).status_code == 405
    assert post(sandbox, "nothing").status_code == 404
