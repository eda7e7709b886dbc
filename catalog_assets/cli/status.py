"""`catalog status`: how the platform fares, and whether it needs a person. It reads, and changes nothing."""

import json
import sys
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, LiteralString

import psycopg
import typer
from psycopg.rows import dict_row
from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from catalog_assets.cli.environment import Platform, platform
from resources.alerts import channels
from resources.databases import Database
from resources.errors import SettingsError
from resources.logs import redacted
from resources.migrations import migration_state
from resources.settings import Settings
from resources.statements import statement

if TYPE_CHECKING:
    from dagster import DagsterInstance

    from catalog_assets.hotstar.kinds import Kind

RUNS_SHOWN = 5
_ALIVE_S = 300
"""A daemon whose newest heartbeat is older does not run; it beats every 30 s."""


@dataclass(slots=True)
class Status:
    """What `--json` prints; times are UTC.

    Attributes:
        needs_person: a sentence for each thing that does not mend itself; empty: exit status 0.
        migrations: revision applied and newest known.
        credentials: for each service and alert channel, whether it is set; never a value.
        daemon: when Dagster's daemon was last heard of, and whether it runs.
        services: pace, rest and the last day's requests of each service.
        budgets: units allowed and used in the present period.
        streaming: for each job of streaming when it last had an outcome, and whether that is past its time to live.
        kinds: for each kind its newest runs, holes, the end of what is covered, and failed checks.
        assets: the newest result of every check that is of no kind of Hotstar's, by asset.
        incidents: what people were told and is not over.
    """

    needs_person: list[str] = field(default_factory=list)
    migrations: dict[str, str | None] = field(default_factory=dict)
    credentials: dict[str, str] = field(default_factory=dict)
    daemon: dict[str, Any] = field(default_factory=dict)
    services: list[dict[str, Any]] = field(default_factory=list)
    budgets: list[dict[str, Any]] = field(default_factory=list)
    streaming: list[dict[str, Any]] = field(default_factory=list)
    kinds: dict[str, dict[str, Any]] = field(default_factory=dict)
    assets: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    incidents: list[dict[str, Any]] = field(default_factory=list)


def status(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of tables.")] = False,
) -> None:
    """Last runs, holes, checks, pace, budgets, credentials, migrations; exit status 1 when something needs a person."""
    with platform(migrated=False, services=False) as ready:
        found = _read(ready)
    if as_json:
        typer.echo(json.dumps(asdict(found), default=_plain))
    else:
        show(found, Console())
    if found.needs_person:
        sys.exit(1)


def _read(ready: Platform) -> Status:
    found = Status(credentials=credentials(ready.settings, is_embedded=ready.server is not None))
    try:
        channels(ready.settings)
    except SettingsError as wrong:
        found.needs_person.append(str(wrong))
    state = migration_state(ready.urls.source)
    found.migrations = asdict(state)
    if not state.is_current:
        applied = state.current or "none"
        found.needs_person.append(f"Revision {applied} of {state.head} is applied: run `catalog migrate`.")
        return found
    # Dagster takes a second to import: a database that is not migrated needs none of it.
    from dagster import DagsterInstance  # noqa: PLC0415

    database = Database(ready.urls.source, pool_size=1)
    try:
        with DagsterInstance.get() as instance, database.connection() as connection:
            is_simulated = ready.server is not None and not ready.settings.has_credentials
            settings = ready.settings
            access = {"hotstar": settings.hotstar, "tmdb": settings.tmdb, "watchmode": settings.watchmode}
            on = {name for name, each in access.items() if is_simulated or each is not None}
            on |= {"trakt"} if settings.trakt is not None else set()
            read_platform(found, connection, instance, on=on)
    finally:
        database.close()
    return found


