"""`catalog load works` and `catalog replay works` as commands: what they do, what they print, and how they refuse."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner

from catalog_assets.cli.load_works import WorksAsked, asked_of_works
from catalog_assets.cli.main import app
from resources.embedded import EmbeddedServer
from resources.errors import CatalogError
from tests.cli.test_commands import catalog, own_server
from tests.sandbox_process import running_sandbox
from tests.tmdb.platform import FILMS, UNLIMITED


@pytest.fixture
def variables(server: EmbeddedServer, source_url: str, tmp_path: Path) -> Iterator[dict[str, str]]:
    """A shell with a migrated database and TMDB's sandbox, without pace."""
    with running_sandbox(movies=FILMS, options=UNLIMITED) as sandbox:
        tmdb = {name: value for name, value in sandbox.environment().items() if name.startswith("TMDB_")}
        rest = {"CATALOG_ORIGIN_TMDB": "sandbox:1", "SANDBOX_TMDB_RATE": "0", "CATALOG_HOME": str(tmp_path)}
        yield {**own_server(server, source_url), **tmdb, **rest}


def loaded(variables: Mapping[str, str], *options: str) -> dict[str, Any]:
    return printed(catalog("load", "works", "--json", *options, **variables))


def printed(ended: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert ended.returncode == 0, ended.stderr
    assert "Traceback" not in ended.stderr
    content: dict[str, Any] = json.loads(ended.stdout)
    return content


def test_titles_of_lists_are_fetched_then_what_is_due_then_those_asked_for(
    variables: dict[str, str], source_url: str
) -> None:
    new = loaded(variables, "--source", "popular", "--max-movies", "4", "--max-series", "1")
    told = ("source", "status", "ingested", "failed", "new", "cards", "still_due", "problem", "errors")
    assert {name: new[name] for name in told} == {
        "source": "popular",
        "status": "completed",
        "ingested": 5,
        "failed": 0,
        "new": 5,
        "cards": 5,
        "still_due": 0,
        "problem": None,
        "errors": [],
    }
    assert new["checked"] - new["skipped"] == 5
    assert new["requests"] == 7
    assert new["checks_failed"] == []
    with psycopg.connect(source_url, autocommit=True) as connection:
        found = connection.execute(
            "SELECT media_type, tmdb_id FROM tmdb.titles ORDER BY media_type, tmdb_id"
        ).fetchall()
        (film, *_, (_, series)) = found
        connection.execute("UPDATE tmdb.refreshes SET answered_at = ops.now() - interval '40 days'")
    due = loaded(variables)
    assert (due["source"], due["requests"], due["unchanged"], due["still_due"]) == ("due", 5, 5, 0)
    asked = loaded(variables, "--ids", str(film[1]), "--series-ids", str(series), "--force")
    assert (asked["source"], asked["requests"], asked["ingested"]) == ("ids", 2, 2)

    again = printed(catalog("replay", "works", "--json", **variables))
    assert again["merges"] == 3
    assert set(again["differences"].values()) == {0}
    with psycopg.connect(source_url, autocommit=True) as connection:
        connection.execute("DELETE FROM tmdb.work_cards_cache")
    damaged = catalog("replay", "works", **variables)
    assert damaged.returncode == 1
    assert "5 rows differ" in damaged.stdout
    assert "which they now replace" in catalog("replay", "works", "--swap", **variables).stdout


def test_without_a_key_the_command_says_so_in_one_sentence(server: EmbeddedServer, source_url: str, home: Path) -> None:
    refused = catalog("load", "works", **own_server(server, source_url), CATALOG_HOME=str(home))
    assert refused.returncode == 2
    assert refused.stderr.startswith("catalog: TMDB is off: set TMDB_API_KEY")
    assert refused.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["works", "--ids", "1", "--all"], "or --source, or --all"),
        (["works", "--source", "all", "--series-ids", "1"], "or --source, or --all"),
        (["works", "--max-movies", "3"], "--source"),
        (["works", "--max-series", "3"], "--source"),
        (["works", "--force"], "--series-ids, or --all"),
        (["works", "--source", "mixed_hourly"], "mixed_weekly"),
        (["works", "--ids", "603,x"], "'x' is none"),
        (["works", "--series-ids", ""], "'' is none"),
        (["works", "--ids", str(2**31)], "is none"),
        (["works", "--day", "2026-11-20"], "mean nothing for works"),
        (["works", "--census"], "mean nothing for works"),
        (["movies", "--ids", "1"], "mean nothing for movies"),
        (["seasons", "--all", "--force"], "mean nothing for seasons"),
        (["movies", "--all"], "leave --all out"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(options: list[str], said: str) -> None:
    refused = CliRunner().invoke(app, ["load", *options]).exception
    assert isinstance(refused, CatalogError)
    assert said in str(refused)
    assert "\n" not in str(refused)


def test_options_become_the_assets_configuration() -> None:
    named = ("ids", "series_ids", "source", "max_movies", "max_series")
    nothing: dict[str, Any] = {**dict.fromkeys(named), "every": False, "force": False}
    ids = asked_of_works(**{**nothing, "ids": "603, 27205,603", "force": True})
    assert ids == WorksAsked(details={"tmdb_ids": [603, 27205], "force": True})
    assert asked_of_works(**{**nothing, "every": True}) == WorksAsked(details={"every": True})
    assert asked_of_works(**{**nothing, "series_ids": "1399"}).details == {"series_ids": [1399], "force": False}
    assert asked_of_works(**{**nothing, "source": "all"}) == WorksAsked({"source": "all"})
    few = asked_of_works(**{**nothing, "source": "all", "max_series": 0})
    assert few == WorksAsked({"source": "all", "max_series": 0})
    assert asked_of_works(**nothing) == WorksAsked()
