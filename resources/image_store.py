"""The object store that images stand in: a folder, or S3. Which objects it should hold is the manifest's to say."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, S3Store

from resources.errors import ImageStoreError, SettingsError
from resources.logs import hide, redacted
from resources.settings import Settings

_UNFINISHED = re.compile(r"#\d+$")
"""How a name ends in a folder while its object is written."""

SANDBOX_FOLDER = "sandbox"
"""Holds the sandbox's images: real ones of the same names stand beside it."""


@dataclass(frozen=True, slots=True)
class ImagePlace:
    """Where images stand, and where they are read.

    Attributes:
        url: `file:///…` of a folder, or `s3://bucket/prefix`; no slash at its end.
        public_url: what stands before a name in an image's address; a slash at its end.
    """

    url: str
    public_url: str


def image_place(settings: Settings, *, is_simulated: bool) -> ImagePlace:
    """Where the settings put images.

    Args:
        settings: `IMAGES_URL`, `IMAGES_PUBLIC_URL` and `CATALOG_HOME`.
        is_simulated: they are the sandbox's.

    Raises:
        SettingsError: the store is neither a folder nor S3, or nobody knows where it is read.
    """
    given = settings.images_url or str(settings.home / "images")
    url = urlsplit(given)
    if url.scheme == "file" and not url.netloc and url.path.startswith("/"):
        root = Path(unquote(url.path)).resolve().as_uri()
    elif url.scheme == "s3" and url.netloc and "@" not in url.netloc:
        root = given.rstrip("/")
    elif not url.scheme:
        root = Path(given).expanduser().resolve().as_uri()
    else:
        raise SettingsError("IMAGES_URL must be a folder's path, file:///… or s3://bucket/prefix, without credentials.")
    public = settings.images_public_url
    if public is None and url.scheme == "s3":
        raise SettingsError(
            "IMAGES_PUBLIC_URL is not set: say where people read what stands in the store of IMAGES_URL."
        )
    folder = f"/{SANDBOX_FOLDER}" if is_simulated else ""
    return ImagePlace(root + folder, f"{(public or root).rstrip('/')}{folder}/")


class ImageStore:
    """Objects by name, such as `posters/603_medium.jpg`.

    Args:
        place: where it is.
        objects: the store itself.
    """

    def __init__(self, place: ImagePlace, objects: ObjectStore) -> None:
        self.place = place
        self._objects = objects
        self._keeps_types = not isinstance(objects, LocalStore)

    def __reduce__(self) -> NoReturn:
        raise TypeError("ImageStore can hold a credential: open one in the process that uses it")

    async def put(self, name: str, body: bytes, content_type: str) -> None:
        """Write an object, as a whole or not at all.

        Raises:
            ImageStoreError: it cannot be written.
        """
        # A folder has no place for an object's type.
        attributes = {"Content-Type": content_type} if self._keeps_types else None
        with self._reached("written"):
            await obstore.put_async(self._objects, name, body, attributes=attributes, use_multipart=False)

    def delete(self, names: Sequence[str]) -> None:
        """Remove objects; those that are not there are no error.

        Raises:
            ImageStoreError: one cannot be removed.
        """
        with self._reached("written"):
            if self._keeps_types:
                obstore.delete(self._objects, names)
                return
            for name in names:
                try:
                    obstore.delete(self._objects, name)
                except FileNotFoundError:
                    continue  # a killed run removed it

    def remove_unfinished(self, folder: str) -> None:
        """Remove what killed writes left below a folder, which no listing shows. Nobody may write meanwhile.

        Raises:
            ImageStoreError: it cannot be removed.
        """
        if self._keeps_types:
            return  # there a write is one request
        with self._reached("written"):
            for path in (_folder(self.place) / folder).rglob("*#*"):
                if _UNFINISHED.search(path.name):
                    path.unlink(missing_ok=True)

    def sizes(self, folder: str) -> dict[str, int]:
        """The objects below a folder, such as `posters/`: bytes by name.

        Raises:
            ImageStoreError: it cannot be listed.
        """
        with self._reached("listed"):
            return {found["path"]: found["size"] for found in _listed(obstore.list(self._objects, folder.rstrip("/")))}

    def read(self, name: str) -> bytes | None:
        """An object's bytes; None if there is none.

        Raises:
            ImageStoreError: it cannot be read.
        """
        with self._reached("read"):
            try:
                return bytes(obstore.get(self._objects, name).bytes())
            except FileNotFoundError:
                return None

    @contextmanager
    def _reached(self, done: str) -> Iterator[None]:
        try:
            yield
        except (BaseError, OSError, ValueError) as error:
            reason = redacted(str(error).splitlines()[0])
            raise ImageStoreError(
                f"The image store {self.place.url} can't be {done} ({reason}): see that IMAGES_URL is right and that "
                "this user, or the credentials of AWS_*, may write there."
            ) from error


def open_image_store(place: ImagePlace, settings: Settings) -> ImageStore:
    """The store at a place; a folder is made where there is none.

    Raises:
        ImageStoreError: it cannot be opened.
    """
    url = urlsplit(place.url)
    if url.scheme == "file":
        folder = _folder(place)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as refused:
            raise ImageStoreError(
                f"The folder {folder} can't be made ({refused.strerror}): set IMAGES_URL to one of yours."
            ) from refused
        return ImageStore(place, LocalStore(folder))
    secret = (settings.aws_access_key_id, settings.aws_secret_access_key, settings.aws_session_token)
    for each in secret[1:]:
        if each is not None:
            hide(each)
    names = ("access_key_id", "secret_access_key", "session_token")
    config: dict[str, Any] = {
        name: value.get_secret_value() for name, value in zip(names, secret, strict=True) if value is not None
    }
    if settings.aws_region is not None:
        config["region"] = settings.aws_region
    if settings.aws_endpoint_url is not None:
        config["endpoint"] = settings.aws_endpoint_url
    plain = (settings.aws_endpoint_url or "").startswith("http://")
    try:
        objects = S3Store.from_url(place.url, config=config, client_options={"allow_http": plain})  # type: ignore[arg-type]
    except (BaseError, ValueError) as refused:
        raise ImageStoreError(
            f"The image store {place.url} can't be opened ({redacted(str(refused).splitlines()[0])})."
        ) from refused
    return ImageStore(place, objects)


def _folder(place: ImagePlace) -> Path:
    return Path(unquote(urlsplit(place.url).path))


def _listed(pages: Iterable[Sequence[Any]]) -> Iterator[Any]:
    for page in pages:
        yield from page