def credentials(settings: Settings, *, is_embedded: bool) -> dict[str, str]:
    """For each service and alert channel, whether it is set."""
    is_simulated = is_embedded and not settings.has_credentials
    off = "not set: the sandbox answers under `catalog up`" if is_simulated else "not set: the service is off"
    return {
        "hotstar": off if settings.hotstar is None else "set",
        "tmdb": off if settings.tmdb is None else "set",
        "watchmode": off if settings.watchmode is None else "set",
        "trakt": "off: see docs/trakt.md" if settings.trakt is None else "set",
        "alert webhook": "not set" if settings.alert_webhook_url is None else "set",
        "alert mail": "not set" if settings.alert_smtp_url is None else "set",
    }


def read_platform(
    found: Status, connection: psycopg.Connection, instance: "DagsterInstance", *, on: Collection[str]
) -> None:
    """Fill in what a migrated database and Dagster know.

    Args:
        found: is filled in.
        connection: to the source database.
        instance: the Dagster instance.
        on: the services that can be reached, by credentials or the sandbox.
    """
    from catalog_assets.automation import ALL  # noqa: PLC0415
    from catalog_assets.check_results import SUBJECT as CHECKS_SUBJECT  # noqa: PLC0415
    from catalog_assets.check_results import checks_of_the_rest, failing, newest_results  # noqa: PLC0415
    from catalog_assets.health import SUBJECT, findings, read_now  # noqa: PLC0415

    now = read_now(connection)
    beats = [beat.timestamp for beat in instance.get_daemon_heartbeats().values()]
    heard = datetime.fromtimestamp(max(beats), UTC) if beats else None
    runs = heard is not None and (now - heard).total_seconds() < _ALIVE_S
    found.daemon = {"heard_at": heard, "runs": runs}
    found.services = _rows(connection, "ops/list_paces")
    found.budgets = _rows(connection, "ops/list_budgets")
    found.incidents = _rows(connection, "ops/list_open_incidents")
    asked = {name: name in on for name in ("tmdb", "watchmode", "trakt")}
    stale = {row["job"] for row in _rows(connection, "streaming/list_stale", **asked)}
    newest = _rows(connection, "streaming/list_newest") if any(asked.values()) else []
    found.streaming = [{**row, "is_stale": row["job"] in stale} for row in newest]
    for kind in ALL:
        found.kinds[kind.plural] = _kind(found, connection, instance, kind, now)
    rest = newest_results(instance, checks_of_the_rest())
    found.assets = {asset.to_user_string(): [asdict(each) for each in results] for asset, results in rest.items()}
    found.needs_person += [finding.summary for finding in failing(rest)]
    found.needs_person += [finding.summary for finding in findings(connection, ALL, is_on="hotstar" in on)]
    found.needs_person += [i["summary"] for i in found.incidents if not i["key"].startswith((SUBJECT, CHECKS_SUBJECT))]


def _kind(
    found: Status, connection: psycopg.Connection, instance: "DagsterInstance", kind: "Kind", now: datetime
) -> dict[str, Any]:
    from catalog_assets.automation import under_way  # noqa: PLC0415
    from catalog_assets.check_results import checks_of_tables, failing, newest_results  # noqa: PLC0415
    from catalog_assets.due import open_tail  # noqa: PLC0415
    from catalog_assets.hotstar.coverage import covered_until, holes  # noqa: PLC0415
    from catalog_assets.jobs import POLL  # noqa: PLC0415

    runs = _rows(connection, "hotstar/health_recent_syncs", kind=kind.name, count=RUNS_SHOWN)
    missing = [{"start": hole.start, "end": hole.end} for hole in holes(connection, kind)]
    until = covered_until(connection, kind)
    if until is not None and open_tail(until, now) is not None:
        missing.append({"start": until, "end": now})
    if missing and not under_way(instance, POLL, now):
        found.needs_person.append(
            f"Nothing listed what changed among {kind.plural} from {_shown(missing[0]['start'])} on, and no poll runs: "
            "start `catalog up`, or see why the polls fail."
        )
    of_table = newest_results(instance, checks_of_tables([kind]))
    found.needs_person += [finding.summary for finding in failing(of_table)]
    results = [result for each in of_table.values() for result in each]
    return {
        "runs": [{**run, "message": redacted(run["message"]) if run["message"] else None} for run in runs],
        "covered_until": until,
        "holes": missing,
        "checks_evaluated": len(results),
        "checks_failed": [asdict(result) for result in results if not result.passed],
    }


