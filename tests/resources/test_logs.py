"""Log lines: their shape, their ids, their level, and what never stands in them."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from pydantic import SecretStr

from resources import logs

SECRET = "5e" * 32
TOKEN = f"st=1~exp=2001~acl=/*~hmac={'0f' * 32}"


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """What a test configures is undone."""
    names = ("resources", "catalog_assets", "stamina", "httpx", "httpcore")
    before = {name: (logging.getLogger(name).handlers, logging.getLogger(name).level) for name in names}
    yield
    structlog.reset_defaults()
    for name, (handlers, level) in before.items():
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = handlers, True
        logger.setLevel(level)


def written(level: str = "INFO") -> tuple[structlog.stdlib.BoundLogger, io.StringIO]:
    stream = io.StringIO()
    logs.configure(level, stream=stream)
    logger: structlog.stdlib.BoundLogger = structlog.get_logger("resources.tests")
    return logger, stream


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_json_with_its_time_level_logger_and_ids() -> None:
    log, stream = written()
    with structlog.contextvars.bound_contextvars(run_id="r1", request_id="q1"):
        log.info("called", status=200)
    (line,) = lines(stream)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "called",
        "level": "info",
        "logger": "resources.tests",
        "run_id": "r1",
        "request_id": "q1",
        "status": 200,
    }


def test_the_level_decides_what_is_written() -> None:
    log, stream = written("WARNING")
    log.info("left out")
    log.warning("written")
    assert [line["event"] for line in lines(stream)] == ["written"]


def test_the_standard_librarys_loggers_of_ours_are_written_alike() -> None:
    _, stream = written()
    logging.getLogger("catalog_assets.anything").warning("hdnea: %s", TOKEN)
    (line,) = lines(stream)
    assert "hmac" not in line["event"]
    assert line["level"] == "warning"


def test_a_terminal_gets_text() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    logs.configure(stream=stream)
    structlog.get_logger("resources.tests").info("called", token=TOKEN)
    assert "called" in stream.getvalue()
    assert "hmac" not in stream.getvalue()


@pytest.mark.parametrize(
    "value",
    [
        TOKEN,
        {"hdnea": TOKEN},
        [("hdnea", TOKEN)],
        f"hdnea={TOKEN}",
        f"Headers({{'hdnea': '{TOKEN}'}})",
        ValueError(f"refused: {TOKEN}"),
        {"deep": [{"er": (SECRET,)}]},
        SECRET.upper(),
        f"postgresql://catalog:{SECRET}@127.0.0.1/source",
    ],
    ids=lambda value: type(value).__name__,
)
def test_no_value_shows_a_token_or_a_secret(value: object) -> None:
    logs.hide(SecretStr(SECRET))
    log, stream = written()
    log.warning("failed", value=value)
    text = stream.getvalue()
    assert "failed" in text
    for credential in (SECRET, SECRET.upper(), "0f" * 32):
        assert credential not in text


def test_no_exception_shows_a_token_or_a_secret() -> None:
    logs.hide(SecretStr(SECRET))
    log, stream = written()

    def fail() -> None:
        try:
            int(TOKEN)
        except ValueError as cause:
            raise RuntimeError(SECRET) from cause

    try:
        fail()
    except RuntimeError:
        log.exception("failed")
    (line,) = lines(stream)
    assert "RuntimeError" in line["exception"]
    assert SECRET not in line["exception"]
    assert "0f" * 32 not in line["exception"]
