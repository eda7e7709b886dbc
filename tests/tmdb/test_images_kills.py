"""Whatever interrupts a run or happens to the store, the next run mends: no object is unknown, none shown in vain."""

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import psycopg
import pytest

from catalog_assets.tmdb import images
from resources.errors import ImageStoreError, ServiceUnreachable
from resources.image_store import ImagePlace, ImageStore, open_image_store
from resources.images import TMDB_HOST, ImageClient, Picture
from resources.settings import load_settings
from tests.tmdb.images import Hosted, images_hosted, rich


@pytest.fixture
def hosted(source_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hosted]:
    with images_hosted(source_url, tmp_path / "images", monkeypatch) as ready:
        yield ready


class Killed(BaseException):
    """Stands for a kill: nothing of ours handles it."""


def killing(before: Callable[..., object] | None = None) -> Callable[..., None]:
    def killed(*given: object, **named: object) -> None:
        if before is not None:
            before(*given, **named)
        raise Killed

    return killed


def killed(hosted: Hosted, monkeypatch: pytest.MonkeyPatch, target: object, name: str, *, after: bool = False) -> None:
    """A run that dies before or after a step."""
    with monkeypatch.context() as patched:
        patched.setattr(target, name, killing(getattr(target, name) if after else None))
        assert hosted.fails()


@pytest.mark.parametrize("after", [False, True])
def test_killed_between_writing_and_noting(hosted: Hosted, monkeypatch: pytest.MonkeyPatch, after: bool) -> None:
    film = rich(hosted, 1)[0]
    hosted.merged(film)
    killed(hosted, monkeypatch, images, "_note", after=after)
    files = hosted.files()
    assert files
    assert set(files) <= {name for (name,) in hosted.jobs.tmdb.rows("SELECT name FROM images")}
    hosted.run()
    assert hosted.files() == files
    assert hosted.failing() == {}


