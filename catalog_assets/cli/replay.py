"""`catalog replay`: the tables made again from stored pages, and compared."""

import json
import sys
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

import psycopg
import typer
from rich.console import Console
from rich.table import Table

from catalog_assets.cli.environment import platform
from catalog_assets.cli.load import WORKS, Loaded
from catalog_assets.cli.load_streaming import SUBJECTS

if TYPE_CHECKING:
    from catalog_assets.tmdb.replay import ReplayResult

_SHOWN = 60
"""Characters of a value that a line shows; `--json` prints it whole."""


@dataclass(frozen=True, slots=True)
class _Replayed:
    """A replay as it is told: what `--json` prints, the tables compared, and lines on what differs or is not made."""

    content: dict[str, Any]
    table: Table
    lines: list[str]
    differences: int


def replay(
    what: Annotated[
        Loaded, typer.Argument(help="What to make again: a kind of Hotstar's, works, or a subject of streaming.")
    ],
    swap: Annotated[bool, typer.Option("--swap", help="Put the tables made in the place of the present ones.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Make tables again from the stored pages, without a request; exit status 1 if they differ."""
    with (
        platform(services=False) as ready,
        psycopg.connect(ready.urls.source.get_secret_value(), autocommit=True) as connection,
    ):
        if what in SUBJECTS:
            done = _told(_streaming(connection, what.value, swap=swap), "merges or hours repeated")
        elif what == WORKS:
            done = _told(_works(connection, swap=swap), "merges repeated")
        else:
            done = _kind(connection, what.value, swap=swap)
    if as_json:
        print(json.dumps(done.content, default=str))
    else:
        console = Console()
        console.print(done.table)
        for line in done.lines:
            console.print(line, markup=False)
        console.print(
            f"{done.differences} rows differ from the present tables" + (", which they now replace." if swap else ".")
        )
    if done.differences and not swap:
        sys.exit(1)


def _kind(connection: psycopg.Connection, plural: str, *, swap: bool) -> _Replayed:
    from catalog_assets.hotstar.kinds import KINDS  # noqa: PLC0415
    from catalog_assets.hotstar.replay import replay as made_again  # noqa: PLC0415

    result = made_again(connection, KINDS[plural], swap=swap)
    table = Table("table", "rows made", title=f"{result.merges} merges repeated")
    for name, rows in result.rows.items():
        table.add_row(name, str(rows))
    lines = [f"{each.table}, only {each.only_in}: {each.row}" for each in result.shown]
    return _Replayed(asdict(result), table, lines, result.differences)


def _works(connection: psycopg.Connection, *, swap: bool) -> "ReplayResult":
    from catalog_assets.tmdb.replay import replay as made_again  # noqa: PLC0415

    return made_again(connection, swap=swap)


def _streaming(connection: psycopg.Connection, subject: str, *, swap: bool) -> "ReplayResult":
    """A subject of streaming made again; what comes from Trakt with what is trending."""
    from catalog_assets.streaming.availability import replay_availability  # noqa: PLC0415
    from catalog_assets.streaming.coming_soon_replay import replay_coming_soon  # noqa: PLC0415
    from catalog_assets.streaming.reference_replay import replay_reference  # noqa: PLC0415
    from catalog_assets.streaming.trending_replay import replay_trending  # noqa: PLC0415
    from catalog_assets.trakt.trending import replay_trending as replay_trakt  # noqa: PLC0415

    if subject == "availability":
        return replay_availability(connection, swap=swap)
    if subject == "coming_soon":
        return replay_coming_soon(connection, swap=swap)
    if subject == "reference":
        return replay_reference(connection, swap=swap)
    published, trakt = replay_trending(connection, swap=swap), replay_trakt(connection, swap=swap)
    return replace(
        published,
        rows={**published.rows, **{f"trakt: {name}": rows for name, rows in trakt.rows.items()}},
        differences={**published.differences, **{f"trakt: {name}": of for name, of in trakt.differences.items()}},
        shown=[*published.shown, *(replace(each, table=f"trakt: {each.table}") for each in trakt.shown)],
    )


def _told(result: "ReplayResult", repeated: str) -> _Replayed:
    table = Table("table", "rows compared", "differ", title=f"{result.merges} {repeated}")
    for name, rows in result.rows.items():
        table.add_row(name, str(rows), str(result.differences[name]))
    lines = []
    for each in result.shown:
        row = ", ".join(f"{name} {value}" for name, value in each.row.items())
        changed = [f"{name} {_cut(old)} → {_cut(new)}" for name, (old, new) in (each.columns or {}).items()]
        lines.append(f"{each.table}, {row}: {'; '.join(changed) or f'only {each.only_in}'}")
    lines += [f"Not made again: {each}." for each in result.not_made]
    return _Replayed(asdict(result), table, lines, sum(result.differences.values()))


def _cut(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
