"""The asset of TMDB's images in the object store, and its checks. A failed image fails no title and no run."""

import hashlib
from collections.abc import Iterator, Sequence

import dagster as dg
import psycopg
from pydantic import Field

from catalog_assets.offenders import Check, checks_of, found_by
from catalog_assets.partitions import tmdb_days
from catalog_assets.steps import step
from catalog_assets.tmdb.assets import DAY_FRESHNESS, GROUP, OWNERS
from catalog_assets.tmdb.images import FOLDERS, ImagesKept, clear_out, count_images, fetch_due, sole_keeper
from resources.dagster_resources import Images, SourceDatabase
from resources.event_loop import run
from resources.image_store import ImageStore
from resources.images import ImageClient
from resources.statements import statement

IMAGES = dg.AssetKey(["tmdb", "images"])

READ_A_DAY = 100
"""Stored images that the check reads whole, others each day."""


class ImagesConfig(dg.Config):
    """What a person may say of the store."""

    accepts_empty_store: bool = Field(
        default=False, description="The stored images are gone for good: fetch them anew instead of failing."
    )


@dg.asset(
    key=IMAGES,
    description="TMDB's images in the object store: posters, backdrops, stills, faces and pictures of videos.",
    deps=[["tmdb", "works"], ["tmdb", "work_cards"]],
    partitions_def=tmdb_days,
    backfill_policy=dg.BackfillPolicy.single_run(),
    freshness_policy=DAY_FRESHNESS,
    group_name=GROUP,
    owners=OWNERS,
    kinds={"python", "s3", "postgres"},
    tags={"service": "tmdb", "layer": "images"},
    metadata={"dagster/table_name": "source.tmdb.images"},
)
def hosted_images(
    context: dg.AssetExecutionContext, config: ImagesConfig, source: SourceDatabase, images: Images
) -> dg.MaterializeResult[None]:
    """Removes what no work names, fetches what is due, and shows it on cards; with images off it only removes."""
    done = ImagesKept()
    with step(context), source.database() as database, database.connection(autocommit=True) as connection:
        is_on = images.is_on()
        if is_on or count_images(connection).known:
            client = images.client(connection) if is_on else None
            with sole_keeper(connection):
                store = images.store(connection)
                accepts = config.accepts_empty_store
                clear_out(connection, store, is_on=is_on, done=done, accepts_empty_store=accepts)
                if client is not None:
                    run(_fetching(context, connection, store, client, done))
        counts = count_images(connection)
    if done.problem is not None:
        context.log.error("images are left for a later run: %s", done.problem)
    return dg.MaterializeResult(
        metadata={
            "images_on": is_on,
            "images_wanted": counts.wanted,
            "dagster/row_count": counts.had,
            "images_fetched": done.fetched,
            "images_unchanged": done.unchanged,
            "images_written": done.written,
            "images_removed": done.removed,
            "images_lost": done.lost,
            "images_failed": done.failed,
            "images_failing": counts.failing,
            "cards_written": done.cards,
            "bytes": done.bytes,
            "bytes_kept": counts.bytes,
            "problem": done.problem or "none",
        }
    )


async def _fetching(
    context: dg.AssetExecutionContext,
    connection: psycopg.Connection,
    store: ImageStore,
    client: ImageClient,
    done: ImagesKept,
) -> None:
    asset = context.asset_key.to_user_string()
    async with client:
        await fetch_due(connection, store, client, run_id=context.run.run_id, asset=asset, done=done)


def _store_and_manifest_differ(connection: psycopg.Connection) -> Sequence[str]:
    """Objects that are missing, of another content, or not in the manifest."""
    if not count_images(connection).known or not _is_still(connection):
        return []  # images were never on, and there may be no store; or a run is at it, which is checked itself
    store = Images().store(connection)
    return [
        *(each for folder in FOLDERS for each in _differing(connection, store, folder)),
        *_changed(connection, store),
    ]


def _cards_differ(connection: psycopg.Connection) -> Sequence[str]:
    """Cards that show images elsewhere than they are; none while a run is at it."""
    return found_by("tmdb/checks/cards_show_images")(connection) if _is_still(connection) else []


def _is_still(connection: psycopg.Connection) -> bool:
    """Nobody changes the image store until the transaction ends."""
    ((is_still,),) = connection.execute(statement("tmdb/try_lock_images")).fetchall()
    return bool(is_still)


def _differing(connection: psycopg.Connection, store: ImageStore, folder: str) -> Iterator[str]:
    rows = connection.execute(statement("tmdb/list_stored_images"), {"folder": folder}).fetchall()
    known: dict[str, int | None] = dict(rows)
    found = store.sizes(folder)
    for name, size in known.items():
        if size is not None and found.get(name) != size:
            yield f"{name}: {found.get(name, 'no')} bytes in place of {size}"
    yield from (f"{name}: not in the manifest" for name in found if name not in known)


def _changed(connection: psycopg.Connection, store: ImageStore) -> Iterator[str]:
    for name, digest in connection.execute(statement("tmdb/choose_images_to_read"), {"most": READ_A_DAY}).fetchall():
        body = store.read(name)
        if body is not None and hashlib.sha256(body).hexdigest() != digest:
            yield f"{name}: another content than was stored"


IMAGES_CHECKS = (
    Check(
        "manifest_matches_store",
        "The image store holds what the manifest says, in its size, and no other image; a sample was read whole.",
        _store_and_manifest_differ,
    ),
    Check(
        "cards_show_images",
        "Every card shows its work's images at the addresses that they have.",
        _cards_differ,
    ),
    Check(
        "images_are_had",
        "No image has been wanted for more than a day without being had.",
        found_by("tmdb/checks/images_are_had"),
        blocking=False,
    ),
)

images_checks = checks_of(IMAGES, "tmdb_images_checks", IMAGES_CHECKS)
