"""Fetches a batch of images into the store: asked for with what is known of them, written where the content differs."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from resources.errors import PermanentServiceError, ServiceError
from resources.image_store import ImageStore
from resources.images import AT_ONCE, YOUTUBE_HOST, ImageClient, Picture, wait_of

THUMBNAIL_BYTES = 5000
"""YouTube's placeholder for a large picture that it lacks has fewer (requirements: TMDB, "Thumbnail")."""

_ABSENT = {404, 410}
_LARGE, _SMALL = "maxresdefault.jpg", "hqdefault.jpg"


@dataclass(frozen=True, slots=True)
class DueImage:
    """An image to be fetched, and what the manifest knows of it: a row of `tmdb.due_images`."""

    name: str
    wanted_url: str
    source_url: str | None
    taken_from: str | None
    etag: str | None
    content_sha256: bytes | None
    now: datetime


@dataclass(frozen=True, slots=True)
class FetchedImage:
    """An image that was had; what is None is as the manifest has it. `asked_at` is not later than the request."""

    name: str
    source_url: str
    asked_at: str
    taken_from: str
    etag: str | None
    content_type: str | None = None
    bytes: int | None = None
    content_sha256: str | None = None
    is_written: bool = False


@dataclass(frozen=True, slots=True)
class FailedImage:
    """An image that could not be had.

    Attributes:
        name: of the image.
        error: why.
        wait_s: seconds that its host asked to wait.
        is_absent: its host says that it has it not; otherwise something is wrong with the host.
    """

    name: str
    error: str
    wait_s: float
    is_absent: bool


def rows(images: Sequence[FetchedImage | FailedImage]) -> list[dict[str, Any]]:
    """As the statements that note them take them."""
    return [asdict(image) for image in images]


async def fetch_batch(
    client: ImageClient, store: ImageStore, batch: Sequence[DueImage]
) -> list[FetchedImage | FailedImage]:
    """Fetches images, some at once, and writes those whose content differs from what is stored.

    Raises:
        ImageStoreError: the store cannot be written; what was written is known by the manifest's rows.
    """
    places = asyncio.Semaphore(AT_ONCE)

    async def one(image: DueImage) -> FetchedImage | FailedImage:
        async with places:
            try:
                return await _fetch(client, store, image)
            except ServiceError as error:
                return FailedImage(image.name, str(error), wait_of(error), error.status in _ABSENT)

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(image)) for image in batch]
    except ExceptionGroup as several:
        raise several.exceptions[0] from several
    return [task.result() for task in tasks]


async def _fetch(client: ImageClient, store: ImageStore, image: DueImage) -> FetchedImage:
    taken_from, picture = await _taken(client, image)
    as_before = FetchedImage(image.name, image.wanted_url, image.now.isoformat(), taken_from, image.etag)
    if picture is None:
        return as_before
    digest = hashlib.sha256(picture.body)
    is_other = image.content_sha256 != digest.digest()
    if is_other:
        await store.put(image.name, picture.body, picture.content_type)
    return replace(
        as_before,
        etag=picture.etag,
        content_type=picture.content_type,
        bytes=len(picture.body),
        content_sha256=digest.hexdigest(),
        is_written=is_other,
    )


async def _taken(client: ImageClient, image: DueImage) -> tuple[str, Picture | None]:
    """Where an image was taken from, and the picture; None: it is the one that is stored."""
    large = image.wanted_url
    if YOUTUBE_HOST not in large or not large.endswith(_LARGE):
        return large, await client.get(large, etag=_etag(image, large))
    try:
        picture = await client.get(large, etag=_etag(image, large))
        if picture is None or len(picture.body) > THUMBNAIL_BYTES:
            return large, picture
    except PermanentServiceError as refused:
        if refused.status != 404:
            raise
    small = large.removesuffix(_LARGE) + _SMALL
    return small, await client.get(small, etag=_etag(image, small))


def _etag(image: DueImage, url: str) -> str | None:
    """The version that is stored, if it was taken from there."""
    return image.etag if image.source_url is not None and image.taken_from == url else None
