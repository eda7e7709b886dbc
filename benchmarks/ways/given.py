"""What every way is given, and how it reports. It imports nothing of the project: dlt's environment lacks it."""

import asyncio
import hashlib
import hmac
import json
import os
import resource
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

AT_ONCE = 4
"""Requests under way at once, in each of the three ways."""


@dataclass(frozen=True, slots=True)
class Request:
    """One page of the prepared list."""

    path: str
    params: dict[str, str]


@dataclass(frozen=True, slots=True)
class Given:
    """The prepared list, where to ask and where to write."""

    base_url: str
    partner: str
    secret: str
    database_url: str
    requests: list[Request]


def given() -> Given:
    """Reads what the benchmark wrote into the environment."""
    listed = json.loads(Path(os.environ["BENCH_REQUESTS"]).read_text(encoding="utf-8"))
    return Given(
        base_url=os.environ["HOTSTAR_API_BASE_URL"],
        partner=os.environ["HOTSTAR_PARTNER_ID"],
        secret=os.environ["HOTSTAR_AKAMAI_SECRET"],
        database_url=os.environ["BENCH_DATABASE_URL"],
        requests=[Request(**one) for one in listed],
    )


def headers(what: Given) -> dict[str, str]:
    """The headers of a request that passes."""
    begin = int(time.time())
    signed = f"st={begin}~exp={begin + 2000}~acl=/*"
    signature = hmac.new(bytes.fromhex(what.secret), signed.encode(), hashlib.sha256).hexdigest()
    return {
        "x-country-code": "in",
        "x-platform-code": "ANDROID",
        "x-partner-name": what.partner,
        "x-region-code": "DL",
        "x-client-code": "pt",
        "hdnea": f"{signed}~hmac={signature}",
    }


async def pages(what: Given) -> AsyncIterator[bytes]:
    """The bodies of the prepared list, as they arrive."""
    places = asyncio.Semaphore(AT_ONCE)
    limits = httpx.Limits(max_connections=AT_ONCE)
    async with httpx.AsyncClient(base_url=what.base_url, headers=headers(what), timeout=60, limits=limits) as client:

        async def fetch(request: Request) -> bytes:
            async with places:
                answer = await client.get(request.path, params={**request.params, "partner": what.partner})
                return answer.raise_for_status().content

        for arrived in asyncio.as_completed([fetch(request) for request in what.requests]):
            yield await arrived


def report(seconds: float, **more: Any) -> None:
    """Prints the measurement with this process's peak memory in megabytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "peak_mb": peak, **more}))
