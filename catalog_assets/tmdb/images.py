"""Keeps the image store as the works want it: a manifest says what is wanted, what is had, and what is to be removed.

A row of the manifest is made before its object is written and removed after it: a kill between leaves an object that
the next run knows. One run at a time changes the store; whoever comes second waits.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg
import structlog
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from catalog_assets.tmdb.image_fetching import DueImage, FailedImage, FetchedImage, fetch_batch, rows
from catalog_assets.tmdb.retention import KEPT_FOR
from resources.errors import ImageStoreError
from resources.image_store import ImageStore
from resources.images import ImageClient
from resources.statements import statement

log = structlog.get_logger(__name__)

FOLDERS = ("posters/", "backdrops/", "trailers/", "stills/", "cast/", "tv/")
"""Where images stand in the store; whatever else is in it is nobody's business here."""

BATCH = 200
"""Images fetched and noted together."""

MANY = 20
"""So many images of one host, or a whole batch: if none of them could be had, the host is left alone."""

FETCH_FOR = timedelta(hours=1)
"""A run asks no longer than this: titles wait for it. A later run goes on."""

WORKS_AT_ONCE = 1000
"""Cards written by one statement."""


@dataclass(slots=True)
class ImagesKept:
    """What a run did.

    Attributes:
        fetched: images that their host sent or confirmed.
        unchanged: of these, those whose content was as stored.
        written: of these, objects written.
        failed: images that could not be had.
        removed: images removed, since no work names them or they grew too old.
        lost: images that the store did not hold as it should.
        cards: cards written anew.
        bytes: of bodies received.
        problem: why it stopped before everything due was asked for; None if it did not.
    """

    fetched: int = 0
    unchanged: int = 0
    written: int = 0
    failed: int = 0
    removed: int = 0
    lost: int = 0
    cards: int = 0
    bytes: int = 0
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class ImageCounts:
    """Images that the manifest knows, those wanted, had as wanted, and failing; the bytes that the store holds."""

    known: int
    wanted: int
    had: int
    failing: int
    bytes: int


def count_images(connection: psycopg.Connection) -> ImageCounts:
    """Counts the manifest."""
    with connection.cursor(row_factory=class_row(ImageCounts)) as cursor:
        return cursor.execute(statement("tmdb/count_images")).fetchall()[0]


@contextmanager
def sole_keeper(connection: psycopg.Connection) -> Iterator[None]:
    """Nobody else changes the image store meanwhile.

    Args:
        connection: an autocommit connection; the lock goes with it.
    """
    connection.execute(statement("tmdb/lock_images"))
    try:
        yield
    finally:
        if not connection.broken:
            connection.execute(statement("tmdb/unlock_images"))


def clear_out(
    connection: psycopg.Connection,
    store: ImageStore,
    *,
    is_on: bool,
    done: ImagesKept,
    accepts_empty_store: bool = False,
) -> None:
    """Brings the manifest in line with works and store, and removes what no work names or is too old.

    Cards stop showing an image before its object goes.

    Args:
        connection: an autocommit connection, inside `sole_keeper`.
        store: where the objects are.
        is_on: images that are not had are wanted.
        done: counts what is done.
        accepts_empty_store: the images are gone for good, and are to be fetched anew.

    Raises:
        ImageStoreError: it cannot be reached, or holds nothing of what the manifest knows: it is another store.
    """
    for folder in FOLDERS:
        store.remove_unfinished(folder)
    held = {folder: store.sizes(folder) for folder in FOLDERS}
    had = count_images(connection).had
    if had and not any(held.values()) and not accepts_empty_store:
        raise ImageStoreError(
            f"The image store {store.place.url} is empty, though {had} images were stored: see that it is the one of "
            "IMAGES_URL, and mounted. If they are gone for good, materialise tmdb/images with accepts_empty_store."
        )
    connection.execute(statement("tmdb/want_images"), {"is_on": is_on})
    leftover = [name for folder in FOLDERS for name in _take_stock(connection, folder, held[folder], done)]
    store.delete(leftover)
    connection.execute(statement("tmdb/set_image_urls"), {"public_url": store.place.public_url})
    hidden = connection.execute(statement("tmdb/hide_images"), {"keep": KEPT_FOR}).fetchall()
    show_on_cards(connection, done)
    names = [name for (name,) in hidden]
    if names:
        store.delete(names)
        connection.execute(statement("tmdb/forget_images"), {"names": names})
    done.removed += len(names)


