"""Changes to a catalogue as tests ask for them: so many of something, chosen by arithmetic, or these ids."""

from collections.abc import Mapping, Sequence
from typing import Literal

from sandbox.arithmetic import mix, stream
from sandbox.catalogue import Catalogue
from sandbox.clock import Clock

Who = Literal["existing", "published", "unpublished", "removed"]

_CHOICE = stream("changes.choice")


def choose(catalogue: Catalogue, salt: int, count: int, who: Who) -> list[int]:
    """Return up to `count` numbers of the items meant; another salt gives others."""
    pool = catalogue.removed() if who == "removed" else list(catalogue.existing())
    pool.sort(key=lambda number: mix(salt, _CHOICE, number))
    if who in ("existing", "removed"):
        return pool[:count]
    chosen: list[int] = []
    for number in pool:
        if len(chosen) == count:
            break
        if catalogue.item(number).get("assetStatus") == who.upper():
            chosen.append(number)
    return chosen


def add(
    catalogue: Catalogue, clock: Clock, count: int, fields: Mapping[str, object], left_out: frozenset[str]
) -> list[str]:
    """Make new items and return their content ids."""
    stamped = {"updateDate": int(clock.now()), **fields}
    return _ids(catalogue, [catalogue.add(stamped, left_out) for _ in range(count)])


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
    stamp = {"updateDate": int(clock.now())} if touch else {}
    for number in numbers:
        changed = fields or {} if left_out or fields else {"title": _revised(catalogue, number)}
        catalogue.update(number, {**stamp, **changed}, left_out)
    return ids


def set_status(catalogue: Catalogue, clock: Clock, numbers: Sequence[int], status: str) -> list[str]:
    """Publish or unpublish items and return their content ids."""
    return update(catalogue, clock, numbers, {"assetStatus": status}, frozenset(), touch=True)


def remove(catalogue: Catalogue, numbers: Sequence[int]) -> list[str]:
    """Take items away and return their content ids."""
    for number in numbers:
        catalogue.remove(number)
    return _ids(catalogue, numbers)


def restore(catalogue: Catalogue, clock: Clock, numbers: Sequence[int], *, touch: bool) -> list[str]:
    """Bring removed items back and return their content ids."""
    for number in numbers:
        catalogue.restore(number, {"updateDate": int(clock.now())} if touch else {})
    return _ids(catalogue, numbers)


def duplicate(catalogue: Catalogue, number: int) -> list[str]:
    """Add an entry that looks like an item, and return the content id that now stands twice."""
    return _ids(catalogue, [catalogue.add_like(number)])


def _ids(catalogue: Catalogue, numbers: Sequence[int]) -> list[str]:
    return [catalogue.content_id(number) for number in numbers]


def _revised(catalogue: Catalogue, number: int) -> str:
    title, _, times = str(catalogue.item(number).get("title", "")).partition(" ▸ version ")
    return f"{title} ▸ version {int(times or 1) + 1}"
