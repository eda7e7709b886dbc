"""Watchmode as the sandbox plays it, against its contract."""

import csv
import io
from collections import Counter
from typing import Any

import httpx
import pytest

from sandbox.limits import WindowLimiter
from tests.sandbox.tmdb_answers import NOON, ok
from tests.sandbox_process import RunningSandbox, running_sandbox

DAY = 86_400
HEADER = '"Watchmode ID","IMDB ID","TMDB ID","TMDB Type","Title","Year"'
KINDS = {"movie": "tmdb_film", "tv": "tmdb_series"}
NO_LINKS = "Deeplinks available for paid plans only."


@pytest.fixture(autouse=True)
def at_noon(sandbox: RunningSandbox) -> None:
    """2026-11-21 12:00 UTC, with nothing spent; 3,000 credits are more than any test uses."""
    sandbox.control(do="clock", set=NOON, stop=True)
    sandbox.control(do="watchmode", quota=3_000)


def rows(reply: httpx.Response) -> list[dict[str, Any]]:
    assert reply.status_code == 200, reply.text
    found: list[dict[str, Any]] = reply.json()
    return found


def refused(reply: httpx.Response, status: int) -> dict[str, Any]:
    answer: dict[str, Any] = reply.json()
    assert (reply.status_code, answer.pop("success")) == (status, False)
    return answer


def titles(sandbox: RunningSandbox, media: str | None = None) -> list[dict[str, Any]]:
    """The titles that Watchmode has, with TMDB's ids."""
    known = sandbox.truth("watchmode", ids=1)["ids"]
    return [one for one in known if one["tmdb_id"] and media in (None, one["media_type"])]


def id_map(sandbox: RunningSandbox, **headers: str) -> httpx.Response:
    return sandbox.client.get(f"{sandbox.url}/datasets/title_id_map.csv", headers=headers)


def used(sandbox: RunningSandbox) -> int:
    return int(ok(sandbox.watchmode("/status"))["quotaUsed"])


# -- Access and credits ----------------------------------------------------------------------------------------------


def test_the_key_opens_in_either_header_and_in_the_address_and_nothing_else_does(sandbox: RunningSandbox) -> None:
    address, key = f"{sandbox.url}/v1/status/", sandbox.watchmode_key
    ok(sandbox.client.get(address, headers={"authorization": f"Bearer {key}"}))
    ok(sandbox.client.get(address, params={"apiKey": key}))
    for headers in ({}, {"x-api-key": "wrong"}, {"x-api-key": ""}, {"authorization": key[:-1]}):
        assert refused(sandbox.client.get(address, headers=headers), 401)["statusCode"] == 401
    sandbox.control(do="watchmode", key="withdrawn")
    refused(sandbox.watchmode("/status"), 401)
    sandbox.control(do="reset", parts=["account"])
    assert ok(sandbox.watchmode("/status"))["quota"] == 2_500


@pytest.mark.parametrize(
    ("path", "params", "cost"),
    [
        ("/status", {}, 0),
        ("/sources", {}, 1),
        ("/regions", {}, 1),
        ("/networks", {}, 1),
        ("/genres", {}, 1),
        ("/search", {"search_field": "name", "search_value": "nothing"}, 1),
        ("/releases", {}, 1),
        ("/list-titles", {"limit": 1}, 1),
        ("/list-titles", {"limit": 1, "regions": "US,IN,GB"}, 3),
        ("/title/{watchmode_id}/sources", {}, 1),
        ("/title/{imdb_id}/sources", {}, 2),
        ("/title/movie-{tmdb_id}/sources", {}, 2),
        ("/title/{watchmode_id}/details", {}, 1),
        ("/title/{watchmode_id}/details", {"append_to_response": "sources,cast-crew"}, 3),
        ("/title/movie-{tmdb_id}/details", {"append_to_response": "sources"}, 3),
    ],
)
def test_each_call_costs_what_the_contract_says(
    sandbox: RunningSandbox, path: str, params: dict[str, object], cost: int
) -> None:
    title = next(one for one in titles(sandbox, "movie") if one["imdb_id"])
    reply = sandbox.watchmode(path.format(**title), **params)
    assert reply.status_code == 200, reply.text
    assert reply.headers["x-account-quota-used"] == str(cost)
    assert (used(sandbox), reply.headers["x-account-quota"]) == (cost, "3000")


