"""Images end to end: what works name stands in the store under its name, once, and tables and cards show it there."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from catalog_assets.jobs import RETENTION, TMDB_REFRESH
from catalog_assets.tmdb.replay import replay
from catalog_assets.tmdb.retention_asset import RETAINED_ANSWERS, RETAINED_CHECKS
from tests.tmdb.images import MERGED, PUBLIC, Hosted, figures, images_hosted, rich

ShiftClock = Callable[[psycopg.Connection, timedelta], None]


@pytest.fixture
def hosted(source_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hosted]:
    with images_hosted(source_url, tmp_path / "images", monkeypatch) as ready:
        yield ready


def test_what_works_name_stands_in_the_store_and_is_shown_from_there(hosted: Hosted) -> None:
    tmdb, film = hosted.jobs.tmdb, rich(hosted, 1)[0]
    done = figures(hosted.films(film))
    wanted = dict(tmdb.rows("SELECT name, source_url FROM wanted_images"))
    files = hosted.files()
    assert {name: done[f"images_{name}"] for name in ("wanted", "fetched", "written")} == dict.fromkeys(
        ("wanted", "fetched", "written"), len(wanted)
    )
    assert set(files) == set(wanted)
    assert {f"posters/{film}_medium.jpg", f"posters/{film}_large.jpg", f"backdrops/{film}.jpg"} <= set(files)
    assert {f"trailers/{film}_thumb.jpg", f"trailers/{film}_0.jpg", f"stills/{film}_0.jpg"} <= set(files)
    assert "/w342/" in wanted[f"posters/{film}_medium.jpg"]
    assert "/w500/" in wanted[f"posters/{film}_large.jpg"]
    assert {"/w780/" in wanted[f"{name}.jpg"] for name in (f"backdrops/{film}", f"stills/{film}_0")} == {True}
    assert {"/w185/" in url for name, url in wanted.items() if name.startswith("cast/")} == {True}
    for name, url in wanted.items():
        if "image.tmdb.org" in url:
            path = url.removeprefix("https://image.tmdb.org")
            assert files[name] == tmdb.sandbox.client.get(f"{tmdb.sandbox.url}{path}").content
    noted = {row[0]: row[1:] for row in tmdb.rows("SELECT name, bytes, content_sha256, content_type FROM images")}
    assert noted == {name: (len(body), hashlib.sha256(body).digest(), "image/jpeg") for name, body in files.items()}
    ((medium, large, small, backdrop, stills, trailers, cast),) = tmdb.rows(
        "SELECT poster_url_medium, poster_url_large, poster_url_small, backdrop_url, still_images, trailers,"
        " cast_members FROM works_meta"
    )
    assert (medium, large) == (f"{PUBLIC}posters/{film}_medium.jpg", f"{PUBLIC}posters/{film}_large.jpg")
    assert small.startswith("https://image.tmdb.org/t/p/w185/")
    assert backdrop == f"{PUBLIC}backdrops/{film}.jpg"
    assert stills == [f"{PUBLIC}stills/{film}_{place}.jpg" for place in range(len(stills))]
    assert [video["thumbnail"] for video in trailers] == [
        f"{PUBLIC}trailers/{film}_{place}.jpg" for place in range(len(trailers))
    ]
    faces = [member for member in cast if member["photo_url_small"]]
    assert faces
    assert [member["photo_url_medium"] for member in faces] == [
        f"{PUBLIC}cast/{member['person_id']}.jpg" for member in faces
    ]
    card = tmdb.one("SELECT payload FROM work_cards_cache")
    assert (card["poster"]["medium"], card["backdrop"], card["still_images"]) == (medium, backdrop, stills)
    assert hosted.failing() == {}
    logged = dict(tmdb.rows("SELECT service, count(*) FROM api_calls WHERE service <> 'tmdb' GROUP BY 1"))
    assert sum(logged.values()) == len(hosted.asked()) - len([url for url in wanted.values() if "tmdb" in url])
    assert logged.keys() == {"tmdb_images", "youtube_images"}


def test_a_second_run_asks_for_nothing_and_after_five_months_nothing_is_written(
    hosted: Hosted, shift_clock: ShiftClock
) -> None:
    tmdb = hosted.jobs.tmdb
    wanted = figures(hosted.films(*rich(hosted, 2)))["images_wanted"]
    stored = tmdb.rows("SELECT name, stored_at FROM images ORDER BY 1")
    asked = hosted.asked()
    assert hosted.run()["images_fetched"] == 0
    assert hosted.asked() == asked
    shift_clock(tmdb.connection, timedelta(days=151))
    done = hosted.run()
    assert (done["images_fetched"], done["images_unchanged"], done["images_written"]) == (wanted, wanted, 0)
    assert tmdb.rows("SELECT name, stored_at FROM images ORDER BY 1") == stored
    assert tmdb.one("SELECT min(fetched_at) > ops.now() - interval '1 hour' FROM images") is True
    answered = dict(tmdb.rows("SELECT status, count(*) FROM api_calls WHERE service = 'tmdb_images' GROUP BY 1"))
    pictures = sum(path.startswith("/t/p/") for path in asked)
    assert answered == {200: pictures, 304: pictures}


def test_of_a_video_without_a_large_picture_the_small_one_is_taken(hosted: Hosted) -> None:
    hosted.films(*rich(hosted, 6))
    taken = hosted.jobs.tmdb.rows("SELECT name, taken_from, bytes FROM images WHERE name LIKE 'trailers/%%'")
    kinds = {url.rpartition("/")[2] for _, url, _ in taken}
    assert kinds == {"maxresdefault.jpg", "hqdefault.jpg"}
    assert all(size > 5000 for _, url, size in taken if "maxres" in url)
    asked = hosted.asked()
    for _, url, _ in taken:
        path = url.removeprefix("https://img.youtube.com")
        large = path.replace("hqdefault", "maxresdefault")
        assert large in asked
        assert (path in asked) or path == large
    assert {path.split("/")[1] for path in asked} == {"t", "vi"}


def test_an_image_that_fails_costs_itself_alone_and_is_had_later(hosted: Hosted, shift_clock: ShiftClock) -> None:
    tmdb, film = hosted.jobs.tmdb, rich(hosted, 1)[0]
    poster = tmdb.sandbox.tmdb(f"/movie/{film}").json()["poster_path"]
    medium, large = f"/t/p/w342{poster}", f"/t/p/w500{poster}"
    tmdb.sandbox.control(do="fault", path=medium, status=404, times=None)
    tmdb.sandbox.control(do="fault", path=large, body="html")
    result = hosted.films(film)
    done = figures(result)
    assert done["images_failed"] == 2
    assert done["images_fetched"] == done["images_wanted"] - 2
    assert tmdb.rows("SELECT status, movies_failed FROM scheduled_ingestion_log") == [("completed", 0)]
    shown = tmdb.rows("SELECT poster_url_medium, poster_url_large FROM works_meta")
    assert shown == [(f"https://image.tmdb.org{medium}", f"https://image.tmdb.org{large}")]
    errors = dict(tmdb.rows("SELECT name, last_error FROM images WHERE attempts = 1"))
    assert "404" in errors[f"posters/{film}_medium.jpg"]
    assert "is no picture" in errors[f"posters/{film}_large.jpg"]
    assert hosted.failing() == {}
    assert hosted.run()["images_failed"] == 0  # both wait
    shift_clock(tmdb.connection, timedelta(days=1, minutes=5))
    assert set(hosted.failing()) == {"images_are_had"}
    tmdb.sandbox.control(do="reset", parts=["faults"])
    assert hosted.run()["images_fetched"] == 2
    assert tmdb.one("SELECT payload #>> '{poster,large}' FROM work_cards_cache") == f"{PUBLIC}posters/{film}_large.jpg"
    assert hosted.failing() == {}


def test_another_picture_takes_the_old_ones_place_and_the_same_content_is_not_written(hosted: Hosted) -> None:
    tmdb, film = hosted.jobs.tmdb, rich(hosted, 1)[0]
    hosted.films(film)
    before, name = hosted.files(), f"posters/{film}_medium.jpg"
    tmdb.connection.execute(
        "UPDATE tmdb.details SET poster_url_medium = replace(poster_url_medium, '00.jpg', '01.jpg'),"
        " poster_url_large = poster_url_large || '?same'"
    )
    assert hosted.failing().keys() == {"cards_show_images"}
    done = hosted.run()
    assert (done["images_fetched"], done["images_written"], done["cards_written"]) == (2, 1, 0)
    after = hosted.files()
    assert after[name] != before[name]
    assert {other: body for other, body in after.items() if other != name} == {
        other: body for other, body in before.items() if other != name
    }
    assert hosted.failing() == {}


def test_images_that_no_work_names_any_more_are_removed_and_a_face_stays_while_anybody_names_it(hosted: Hosted) -> None:
    tmdb = hosted.jobs.tmdb
    first, second = rich(hosted, 2)
    hosted.films(first, second)
    tmdb.connection.execute(
        "UPDATE tmdb.details SET cast_members = (SELECT cast_members FROM tmdb.details JOIN tmdb.titles USING (work_id)"
        " WHERE tmdb_id = %s)",
        (first,),
    )
    shared = {name for name in hosted.files() if name.startswith("cast/")}
    hosted.run()
    faces = {name for name in hosted.files() if name.startswith("cast/")}
    assert faces < shared
    (work,) = tmdb.want(first)
    tmdb.connection.execute(b"DELETE FROM tmdb.details WHERE work_id = %s", (work,))
    done = hosted.run()
    left = hosted.files()
    assert {name for name in left if name.startswith("cast/")} == faces
    assert not [name for name in left if f"/{first}" in name and not name.startswith("cast/")]
    assert [name for name in left if f"/{second}" in name]
    assert done["images_removed"] > 5
    assert {name for (name,) in tmdb.rows("SELECT name FROM images")} == set(left)


def test_retention_removes_images_of_works_that_went_and_nothing_is_too_old(
    hosted: Hosted, shift_clock: ShiftClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmdb, film = hosted.jobs.tmdb, rich(hosted, 1)[0]
    hosted.films(film)
    shift_clock(tmdb.connection, timedelta(days=181))
    found = [offender for check in RETAINED_CHECKS for offender in check.offenders(tmdb.connection)]
    assert len([each for each in found if each.startswith("image ")]) == len(hosted.files())
    monkeypatch.delenv("TMDB_API_KEY")
    result = hosted.jobs.definitions.resolve_job_def(RETENTION).execute_in_process(
        instance=hosted.jobs.instance, asset_selection=[RETAINED_ANSWERS], raise_on_error=False
    )
    assert result.success
    assert hosted.files() == {}
    assert tmdb.one("SELECT count(*) FROM images") == 0
    assert [offender for check in RETAINED_CHECKS for offender in check.offenders(tmdb.connection)] == []


def test_an_image_that_cannot_be_asked_for_again_goes_before_its_time_is_over(
    hosted: Hosted, shift_clock: ShiftClock
) -> None:
    tmdb, film = hosted.jobs.tmdb, rich(hosted, 1)[0]
    hosted.films(film)
    poster = tmdb.sandbox.tmdb(f"/movie/{film}").json()["poster_path"]
    tmdb.sandbox.control(do="fault", path=f"/t/p/w342{poster}", status=404, times=None)
    shift_clock(tmdb.connection, timedelta(days=151))
    assert hosted.run()["images_failed"] == 1
    tmdb.connection.execute("UPDATE tmdb.contents SET fetched_at = ops.now()")
    shift_clock(tmdb.connection, timedelta(days=176))
    done = hosted.run()
    assert (done["images_removed"], done["images_failed"]) == (1, 1)
    assert f"posters/{film}_medium.jpg" not in hosted.files()
    assert tmdb.one("SELECT payload_short ->> 'poster' FROM work_cards_cache").startswith("https://image.tmdb.org")
    assert "manifest_matches_store" not in hosted.failing()


def test_off_nothing_is_fetched_and_what_is_had_stays_until_its_time_is_over(
    hosted: Hosted, shift_clock: ShiftClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmdb, (first, second) = hosted.jobs.tmdb, rich(hosted, 2)
    hosted.films(first)
    asked, files = len(hosted.asked()), hosted.files()
    monkeypatch.delenv("IMAGES_ENABLED")
    done = figures(hosted.films(second))
    assert done["images_on"] is False
    assert (len(hosted.asked()), hosted.files()) == (asked, files)
    assert tmdb.one("SELECT count(*) FROM images") == len(files)
    assert hosted.failing() == {}
    shift_clock(tmdb.connection, timedelta(days=176))
    assert hosted.run()["images_removed"] == len(files)
    assert hosted.files() == {}


def test_where_images_were_never_on_nothing_is_made(hosted: Hosted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("IMAGES_ENABLED")
    done = figures(hosted.films(rich(hosted, 1)[0]))
    assert (done["images_on"], done["images_wanted"]) == (False, 0)
    assert not hosted.folder.parent.exists()
    assert hosted.failing() == {}
    assert hosted.jobs.tmdb.one("SELECT poster_url_large FROM works_meta").startswith("https://image.tmdb.org/")


def test_a_replay_gives_the_cards_that_images_changed(hosted: Hosted) -> None:
    tmdb, films = hosted.jobs.tmdb, rich(hosted, 2)
    hosted.films(*films)
    tmdb.sandbox.control(do="tmdb_change", ids=films[:1])
    hosted.films(*films)
    replayed = replay(tmdb.connection)
    assert {name: number for name, number in replayed.differences.items() if number} == {}


def test_another_public_address_is_shown_without_a_request(hosted: Hosted, monkeypatch: pytest.MonkeyPatch) -> None:
    film = rich(hosted, 1)[0]
    hosted.films(film)
    asked = len(hosted.asked())
    monkeypatch.setenv("IMAGES_PUBLIC_URL", "https://cdn.example.org/")
    assert hosted.run()["cards_written"] == 1
    assert len(hosted.asked()) == asked
    shown = hosted.jobs.tmdb.one("SELECT payload ->> 'backdrop' FROM work_cards_cache")
    assert shown == f"https://cdn.example.org/sandbox/backdrops/{film}.jpg"


def test_a_series_has_its_images_beside_those_of_a_film_of_the_same_number(hosted: Hosted) -> None:
    tmdb = hosted.jobs.tmdb
    both = sorted(set(tmdb.ids()) & set(tmdb.ids("tmdb_series")))
    number = next(each for each in both if tmdb.sandbox.tmdb(f"/tv/{each}").json()["poster_path"])
    tmdb.want(number)
    tmdb.want(number, media_type="tv")
    figures(hosted.jobs.run(TMDB_REFRESH, only=[*MERGED, "images"]))
    names = dict(
        tmdb.rows("SELECT media_type, array_agg(name) FROM work_images JOIN titles USING (work_id) GROUP BY 1")
    )
    assert names["tv"]
    assert [name for name in names["tv"] if not name.startswith(("tv/", "cast/"))] == []
    assert [name for name in names["movie"] if name.startswith("tv/")] == []
    assert set(hosted.files()) == {name for each in names.values() for name in each}
    shown = tmdb.one("SELECT poster_url_medium FROM works_meta JOIN titles USING (work_id) WHERE media_type = 'tv'")
    assert shown == f"{PUBLIC}tv/posters/{number}_medium.jpg"
    assert hosted.failing() == {}
