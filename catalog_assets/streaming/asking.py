"""What assets that ask a service for lists do alike: a client and a store of one run, and figures of what it took."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

import dagster as dg
from pydantic import Field

from catalog_assets.streaming.store import USES, Schema, Store, opened_store
from resources.client import ServiceClient
from resources.databases import Database

T = TypeVar("T")


class AskingConfig(dg.Config):
    """How a run asks."""

    force: bool = Field(
        default=False, description="Ask whatever the age of stored answers. Pace and budget hold all the same."
    )


async def asked(
    context: dg.AssetExecutionContext,
    database: Database,
    client: ServiceClient,
    ask: Callable[[ServiceClient, Store], Awaitable[T]],
    *,
    schema: Schema = "streaming",
) -> tuple[T, dict[str, float]]:
    """What came of asking a service, and what it took in figures that the UI plots: its `USES`, and its requests.

    Args:
        context: of the asset that asks.
        database: closed for asynchronous use afterwards.
        client: not opened yet.
        ask: asks.
        schema: where answers are stored.
    """
    try:
        async with client, opened_store(database, context.run.run_id, schema) as store:
            result = await ask(client, store)
    finally:
        await database.async_engine.dispose()
    counts = client.counts
    return result, {
        **store.uses,
        "requests": counts.requests,
        "refused": counts.refused,
        "failures": counts.failures,
        "waited_for_slots_s": round(counts.waited_s, 3),
        "slowest_answer_s": round(counts.slowest_s, 3),
        "bytes": counts.received_bytes,
    }


def of_services(figures: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """The figures of an asset that asks several services: `USES` of all together, the rest under each service's name.

    Args:
        figures: what `asked` said of each service, by its name.
    """
    together: dict[str, float] = {use: sum(each[use] for each in figures.values()) for use in USES}
    return together | {
        f"{service}_{name}": figure
        for service, each in figures.items()
        for name, figure in each.items()
        if name not in together
    }