def test_errors_cost_nothing(sandbox: RunningSandbox) -> None:
    refused(sandbox.watchmode("/title/999999999/sources"), 404)
    refused(sandbox.watchmode("/title/movie-999999999/sources"), 404)
    refused(sandbox.watchmode("/nothing"), 404)
    refused(sandbox.watchmode("/releases", start_date="2026-11-01"), 400)
    refused(sandbox.watchmode("/list-titles", regions="US,IN", source_ids="203"), 400)
    for paid in ("/changes/new_titles", "/title-release-dates"):
        assert refused(sandbox.watchmode(paid), 401)["statusCode"] == 401
    assert used(sandbox) == 0


def test_beyond_the_quota_every_metered_call_fails_until_the_next_month(sandbox: RunningSandbox) -> None:
    sandbox.control(do="watchmode", quota=3, used=2)
    rows(sandbox.watchmode("/genres"))
    over = sandbox.watchmode("/genres")
    assert refused(over, 402) == {"errorMessage": "Over plan quota on this API Key."}
    assert (over.headers["x-account-quota"], over.headers["x-account-quota-used"]) == ("3", "3")
    assert used(sandbox) == 3
    assert id_map(sandbox).status_code == 200
    sandbox.control(do="clock", advance=10 * DAY)
    assert used(sandbox) == 0
    rows(sandbox.watchmode("/genres"))


def test_the_truth_counts_by_day_and_endpoint_and_names_the_titles_in_order(sandbox: RunningSandbox) -> None:
    first, second = titles(sandbox)[:2]
    rows(sandbox.watchmode(f"/title/{first['watchmode_id']}/sources", regions="US,IN"))
    sandbox.control(do="clock", advance=DAY)
    rows(sandbox.watchmode(f"/title/{second['watchmode_id']}/sources", regions="IN"))
    rows(sandbox.watchmode("/genres"))
    sandbox.control(do="fault", path="/v1/genres", status=500)
    refused(sandbox.watchmode("/genres"), 500)
    truth = sandbox.truth("watchmode")
    assert truth["days"] == {"2026-11-21": {"calls": 1, "credits": 1}, "2026-11-22": {"calls": 3, "credits": 2}}
    assert truth["endpoints"] == {"title/sources": {"calls": 2, "credits": 2}, "genres": {"calls": 2, "credits": 1}}
    assert [(int(one["key"]), one["regions"], one["credits"]) for one in truth["titles"]] == [
        (first["watchmode_id"], "US,IN", 1),
        (second["watchmode_id"], "IN", 1),
    ]
    assert truth["titles"][1]["clock"] - truth["titles"][0]["clock"] == pytest.approx(DAY)


def test_faults_hit_it_in_its_own_form(sandbox: RunningSandbox) -> None:
    sandbox.control(do="fault", path="/v1/genres", status=429, retry_after="7")
    limited = sandbox.watchmode("/genres")
    assert (refused(limited, 429)["statusCode"], limited.headers["retry-after"]) == (429, "7")
    sandbox.control(do="fault", path="/v1/genres", status=402)
    assert "errorMessage" in refused(sandbox.watchmode("/genres"), 402)
    sandbox.control(do="fault", path="/v1/genres", drop=0.5)
    with pytest.raises(httpx.RemoteProtocolError):
        sandbox.watchmode("/genres")


def test_a_minute_has_room_for_so_many_requests_however_close() -> None:
    limiter = WindowLimiter(rate=2, latency=0)
    assert [limiter.wait(100 + place / 1_000) for place in range(120)] == [0] * 120
    assert limiter.room() == (120, 0)
    assert limiter.wait(101) == pytest.approx(59)
    assert limiter.wait(159.999) == pytest.approx(0.001)
    assert limiter.wait(160.0005) == 0
    assert limiter.room() == (120, 0)
    assert limiter.wait(300) == 0
    assert limiter.room() == (120, 119)


def test_beyond_its_rate_it_answers_429_with_the_seconds_to_wait() -> None:
    with running_sandbox(movies=10, options=("--watchmode-rate=0.05",), as_command=True) as sandbox:
        remaining = [sandbox.watchmode("/status").headers["x-ratelimit-remaining"] for _ in range(3)]
        assert remaining == ["2", "1", "0"]
        late = sandbox.watchmode("/status")
        assert refused(late, 429) == {"statusCode": 429, "statusMessage": "The rate limit was exceeded."}
        assert 55 <= int(late.headers["retry-after"]) <= 60
        assert sandbox.tmdb("/authentication").status_code == 200


