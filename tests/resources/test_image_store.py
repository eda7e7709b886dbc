"""The image store: where settings put it, what it keeps of an object, and what it says when it cannot be reached."""

import asyncio
import pickle
from pathlib import Path

import obstore
import pytest
from obstore.store import MemoryStore, S3Store

from resources.errors import ImageStoreError, SettingsError
from resources.image_store import ImagePlace, ImageStore, image_place, open_image_store
from resources.settings import Settings, load_settings

SECRET = "a secret of nobody"
JPEG = b"\xff\xd8\xff"


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def place(*, is_simulated: bool = False) -> ImagePlace:
    return image_place(load_settings(), is_simulated=is_simulated)


def test_without_a_variable_images_stand_in_the_home_and_are_read_there(tmp_path: Path) -> None:
    folder = (tmp_path / ".catalog" / "images").as_uri()
    assert place() == ImagePlace(folder, f"{folder}/")
    assert place(is_simulated=True) == ImagePlace(f"{folder}/sandbox", f"{folder}/sandbox/")


@pytest.mark.parametrize("given", ["pictures", "./pictures/", "{root}/pictures", "file://{root}/pictures"])
def test_a_folder_may_be_given_as_a_path_or_an_address(
    given: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMAGES_URL", given.format(root=tmp_path))
    monkeypatch.setenv("IMAGES_PUBLIC_URL", "https://images.example.org/")
    assert place() == ImagePlace((tmp_path / "pictures").as_uri(), "https://images.example.org/")


@pytest.mark.parametrize("given", ["https://a.example/b", "s3://", "s3://key:secret@bucket", "file://host/x", "gs://b"])
def test_what_is_neither_a_folder_nor_s3_is_refused(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAGES_URL", given)
    with pytest.raises(SettingsError, match="IMAGES_URL must be") as refused:
        place()
    assert "secret" not in str(refused.value)


def test_s3_needs_to_know_where_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAGES_URL", "s3://bucket/some/prefix/")
    with pytest.raises(SettingsError, match="IMAGES_PUBLIC_URL is not set"):
        place()
    monkeypatch.setenv("IMAGES_PUBLIC_URL", "https://images.example.org")
    assert place() == ImagePlace("s3://bucket/some/prefix", "https://images.example.org/")


def test_s3_is_opened_with_what_the_settings_say_and_shows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {
        "IMAGES_URL": "s3://bucket/some/prefix",
        "IMAGES_PUBLIC_URL": "https://images.example.org",
        "AWS_ACCESS_KEY_ID": "someone",
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_REGION": "ap-south-1",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9000",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    store = open_image_store(place(), load_settings())
    objects = store._objects
    assert isinstance(objects, S3Store)
    assert objects.prefix == "some/prefix"
    assert {name: objects.config[name] for name in ("bucket", "region", "endpoint")} == {
        "bucket": "bucket",
        "region": "ap-south-1",
        "endpoint": "http://127.0.0.1:9000",
    }
    assert SECRET not in f"{load_settings()!r} {store!r} {objects!r}"
    with pytest.raises(TypeError, match="can hold a credential"):
        pickle.dumps(store)


def test_a_folder_gives_back_what_was_put_and_removing_twice_is_no_error() -> None:
    store = open_image_store(place(), load_settings())
    asyncio.run(store.put("tv/posters/1_medium.jpg", JPEG, "image/jpeg"))
    asyncio.run(store.put("tv/posters/1_medium.jpg", JPEG * 2, "image/jpeg"))
    asyncio.run(store.put("posters/1_medium.jpg", JPEG, "image/png"))
    assert store.sizes("tv/") == {"tv/posters/1_medium.jpg": 6}
    assert store.sizes("cast/") == {}
    assert store.read("posters/1_medium.jpg") == JPEG
    for _ in range(2):
        store.delete(["posters/1_medium.jpg", "tv/posters/1_medium.jpg"])
    assert (store.sizes("posters/"), store.read("posters/1_medium.jpg")) == ({}, None)


def test_a_store_that_knows_types_keeps_them() -> None:
    objects = MemoryStore()
    store = ImageStore(ImagePlace("memory:///", "https://images.example.org/"), objects)
    asyncio.run(store.put("posters/1_medium.jpg", JPEG, "image/webp"))
    assert obstore.get(objects, "posters/1_medium.jpg").attributes["Content-Type"] == "image/webp"
    store.delete(["posters/1_medium.jpg", "posters/2_medium.jpg"])
    assert store.sizes("posters/") == {}


def test_what_cannot_be_made_or_written_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("IMAGES_URL", str(tmp_path / "file" / "images"))
    with pytest.raises(ImageStoreError, match="set IMAGES_URL"):
        open_image_store(place(), load_settings())
    monkeypatch.setenv("IMAGES_URL", str(tmp_path / "images"))
    store = open_image_store(place(), load_settings())
    (tmp_path / "images" / "posters").write_bytes(b"")
    with pytest.raises(ImageStoreError, match="can't be written"):
        asyncio.run(store.put("posters/1_medium.jpg", JPEG, "image/jpeg"))
