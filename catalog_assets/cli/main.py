"""The command `catalog`. Each subcommand stands in a module of its own; here they get their names."""

import sys
from typing import Any

import typer

from catalog_assets.cli.backup import backup, restore
from catalog_assets.cli.databases import env, migrate
from catalog_assets.cli.history import history
from catalog_assets.cli.load import load
from catalog_assets.cli.replay import replay
from catalog_assets.cli.sandbox import sandbox
from catalog_assets.cli.status import status
from catalog_assets.cli.trakt import app as trakt
from catalog_assets.cli.up import up
from resources.errors import CatalogError


class _Catalog(typer.Typer):
    """Prints an error of ours as one sentence; anything else is a defect and keeps its traceback."""

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        try:
            return super().__call__(*arguments, **options)
        except CatalogError as error:
            sys.exit(_refused(error))


def _refused(error: CatalogError) -> int:
    typer.echo(f"catalog: {error}", err=True)
    return error.exit_status


app = _Catalog(
    name="catalog",
    help="A streaming catalogue kept complete, fresh and trustworthy.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command()(up)
app.command()(migrate)
app.command()(env)
app.command()(sandbox)
app.command()(backup)
app.command()(restore)
app.command()(load)
app.command()(replay)
app.command()(history)
app.command()(status)
app.add_typer(trakt, name="trakt")


if __name__ == "__main__":
    app()
