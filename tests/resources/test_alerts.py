"""Each incident is told once when it begins and once when it is over, through every channel, by real servers."""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from multiprocessing import get_context
from secrets import token_hex

import psycopg
import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from resources.alerts import Alert, Channel, Finding, LogChannel, Mail, Webhook, channels, report
from resources.databases import Database
from resources.errors import AlertError, SettingsError
from resources.settings import Settings
from tests.alert_servers import PATH_SECRET, MailServer, WebhookServer, serving

LATE = Finding("hotstar/movies/late", "No sync of movies began for 26 h: see that Dagster's daemon runs.")


@pytest.fixture
def hook() -> Iterator[WebhookServer]:
    server = WebhookServer()
    with serving(server):
        yield server


@pytest.fixture
def mail() -> Iterator[MailServer]:
    server = MailServer()
    with serving(server):
        yield server


@pytest.fixture
def database(source_url: str) -> Iterator[Database]:
    made = Database(source_url)
    yield made
    made.close()


def _hook_channel(hook: WebhookServer) -> Webhook:
    return Webhook(SecretStr(hook.url))


def test_an_incident_is_told_once_and_its_recovery_once(database: Database, hook: WebhookServer) -> None:
    ways: list[Channel] = [LogChannel(), _hook_channel(hook)]
    with capture_logs() as logged:
        for _ in range(3):
            report(database, [LATE], ways, subject="hotstar/")
        assert [LATE.summary in text for text in hook.texts] == [True]
        for _ in range(3):
            report(database, [], ways, subject="hotstar/")
    assert len(hook.texts) == 2
    assert "is over" in hook.texts[1]
    assert [line["log_level"] for line in logged] == ["warning", "warning"]


def test_a_second_incident_of_the_same_key_is_told_again(database: Database, hook: WebhookServer) -> None:
    ways = [_hook_channel(hook)]
    for findings in ([LATE], [], [LATE]):
        report(database, findings, ways, subject="hotstar/")
    assert len(hook.texts) == 3


def _look(source_url: str, hook_url: str, findings: list[Finding]) -> None:
    database = Database(source_url)
    for _ in range(3):
        report(database, findings, [Webhook(SecretStr(hook_url))], subject="hotstar/")
    database.close()


def test_two_processes_that_look_at_once_tell_once(source_url: str, hook: WebhookServer) -> None:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes:
        for findings, told in (([LATE], 1), ([], 2)):
            for done in [processes.submit(_look, source_url, hook.url, findings) for _ in range(2)]:
                done.result()
            assert len(hook.texts) == told


def test_a_failing_webhook_is_tried_again_and_the_mail_is_not_sent_twice(
    database: Database, hook: WebhookServer, mail: MailServer
) -> None:
    ways: list[Channel] = [
        LogChannel(),
        _hook_channel(hook),
        Mail(SecretStr(f"smtp://127.0.0.1:{mail.port}"), "catalog@localhost", ("ops@example.org",)),
    ]
    hook.status = 500
    with capture_logs() as logged:
        first = report(database, [LATE], ways, subject="hotstar/")
        report(database, [LATE], ways, subject="hotstar/")
    assert "500" in first.failing["webhook"]
    assert [line["channel"] for line in logged if line["log_level"] == "error"] == ["webhook", "webhook"]
    assert (len(hook.texts), len(mail.messages)) == (0, 1)
    hook.status = 200
    assert report(database, [LATE], ways, subject="hotstar/").failing == {}
    assert (len(hook.texts), len(mail.messages)) == (1, 1)


def test_what_a_webhook_missed_is_told_even_when_the_incident_is_over(database: Database, hook: WebhookServer) -> None:
    ways: list[Channel] = [LogChannel(), _hook_channel(hook)]
    hook.status = 503
    report(database, [LATE], ways, subject="hotstar/")
    report(database, [], ways, subject="hotstar/")
    hook.status = 200
    report(database, [], ways, subject="hotstar/")
    assert ["is over" in text for text in hook.texts] == [False, True]
    assert report(database, [], ways, subject="hotstar/").told == []


