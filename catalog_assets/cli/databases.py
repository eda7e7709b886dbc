"""`catalog migrate` and `catalog env`: bring the databases up to date, and tell other tools where they are."""

import json
import shlex
from dataclasses import asdict
from typing import Annotated

import typer

from catalog_assets.cli.environment import dagster_environment, database_environment, platform
from resources.migrations import migrate as apply_migrations
from resources.migrations import migration_state

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]


def migrate(*, as_json: AsJson = False) -> None:
    """Apply the migrations that the source database lacks; safe to repeat."""
    with platform(migrated=False, services=False) as ready:
        before = apply_migrations(ready.urls.source)
        after = migration_state(ready.urls.source)
    if as_json:
        typer.echo(json.dumps({"before": before.current, **asdict(after)}))
    elif before.is_current:
        typer.echo(f"The source database is current: revision {after.current}.")
    else:
        typer.echo(f"The source database went from revision {before.current or 'none'} to {after.current}.")


def env(*, as_json: AsJson = False) -> None:
    """Print the database URLs, and what Dagster's own tools need, as `export` lines.

    `eval "$(catalog env)"; psql "$SOURCE_DATABASE_URL"` works while `catalog up` runs, or against a server of your own.
    """
    with platform(migrated=False, services=False) as ready:
        variables = {
            "CATALOG_HOME": str(ready.home),
            **database_environment(ready.urls),
            **dagster_environment(ready.home, ready.urls),
        }
        asleep = ready.server is not None and not ready.server.was_running
    if as_json:
        typer.echo(json.dumps(variables))
    else:
        for name, value in variables.items():
            typer.echo(f"export {name}={shlex.quote(value)}")
    if asleep:
        typer.echo("# The embedded server runs while `catalog up` or another command does.", err=True)
