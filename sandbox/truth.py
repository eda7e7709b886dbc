"""What is true, for a test to compare tables with."""

from collections import Counter

from sandbox.catalogue import Catalogue
from sandbox.world import World

_FIELDS = ("id", "title", "updateDate", "startDate", "endDate", "assetStatus", "premium")


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
        listed = _items(catalogue)
        answer["items"] = listed
        answer["by_status"] = dict(Counter(str(item.get("assetStatus")) for item in listed.values()))
    if requests:
        answer["requests"] = {name: ledger.requests() for name, ledger in world.ledgers.items()}
    return answer


def _items(catalogue: Catalogue) -> dict[str, dict[str, object]]:
    listed = {}
    for number in catalogue.existing():
        item = catalogue.item(number)
        shown: dict[str, object] = {name: item[name] for name in _FIELDS if name in item}
        shown.update(catalogue.made.about(number))
        if catalogue.raw(number) is not None:
            shown["raw"] = True
        listed[catalogue.content_id(number)] = shown
    return listed