def test_answers_bear_the_time_of_the_sandboxs_clock(sandbox: RunningSandbox) -> None:
    sandbox.control(do="clock", set=4_102_444_800, stop=True)
    dates = {sandbox.watchmode(path).headers["date"] for path in ("/status", "/title/0/sources")}
    assert dates == {"Fri, 01 Jan 2100 00:00:00 GMT"}
    reply = sandbox.tmdb("/authentication")
    assert reply.headers.get_list("date") == [reply.headers["date"]]
    assert reply.headers["date"] not in dates


# -- The map of ids --------------------------------------------------------------------------------------------------


def test_the_map_has_the_header_the_ids_and_the_oddities_of_the_contract(sandbox: RunningSandbox) -> None:
    reply = id_map(sandbox)
    assert reply.headers["content-type"] == "text/csv"
    assert reply.text.splitlines()[0] == HEADER
    listed = list(csv.DictReader(io.StringIO(reply.text)))
    for column in ("IMDB ID", "TMDB ID", "TMDB Type", "Year"):
        assert 0 < sum(not row[column] for row in listed) < len(listed) // 10
    assert any(row["TMDB ID"] and not row["TMDB Type"] for row in listed)
    keys = Counter((row["TMDB Type"], row["TMDB ID"]) for row in listed if row["TMDB ID"] and row["TMDB Type"])
    numbers = Counter(number for _, number in keys)
    assert any(count > 1 for count in keys.values())
    assert any(count > 1 for count in numbers.values())
    assert any(count > 1 for count in Counter(row["Watchmode ID"] for row in listed).values())
    told = {str(one["watchmode_id"]): one for one in sandbox.truth("watchmode", ids=1)["ids"]}
    named = [row for row in listed if row["Watchmode ID"] in told]
    assert told.keys() == {row["Watchmode ID"] for row in named}
    tmdb = {media: set(sandbox.truth(kind, ids=1)["ids"]) for media, kind in KINDS.items()}
    assert all(one["tmdb_id"] in tmdb[one["media_type"]] for one in told.values() if one["tmdb_id"])
    assert {int(one["watchmode_id"]) // 1_000_000 for one in told.values()} == {1, 2, 3}


def test_every_record_of_the_map_answers(sandbox: RunningSandbox) -> None:
    listed = list(csv.DictReader(io.StringIO(id_map(sandbox).text)))
    doubles = {key for key, count in Counter((row["TMDB Type"], row["TMDB ID"]) for row in listed).items() if count > 1}
    for row in [*listed[::80], *(row for row in listed if (row["TMDB Type"], row["TMDB ID"]) in doubles)][:60]:
        assert ok(sandbox.watchmode(f"/title/{row['Watchmode ID']}/details"))["title"] == row["Title"]


def test_the_map_is_sent_once_costs_nothing_needs_no_key_and_grows_over_the_days(sandbox: RunningSandbox) -> None:
    first = id_map(sandbox)
    tag = first.headers["etag"]
    assert first.headers["last-modified"] == "Sat, 21 Nov 2026 00:00:00 GMT"
    again = id_map(sandbox, **{"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    sandbox.control(do="clock", advance=200 * DAY)
    later = id_map(sandbox, **{"if-none-match": tag})
    assert later.status_code == 200
    assert set(first.text.splitlines()) < set(later.text.splitlines())
    assert used(sandbox) == 0


def test_the_map_can_lose_rows_and_change_its_header(sandbox: RunningSandbox) -> None:
    whole = id_map(sandbox).text.splitlines()
    sandbox.control(do="watchmode", map_share=0.5, map_header="Watchmode ID,IMDB ID,TMDB ID,Title Type,Title,Year")
    half = id_map(sandbox).text.splitlines()
    assert half[0] == HEADER.replace("TMDB Type", "Title Type")
    assert half[1:] == whole[1 : 1 + round((len(whole) - 1) / 2)]
    sandbox.control(do="watchmode", map_share=0)
    assert len(id_map(sandbox).text.splitlines()) == 1


# -- Titles ----------------------------------------------------------------------------------------------------------


def offers(sandbox: RunningSandbox, title: dict[str, Any], **params: object) -> list[dict[str, Any]]:
    return rows(sandbox.watchmode(f"/title/{title['watchmode_id']}/sources", **params))


def test_offers_have_one_row_for_each_country_service_type_and_format(sandbox: RunningSandbox) -> None:
    found = [(title, row) for title in titles(sandbox)[::12] for row in offers(sandbox, title)]
    keys = [
        (title["watchmode_id"], row["region"], row["source_id"], row["type"], row["format"]) for title, row in found
    ]
    assert len(keys) == len(set(keys)) > 200
    shown = [row for _, row in found]
    assert {row["region"] for row in shown} == {"US", "IN", "GB"}
    assert {row["type"] for row in shown} == {"sub", "rent", "buy", "free", "tve", "addon"}
    assert {row["format"] for row in shown} == {"SD", "HD", "4K", None}
    for title, row in found:
        assert (row["price"] is not None) == (row["type"] in ("rent", "buy"))
        assert (row["seasons"] is None) == (title["media_type"] == "movie")
        assert row["ios_url"] == NO_LINKS
        assert row["android_url"] in (NO_LINKS, None)
        assert row["web_url"] is None or row["web_url"].startswith("https://")
    assert any(row["web_url"] is None for row in shown)
    by_offer: dict[tuple[int, str, int, str], set[float]] = {}
    for title, row in found:
        if row["price"] is not None:
            by_offer.setdefault((title["watchmode_id"], row["region"], row["source_id"], row["type"]), set()).add(
                row["price"]
            )
    assert any(len(prices) > 1 for prices in by_offer.values())


def test_offers_are_those_of_the_countries_asked_for_that_the_plan_covers(sandbox: RunningSandbox) -> None:
    title = max(titles(sandbox)[:60], key=lambda one: len(offers(sandbox, one)))
    everywhere = offers(sandbox, title)
    assert offers(sandbox, title, regions="IN,DE") == [row for row in everywhere if row["region"] == "IN"]
    sandbox.control(do="watchmode", plan="paid")
    paid = offers(sandbox, title)
    assert {row["region"] for row in paid} > {row["region"] for row in everywhere}
    assert not any(NO_LINKS in row.values() for row in paid)
    assert any(row["android_url"] and "://" in row["android_url"] for row in paid)


def test_offers_are_the_truths_under_names_of_its_own_and_some_are_left_out(sandbox: RunningSandbox) -> None:
    told: list[dict[str, Any]] = []
    for title in titles(sandbox)[::25]:
        truth = sandbox.truth("offers", media_type=title["media_type"], tmdb_id=title["tmdb_id"])
        assert truth["watchmode_id"] == title["watchmode_id"]
        told += truth["offers"]
        assert {(row["region"], row["source_id"], row["type"]) for row in offers(sandbox, title)} == {
            (one["country"], one["watchmode_id"], one["watchmode_type"])
            for one in truth["offers"]
            if one["watchmode_id"] and one["country"] in ("US", "IN", "GB")
        }
    assert any(one["watchmode_id"] is None for one in told)
    assert any(one["tmdb_id"] is None for one in told)


def test_a_few_offers_come_and_go_over_the_days(sandbox: RunningSandbox) -> None:
    some = titles(sandbox)[:150]
    before = [offers(sandbox, title) for title in some]
    assert [offers(sandbox, title) for title in some] == before
    sandbox.control(do="clock", advance=15 * DAY)
    after = [offers(sandbox, title) for title in some]
    assert 2 <= sum(one != other for one, other in zip(before, after, strict=True)) <= 40


def test_a_title_is_found_by_each_of_its_ids_and_a_bare_number_of_tmdbs_is_another_title(
    sandbox: RunningSandbox,
) -> None:
    twice = Counter(one["imdb_id"] for one in sandbox.truth("watchmode", ids=1)["ids"])
    title = next(one for one in titles(sandbox, "tv") if one["imdb_id"] and twice[one["imdb_id"]] == 1)
    details = ok(sandbox.watchmode(f"/title/{title['watchmode_id']}/details"))
    assert {name: details[name] for name in ("id", "tmdb_id", "tmdb_type", "imdb_id")} == {
        "id": title["watchmode_id"], "tmdb_id": title["tmdb_id"], "tmdb_type": "tv", "imdb_id": title["imdb_id"],
    }  # fmt: skip
    for key in (f"tv-{title['tmdb_id']}", title["imdb_id"]):
        assert ok(sandbox.watchmode(f"/title/{key}/details/")) == details
    refused(sandbox.watchmode(f"/title/{title['tmdb_id']}/details"), 404)
    appended = ok(
        sandbox.watchmode(
            f"/title/{title['watchmode_id']}/details", append_to_response="sources,seasons,episodes,cast-crew"
        )
    )
    assert appended.keys() - details.keys() == {"sources", "seasons", "episodes", "cast"}
    assert appended["sources"] == offers(sandbox, title)
    assert len(appended["episodes"]) == sum(season["episode_count"] for season in appended["seasons"])


def test_a_search_calls_the_title_name_and_a_list_title(sandbox: RunningSandbox) -> None:
    title = titles(sandbox, "movie")[0]
    found = ok(sandbox.watchmode("/search", search_field="tmdb_movie_id", search_value=title["tmdb_id"]))
    (row,) = found["title_results"]
    assert (row["id"], found["people_results"]) == (title["watchmode_id"], [])
    named = ok(sandbox.watchmode("/search", search_field="name", search_value=row["name"].upper()))["title_results"]
    assert row in named
    refused(sandbox.watchmode("/search", search_field="title", search_value="x"), 400)
    first = ok(sandbox.watchmode("/list-titles", limit=250))
    assert first["total_results"] == sandbox.truth("watchmode")["total"]
    assert "title" in first["titles"][0]
    listed = ok(sandbox.watchmode("/list-titles", source_ids="203", regions="IN", limit=5))
    assert 0 < listed["total_results"] < first["total_results"] // 2
    for one in listed["titles"]:
        assert 203 in {row["source_id"] for row in rows(sandbox.watchmode(f"/title/{one['id']}/sources", regions="IN"))}


# -- Directories and releases ----------------------------------------------------------------------------------------


def test_countries_and_services_are_those_of_the_plan_and_of_the_offers(sandbox: RunningSandbox) -> None:
    regions = {row["country"]: row for row in rows(sandbox.watchmode("/regions/"))}
    assert len(regions) == 54
    assert {code for code, row in regions.items() if row["plan_enabled"]} == {"US", "IN", "GB"}
    services = {row["id"]: row for row in rows(sandbox.watchmode("/sources"))}
    assert {row["type"] for row in services.values()} == {"sub", "purchase", "free", "tve", "addon"}
    for title in titles(sandbox)[::40]:
        for row in offers(sandbox, title):
            service = services[row["source_id"]]
            assert (service["name"], row["region"] in service["regions"]) == (row["name"], True)
    here = rows(sandbox.watchmode("/sources", regions="IN", types="rent"))
    assert {row["type"] for row in here} == {"purchase"}
    assert all("IN" in row["regions"] for row in here)
    sandbox.control(do="watchmode", plan="paid")
    assert all(row["plan_enabled"] for row in rows(sandbox.watchmode("/regions")))


def releases(sandbox: RunningSandbox, **params: object) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ok(sandbox.watchmode("/releases", **params))["releases"]
    return found


def test_releases_are_those_of_the_days_asked_for_each_once(sandbox: RunningSandbox) -> None:
    found = releases(sandbox, start_date=20261122, end_date="20261221000000", limit=500)
    keys = [(row["id"], row["source_id"], row["season_number"]) for row in found]
    assert len(keys) == len(set(keys)) > 100
    days = [row["source_release_date"] for row in found]
    assert (days == sorted(days), min(days), max(days)) == (True, "2026-11-22", "2026-12-21")
    assert {row["is_original"] for row in found} == {0, 1}
    assert {type(row["season_number"]) for row in found if row["type"] == "movie"} == {type(None)}
    assert all(row["season_number"] for row in found if row["type"].startswith("tv_") and row["id"] >= 3_000_000)
    assert any(row["tmdb_id"] is None for row in found)
    assert any(row["tmdb_id"] is not None for row in found)
    assert releases(sandbox, start_date=20261122, end_date=20261221, limit=10) == found[:10]
    usual = releases(sandbox, limit=500)
    assert (usual[0]["source_release_date"], usual[-1]["source_release_date"]) == ("2026-10-22", "2026-12-21")


def test_dates_ahead_move_and_those_behind_do_not(sandbox: RunningSandbox) -> None:
    def dates() -> dict[tuple[object, ...], str]:
        found = releases(sandbox, start_date=20261101, end_date=20261231, limit=500)
        return {(row["id"], row["source_id"], row["season_number"]): row["source_release_date"] for row in found}

    moved = []
    for _ in range(20):
        before = dates()
        day = sandbox.truth("watchmode")["pacific_day"]
        sandbox.control(do="clock", advance=DAY)
        after = dates()
        moved += [(before[key], after[key], day) for key in before.keys() & after.keys() if before[key] != after[key]]
        assert all(after.get(key) == on for key, on in before.items() if on <= day)
    assert len(moved) > 5
    assert all(old > day and new > day for old, new, day in moved)


def test_days_are_those_of_the_pacific_coast(sandbox: RunningSandbox) -> None:
    sandbox.control(do="clock", set=NOON - DAY / 2 + 3_600)
    assert sandbox.truth("watchmode")["pacific_day"] == "2026-11-20"
    assert releases(sandbox, limit=500)[0]["source_release_date"] == "2026-10-21"
