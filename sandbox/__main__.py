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
        "series, seasons, episodes, matches and channels, TMDB's films, series and pictures, Watchmode's offers "
        "and releases, and Trakt's rankings and sign-in. GET /_truth says what is true, POST /_control changes it, "
        "GET /_health says it is up. Hotstar's partner and secret (hex) come from "
        "SANDBOX_HOTSTAR_PARTNER and SANDBOX_HOTSTAR_SECRET; without them it answers 403. TMDB's token and key come "
        "from SANDBOX_TMDB_TOKEN and SANDBOX_TMDB_KEY, Watchmode's key from SANDBOX_WATCHMODE_KEY; without them it "
        "answers 401. Trakt's come from SANDBOX_TRAKT_CLIENT_ID and SANDBOX_TRAKT_CLIENT_SECRET; without them it "
        "answers 403.",
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
        "--watchmode-rate",
        type=_positive,
        default=2.0,
        help="Watchmode's requests a second, counted over a minute; 0: no limit (default %(default)s)",
    )
    parser.add_argument(
        "--watchmode-quota", type=_whole, default=2_500, help="Watchmode's credits a month (default %(default)s)"
    )
    parser.add_argument(
        "--trakt-rate",
        type=_positive,
        default=500,
        help="Trakt's requests in five minutes; 0: no limit (default %(default)s)",
    )
    parser.add_argument(
        "--trakt-token-seconds",
        type=_whole,
        default=604_800,
        help="seconds that an access token of Trakt's lives (default %(default)s)",
    )
    parser.add_argument(
        "--trakt-poll-seconds",
        type=_whole,
        default=5,
        help="seconds between two questions whether a user of Trakt's entered a code (default %(default)s)",
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
            trakt_client_id=os.environ.get("SANDBOX_TRAKT_CLIENT_ID", ""),
            trakt_client_secret=os.environ.get("SANDBOX_TRAKT_CLIENT_SECRET", ""),
            trakt_rate=given.trakt_rate,
            trakt_token_s=given.trakt_token_seconds,
            trakt_poll_s=given.trakt_poll_seconds,
            watchmode_key=os.environ.get("SANDBOX_WATCHMODE_KEY", ""),
            watchmode_rate=given.watchmode_rate,
            watchmode_quota=given.watchmode_quota,
        )
    )
    if given.warm:
        for catalogue in world.catalogues.values():
            catalogue.warm()
    serve(world, bound, port_file=given.port_file, parent=parent)


if __name__ == "__main__":
    main()