@pytest.mark.parametrize("after", [False, True])
def test_killed_between_hiding_and_removing(hosted: Hosted, monkeypatch: pytest.MonkeyPatch, after: bool) -> None:
    film = rich(hosted, 1)[0]
    hosted.films(film)
    tmdb = hosted.jobs.tmdb
    tmdb.connection.execute("UPDATE tmdb.images SET fetched_at = fetched_at - interval '176 days'")
    monkeypatch.setenv("IMAGES_ENABLED", "false")
    with monkeypatch.context() as patched:
        remove = ImageStore.delete

        def delete(store: ImageStore, names: list[str]) -> None:
            if names:
                killing((lambda: remove(store, names[: len(names) // 2])) if after else None)()

        patched.setattr(ImageStore, "delete", delete)
        assert hosted.fails()
    assert set(hosted.files()) <= {name for (name,) in tmdb.rows("SELECT name FROM images")}
    assert "images.example.org" not in str(tmdb.rows("SELECT payload, payload_short FROM work_cards_cache"))
    hosted.run()
    assert hosted.files() == {}
    assert hosted.failing() == {}


def test_killed_before_cards_show_what_was_stored(hosted: Hosted, monkeypatch: pytest.MonkeyPatch) -> None:
    film = rich(hosted, 1)[0]
    hosted.merged(film)
    shown = images.show_on_cards
    with monkeypatch.context() as patched:
        calls = iter((shown, killing()))  # the first is before anything is fetched

        def show(connection: psycopg.Connection, done: images.ImagesKept) -> None:
            next(calls)(connection, done)

        patched.setattr(images, "show_on_cards", show)
        assert hosted.fails()
    assert hosted.failing().keys() == {"cards_show_images"}
    assert hosted.run()["cards_written"] == 1
    assert hosted.failing() == {}


def test_what_the_store_lost_or_spoilt_is_found_and_had_again(hosted: Hosted) -> None:
    film = rich(hosted, 1)[0]
    hosted.films(film)
    files = hosted.files()
    lost, cut, changed = sorted(files)[:3]
    (hosted.folder / lost).unlink()
    (hosted.folder / cut).write_bytes(files[cut][:-1])
    (hosted.folder / changed).write_bytes(bytes(len(files[changed])))
    found = hosted.failing()["manifest_matches_store"]
    assert {each.partition(":")[0] for each in found} == {lost, cut, changed}
    (hosted.folder / changed).unlink()
    assert hosted.run()["images_lost"] == 3
    assert hosted.files() == files
    assert hosted.failing() == {}


def test_an_object_that_nobody_knows_is_told_and_left_alone_and_a_broken_write_is_swept_up(hosted: Hosted) -> None:
    hosted.films(rich(hosted, 1)[0])
    (hosted.folder / "posters" / "mine.jpg").write_bytes(b"x")
    (hosted.folder / "notes.txt").write_bytes(b"x")
    (hosted.folder / "posters" / "1_large.jpg#1").write_bytes(b"what a killed write leaves")
    hosted.run()
    assert [name for name in hosted.files() if "#" in name] == []
    assert hosted.failing() == {"manifest_matches_store": ["posters/mine.jpg: not in the manifest"]}


def test_hosts_that_answer_nothing_stop_the_run_and_fail_no_film(
    hosted: Hosted, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = rich(hosted, 1)[0]
    hosted.merged(film)
    monkeypatch.setattr(images, "BATCH", 4)
    monkeypatch.setattr("resources.images.ATTEMPTS", 1)
    hosted.jobs.tmdb.sandbox.control(do="fault", status=503, times=None)
    done = hosted.run()
    videos = hosted.jobs.tmdb.one("SELECT count(*) FROM tmdb.images WHERE wanted_url LIKE '%%youtube%%'")
    assert done["images_failed"] == 4 + min(videos, 4) < done["images_wanted"]
    assert f"nothing of {min(videos, 4)} images of img.youtube.com could be had" in done["problem"]
    hosted.jobs.tmdb.sandbox.control(do="reset", parts=["faults"])
    done = hosted.run()
    assert (done["problem"], done["dagster/row_count"]) == ("none", done["images_wanted"] - 4 - min(videos, 4))


def test_a_host_that_is_down_keeps_nobody_from_the_other(hosted: Hosted, monkeypatch: pytest.MonkeyPatch) -> None:
    hosted.merged(rich(hosted, 1)[0])
    monkeypatch.setattr(images, "BATCH", 4)
    reached = ImageClient.get

    async def get(client: ImageClient, url: str, *, etag: str | None = None) -> Picture | None:
        if TMDB_HOST in url:
            raise ServiceUnreachable("Nobody answers.", "tmdb_images")
        return await reached(client, url, etag=etag)

    monkeypatch.setattr(ImageClient, "get", get)
    done = hosted.run()
    assert "image.tmdb.org" in done["problem"]
    had = {name.split("/")[0] for name in hosted.files()}
    assert had == {"trailers"}


def test_an_empty_store_is_another_one_until_a_person_says_that_it_is_not(hosted: Hosted) -> None:
    hosted.films(rich(hosted, 1)[0])
    hosted.run()
    files = hosted.files()
    with psycopg.connect(hosted.jobs.tmdb.source_url, autocommit=True) as connection:
        empty = hosted.folder.with_name("elsewhere")
        empty.mkdir()
        store = open_image_store(ImagePlace(empty.as_uri(), "https://images.invalid/"), load_settings())
        with pytest.raises(ImageStoreError, match="is empty, though"):
            images.clear_out(connection, store, is_on=True, done=images.ImagesKept())
    assert hosted.run()["images_fetched"] == 0
    assert hosted.files() == files


def test_a_second_run_waits_for_the_first(hosted: Hosted) -> None:
    film = rich(hosted, 1)[0]
    hosted.merged(film)
    ended: list[int] = []
    tmdb = hosted.jobs.tmdb
    with psycopg.connect(tmdb.source_url, autocommit=True) as first:
        with images.sole_keeper(first):
            second = Thread(target=lambda: ended.append(hosted.run()["images_fetched"]))
            second.start()
            waiting = "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)"
            while not tmdb.one(waiting):
                assert second.is_alive()
            assert ended == []
        second.join()
    assert ended == [len(hosted.files())]
