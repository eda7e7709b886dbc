"""`python -m sandbox`: start the simulated services."""

import argparse
import os
from pathlib import Path

import psutil

from sandbox.hotstar_kinds import sizes
from sandbox.server import listen, serve
from sandbox.world import Options, World

_MEGABYTE = 1_000_000


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sandbox",
        description="Serve the upstream services on 127.0.0.1, simulated from their contracts: Hotstar's films, "
        "series, seasons, episodes, matches and channels, and TMDB's films, series and pictures. GET /_truth says what "
        "is true, POST /_control changes it, GET /_health says it is up. Hotstar's partner and secret (hex) come from "
        "SANDBOX_HOTSTAR_PARTNER and SANDBOX_HOTSTAR_SECRET; without them it answers 403. TMDB's token and key come "
        "from SANDBOX_TMDB_TOKEN and SANDBOX_TMDB_KEY; without either it answers 401.",
    )
    parser.add_argument("--port", type=_whole, default=0, help="port to listen on; 0, the default, takes a free one")
    parser.add_argument("--port-file", type=Path, help="file to write the port to once the sandbox answers")
    parser.add_argument(
        "--rate", type=_positive, default=1.0, help="requests a second before 429; 0: no limit (default %(default)s)"
    )
    parser.add_argument(
        "--latency", type=_positive, default=2.0, help="seconds an answer takes per 1,000 items (default %(default)s)"
    )
    parser.add_argument(
        "--tmdb-rate",
        type=_positive,
        default=40.0,
        help="the same for TMDB, which is counted apart (default %(default)s)",
    )
    parser.add_argument(
        "--tmdb-latency", type=_positive, default=0.15, help="seconds an answer of TMDB takes (default %(default)s)"
    )
    parser.add_argument(
        "--scale",
        type=_scale,
        default=1.0,
        help="the size of the catalogue: 1 is the real one, 0.01 a hundredth (default %(default)s)",
    )
    parser.add_argument("--movies", type=_whole, help="how many films there are at the start, whatever the scale")
    parser.add_argument(
        "--seed", type=_whole, default=1, help="the same seed gives the same catalogue (default %(default)s)"
    )
    parser.add_argument(
        "--cache-mb", type=_whole, default=160, help="megabytes of encoded items to keep (default %(default)s)"
    )
    parser.add_argument(
        "--warm", action="store_true", help="encode the items before the first request, for measurements"
    )
    parser.add_argument("--parent-pid", type=_whole, help="end when the process with this id is gone")
    return parser


def _whole(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("must be 0 or more")
    return number


def _positive(text: str) -> float:
    number = float(text)
    if not 0 <= number < float("inf"):
        raise argparse.ArgumentTypeError("must be 0 or more")
    return number


def _scale(text: str) -> float:
    number = _positive(text)
    # Beyond it there are fewer internal ids than episodes.
    if number > 10:
        raise argparse.ArgumentTypeError("must be 10 or less")
    return number


def main() -> None:
    """Start the sandbox and serve until a signal comes."""
    parser = _parser()
    given = parser.parse_args()
    try:
        secret = bytes.fromhex(os.environ.get("SANDBOX_HOTSTAR_SECRET", ""))
    except ValueError:
        parser.error("SANDBOX_HOTSTAR_SECRET must be hexadecimal")
    try:
        parent = psutil.Process(given.parent_pid) if given.parent_pid is not None else None
    except psutil.NoSuchProcess:
        parser.error(f"--parent-pid: there is no process {given.parent_pid}")
    try:
        bound = listen(given.port)
    except OSError as error:
        parser.error(f"port {given.port} cannot be used ({error.strerror}): end what listens there or choose another")
    world = World(
        Options(
            seed=given.seed,
            sizes=sizes(given.scale, films=given.movies),
            rate=given.rate,
            latency=given.latency,
            cache_bytes=given.cache_mb * _MEGABYTE,
            hotstar_partner=os.environ.get("SANDBOX_HOTSTAR_PARTNER", ""),
            hotstar_secret=secret,
            tmdb_token=os.environ.get("SANDBOX_TMDB_TOKEN", ""),
            tmdb_key=os.environ.get("SANDBOX_TMDB_KEY", ""),
            tmdb_rate=given.tmdb_rate,
            tmdb_latency=given.tmdb_latency,
        )
    )
    if given.warm:
        for catalogue in world.catalogues.values():
            catalogue.warm()
    serve(world, bound, port_file=given.port_file, parent=parent)


if __name__ == "__main__":
    main()
