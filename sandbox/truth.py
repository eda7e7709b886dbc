"""What is true, for a test to compare tables with."""

from collections import Counter
from collections.abc import Iterator, Mapping

import orjson

from sandbox.catalogue import Catalogue
from sandbox.encoding import to_json
from sandbox.tmdb_titles import Media
from sandbox.world import World

TMDB_KINDS: Mapping[str, Media] = {"tmdb_film": "movie", "tmdb_series": "tv"}
"""What the truth calls TMDB's films and series, beside the names of Hotstar's kinds."""


def truth(world: World, kind: str, *, ids: bool, items: bool, requests: bool) -> dict[str, object]:
    """Return the truth about one kind and every service's ledger.

    Args:
        world: what is simulated.
        kind: the name of a kind.
        ids: add the content ids that exist, that searches show, and that are gone.
        items: add each existing item's fields that matter, by content id.
        requests: add every request, in order of arrival.
    """
    catalogue = world.catalogues[kind]
    catalogue.bring_up_to_date()
    answer: dict[str, object] = {
        "kind": kind,
        "seed": world.options.seed,
        "clock": world.clock.now(),
        "total": len(catalogue),
        "visible": len(catalogue.index),
        "waiting": catalogue.waiting(),
        "removed": len(catalogue.removed()),
        "scheduled": len(world.schedule),
        "faults": len(world.faults),
        "changes": world.changes,
        "ledger": {name: ledger.summary() for name, ledger in world.ledgers.items()},
    }
    if ids:
        index = catalogue.index
        answer["ids"] = sorted(catalogue.content_id(number) for number in catalogue.existing())
        answer["visible_ids"] = [index.content_id(number) for number in index.numbers()]
        answer["removed_ids"] = sorted(catalogue.content_id(number) for number in catalogue.removed())
    if items:
        statuses: Counter[str] = Counter()
        listed = b",".join(_items(catalogue, statuses))
        answer["items"] = orjson.Fragment(b"{%b}" % listed)
        answer["by_status"] = dict(statuses)
    if requests:
        answer["requests"] = {name: ledger.requests() for name, ledger in world.ledgers.items()}
    return answer


def tmdb_truth(world: World, kind: str, *, ids: bool, requests: bool) -> dict[str, object]:
    """Return what is true of TMDB's films or series, and its ledger.

    Args:
        world: what is simulated.
        kind: a name of `TMDB_KINDS`.
        ids: add the ids of the titles there are, and of those that are gone.
        requests: add every request, in order of arrival.
    """
    tmdb = world.tmdb
    titles, ledger = tmdb.titles[TMDB_KINDS[kind]], world.ledgers[tmdb.name]
    answer: dict[str, object] = {
        "kind": kind,
        "seed": world.options.seed,
        "clock": world.clock.now(),
        "total": len(titles.numbers) - len(titles.gone),
        "removed": len(titles.gone),
        "changed": {str(titles.id_of(number)): day.isoformat() for number, day in titles.changed.items()},
        "ledger": {tmdb.name: ledger.summary()},
    }
    if ids:
        answer["ids"] = sorted(titles.id_of(number) for number in titles.numbers if number not in titles.gone)
        answer["removed_ids"] = sorted(titles.id_of(number) for number in titles.gone)
    if requests:
        answer["requests"] = {tmdb.name: ledger.requests()}
    return answer


def _items(catalogue: Catalogue, statuses: Counter[str]) -> Iterator[bytes]:
    """Yield each item as a member of a JSON object, and count its status: as dicts, all of them would fill memory."""
    for number in catalogue.existing():
        item = catalogue.item(number)
        shown: dict[str, object] = {name: item[name] for name in catalogue.kind.told if name in item}
        shown.update(catalogue.made.about(number))
        if catalogue.raw(number) is not None:
            shown["raw"] = True
        statuses[str(item.get("assetStatus"))] += 1
        yield to_json(catalogue.content_id(number)) + b":" + to_json(shown)
