"""What is true of Trakt, for a test to compare tables with."""

from sandbox.tmdb_titles import Row
from sandbox.trakt_rankings import KEYS
from sandbox.world import World

KIND = "trakt"


def trakt_truth(world: World, *, requests: bool) -> Row:
    """Return the sign-ins, the first twenty of the rankings with their titles' real ids, and Trakt's ledgers.

    Args:
        world: what is simulated.
        requests: add every request, in order of arrival.
    """
    sign_in, rankings = world.trakt_sign_in, world.trakt.rankings
    ledgers = {service.name: world.ledgers[service.name] for service in (world.trakt, sign_in)}
    answer: Row = {
        "kind": KIND,
        "seed": world.options.seed,
        "clock": world.clock.now(),
        "sign_ins": {
            "issued": sign_in.issued,
            "refreshed": sign_in.refreshed,
            "refused": sign_in.refused,
            "revoked": sign_in.revoked,
            "live": sign_in.live,
        },
        "with_a_token": world.trakt.with_a_token,
        "lists": {
            f"{key}s": {
                "trending": rankings.truth(media, "trending"),
                "watched/daily": rankings.truth(media, "watched", "daily"),
                "watched/weekly": rankings.truth(media, "watched", "weekly"),
            }
            for media, key in KEYS.items()
        },
        "ledger": {name: ledger.summary() for name, ledger in ledgers.items()},
    }
    if requests:
        answer["requests"] = {name: ledger.requests() for name, ledger in ledgers.items()}
    return answer
