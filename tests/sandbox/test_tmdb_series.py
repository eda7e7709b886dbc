"""TMDB's series as the sandbox plays them, against its contract."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from sandbox.series import Series
from sandbox.tmdb_runs import LONGEST, Runs
from sandbox.tmdb_series import TvSeries
from sandbox.works import FIRST_SERIES
from tests.sandbox.tmdb_answers import at_noon, ok, refused
from tests.sandbox_process import RunningSandbox, running_sandbox

TODAY = date(2026, 11, 21)
WEEK = 7 * 86_400
BLOCKS = (
    "aggregate_credits", "alternative_titles", "content_ratings", "credits", "external_ids", "images", "keywords",
    "recommendations", "similar", "translations", "videos", "watch/providers",
)  # fmt: skip


@pytest.fixture(scope="module")
def started() -> Iterator[RunningSandbox]:
    """Two hundred series or so, and films enough that some have the same number."""
    with running_sandbox(movies=2_000, scale=0.03, as_command=True) as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def without_pace(sandbox: RunningSandbox) -> None:
    at_noon(sandbox)


def ids(sandbox: RunningSandbox, kind: str = "tmdb_series") -> list[int]:
    found: list[int] = sandbox.truth(kind, ids=1)["ids"]
    return found


def every(sandbox: RunningSandbox) -> list[dict[str, Any]]:
    return [ok(sandbox.tmdb(f"/tv/{tmdb_id}")) for tmdb_id in ids(sandbox)]


def pages(sandbox: RunningSandbox, path: str, **params: object) -> list[dict[str, Any]]:
    first = ok(sandbox.tmdb(path, **params))
    later = (ok(sandbox.tmdb(path, **params, page=page)) for page in range(2, first["total_pages"] + 1))
    return [*first["results"], *(row for page in later for row in page["results"])]


# -- Which there are -------------------------------------------------------------------------------------------------


def test_most_of_hotstars_series_are_there_and_some_more(sandbox: RunningSandbox) -> None:
    shows, there = sandbox.truth("show")["total"], ids(sandbox)
    assert len(there) == len(set(there)) == sandbox.truth("tmdb_series")["total"]
    assert shows < len(there) < 1.2 * shows


def test_a_film_and_a_series_can_have_one_number(sandbox: RunningSandbox) -> None:
    both = set(ids(sandbox)) & set(ids(sandbox, "tmdb_film"))
    assert len(both) > 10
    for tmdb_id in list(both)[:3]:
        assert "title" in ok(sandbox.tmdb(f"/movie/{tmdb_id}"))
        assert "title" not in ok(sandbox.tmdb(f"/tv/{tmdb_id}"))


def test_seasons_and_episodes_are_hotstars_cut_short_and_a_running_series_is_ahead() -> None:
    hotstar = Series(1, shows=200, episodes=20_000)
    series, runs = TvSeries(1, hotstar), Runs(1, hotstar)
    for number in series.numbers:
        there = hotstar.seasons_of(number - FIRST_SERIES)
        if there and not runs.is_thin(number - FIRST_SERIES) and (number - FIRST_SERIES) % 40 != 27:
            listed = series.details(number, popularity=1, today=TODAY)["seasons"]
            assert isinstance(listed, list)
            counts = [season["episode_count"] for season in listed if season["season_number"]]
            assert counts[: len(there)] == [min(hotstar.episodes_in(season), LONGEST) for season in there]
            ahead = len(counts) - len(there)
            assert ahead in ((1, 2) if runs.is_running(number - FIRST_SERIES) else (0,))


def test_an_unknown_number_and_a_removed_series_answer_404(sandbox: RunningSandbox) -> None:
    tmdb_id = ids(sandbox)[0]
    for unknown in ("1", "999999999", "abc"):
        refused(sandbox.tmdb(f"/tv/{unknown}"), 404, 34)
        refused(sandbox.tmdb(f"/tv/{unknown}/season/1"), 404, 34)
    sandbox.control(do="tmdb_remove", media_type="tv", ids=[tmdb_id])
    refused(sandbox.tmdb(f"/tv/{tmdb_id}"), 404, 34)
    refused(sandbox.tmdb(f"/tv/{tmdb_id}/season/1"), 404, 34)
    assert sandbox.truth("tmdb_series", ids=1)["removed_ids"] == [tmdb_id]
    assert sandbox.truth("tmdb_film")["removed"] == 0


# -- A series --------------------------------------------------------------------------------------------------------


def test_a_series_has_its_fields_and_the_blocks_that_were_asked_for(sandbox: RunningSandbox) -> None:
    path = f"/tv/{ids(sandbox)[0]}"
    alone = ok(sandbox.tmdb(path))
    assert {"name", "original_name", "created_by", "networks", "seasons", "type"} <= alone.keys()
    assert not {"title", "imdb_id", "budget", "revenue", "runtime", "video", "release_date"} & alone.keys()
    whole = ok(sandbox.tmdb(path, append_to_response=",".join((*BLOCKS, "nothing", "release_dates"))))
    assert {name: whole[name] for name in alone} == alone
    assert whole.keys() == {*alone, *BLOCKS}
    assert all("id" not in whole[name] for name in BLOCKS)
    for name in ("keywords", "alternative_titles", "content_ratings", "videos"):
        assert whole[name].keys() == {"results"}
    assert all(row["data"].keys() >= {"name", "overview"} for row in whole["translations"]["translations"])
    assert not any({"title", "runtime"} & row["data"].keys() for row in whole["translations"]["translations"])
    refused(sandbox.tmdb(path, append_to_response=",".join(["credits"] * 21)), 400, 27)


def test_the_credits_are_a_part_of_the_credits_over_all_seasons(sandbox: RunningSandbox) -> None:
    whole = ok(sandbox.tmdb(f"/tv/{ids(sandbox)[0]}", append_to_response="credits,aggregate_credits"))
    latest, over_all = whole["credits"], whole["aggregate_credits"]
    assert all(len(row["roles"]) == 1 and row["total_episode_count"] > 0 for row in over_all["cast"])
    assert all(len(row["jobs"]) == 1 and row["department"] for row in over_all["crew"])
    people = {row["id"] for row in over_all["cast"]}
    assert {row["id"] for row in latest["cast"]} <= people


def test_odd_values_of_the_contract_occur(sandbox: RunningSandbox) -> None:
    found = every(sandbox)
    assert {"", None} <= {one["first_air_date"] for one in found}
    assert [] in [one["episode_run_time"] for one in found]
    assert any(one["number_of_episodes"] is None and one["number_of_seasons"] is None for one in found)
    assert any(one["vote_count"] == 0 and one["vote_average"] == 0 for one in found)
    assert any(one["poster_path"] is None for one in found)
    assert any("vote_average" not in season for one in found for season in one["seasons"])
    assert any("original_name" not in creator for one in found for creator in one["created_by"])
    assert {"Returning Series", "Ended", "Canceled", "Planned"} <= {one["status"] for one in found}
    listed = pages(sandbox, "/tv/popular")
    assert any("first_air_date" not in row for row in listed)


def test_specials_are_season_0_and_not_counted(sandbox: RunningSandbox) -> None:
    found = [one for one in every(sandbox) if any(season["season_number"] == 0 for season in one["seasons"])]
    assert found
    for one in found:
        regular = [season for season in one["seasons"] if season["season_number"]]
        assert one["number_of_seasons"] == len(regular) == len(one["seasons"]) - 1
        assert one["number_of_episodes"] == sum(season["episode_count"] for season in regular)
    assert ok(sandbox.tmdb(f"/tv/{found[0]['id']}/season/0"))["name"] == "Specials"


# -- Seasons ---------------------------------------------------------------------------------------------------------


def test_a_season_stands_in_its_series_as_it_stands_alone(sandbox: RunningSandbox) -> None:
    one = next(one for one in every(sandbox) if one["number_of_seasons"] in (2, 3))
    last = one["number_of_seasons"]
    whole = ok(sandbox.tmdb(f"/tv/{one['id']}", append_to_response=f"season/1,season/{last},season/{last + 1}"))
    assert {name for name in whole if name.startswith("season/")} == {"season/1", f"season/{last}"}
    for season in one["seasons"]:
        alone = ok(sandbox.tmdb(f"/tv/{one['id']}/season/{season['season_number']}"))
        assert (alone["id"], len(alone["episodes"])) == (season["id"], season["episode_count"])
        assert {(row["show_id"], row["season_number"]) for row in alone["episodes"]} == {
            (one["id"], season["season_number"])
        }
        if f"season/{season['season_number']}" in whole:
            del alone["id"]
            assert whole[f"season/{season['season_number']}"] == alone
    refused(sandbox.tmdb(f"/tv/{one['id']}/season/{last + 1}"), 404, 34)


def test_each_season_is_one_of_the_twenty(sandbox: RunningSandbox) -> None:
    path = f"/tv/{ids(sandbox)[0]}"
    ok(sandbox.tmdb(path, append_to_response=",".join(f"season/{no}" for no in range(20))))
    refused(sandbox.tmdb(path, append_to_response=",".join(f"season/{no}" for no in range(21))), 400, 27)


def test_a_season_takes_blocks_of_its_own(sandbox: RunningSandbox) -> None:
    one = next(one for one in every(sandbox) if one["number_of_seasons"])
    path = f"/tv/{one['id']}/season/1"
    whole = ok(sandbox.tmdb(path, append_to_response="external_ids,images,credits,nothing"))
    assert whole.keys() == {*ok(sandbox.tmdb(path)), "external_ids", "images", "credits"}
    assert "imdb_id" not in whole["external_ids"]
    assert whole["images"].keys() == {"posters"}
    refused(sandbox.tmdb(path, append_to_response=",".join(["images"] * 21)), 400, 27)


def test_episodes_have_gaps_days_out_of_order_and_values_that_nobody_knows(sandbox: RunningSandbox) -> None:
    seasons = [
        ok(sandbox.tmdb(f"/tv/{one['id']}/season/{season['season_number']}"))["episodes"]
        for one in every(sandbox)[:120]
        for season in one["seasons"]
    ]
    numbers = [[row["episode_number"] for row in rows] for rows in seasons]
    assert all(found == sorted(set(found)) for found in numbers)
    assert any(found != list(range(1, len(found) + 1)) for found in numbers)
    days = [[row["air_date"] for row in rows if row["air_date"]] for rows in seasons]
    assert any(found != sorted(found) for found in days)
    episodes = [row for rows in seasons for row in rows]
    assert len({row["id"] for row in episodes}) == len(episodes)
    aired = [row for row in episodes if row["air_date"] and row["air_date"] <= TODAY.isoformat()]
    assert 0.85 < len(aired) / len(episodes) < 1
    assert any(row["air_date"] is None for row in episodes)
    assert 0.05 < sum(row["runtime"] is None for row in aired) / len(aired) < 0.12
    assert all(row["runtime"] is None and row["vote_count"] == 0 for row in episodes if row not in aired)
    assert {row["episode_type"] for row in episodes} == {"standard", "finale", "mid_season"}
    assert 0 < sum(bool(row["crew"]) for row in episodes) < len(episodes) / 2
    assert 0 < sum(bool(row["guest_stars"]) for row in episodes) < len(episodes) / 2
    assert max(map(len, seasons)) <= LONGEST


# -- Time passes -----------------------------------------------------------------------------------------------------


def test_the_next_episode_of_a_running_series_becomes_the_last_one(sandbox: RunningSandbox) -> None:
    before = next(one for one in every(sandbox) if one["next_episode_to_air"] and one["last_episode_to_air"])
    ahead = before["next_episode_to_air"]
    assert before["last_air_date"] == before["last_episode_to_air"]["air_date"] <= TODAY.isoformat()
    assert TODAY.isoformat() < ahead["air_date"]
    assert (before["status"], before["in_production"]) == ("Returning Series", True)
    days = date.fromisoformat(ahead["air_date"]) - TODAY
    sandbox.control(do="clock", advance=days.total_seconds())
    after = ok(sandbox.tmdb(f"/tv/{before['id']}"))
    aired = ("air_date", "episode_number", "id", "season_number")
    assert [after["last_episode_to_air"][name] for name in aired] == [ahead[name] for name in aired]


def test_a_year_later_it_has_another_season_and_the_old_ones_are_as_they_were(sandbox: RunningSandbox) -> None:
    before = next(one for one in every(sandbox) if one["next_episode_to_air"] and one["last_episode_to_air"])
    sandbox.control(do="clock", advance=52 * WEEK)
    after = ok(sandbox.tmdb(f"/tv/{before['id']}"))
    assert after["number_of_seasons"] == before["number_of_seasons"] + 1
    assert after["seasons"][:-1] == before["seasons"]


def test_lists_of_what_airs_hold_every_series_with_an_episode_on_these_days(sandbox: RunningSandbox) -> None:
    sandbox.control(do="clock", advance=-0.5 * WEEK)
    today = "2026-11-18"
    on_the_air = {row["id"] for row in pages(sandbox, "/tv/on_the_air")}
    airing_today = {row["id"] for row in pages(sandbox, "/tv/airing_today")}
    assert airing_today < on_the_air
    assert "dates" not in ok(sandbox.tmdb("/tv/on_the_air"))
    for one in every(sandbox):
        last, ahead = one["last_episode_to_air"], one["next_episode_to_air"]
        plays_today = last is not None and last["air_date"] == today
        assert (one["id"] in airing_today) == plays_today
        soon = ahead is not None and ahead["air_date"] <= "2026-11-24"
        assert (one["id"] in on_the_air) == (plays_today or soon)


# -- Lists -----------------------------------------------------------------------------------------------------------


def test_the_popular_pages_hold_each_series_once(sandbox: RunningSandbox) -> None:
    first = ok(sandbox.tmdb("/tv/popular"))
    assert (first["page"], len(first["results"])) == (1, 20)
    assert first["total_results"] == sandbox.truth("tmdb_series")["total"]
    rows = pages(sandbox, "/tv/popular")
    assert sorted(row["id"] for row in rows) == ids(sandbox)
    assert all({"name", "original_name", "origin_country", "genre_ids"} <= row.keys() for row in rows)
    assert not any({"title", "video", "release_date", "media_type"} & row.keys() for row in rows)
    refused(sandbox.tmdb("/tv/popular", page=501), 400, 22)


@pytest.mark.parametrize("span", ["day", "week"])
def test_trending_rows_say_what_they_are(sandbox: RunningSandbox, span: str) -> None:
    assert {row["media_type"] for row in ok(sandbox.tmdb(f"/trending/tv/{span}"))["results"]} == {"tv"}
    rows = ok(sandbox.tmdb(f"/trending/all/{span}"))["results"]
    assert [row["media_type"] for row in rows[:5]] == ["movie", "tv", "movie", "tv", "person"]
    assert len(rows) == 20
    own = {"movie": "title", "tv": "first_air_date", "person": "known_for"}
    for kind, field in own.items():
        assert any(field in row for row in rows if row["media_type"] == kind)
        assert not any(field in row for row in rows if row["media_type"] != kind)
    alone = {kind: ok(sandbox.tmdb(f"/trending/{kind}/{span}"))["results"] for kind in ("movie", "tv")}
    for kind, listed in alone.items():
        mixed = [row for row in rows if row["media_type"] == kind]
        assert mixed == listed[: len(mixed)]


# -- Changes ---------------------------------------------------------------------------------------------------------


def changed(sandbox: RunningSandbox, media: str = "tv", day: str = "2026-11-21") -> dict[int, object]:
    return {row["id"]: row["adult"] for row in pages(sandbox, f"/{media}/changes", start_date=day, end_date=day)}


def test_the_feed_names_what_changed_but_for_a_few_and_no_film(sandbox: RunningSandbox) -> None:
    films = changed(sandbox, "movie")
    there = sandbox.control(do="tmdb_change", media_type="tv", count=200)["ids"]
    named = changed(sandbox)
    assert 0.8 * len(there) < len(set(there) & named.keys()) < len(there)
    assert not set(there) <= changed(sandbox, day="2026-11-20").keys()
    assert changed(sandbox, "movie") == films
    assert set(sandbox.truth("tmdb_series")["changed"]) == set(map(str, there))
    assert sandbox.truth("tmdb_film")["changed"] == {}


def test_the_feed_names_what_airs_and_what_is_gone(sandbox: RunningSandbox) -> None:
    assert {row["id"] for row in pages(sandbox, "/tv/airing_today")} <= changed(sandbox).keys()
    gone = sandbox.control(do="tmdb_remove", media_type="tv", count=50)["ids"]
    named = changed(sandbox)
    assert {named[tmdb_id] for tmdb_id in gone if tmdb_id in named} == {None}
    refused(sandbox.tmdb("/tv/changes", start_date="2026-11-01", end_date="2026-11-16"), 422, 20)


def test_a_change_shows_in_the_series_and_an_episode_comes_back_under_another_id(sandbox: RunningSandbox) -> None:
    before = next(
        one for one in every(sandbox) if one["vote_count"] and one["poster_path"] and one["number_of_seasons"]
    )
    path = f"/tv/{before['id']}"
    old = ok(sandbox.tmdb(f"{path}/season/1"))["episodes"]
    tag = sandbox.tmdb(path).headers["etag"]
    sandbox.control(do="tmdb_change", media_type="tv", ids=[before["id"]])
    after, new = ok(sandbox.tmdb(path)), ok(sandbox.tmdb(f"{path}/season/1"))["episodes"]
    assert after["vote_count"] == before["vote_count"] + 3
    assert after["poster_path"] != before["poster_path"]
    assert new[0]["id"] != old[0]["id"]
    assert {**new[0], "id": 0} == {**old[0], "id": 0}
    assert new[1:] == old[1:]
    headers = {"authorization": f"Bearer {sandbox.tmdb_token}", "if-none-match": tag}
    assert sandbox.client.get(f"{sandbox.url}/3{path}", headers=headers).status_code == 200


def test_an_action_on_a_series_that_there_is_not_is_refused(sandbox: RunningSandbox) -> None:
    film = next(tmdb_id for tmdb_id in ids(sandbox, "tmdb_film") if tmdb_id not in ids(sandbox))
    action = {"do": "tmdb_remove", "media_type": "tv", "ids": [film]}
    reply = sandbox.client.post(f"{sandbox.url}/_control", json=action)
    assert (reply.status_code, reply.json()) == (400, {"error": f"there is no series with the id {film}"})


def test_a_reset_brings_everything_back(sandbox: RunningSandbox) -> None:
    there = ids(sandbox)
    sandbox.control(do="tmdb_remove", media_type="tv", count=5)
    sandbox.control(do="tmdb_change", media_type="tv", count=5)
    sandbox.control(do="reset", parts=["catalogue"])
    assert ids(sandbox) == there
    assert sandbox.truth("tmdb_series")["changed"] == {}


# -- IMDb's ids ------------------------------------------------------------------------------------------------------


def found(sandbox: RunningSandbox, imdb_id: str) -> dict[str, list[int]]:
    answer = ok(sandbox.tmdb(f"/find/{imdb_id}", external_source="imdb_id"))
    assert answer.keys() == {
        "movie_results", "person_results", "tv_results", "tv_episode_results", "tv_season_results",
    }  # fmt: skip
    assert all(row["media_type"] == "movie" for row in answer["movie_results"])
    assert all(row["media_type"] == "tv" for row in answer["tv_results"])
    return {kind: [row["id"] for row in rows] for kind, rows in answer.items() if rows}


def test_an_imdb_id_finds_its_film_or_series_and_now_and_then_both(sandbox: RunningSandbox) -> None:
    imdb_ids = {
        tmdb_id: ok(sandbox.tmdb(f"/tv/{tmdb_id}", append_to_response="external_ids"))["external_ids"]["imdb_id"]
        for tmdb_id in ids(sandbox)
    }
    assert None in imdb_ids.values()
    both = 0
    for tmdb_id, imdb_id in imdb_ids.items():
        if imdb_id is not None:
            kinds = found(sandbox, imdb_id)
            assert kinds["tv_results"] == [tmdb_id]
            both += "movie_results" in kinds
    assert 0 < both < 20


def test_a_film_is_found_by_its_imdb_id_until_it_is_gone(sandbox: RunningSandbox) -> None:
    films = {tmdb_id: ok(sandbox.tmdb(f"/movie/{tmdb_id}"))["imdb_id"] for tmdb_id in ids(sandbox, "tmdb_film")[:40]}
    tmdb_id, imdb_id = next((key, value) for key, value in films.items() if value is not None)
    assert tmdb_id in found(sandbox, imdb_id)["movie_results"]
    sandbox.control(do="tmdb_remove", ids=[tmdb_id])
    assert tmdb_id not in found(sandbox, imdb_id).get("movie_results", [])


def test_no_match_is_five_empty_lists_and_an_unknown_source_an_error(sandbox: RunningSandbox) -> None:
    for unknown in ("tt0000001", "tt999999999999", "nm0000001", "tt1"):
        assert found(sandbox, unknown) == {}
    assert ok(sandbox.tmdb("/find/Q42", external_source="wikidata_id"))["movie_results"] == []
    refused(sandbox.tmdb("/find/tt1000000", external_source="imdb"), 422, 5)
    refused(sandbox.tmdb("/find/tt1000000"), 422, 5)


# -- Read once a day -------------------------------------------------------------------------------------------------


def test_the_configuration_names_sizes_changes_and_the_sandboxs_own_pictures(sandbox: RunningSandbox) -> None:
    answer = ok(sandbox.tmdb("/configuration"))
    assert answer["images"]["secure_base_url"] == f"{sandbox.url}/t/p/"
    assert answer["images"]["poster_sizes"] == ["w92", "w154", "w185", "w342", "w500", "w780", "original"]
    assert {name for name in answer["images"] if name.endswith("_sizes")} == {
        "backdrop_sizes", "logo_sizes", "poster_sizes", "profile_sizes", "still_sizes",
    }  # fmt: skip
    assert len(answer["change_keys"]) == 53


def test_genres_of_series_are_others_than_those_of_films(sandbox: RunningSandbox) -> None:
    films, series = (
        {row["id"]: row["name"] for row in ok(sandbox.tmdb(f"/genre/{kind}/list"))["genres"]}
        for kind in ("movie", "tv")
    )
    assert (len(films), len(series)) == (19, 16)
    assert (films.keys() - series.keys(), series.keys() - films.keys()) != (set(), set())
    assert {genre for row in pages(sandbox, "/tv/popular") for genre in row["genre_ids"]} <= series.keys()


def test_services_are_listed_by_country(sandbox: RunningSandbox) -> None:
    regions = [row["iso_3166_1"] for row in ok(sandbox.tmdb("/watch/providers/regions"))["results"]]
    assert "IN" in regions
    for kind in ("movie", "tv"):
        whole = ok(sandbox.tmdb(f"/watch/providers/{kind}"))["results"]
        here = ok(sandbox.tmdb(f"/watch/providers/{kind}", watch_region="IN"))["results"]
        assert {row["provider_id"] for row in here} < {row["provider_id"] for row in whole}
        assert all("IN" in row["display_priorities"] for row in here)
        assert {code for row in whole for code in row["display_priorities"]} <= set(regions)
        assert len({row["provider_id"] for row in whole}) == len(whole) > 50
