"""Alerts: where they go, and each told once, however many processes look and however often they restart.

What is wrong is decided elsewhere and handed in as findings; kept in `ops.incidents` and `ops.alerts` is what people
were told. Channels: the log always; a webhook that Slack takes (https://docs.slack.dev/messaging) where
ALERT_WEBHOOK_URL is set; mail where ALERT_SMTP_URL and ALERT_MAIL_TO are.
"""

import smtplib
import ssl
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Literal, Protocol
from urllib.parse import SplitResult, unquote, urlsplit

import httpx
import structlog
from psycopg.rows import class_row
from pydantic import SecretStr

from resources.databases import Database
from resources.errors import AlertError, SettingsError
from resources.logs import hide, redacted
from resources.settings import Settings
from resources.statements import statement

log = structlog.get_logger("resources.alerts")

WEBHOOK_TIMEOUT_S = 5.0
MAIL_TIMEOUT_S = 10.0
_PORTS = {"smtp": 25, "smtps": 465}
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong now.

    Attributes:
        key: what is wrong, such as `hotstar/movies/late`: one open incident a key.
        summary: one sentence for a person, with what to do.
        patience: how long it must stand before anybody is told; gone by then, it was nothing.
    """

    key: str
    summary: str
    patience: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Alert:
    """What a channel tells: a line and, for mail, a text."""

    subject: str
    text: str


class Channel(Protocol):
    """One way to tell people."""

    @property
    def name(self) -> str:
        """As `ops.alerts` keeps it."""
        ...

    def send(self, alert: Alert) -> None:
        """Tell it.

        Raises:
            AlertError: it was not taken; worth trying again.
        """
        ...


@dataclass(frozen=True, slots=True)
class LogChannel:
    """Warnings in the structured log."""

    name: str = "log"

    def send(self, alert: Alert) -> None:
        """Write one line."""
        log.warning(alert.subject, alert=alert.text)


@dataclass(frozen=True, slots=True)
class Webhook:
    """A JSON body `{"text": …}` to an address that is itself a credential."""

    url: SecretStr
    name: str = "webhook"
    timeout_s: float = WEBHOOK_TIMEOUT_S

    def send(self, alert: Alert) -> None:
        """Post it; redirects are not followed.

        Raises:
            AlertError: no answer in time, or another than 2XX.
        """
        body = {"text": f"{alert.subject}\n{alert.text}"}
        try:
            answer = httpx.post(self.url.get_secret_value(), json=body, timeout=self.timeout_s)
        except (httpx.HTTPError, httpx.InvalidURL) as failed:
            raise AlertError(f"the webhook did not answer: {type(failed).__name__}") from None
        if not answer.is_success:
            raise AlertError(f"the webhook answered {answer.status_code}: see that ALERT_WEBHOOK_URL is right")


@dataclass(frozen=True, slots=True)
class Mail:
    """Mail through one server: `smtp://user:password@host:port`, encrypted where the server offers it, or `smtps://`."""

    url: SecretStr
    sender: str
    recipients: tuple[str, ...]
    name: str = "mail"
    timeout_s: float = MAIL_TIMEOUT_S

    def send(self, alert: Alert) -> None:
        """Hand one message to the server.

        Raises:
            AlertError: it was taken for nobody, or a password would have gone unencrypted.
        """
        message = EmailMessage()
        message["Subject"] = alert.subject
        message["From"] = self.sender
        message["To"] = ", ".join(self.recipients)
        message.set_content(alert.text)
        url = urlsplit(self.url.get_secret_value())
        try:
            with self._server(url) as server:
                self._introduce(server, url)
                refused = server.send_message(message)
        except (OSError, smtplib.SMTPException) as failed:
            raise AlertError(f"the mail server did not take it: {type(failed).__name__}") from None
        if refused:
            log.error("the mail server refused recipients: see ALERT_MAIL_TO", recipients=sorted(refused))

    def _server(self, url: SplitResult) -> smtplib.SMTP:
        host, port = url.hostname or "", url.port or _PORTS[url.scheme]
        if url.scheme == "smtps":
            return smtplib.SMTP_SSL(host, port, timeout=self.timeout_s, context=ssl.create_default_context())
        return smtplib.SMTP(host, port, timeout=self.timeout_s)

    def _introduce(self, server: smtplib.SMTP, url: SplitResult) -> None:
        server.ehlo()
        is_private = isinstance(server, smtplib.SMTP_SSL)
        if not is_private and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
            is_private = True
        if url.username:
            if not is_private and url.hostname not in _LOOPBACK:
                raise AlertError("the mail server offers no encryption for the password: use smtps:// or another one")
            server.login(unquote(url.username), unquote(url.password or ""))


def channels(settings: Settings) -> list[Channel]:
    """The channels that are set up, the log first.

    Raises:
        SettingsError: mail is half set up, or an address can't be used.
    """
    found: list[Channel] = [LogChannel()]
    if settings.alert_webhook_url is not None:
        if urlsplit(settings.alert_webhook_url.get_secret_value()).scheme not in {"http", "https"}:
            raise SettingsError("ALERT_WEBHOOK_URL must begin with https:// (or http:// for a local one).")
        hide(settings.alert_webhook_url)
        found.append(Webhook(settings.alert_webhook_url))
    smtp, to = settings.alert_smtp_url, settings.alert_mail_to
    if (smtp is None) != (to is None):
        missing = "ALERT_SMTP_URL" if smtp is None else "ALERT_MAIL_TO"
        raise SettingsError(f"{missing} is not set: mail needs ALERT_SMTP_URL and ALERT_MAIL_TO, or neither.")
    if smtp is not None and to is not None:
        recipients = tuple(address.strip() for address in to.split(",") if address.strip())
        url = urlsplit(smtp.get_secret_value())
        if url.scheme not in _PORTS or not url.hostname or not recipients:
            raise SettingsError("Mail can't be sent: ALERT_SMTP_URL is smtp://… or smtps://…, ALERT_MAIL_TO addresses.")
        hide(smtp)
        found.append(Mail(smtp, settings.alert_mail_from, recipients))
    return found


@dataclass(frozen=True, slots=True)
class _Untold:
    incident_id: int
    key: str
    summary: str
    opened_at: datetime
    closed_at: datetime | None
    event: Literal["opened", "recovered"]
    age: timedelta

    @property
    def alert(self) -> Alert:
        since = _moment(self.opened_at)
        if self.event == "opened":
            return Alert(f"catalog: {self.key}", redacted(f"{self.summary} (since {since})"))
        over = "" if self.closed_at is None else f" from {since} to {_moment(self.closed_at)}"
        return Alert(f"catalog: {self.key} is over", redacted(f"Over{over}: {self.summary}"))


@dataclass(slots=True)
class Report:
    """What one look told: alerts by subject, and channels that took nothing with the reason."""

    told: list[str] = field(default_factory=list)
    failing: dict[str, str] = field(default_factory=dict)


def report(database: Database, findings: Collection[Finding], ways: Sequence[Channel], *, subject: str) -> Report:
    """Open and close incidents as found, and tell each channel once of every beginning and end.

    An incident is locked while it is told, so that two processes never tell the same. A channel that fails is logged
    and tried again by the next look; the others are not told twice. A process killed between the telling and the
    commit may tell once more.

    Args:
        database: the source database, whose clock counts.
        findings: all that is wrong now with the subject.
        ways: the channels to tell.
        subject: beginning of the keys that these findings speak for, such as `hotstar/`; others are left alone.

    Raises:
        DatabaseError: the database can't be reached.
    """
    with database.connection() as connection:
        for finding in findings:
            connection.execute(statement("ops/open_incident"), {"key": finding.key, "summary": finding.summary})
        present = [finding.key for finding in findings]
        connection.execute(statement("ops/close_incidents"), {"subject": subject, "present": present})
    with database.connection() as connection, connection.cursor(row_factory=class_row(_Untold)) as cursor:
        untold = cursor.execute(statement("ops/list_untold_incidents")).fetchall()
    patience = {finding.key: finding.patience for finding in findings}
    done = Report()
    for event in untold:
        waiting = event.closed_at is None and event.age < patience.get(event.key, timedelta(0))
        if not waiting and event.key.startswith(subject):
            _tell(database, event, ways, done)
    for name, reason in done.failing.items():
        log.error("alerts not delivered, tried again at the next look", channel=name, reason=reason)
    return done


def _tell(database: Database, event: _Untold, ways: Sequence[Channel], done: Report) -> None:
    about: Mapping[str, object] = {"incident_id": event.incident_id, "event": event.event}
    with database.connection() as connection:
        if connection.execute(statement("ops/lock_incident"), about).fetchone() is None:
            return
        told = {row[0] for row in connection.execute(statement("ops/list_told_channels"), about)}
        for way in ways:
            if way.name in told or way.name in done.failing:
                continue
            try:
                way.send(event.alert)
            except AlertError as failed:
                done.failing[way.name] = redacted(str(failed))
                continue
            connection.execute(statement("ops/log_alert"), {**about, "channel": way.name})
            told.add(way.name)
            done.told.append(f"{event.alert.subject} ({way.name})")
        if all(way.name in told for way in ways):
            connection.execute(statement("ops/settle_incident"), about)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
