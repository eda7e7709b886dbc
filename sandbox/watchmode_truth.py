"""What is true of Watchmode, and of where a title can be watched, for a test to compare tables with."""

from collections import Counter, defaultdict
from datetime import UTC, datetime

from sandbox.ledger import Entry
from sandbox.offers import offers
from sandbox.tmdb_titles import Media, Row
from sandbox.watchmode_offers import TYPES, offers_of
from sandbox.world import World

KIND, OFFERS = "watchmode", "offers"
"""What the truth calls them, beside the kinds of Hotstar's and TMDB's."""


def watchmode_truth(world: World, *, ids: bool, requests: bool) -> Row:
    """Return the account, what was asked and what it cost, and Watchmode's ledger.

    Args:
        world: what is simulated.
        ids: add every title, with its ids here and elsewhere.
        requests: add every request, in order of arrival.
    """
    service = world.watchmode
    account, ledger, titles = service.account, world.ledgers[service.name], service.titles
    today = account.today()
    there = [number for number in titles.numbers if titles.is_there(number, today)]
    entries = sorted(ledger.entries, key=lambda entry: entry.arrived)
    answer: Row = {
        "kind": KIND,
        "seed": world.options.seed,
        "clock": world.clock.now(),
        "pacific_day": service.pacific_day().isoformat(),
        "total": len(there),
        "quota": account.quota,
        "used": account.used,
        "plan": "paid" if account.is_paid else "free",
        "key": "good" if account.is_open else "withdrawn",
        "days": _by_day(entries),
        "endpoints": _by_endpoint(entries),
        "titles": [
            {"clock": entry.clock, "key": entry.path.split("/")[3], "regions": entry.params.get("regions"),
             "status": entry.status, "credits": entry.credits}
            for entry in entries
            if entry.path.startswith("/v1/title/")
        ],
        "ledger": {service.name: ledger.summary()},
    }  # fmt: skip
    if ids:
        records = [titles.record(number) for number in there]
        answer["ids"] = [
            {"watchmode_id": record.watchmode_id, "media_type": record.media, "type": record.kind,
             **titles.listing(record)._asdict()}
            for record in records
        ]  # fmt: skip
    if requests:
        answer["requests"] = {service.name: ledger.requests()}
    return answer


def offers_truth(world: World, media: Media, tmdb_id: int) -> Row | None:
    """Return who offers a title of TMDB's today, and what each source calls that; None if there is no such title.

    An id that is null says that the source does not tell of the offer.
    """
    titles, watchmode = world.tmdb.titles[media], world.watchmode
    number, day = titles.number_of(tmdb_id), watchmode.account.today()
    if number is None:
        return None
    record = watchmode.titles.with_tmdb_id(media, tmdb_id, day)
    told = offers_of(world.options.seed, record, day) if record is not None else []
    return {
        "kind": OFFERS,
        "clock": world.clock.now(),
        "day": day.isoformat(),
        "media_type": media,
        "tmdb_id": tmdb_id,
        "watchmode_id": record.watchmode_id if record is not None else None,
        "offers": [
            {"service": offer.streamer.name, "country": offer.country,
             "tmdb_id": offer.streamer.tmdb_id(offer.country), "tmdb_type": offer.kind,
             "watchmode_id": offer.streamer.watchmode if offer in told else None,
             "watchmode_type": TYPES[offer.kind]}
            for offer in offers(world.options.seed, number, day)
        ],
    }  # fmt: skip


def _by_day(entries: list[Entry]) -> Row:
    """Count calls and credits by day of the sandbox's clock (UTC)."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for entry in entries:
        day = datetime.fromtimestamp(entry.clock, UTC).date().isoformat()
        found[day].update(calls=1, credits=entry.credits)
    return {day: dict(counts) for day, counts in found.items()}


def _by_endpoint(entries: list[Entry]) -> Row:
    """Count calls and credits by path, titles' without the title."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for entry in entries:
        steps = entry.path.strip("/").split("/")[1:]
        found["/".join(steps[:1] + steps[2:]) if len(steps) > 2 else "/".join(steps)].update(
            calls=1, credits=entry.credits
        )
    return {endpoint: dict(counts) for endpoint, counts in found.items()}
