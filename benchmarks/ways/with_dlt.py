"""The same with dlt: merge on `contentId`, nested data as JSON columns, with the fastest of the settings that we tried.

CSV (which dlt loads by COPY) took two thirds of the time of its default, INSERT statements; compressing it cost a
third. The strategy is the default, delete and insert: `upsert` refuses an item that stands on two pages.
"""

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import dlt
import httpx
import orjson
from dlt.destinations import postgres

from benchmarks.ways.given import AT_ONCE, Request, given, headers, report


def load() -> None:
    """Runs one pipeline into an empty database."""
    os.environ["NORMALIZE__DATA_WRITER__DISABLE_COMPRESSION"] = "true"
    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
    what = given()
    began = 0.0

    @dlt.resource(
        name="movies",
        write_disposition="merge",
        primary_key="contentId",
        max_table_nesting=0,
        file_format="csv",
    )
    def movies() -> Iterator[list[dict[str, Any]]]:
        nonlocal began
        client = httpx.Client(base_url=what.base_url, headers=headers(what), timeout=60)

        def fetch(request: Request) -> bytes:
            answer = client.get(request.path, params={**request.params, "partner": what.partner})
            return answer.raise_for_status().content

        began = time.perf_counter()
        with client, ThreadPoolExecutor(AT_ONCE) as threads:
            for body in threads.map(fetch, what.requests):
                yield orjson.loads(body)["body"]["results"]["items"]

    pipeline = dlt.pipeline("bench", destination=postgres(what.database_url), dataset_name="hotstar")
    pipeline.run(movies)
    seconds = time.perf_counter() - began
    with pipeline.sql_client() as client:
        rows = client.execute_sql("SELECT count(*) FROM movies")
    report(seconds, rows=rows[0][0] if rows else 0)


if __name__ == "__main__":
    load()
