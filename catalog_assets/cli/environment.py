"""What every command stands on: databases that answer, migrations applied, the sandbox where there are no credentials.

`platform()` starts what is missing and ends what it started. What children need is put into the environment of this
process for as long as the context lasts, so that Dagster, run workers and `load_settings` all read the same.
"""

import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from catalog_assets.cli.processes import MARK, Child
from catalog_assets.cli.sandbox import Sandbox, running_sandbox, start_sandbox
from catalog_assets.cli.watchdog import watched
from resources.access import DatabaseUrls
from resources.embedded import EmbeddedServer, is_embedded
from resources.errors import EmbeddedServerError
from resources.migrations import migrate
from resources.settings import PROJECT_ROOT, Settings, load_settings


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform that is ready for use; `environment` is what its children need beside the variables that were set."""

    settings: Settings
    home: Path
    urls: DatabaseUrls
    environment: Mapping[str, str]
    mark: str
    sandbox: Sandbox | None
    sandbox_process: Child | None
    server: EmbeddedServer | None


@contextmanager
def platform(*, migrated: bool = True, services: bool = True, signs_out: bool = False) -> Iterator[Platform]:
    """Start what a command needs and end it afterwards.

    Args:
        migrated: apply missing migrations.
        services: give access to the services, through the sandbox where there are no credentials and no URL is set.
        signs_out: as `load_settings` takes it.

    Raises:
        CatalogError: says what stands in the way and what to do.
    """
    settings = load_settings(signs_out=signs_out)
    home = writable_home(settings)
    mark = secrets.token_hex(8)
    with ExitStack() as stack:
        stack.enter_context(watched(home, mark))
        server = None
        urls = settings.database_urls
        if urls is None or is_embedded(home, urls.source):
            server = stack.enter_context(EmbeddedServer(home, sandbox=not settings.has_credentials))
            urls = server.urls
        if migrated:
            migrate(urls.source)
        sandbox, process = None, None
        if services and server is not None and not settings.has_credentials:
            sandbox = running_sandbox(home)
            if sandbox is None:
                sandbox, process = stack.enter_context(start_sandbox(settings, home, mark))
        environment = {
            **database_environment(urls),
            **dagster_environment(home, urls),
            **(sandbox.environment if sandbox else {}),
            "CATALOG_HOME": str(home),
            MARK: mark,
        }
        stack.enter_context(_exported(environment))
        yield Platform(
            settings=load_settings(signs_out=signs_out),
            home=home,
            urls=urls,
            environment=environment,
            mark=mark,
            sandbox=sandbox,
            sandbox_process=process,
            server=server,
        )


def writable_home(settings: Settings) -> Path:
    """`CATALOG_HOME`, made if it is missing.

    Raises:
        EmbeddedServerError: this user can't write there.
    """
    home = settings.home
    try:
        if not home.exists():
            home.mkdir(mode=0o700, parents=True)
        (home / "logs").mkdir(exist_ok=True)
        (home / "server.users").open("ab").close()
    except OSError as refused:
        raise EmbeddedServerError(
            f"{home} can't be written ({refused.strerror}): "
            f"set CATALOG_HOME to a folder of yours, or run as the user that this one belongs to."
        ) from refused
    return home


def database_environment(urls: DatabaseUrls) -> dict[str, str]:
    """The three URLs under the names by which everything reads them."""
    return {
        "SOURCE_DATABASE_URL": urls.source.get_secret_value(),
        "CATALOG_DATABASE_URL": urls.catalog.get_secret_value(),
        "DAGSTER_DATABASE_URL": urls.dagster.get_secret_value(),
    }


def dagster_environment(home: Path, urls: DatabaseUrls) -> dict[str, str]:
    """What `dagster.yaml` asks for, and a `DAGSTER_HOME` in the home with a copy of that file."""
    folder = home / "dagster"
    folder.mkdir(exist_ok=True)
    shutil.copyfile(PROJECT_ROOT / "dagster.yaml", folder / "dagster.yaml")
    url = urlsplit(urls.dagster.get_secret_value())
    return {
        "DAGSTER_HOME": str(folder),
        "DAGSTER_PG_HOST": url.hostname or "localhost",
        "DAGSTER_PG_PORT": str(url.port or 5432),
        "DAGSTER_PG_USERNAME": unquote(url.username or ""),
        "DAGSTER_PG_PASSWORD": unquote(url.password or ""),
        "DAGSTER_PG_DB": unquote(url.path.lstrip("/")),
    }


@contextmanager
def _exported(environment: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in environment}
    os.environ.update(environment)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