async def fetch_due(
    connection: psycopg.Connection,
    store: ImageStore,
    client: ImageClient,
    *,
    run_id: str,
    asset: str,
    done: ImagesKept,
) -> None:
    """Fetches what is due, batch by batch, each noted when it is stored. An image that fails costs itself alone.

    A host of which nothing of a whole batch could be had, for another reason than that it has them not, is left alone
    until a later run.

    Args:
        connection: an autocommit connection, inside `sole_keeper`; nothing is under way when it is used.
        store: where objects are written.
        client: asks the hosts.
        run_id: for the log of calls.
        asset: likewise.
        done: counts what is done.
    """
    ((since,),) = connection.execute(statement("tmdb/read_now")).fetchall()
    down: list[str] = []
    while batch := _due(connection, since, down):
        if batch[0].now - since > FETCH_FOR:
            done.problem = "time is over: the rest is left to a later run"
            break
        client.tell_time(batch[0].now)
        try:
            ended = await fetch_batch(client, store, batch)
        finally:
            calls = Jsonb(client.take_calls())
            connection.execute(statement("ops/log_calls"), {"calls": calls, "run_id": run_id, "asset": asset})
            done.bytes = client.received_bytes
        fetched = [each for each in ended if isinstance(each, FetchedImage)]
        failed = [each for each in ended if isinstance(each, FailedImage)]
        _note(connection, store, fetched, failed)
        done.fetched += len(fetched)
        done.written += sum(each.is_written for each in fetched)
        done.unchanged += sum(not each.is_written for each in fetched)
        done.failed += len(failed)
        for each in failed:
            log.warning("image not had", name=each.name, reason=each.error)
        for host, errors in _down(batch, failed).items():
            down.append(host)
            done.problem = f"nothing of {len(errors)} images of {host} could be had: {errors[0]}"
    show_on_cards(connection, done)


def show_on_cards(connection: psycopg.Connection, done: ImagesKept) -> None:
    """Writes the cards that show images whose address came or went, in one transaction that no merge runs beside."""
    ((first,),) = connection.execute(statement("tmdb/has_cards_due")).fetchall()
    if first is None:
        return
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute(statement("tmdb/lock_merge"))
        ((now,),) = cursor.execute(statement("tmdb/read_now")).fetchall()
        work_ids = [work_id for (work_id,) in cursor.execute(statement("tmdb/list_works_to_show")).fetchall()]
        cursor.execute(statement("tmdb/create_documents"))
        for first in range(0, len(work_ids), WORKS_AT_ONCE):
            cursor.execute(statement("tmdb/fill_works_to_show"), {"work_ids": work_ids[first : first + WORKS_AT_ONCE]})
            written = cursor.execute(statement("tmdb/write_cards"), {"merged_at": now, "are_images": True})
            done.cards += written.rowcount
            cursor.execute(statement("tmdb/clear_documents"))
        cursor.execute(statement("tmdb/note_cards_shown"))


def _down(batch: Sequence[DueImage], failed: Sequence[FailedImage]) -> dict[str, list[str]]:
    """The hosts of which nothing of a batch could be had, though they may have it, with the errors."""
    hosts = {image.name: _host(image) for image in batch}
    asked = Counter(hosts.values())
    errors: dict[str, list[str]] = {}
    for each in failed:
        if not each.is_absent:
            errors.setdefault(hosts[each.name], []).append(each.error)
    enough = min(len(batch), MANY)
    return {host: said for host, said in errors.items() if len(said) == asked[host] >= enough}


def _host(image: DueImage) -> str:
    return image.wanted_url.split("/", 3)[2]


def _take_stock(
    connection: psycopg.Connection, folder: str, sizes: Mapping[str, int], done: ImagesKept
) -> Sequence[str]:
    """Forgets what a folder should hold and does not; returns the objects in it that no run came to note."""
    found = {"folder": folder, "names": list(sizes), "sizes": list(sizes.values())}
    differing = connection.execute(statement("tmdb/forget_lost_images"), found).fetchall()
    lost = [name for name, is_there in differing if not is_there]
    done.lost += len(lost)
    for name in lost:
        log.warning("image lost", name=name)
    return [name for name, is_there in differing if is_there]


def _due(connection: psycopg.Connection, since: datetime, down: Sequence[str]) -> list[DueImage]:
    asked = {"since": since, "down": list(down), "most": BATCH}
    with connection.cursor(row_factory=class_row(DueImage)) as cursor:
        return cursor.execute(statement("tmdb/list_due_images"), asked).fetchall()


def _note(
    connection: psycopg.Connection, store: ImageStore, fetched: Sequence[FetchedImage], failed: Sequence[FailedImage]
) -> None:
    with connection.transaction():
        noted = {"fetched": Jsonb(rows(fetched)), "public_url": store.place.public_url}
        connection.execute(statement("tmdb/note_images"), noted)
        connection.execute(statement("tmdb/note_failed_images"), {"failed": Jsonb(rows(failed))})
