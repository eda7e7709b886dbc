"""The limit: COPY of the same bytes into one `jsonb` column, one row an item. No key, no index, no history."""

import asyncio
import time

import orjson
import psycopg

from benchmarks.ways.given import given, pages, report


async def load() -> None:
    """Fetches every page and writes its items as they arrive, in one transaction."""
    what = given()
    async with await psycopg.AsyncConnection.connect(what.database_url) as connection:
        await connection.execute("CREATE TABLE copied (item jsonb)")
        await connection.commit()
        began = time.perf_counter()
        async with connection.cursor() as cursor, cursor.copy("COPY copied FROM STDIN") as copy:
            async for body in pages(what):
                items = orjson.loads(body)["body"]["results"]["items"]
                rows = (orjson.dumps(item).replace(b"\\", b"\\\\") + b"\n" for item in items)
                await copy.write(b"".join(rows))
        await connection.commit()
        seconds = time.perf_counter() - began
        counted = await (await connection.execute("SELECT count(*) FROM copied")).fetchone()
    report(seconds, rows=counted[0] if counted else 0)


if __name__ == "__main__":
    asyncio.run(load())
