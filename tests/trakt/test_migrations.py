"""What revisions of the schema `trakt` make of what stood there before."""

import psycopg
import pytest
from alembic import command

from resources.migrations import migrate
from tests.streaming.conftest import START


@pytest.mark.parametrize("is_stamped", [True, False], ids=["stamped", "left by a run that went on after a sign-out"])
def test_answers_without_a_stamp_go_and_those_with_one_stay(
    empty_url: str, monkeypatch: pytest.MonkeyPatch, is_stamped: bool
) -> None:
    upgrade = command.upgrade
    with monkeypatch.context() as before:
        before.setattr(command, "upgrade", lambda configuration, _: upgrade(configuration, "0024"))
        migrate(empty_url)
    with psycopg.connect(empty_url, autocommit=True) as connection:
        if is_stamped:
            connection.execute("INSERT INTO ops.origins VALUES ('trakt', 'https://api.trakt.tv', now())")
        connection.execute(
            "INSERT INTO trakt.pages (service, endpoint, rule, cache_key, path, params, status, sent_at, received_at,"
            " body, body_bytes, body_sha256, run_id)"
            " VALUES ('trakt', 'trending', 'trakt_trending', 'key', '/', '{}', 200, %s, %s, '[]', 2, '', 'run')",
            (START, START),
        )
        migrate(empty_url)
        assert connection.execute("SELECT count(*) FROM trakt.pages").fetchall() == [(int(is_stamped),)]
