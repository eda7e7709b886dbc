"""`catalog replay`: the tables made again from stored pages, and compared."""

import json
import sys
from dataclasses import asdict, dataclass
from typing import Annotated, Any

import psycopg
import typer
from rich.console import Console
from rich.table import Table

from catalog_assets.cli.environment import platform
from catalog_assets.cli.load import WORKS, Loaded

_SHOWN = 60
"""Characters of a value that a line shows; `--json` prints it whole."""


@dataclass(frozen=True, slots=True)
class _Replayed:
    """A replay as it is told: what `--json` prints, the tables compared, and a line for each difference shown."""

    content: dict[str, Any]
    table: Table
    lines: list[str]
    differences: int


def replay(
    what: Annotated[Loaded, typer.Argument(help="What to make again: a kind of Hotstar's, or works.")],
    swap: Annotated[bool, typer.Option("--swap", help="Put the tables made in the place of the present ones.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Make tables again from the stored pages, without a request; exit status 1 if they differ."""
    with (
        platform(services=False) as ready,
        psycopg.connect(ready.urls.source.get_secret_value(), autocommit=True) as connection,
    ):
        done = _works(connection, swap=swap) if what == WORKS else _kind(connection, what.value, swap=swap)
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


def _works(connection: psycopg.Connection, *, swap: bool) -> _Replayed:
    from catalog_assets.tmdb.replay import replay as made_again  # noqa: PLC0415

    result = made_again(connection, swap=swap)
    table = Table("table", "rows compared", "differ", title=f"{result.merges} merges repeated")
    for name, rows in result.rows.items():
        table.add_row(name, str(rows), str(result.differences[name]))
    lines = []
    for each in result.shown:
        row = ", ".join(f"{name} {value}" for name, value in each.row.items())
        changed = [f"{name} {_cut(old)} → {_cut(new)}" for name, (old, new) in (each.columns or {}).items()]
        lines.append(f"{each.table}, {row}: {'; '.join(changed) or f'only {each.only_in}'}")
    return _Replayed(asdict(result), table, lines, sum(result.differences.values()))


def _cut(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
