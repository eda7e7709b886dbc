"""The ASGI application: the services at the root, and beside them the sandbox's own three paths.

`/_control`, `/_truth` and `/_health` need no token and count for no limit.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from typing import TypeVar

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from sandbox.actions import RefusedError
from sandbox.control import perform
from sandbox.encoding import to_json
from sandbox.gate import Drop, Gate
from sandbox.tmdb_titles import Media
from sandbox.trakt_truth import KIND as TRAKT
from sandbox.trakt_truth import trakt_truth
from sandbox.truth import TMDB_KINDS, tmdb_truth, truth
from sandbox.watchmode_truth import KIND as WATCHMODE
from sandbox.watchmode_truth import OFFERS, offers_truth, watchmode_truth
from sandbox.world import World

T = TypeVar("T")


def build_app(world: World, worker: Executor, drop: Drop) -> Starlette:
    """Return the application.

    Args:
        world: what is simulated.
        worker: runs everything that touches the world; one thread, so that answers and actions keep their order.
        drop: closes a request's connection, for the faults that break one off.
    """

    async def on_worker(work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(worker, work)

    async def control(request: Request) -> Response:
        body = await request.body()
        try:
            return _json(200, await on_worker(lambda: perform(world, body)))
        except (ValidationError, RefusedError) as refused:
            return _json(400, {"error": str(refused)})

    async def tell(request: Request) -> Response:
        kind = request.query_params.get("kind", "movie")
        kinds = (*world.catalogues, *TMDB_KINDS, WATCHMODE, OFFERS, TRAKT)
        if kind not in kinds:
            return _json(404, {"error": f"no kind {kind}: there are {', '.join(kinds)}"})
        if kind == OFFERS:
            return await tell_offers(request)
        asked = {name: request.query_params.get(name) == "1" for name in ("ids", "items", "requests")}
        listings = {name: asked[name] for name in ("ids", "requests")}
        if kind in TMDB_KINDS:
            return _json(200, await on_worker(lambda: tmdb_truth(world, kind, **listings)))
        if kind == TRAKT:
            return _json(200, await on_worker(lambda: trakt_truth(world, requests=asked["requests"])))
        if kind == WATCHMODE:
            return _json(200, await on_worker(lambda: watchmode_truth(world, **listings)))
        return _json(200, await on_worker(lambda: truth(world, kind, **asked)))

    async def tell_offers(request: Request) -> Response:
        media: Media = "tv" if request.query_params.get("media_type") == "tv" else "movie"
        tmdb_id = request.query_params.get("tmdb_id", "")
        if not tmdb_id.isdecimal():
            return _json(400, {"error": "the truth of offers takes media_type and tmdb_id"})
        found = await on_worker(lambda: offers_truth(world, media, int(tmdb_id)))
        return _json(404, {"error": f"TMDB has no {tmdb_id}"}) if found is None else _json(200, found)

    async def health(request: Request) -> Response:  # noqa: ARG001 - Starlette passes the request
        options = world.options
        answer = {"status": "ok", "seed": options.seed, "rate": options.rate, "latency": options.latency}
        return _json(200, {**answer, "kinds": {name: len(items) for name, items in world.catalogues.items()}})

    return Starlette(
        routes=[
            Route("/_control", control, methods=["POST"]),
            Route("/_truth", tell, methods=["GET"]),
            Route("/_health", health, methods=["GET"]),
            Mount("/", app=Gate(world, worker, drop)),
        ]
    )


def _json(status: int, content: object) -> Response:
    return Response(to_json(content), status, media_type="application/json")
