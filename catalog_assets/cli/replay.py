"""`catalog replay`: the tables made again from stored pages, and compared."""

import json
import sys
from dataclasses import asdict
from typing import Annotated

import psycopg
import typer
from rich.console import Console
from rich.table import Table

from catalog_assets.cli.environment import platform
from catalog_assets.cli.load import KindName


def replay(
    kind: Annotated[KindName, typer.Argument(help="What to make again.")],
    swap: Annotated[bool, typer.Option("--swap", help="Put the tables made in the place of the present ones.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Make a kind's tables again from the stored pages, without a request; exit status 1 if they differ."""
    from catalog_assets.hotstar.kinds import KINDS  # noqa: PLC0415
    from catalog_assets.hotstar.replay import replay as made_again  # noqa: PLC0415

    with (
        platform(services=False) as ready,
        psycopg.connect(ready.urls.source.get_secret_value(), autocommit=True) as connection,
    ):
        result = made_again(connection, KINDS[kind.value], swap=swap)
    if as_json:
        print(json.dumps(asdict(result), default=str))
    else:
        console = Console()
        table = Table("table", "rows made", title=f"{result.merges} merges repeated")
        for name, rows in result.rows.items():
            table.add_row(name, str(rows))
        console.print(table)
        for difference in result.shown:
            console.print(f"{difference.table}, only {difference.only_in}: {difference.row}", markup=False)
        console.print(
            f"{result.differences} rows differ from the present tables"
            + (", which they now replace." if result.swapped else ".")
        )
    if result.differences and not swap:
        sys.exit(1)
