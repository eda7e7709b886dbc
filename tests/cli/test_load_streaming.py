"""`catalog load` and `catalog replay` of streaming as commands: what they do, what they print, and how they refuse."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner, Result

from catalog_assets.cli.main import app
from resources.embedded import EmbeddedServer
from tests.cli.test_commands import catalog, own_server
from tests.sandbox_process import running_sandbox
from tests.tmdb.platform import FILMS, UNLIMITED


@pytest.fixture
def variables(server: EmbeddedServer, source_url: str, tmp_path: Path) -> Iterator[dict[str, str]]:
    """A shell with a migrated database and the sandbox, without pace; Trakt is off."""
    with running_sandbox(movies=FILMS, options=UNLIMITED) as sandbox:
        services = {
            name: value for name, value in sandbox.environment().items() if name.startswith(("TMDB_", "WATCHMODE_"))
        }
        origins = {f"CATALOG_ORIGIN_{name}": "sandbox:1" for name in ("TMDB", "WATCHMODE")}
        rest = {"SANDBOX_TMDB_RATE": "0", "WATCHMODE_REQUESTS_A_DAY": "4800", "CATALOG_HOME": str(tmp_path)}
        yield {**own_server(server, source_url), **services, **origins, **rest}


def command(*words: str, **variables: str) -> Result:
    """A command in this process: Dagster is imported once for all of them."""
    return CliRunner().invoke(app, words, env=variables)


def printed(ended: Result) -> dict[str, Any]:
    assert ended.exit_code == 0, ended.output
    assert "Traceback" not in ended.stderr
    content: dict[str, Any] = json.loads(ended.stdout)
    return content


def loaded(variables: Mapping[str, str], *words: str) -> dict[str, Any]:
    return printed(command("load", *words, "--json", **variables))


def test_each_subject_is_loaded_from_stored_answers_where_they_are_fresh_and_made_again(
    variables: dict[str, str],
) -> None:
    assert loaded(variables, "works", "--source", "popular", "--max-movies", "10", "--max-series", "5")["new"] == 15
    reference = loaded(variables, "reference")
    assert (reference["id_mappings: is_new"], reference["providers: misses"]) == (True, 4)
    trending = loaded(variables, "trending")
    assert (trending["tmdb_trending_pages: requests"], trending["trending_entries: snapshots"]) == (4, 8)
    availability = loaded(variables, "availability")
    assert availability["availability: works_inserted"] == 15
    assert availability["watchmode_pages: titles_answered"] > 0
    assert loaded(variables, "coming_soon")["coming_soon_pages: problem"] == "none"

    again = loaded(variables, "trending")
    assert (again["tmdb_trending_pages: hits"], again["tmdb_trending_pages: requests"]) == (4, 0)
    forced = loaded(variables, "trending", "--force")
    assert (forced["tmdb_trending_pages: hits"], forced["tmdb_trending_pages: requests"]) == (0, 4)

    for subject in ("trending", "reference", "availability", "coming_soon"):
        made = printed(command("replay", subject, "--json", **variables))
        assert sum(made["rows"].values()) > 0, subject
        assert set(made["differences"].values()) == {0}, subject

    with psycopg.connect(variables["SOURCE_DATABASE_URL"], autocommit=True) as connection:
        connection.execute("UPDATE streaming.providers SET name = 'Notflix' WHERE key = 'netflix'")
        connection.execute("UPDATE streaming.pages SET body_sha256 = '' WHERE endpoint = 'id_map'")
    told = command("replay", "reference", **variables)
    assert told.exit_code == 1
    assert 'providers, key netflix: name "Notflix" → "Netflix"' in told.output
    assert "Not made again: id_mappings and id_mapping_conflicts" in " ".join(told.output.split())
    assert "1 rows differ" in told.output
    mended = printed(command("replay", "reference", "--swap", "--json", **variables))
    assert (mended["swapped"], mended["differences"]["providers"], len(mended["not_made"])) == (True, 1, 1)
    assert command("replay", "reference", **variables).exit_code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("load", "trending", "--ids", "603"), "trending takes --force and --json alone"),
        (("load", "trending", "--day", "2026-11-20"), "trending takes --force and --json alone"),
    ],
)
def test_what_means_nothing_is_refused_in_a_sentence(
    variables: dict[str, str], words: tuple[str, ...], said: str
) -> None:
    refused = catalog(*words, **variables)
    assert refused.returncode == 2
    assert said in refused.stderr
    assert "Traceback" not in refused.stderr


def test_where_no_service_is_on_the_variables_are_named(variables: dict[str, str]) -> None:
    off = {**variables, "TMDB_API_KEY": "", "WATCHMODE_API_KEY": ""}
    refused = catalog("load", "trending", **off)
    assert refused.returncode == 2
    assert "TMDB_API_KEY or WATCHMODE_API_KEY" in refused.stderr
