"""What `catalog load` does for trending, reference, availability and coming_soon: the job of this hour or day."""

from datetime import UTC, datetime
from typing import Any

import psycopg

from catalog_assets.cli.environment import Platform
from catalog_assets.cli.in_process import Bar, Look, Stage, run_in_process
from resources.errors import SettingsError
from resources.statements import statement

SUBJECTS = {
    "trending": "trending",
    "reference": "streaming_reference",
    "availability": "availability",
    "coming_soon": "coming_soon",
}
"""What can be loaded, and the job that does it."""


def load_streaming(ready: Platform, subject: str, *, force: bool) -> dict[str, Any]:
    """Asks, makes the tables and checks them, for the present hour or day; returns the summary.

    Args:
        ready: The platform.
        subject: One of `SUBJECTS`.
        force: Ask whatever the age of stored answers. Pace and budget hold all the same.

    Raises:
        SettingsError: no service that it asks is on.
    """
    # Dagster takes a second to import: what can be refused was refused before.
    from catalog_assets.streaming.automation import OFF, asked_assets, forced, partition_of  # noqa: PLC0415

    job = SUBJECTS[subject]
    keys = asked_assets(job, ready.settings)
    if not keys:
        raise SettingsError(OFF)
    ran = run_in_process(
        ready,
        job,
        keys,
        partition=partition_of(job, datetime.now(UTC)),
        configs=forced(keys) if force else {},
        bar=Bar("answers", _looking),
    )
    return ran.summary(ran.figures)


def _looking(connection: psycopg.Connection, run_id: str) -> Look:
    def look() -> Stage | None:
        ((pages,),) = connection.execute(statement("streaming/count_run_pages"), {"run_id": run_id}).fetchall()
        return Stage("asking and merging", pages, None) if pages else None

    return look
