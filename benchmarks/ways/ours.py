"""Ours: the client fetches, every page is committed as it arrives, then one merge makes the tables."""

import asyncio
import logging
import time

import psycopg
import structlog
from pydantic import SecretStr

from benchmarks.ways.given import Given, Request, given, report
from catalog_assets.hotstar.kinds import MOVIE
from catalog_assets.hotstar.listing import HOTSTAR_PAGING
from catalog_assets.hotstar.merge import merge_pages
from catalog_assets.hotstar.parts import PageKey, PartReading
from catalog_assets.hotstar.reading import AT_ONCE, PartReader
from catalog_assets.hotstar.record import ListingRecord, Part, locked
from catalog_assets.hotstar.windows import Filters
from resources.databases import Database
from resources.event_loop import run
from resources.hotstar import HotstarClient
from resources.malloc import return_freed_memory
from resources.pace import ServicePace

RUN = "benchmark"
NO_PACE = ServicePace(service="hotstar", interval_s=0, slow_s=60, timeout_s=60, rest_s=60, late_s=60)


def load() -> None:
    """Fetches the list, then merges."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    return_freed_memory()  # as every process that runs assets
    what = given()
    began = run(fetch(what))
    fetched = time.perf_counter()
    with psycopg.connect(what.database_url) as connection:
        result = merge_pages(connection, MOVIE, run_id=RUN)
    ended = time.perf_counter()
    report(ended - began, fetching=fetched - began, merging=ended - fetched, rows=result.inserted)


async def fetch(what: Given) -> float:
    """Stores the list's pages as those of a census that is complete; returns when the first request was made."""
    database = Database(what.database_url)
    client = HotstarClient(
        base_url=what.base_url,
        partner_id=what.partner,
        akamai_secret=SecretStr(what.secret),
        source_url=SecretStr(what.database_url),
        run_id=RUN,
        pace=NO_PACE,
    )
    async with locked(database, MOVIE, "census") as connection, client:
        record = await ListingRecord.begin(connection, MOVIE, "census", RUN)
        reader = PartReader(client, record, HOTSTAR_PAGING)
        parts = await _parts(record, what)
        places = asyncio.Semaphore(AT_ONCE)

        async def page(request: Request) -> None:
            async with places:
                key = PageKey(request.params["order"] == "desc", int(request.params["offset"]))
                await reader.page(parts[_filters(request)], key)

        began = time.perf_counter()
        await asyncio.gather(*[page(request) for request in what.requests])
        no_proof = {"total": None, "distinct_ids": None, "duplicates": 0, "found_apart": 0, "moved": 0, "problem": None}
        covered = {"covered_from": None, "covered_to": None}
        await connection.rows("finish_listing", {"listing_id": record.listing_id, **no_proof, **covered})
    await database.aclose()
    return began


async def _parts(record: ListingRecord, what: Given) -> dict[Filters, Part]:
    filters = list(dict.fromkeys(_filters(request) for request in what.requests))
    part_ids = await record.add_parts("part", filters)
    return {
        given: Part(part_id, "part", given, PartReading(HOTSTAR_PAGING))
        for given, part_id in zip(filters, part_ids, strict=True)
    }


def _filters(request: Request) -> Filters:
    return Filters.from_params(request.params)


if __name__ == "__main__":
    load()
