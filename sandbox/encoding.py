"""JSON for answers: quick where it can be, and able to carry what a test plants."""

import json

import orjson


def to_json(value: object) -> bytes:
    """Return JSON text; integers beyond 64 bits and non-finite numbers, which orjson refuses, come out as Python's."""
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
