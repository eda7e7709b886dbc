"""Dagster's instance as commands open it, several of them at once on a database that is still empty."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier

import pytest
from pydantic import SecretStr

from catalog_assets.cli.environment import Platform, dagster_environment
from catalog_assets.cli.runs import opened_instance
from resources.access import DatabaseUrls
from resources.errors import DatabaseError
from resources.settings import load_settings

POOLS = dict.fromkeys(("hotstar_census", "hotstar_poll", "tmdb", "watchmode", "trakt"), 1)
AT_ONCE = 4


@pytest.fixture
def ready(source_url: str, empty_url: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> Platform:
    home.mkdir()
    urls = DatabaseUrls(SecretStr(source_url), SecretStr(source_url), SecretStr(empty_url))
    environment = dagster_environment(home, urls)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return Platform(
        settings=load_settings(),
        home=home,
        urls=urls,
        environment=environment,
        mark="",
        sandbox=None,
        sandbox_process=None,
        server=None,
    )


def test_commands_that_start_at_once_on_an_empty_database_do_not_break_on_each_other(ready: Platform) -> None:
    together = Barrier(AT_ONCE)

    def pools(_: int) -> dict[str, int]:
        together.wait()
        with opened_instance(ready) as instance:
            return {pool.name: pool.limit for pool in instance.event_log_storage.get_pool_limits()}

    with ThreadPoolExecutor(AT_ONCE) as commands:
        assert list(commands.map(pools, range(AT_ONCE))) == [POOLS] * AT_ONCE


def test_a_database_of_dagster_out_of_reach_is_said_in_a_sentence(ready: Platform) -> None:
    nobody = SecretStr("postgresql://catalog:pass-of-tests@127.0.0.1:9/dagster")
    away = replace(ready, urls=replace(ready.urls, dagster=nobody))
    with pytest.raises(DatabaseError, match="DAGSTER_DATABASE_URL is right") as refused, opened_instance(away):
        pass
    assert "pass-of-tests" not in str(refused.value)
