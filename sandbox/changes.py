"""Changes to a catalogue as tests ask for them: so many of something, chosen by arithmetic, or these ids."""

from collections.abc import Iterable, Mapping, Sequence
from heapq import nsmallest
from typing import Literal

from sandbox.arithmetic import mix, stream
from sandbox.catalogue import Catalogue
from sandbox.clock import Clock

Who = Literal["existing", "published", "unpublished", "removed"]

_CHOICE = stream("changes.choice")


def choose(catalogue: Catalogue, salt: int, count: int, who: Who) -> list[int]:
    """Return up to `count` numbers of the items meant; another salt gives others."""
    pool = catalogue.removed() if who == "removed" else catalogue.existing()

    def place(number: int) -> int:
        return mix(salt, _CHOICE, number)

    if who in ("existing", "removed"):
        return nsmallest(count, pool, key=place)
    chosen: list[int] = []
    for number in sorted(pool, key=place):
        if len(chosen) == count:
            break
        if catalogue.item(number).get("assetStatus") == who.upper():
            chosen.append(number)
    return chosen


def add(
    catalogue: Catalogue, clock: Clock, items: Iterable[Mapping[str, object]], left_out: frozenset[str]
) -> list[str]:
    """Make new items, each with fields of its own, and return their content ids."""
    stamp = _stamp(catalogue, clock)
    return _ids(catalogue, [catalogue.add({**stamp, **fields}, left_out) for fields in items])


def update(
    catalogue: Catalogue,
    clock: Clock,
    numbers: Sequence[int],
    fields: Mapping[str, object],
    left_out: frozenset[str],
    *,
    touch: bool,
) -> list[str]:
    """Change items and return their content ids as they were."""
    ids = _ids(catalogue, numbers)
    stamp = _stamp(catalogue, clock) if touch else {}
    for number in numbers:
        changed = fields or {} if left_out or fields else _revised(catalogue, number)
        catalogue.update(number, {**stamp, **changed}, left_out)
    return ids


def remove(catalogue: Catalogue, numbers: Sequence[int]) -> list[str]:
    """Take items away and return their content ids."""
    for number in numbers:
        catalogue.remove(number)
    return _ids(catalogue, numbers)


def restore(catalogue: Catalogue, clock: Clock, numbers: Sequence[int], *, touch: bool) -> list[str]:
    """Bring removed items back and return their content ids."""
    for number in numbers:
        catalogue.restore(number, _stamp(catalogue, clock) if touch else {})
    return _ids(catalogue, numbers)


def day(
    catalogue: Catalogue,
    clock: Clock,
    salt: int,
    *,
    adds: Iterable[Mapping[str, object]],
    updates: int,
    removals: int,
    returns: int,
) -> list[str]:
    """Let a day's changes happen now and return the content ids touched; three salts from `salt` on are used."""
    touched = restore(catalogue, clock, choose(catalogue, salt, returns, "removed"), touch=True)
    touched += remove(catalogue, choose(catalogue, salt + 1, removals, "existing"))
    changing = choose(catalogue, salt + 2, updates, "existing")
    touched += update(catalogue, clock, changing, {}, frozenset(), touch=True)
    return touched + add(catalogue, clock, adds, frozenset())


def duplicate(catalogue: Catalogue, number: int) -> list[str]:
    """Add an entry that looks like an item, and return the content id that now stands twice."""
    return _ids(catalogue, [catalogue.add_like(number)])


def _ids(catalogue: Catalogue, numbers: Sequence[int]) -> list[str]:
    return [catalogue.content_id(number) for number in numbers]


def _stamp(catalogue: Catalogue, clock: Clock) -> dict[str, object]:
    stamp = catalogue.kind.stamp
    return {} if stamp is None else {stamp.field: int(clock.now() * stamp.per_second)}


def _revised(catalogue: Catalogue, number: int) -> dict[str, object]:
    field = "title" if "title" in catalogue.kind.told else "name"
    title, _, times = str(catalogue.item(number).get(field, "")).partition(" ▸ version ")
    return {field: f"{title} ▸ version {int(times or 1) + 1}"}