def _rows(connection: psycopg.Connection, name: str, **params: object) -> list[dict[str, Any]]:
    sql: LiteralString = statement(name)
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(sql, params).fetchall()


def show(found: Status, console: Console) -> None:
    """A table of runs and a line for everything else; what needs a person comes last."""
    lines: list[str] = []
    for kind, state in found.kinds.items():
        console.print(_runs(kind, state["runs"]))
        lines += [f"{kind}: {line}" for line in _kind_lines(state)]
    for asset, results in found.assets.items():
        lines += [
            f"{asset}: check {result['check']} failed: {result['said']}" for result in results if not result["passed"]
        ]
    for row in found.streaming:
        freshness = "past its time to live" if row["is_stale"] else "fresh"
        lines.append(f"{row['job']}: newest {_shown(row['newest_at'])}, {freshness}")
    lines += [_service(row) for row in found.services]
    lines += [f"{b['service']}: {b['used']} of {b['allowed']} units used this {b['period']}" for b in found.budgets]
    lines += [f"credentials, {name}: {value}" for name, value in found.credentials.items()]
    if found.daemon:
        verb = "runs" if found.daemon["runs"] else "does not run"
        lines.append(f"Dagster's daemon {verb}, last heard of {_shown(found.daemon['heard_at'])}")
    lines.append(f"migrations: {found.migrations['current'] or 'none'} applied, {found.migrations['head']} is newest")
    told = [incident for incident in found.incidents if incident["alerted_at"] is not None]
    lines += [f"told {_shown(incident['alerted_at'])}, not over: {incident['key']}" for incident in told]
    console.print("\n".join(map(escape, lines)), soft_wrap=True, highlight=False)
    for sentence in found.needs_person:
        console.print(f"[bold red]needs a person[/bold red]  {escape(sentence)}", soft_wrap=True, highlight=False)
    if not found.needs_person:
        console.print("[green]Nothing needs a person.[/green]")


def _runs(kind: str, runs: list[dict[str, Any]]) -> Table:
    table = Table(title=f"{kind}: newest runs", title_justify="left", box=SIMPLE)
    for name in ("began", "type", "status", "seconds", "requests", "items"):
        table.add_column(name)
    changes = ("added", "updated", "unchanged", "deleted", "restored", "rejected")
    for run in runs:
        seconds = run["duration_seconds"]
        items = ", ".join(f"{run[name]:,} {name}" for name in changes if run[name])
        row = (_shown(run["started_at"]), run["sync_type"], run["status"], "" if seconds is None else f"{seconds:,.1f}")
        table.add_row(*row, str(run["requests"]), items or "none")
    return table


def _kind_lines(state: dict[str, Any]) -> Iterator[str]:
    for run in state["runs"]:
        if run["message"]:
            yield f"{_shown(run['started_at'])} {run['status']}: {run['message']}"
    holes = [f"{_shown(hole['start'])} to {_shown(hole['end'])}" for hole in state["holes"]]
    if state["covered_until"] is not None:
        yield f"changes listed until {_shown(state['covered_until'])}; holes: {', '.join(holes) or 'none'}"
    made, failed = state["checks_evaluated"], state["checks_failed"]
    yield f"{made - len(failed)} of {made} checks passed" if made else "no check was made yet"
    for result in failed:
        yield f"check {result['check']} {'failed' if result['blocking'] else 'warns'}: {result['said']}"


def _service(row: dict[str, Any]) -> str:
    rest = f"rests until {_shown(row['rests_until'])} ({row['newest_rest']})" if row["rests_until"] else "does not rest"
    asked = f"{row['requests_24h']} requests in 24 h, {row['refused_24h']} refused, {row['failed_24h']} failed"
    return f"{row['service']}: one request in {row['interval_s']} s, {rest}; {asked}"


def _plain(value: object) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)


def _shown(at: datetime | None) -> str:
    return "never" if at is None else at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
