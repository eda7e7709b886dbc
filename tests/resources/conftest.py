"""What tests of resources share."""

import io
import logging
from collections.abc import Iterator

import pytest
import stamina
import structlog

from resources import logs


@pytest.fixture
def log_text() -> Iterator[io.StringIO]:
    """Everything that any logger writes, at the most talkative level."""
    stream = io.StringIO()
    logs.configure("DEBUG", stream=stream)
    plain = logging.StreamHandler(stream)
    root = logging.getLogger()
    level = root.level
    root.addHandler(plain)
    root.setLevel(logging.DEBUG)
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    with stamina.set_testing(True, attempts=6, cap=True):
        yield stream
    root.removeHandler(plain)
    root.setLevel(level)
    structlog.reset_defaults()
    for name in ("resources", "catalog_assets", "stamina"):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = True
