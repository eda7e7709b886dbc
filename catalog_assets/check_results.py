"""The newest result of every check, as Dagster keeps it, and what of them a person must see."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import dagster as dg
from dagster._core.storage.asset_check_execution_record import (
    COMPLETED_ASSET_CHECK_EXECUTION_RECORD_STATUSES,
    AssetCheckExecutionRecord,
)

from catalog_assets.hotstar.checks import CHECKS
from catalog_assets.hotstar.kinds import Kind
from catalog_assets.hotstar.retention_asset import RETAINED_PAGES
from catalog_assets.hotstar.retention_checks import RETENTION_CHECKS
from catalog_assets.instance.assets import RUN_LOGS, logs_in_bounds
from catalog_assets.streaming.checks import CHECKS as STREAMING_CHECKS
from catalog_assets.tmdb.checks import CHECKS as TMDB_CHECKS
from catalog_assets.tmdb.images_asset import IMAGES, IMAGES_CHECKS
from catalog_assets.tmdb.retention_asset import RETAINED_ANSWERS, RETAINED_CHECKS
from resources.alerts import Finding

SUBJECT = "checks/"
"""How the keys of all findings here begin."""

_TOLD_ANYWAY = {"no_deletion_withheld"}
"""What `health.findings` finds in the tables, with the command that mends it."""

_MENDED_WITHIN = {"coverage_has_no_hole": timedelta(hours=2)}
"""What mends itself, and how long that may take: after an outage a sensor fills the holes."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The newest completed evaluation of a check.

    Attributes:
        check: its name.
        passed: whether it held.
        blocking: whether a failure is an error; otherwise it warns.
        at: when it was made, UTC.
        said: the result's description.
    """

    check: str
    passed: bool
    blocking: bool
    at: datetime
    said: str | None


def checks_of_tables(kinds: Iterable[Kind]) -> dict[dg.AssetKey, list[str]]:
    """The checks of these kinds' tables, by asset."""
    return {
        dg.AssetKey(["hotstar", kind.plural]): [check.name for check in CHECKS if check.applies(kind)] for kind in kinds
    }


def checks_of_the_rest() -> dict[dg.AssetKey, list[str]]:
    """The checks that are of no kind of Hotstar's: TMDB's, those of streaming, and what is kept, by asset."""
    checks = {
        **TMDB_CHECKS,
        IMAGES: IMAGES_CHECKS,
        RETAINED_PAGES: RETENTION_CHECKS,
        RETAINED_ANSWERS: RETAINED_CHECKS,
        **STREAMING_CHECKS,
    }
    names = {asset: [check.name for check in each] for asset, each in checks.items()}
    return {**names, RUN_LOGS: [logs_in_bounds.check_key.name]}


def newest_results(
    instance: dg.DagsterInstance, checks: Mapping[dg.AssetKey, Sequence[str]]
) -> dict[dg.AssetKey, list[CheckResult]]:
    """The newest result of every check, by asset; a check that was never made is left out."""
    keys = [dg.AssetCheckKey(asset, name) for asset, names in checks.items() for name in names]
    newest = instance.event_log_storage.get_latest_asset_check_execution_by_key(keys)
    found: dict[dg.AssetKey, list[CheckResult]] = {asset: [] for asset in checks}
    for key in keys:
        record = newest.get(key)
        if record is not None and record.status not in COMPLETED_ASSET_CHECK_EXECUTION_RECORD_STATUSES:
            record = _completed(instance, key)  # one that is being made says nothing yet
        if record is not None and (evaluation := record.evaluation) is not None:
            found[key.asset_key].append(
                CheckResult(
                    key.name,
                    evaluation.passed,
                    evaluation.severity is dg.AssetCheckSeverity.ERROR,
                    datetime.fromtimestamp(record.create_timestamp, UTC),
                    evaluation.description,
                )
            )
    return found


def _completed(instance: dg.DagsterInstance, key: dg.AssetCheckKey) -> AssetCheckExecutionRecord | None:
    records = instance.event_log_storage.get_asset_check_execution_history(
        key, limit=1, status=COMPLETED_ASSET_CHECK_EXECUTION_RECORD_STATUSES
    )
    return records[0] if records else None


def failing(results: Mapping[dg.AssetKey, Sequence[CheckResult]]) -> list[Finding]:
    """What a person must see: each check that failed and does not merely warn."""
    return [
        Finding(
            f"{SUBJECT}{asset.to_user_string()}/{result.check}",
            f"The check {result.check} of {asset.to_user_string()} fails: docs/checks.md says what to do.",
            _MENDED_WITHIN.get(result.check, timedelta(0)),
        )
        for asset, each in results.items()
        for result in each
        if result.blocking and not result.passed and result.check not in _TOLD_ANYWAY
    ]