def test_an_incident_shorter_than_its_patience_is_nobodys_business(
    database: Database, hook: WebhookServer, shift_clock: Callable[[psycopg.Connection, timedelta], None]
) -> None:
    patient = Finding("hotstar/movies/never", "Never synced.", patience=timedelta(minutes=30))
    ways = [_hook_channel(hook)]
    report(database, [patient], ways, subject="hotstar/")
    report(database, [], ways, subject="hotstar/")
    assert hook.texts == []
    report(database, [patient], ways, subject="hotstar/")
    with database.connection() as connection:
        shift_clock(connection, timedelta(minutes=31))
    report(database, [patient], ways, subject="hotstar/")
    assert len(hook.texts) == 1


def test_incidents_of_another_subject_are_left_alone(database: Database, hook: WebhookServer) -> None:
    other = Finding("tmdb/titles/late", "No titles.")
    report(database, [other], [], subject="tmdb/")
    told = report(database, [], [_hook_channel(hook)], subject="hotstar/")
    assert told.told == []
    with database.connection() as connection:
        assert connection.execute("SELECT key FROM ops.incidents WHERE closed_at IS NULL").fetchall() == [(other.key,)]


def test_mail_reaches_every_recipient_after_a_login(mail: MailServer) -> None:
    password = token_hex(8)
    settings = Settings(
        alert_smtp_url=SecretStr(f"smtp://user:{password}@127.0.0.1:{mail.port}"),
        alert_mail_to="one@example.org, two@example.org",
        alert_mail_from="catalog@example.org",
    )
    _, channel = channels(settings)
    channel.send(Alert("catalog: hotstar/movies/late", "No sync of «films» for 26 h."))
    assert mail.recipients == ["<one@example.org>", "<two@example.org>"]
    assert len(mail.logins) == 1
    assert "Subject: catalog: hotstar/movies/late" in mail.messages[0]
    assert password not in mail.messages[0]


def test_a_password_is_not_sent_to_another_host_without_encryption() -> None:
    server = MailServer("127.0.0.2")  # on this machine, and none that the channel takes for it
    with serving(server):
        channel = Mail(
            SecretStr(f"smtp://user:{token_hex(8)}@127.0.0.2:{server.port}"), "a@example.org", ("b@example.org",)
        )
        with pytest.raises(AlertError, match="no encryption"):
            channel.send(Alert("catalog: late", "No sync."))
    assert (server.logins, server.messages) == ([], [])


def test_no_address_stands_in_an_error_or_a_log(
    database: Database, hook: WebhookServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    settings = Settings(alert_webhook_url=SecretStr(hook.url))
    hook.status = 404
    with capture_logs() as logged:
        told = report(database, [LATE], channels(settings), subject="hotstar/")
    gone = Webhook(SecretStr(f"http://127.0.0.1:1/{PATH_SECRET}"))
    with pytest.raises(AlertError) as failed:
        gone.send(Alert("a", "b"))
    seen = f"{logged} {told} {failed.value!r} {settings!r} {gone!r} {caplog.text}"
    assert PATH_SECRET not in seen
    with database.connection() as connection:
        rows = connection.execute(
            "SELECT a::text, i::text FROM ops.alerts AS a JOIN ops.incidents AS i USING (incident_id)"
        )
        assert PATH_SECRET not in str(rows.fetchall())


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"alert_mail_to": "ops@example.org"}, "ALERT_SMTP_URL is not set"),
        ({"alert_smtp_url": "smtp://mail.example.org"}, "ALERT_MAIL_TO is not set"),
        ({"alert_smtp_url": "mail.example.org", "alert_mail_to": "ops@example.org"}, "ALERT_SMTP_URL"),
        ({"alert_webhook_url": "hooks.example.org/x"}, "ALERT_WEBHOOK_URL"),
    ],
)
def test_a_channel_that_is_half_set_up_is_an_error_that_names_the_variable(
    variables: dict[str, str], named: str
) -> None:
    with pytest.raises(SettingsError, match=named):
        channels(Settings.model_validate(variables))
