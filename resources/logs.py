"""Structured logs: JSON lines, or coloured text at a terminal, without any credential in them.

`configure` is called once by whoever starts a process. Run and request ids come from structlog's context variables:
bind `run_id` where a run begins; the transport binds `request_id`.
"""

import logging
import re
import sys
from typing import TextIO

import structlog
from pydantic import SecretStr
from structlog.typing import EventDict, Processor, WrappedLogger

HIDDEN = "[hidden]"

_TOKEN = re.compile(r"(?:st=\d+~)?(?:exp=\d+~)?(?:acl=[^~\s]*~)?hmac=[0-9a-fA-F]+")
_HEADER = re.compile(r"(?<=hdnea)(['\"]?\s*[=:,]\s*['\"]?)[^\s'\",;}\])]+")
_PASSWORD = re.compile(r"(?<=://)([^/\s:@]*):[^/\s@]+(?=@)")
_secrets: set[str] = set()


def hide(secret: SecretStr) -> None:
    """Keep a secret's value out of everything that `redacted` sees from now on, in this process."""
    if value := secret.get_secret_value():
        _secrets.add(value)


def redacted(text: str) -> str:
    """The text without tokens, passwords in addresses and every value given to `hide`."""
    for secret in _secrets:
        text = re.sub(re.escape(secret), HIDDEN, text, flags=re.IGNORECASE)
    text = _HEADER.sub(rf"\1{HIDDEN}", _TOKEN.sub(HIDDEN, text))
    return _PASSWORD.sub(rf"\1:{HIDDEN}", text)


def configure(level: str = "INFO", *, stream: TextIO | None = None) -> None:
    """Set up structlog and the standard library's loggers for this process.

    Args:
        level: DEBUG, INFO, WARNING or ERROR (`CATALOG_LOG_LEVEL`).
        stream: where lines go; standard error if left out. A terminal gets text, anything else JSON lines.
    """
    target = stream or sys.stderr
    at_terminal = target.isatty()
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]
    renderer: Processor = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if at_terminal
        else structlog.processors.JSONRenderer()
    )
    handler = logging.StreamHandler(target)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _redact, renderer],
        )
    )
    for name in ("resources", "catalog_assets", "stamina"):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.setLevel(level)
        logger.propagate = False
    # They name a request's address, parameters included, on every call; the transport logs what matters of it.
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def _redact(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Take credentials out of every value, however deep; what is no plain value is written as text first."""
    return {key: _clean(value) for key, value in event.items()}


def _clean(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, dict):
        return {redacted(str(key)): _clean(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(entry) for entry in value]
    return redacted(str(value))
