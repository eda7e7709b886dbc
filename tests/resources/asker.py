"""`python -m tests.resources.asker N INTERVAL`: asks for N pages at once and prints what it counted.

It is one of several processes that share a pace. Address, partner, secret and database come from the environment, as
in production.
"""

import asyncio
import json
import os
import sys
from dataclasses import asdict, replace

from pydantic import SecretStr

from resources import logs
from resources.hotstar import HOTSTAR_PACE, HotstarClient


async def ask(pages: int, interval_s: float) -> dict[str, float]:
    client = HotstarClient(
        base_url=os.environ["HOTSTAR_API_BASE_URL"],
        partner_id=os.environ["HOTSTAR_PARTNER_ID"],
        akamai_secret=SecretStr(os.environ["HOTSTAR_AKAMAI_SECRET"]),
        source_url=SecretStr(os.environ["SOURCE_DATABASE_URL"]),
        run_id=f"process-{os.getpid()}",
        pace=replace(HOTSTAR_PACE, interval_s=interval_s),
    )
    async with client:
        asked = (
            client.get("/movie/search", {"orderBy": "contentId", "order": "asc", "offset": str(n), "size": "1"})
            for n in range(pages)
        )
        await asyncio.gather(*asked)
    return asdict(client.counts)


if __name__ == "__main__":
    logs.configure("DEBUG")
    print(json.dumps(asyncio.run(ask(int(sys.argv[1]), float(sys.argv[2])))))
