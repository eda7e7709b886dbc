"""The items of one kind: what is true now, and what the search index shows of it yet.

An unchanged item is stored nowhere. A changed one is a document: the fields that differ from its arithmetic, and a
version. A change is true at once and becomes searchable after a lag; until then searches show the document before it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush

from sandbox.arithmetic import mix, stream
from sandbox.clock import Clock
from sandbox.encoding import to_json
from sandbox.index import Index
from sandbox.kept import Kept
from sandbox.kinds import ABSENT, Keys, Kind, Made, Table

_LAG = stream("catalogue.lag")
DEFAULT_LAG = 600
"""Longest index lag in seconds (design: up to 10 minutes)."""


@dataclass(frozen=True, slots=True)
class Document:
    """How an item differs from its arithmetic."""

    exists: bool = True
    fields: Mapping[str, object] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
    version: int = 0


UNCHANGED = Document()
NEVER = Document(exists=False)


class Catalogue:
    """One kind's items, their changes, and the index that lags behind them."""

    def __init__(self, kind: Kind, make: Callable[[], Made], *, seed: int, clock: Clock, kept: Kept) -> None:
        """Hold what `make` makes, at once and again at each reset; `kept` holds the JSON of every catalogue."""
        self.kind = kind
        self._make = make
        self._seed = seed
        self._clock = clock
        self._kept = kept
        self.reset()

    def reset(self) -> None:
        """Forget every change."""
        self.made = self._make()
        self._count = len(self.made)
        self._table: Table | None = None
        self._index: Index | None = None
        self.longest_lag = DEFAULT_LAG
        self.next_number = self._count
        self._true: dict[int, Document] = {}
        self._shown: dict[int, Document] = {}
        self._waiting: list[tuple[float, int, int, Document]] = []
        self._raw: dict[int, bytes] = {}
        self._version = 0
        self._removed: dict[int, None] = {}
        self._changed_ids: dict[str, int] | None = None
        self._kept.forget()

    def __len__(self) -> int:
        return self.next_number - len(self._removed)

    @property
    def index(self) -> Index:
        """What searches look at, made when it is first asked for: most sandboxes are asked for one kind."""
        if self._index is None:
            self._index = Index(self.kind, self._at_start())
        return self._index

    def warm(self) -> None:
        """Make the index and encode items ahead, as many as are kept."""
        for number in self.index.numbers():
            if self._kept.full:
                break
            self.body(number)

    def document(self, number: int) -> Document:
        """Return what is true of an item now."""
        return self._true.get(number, UNCHANGED if number < self._count else NEVER)

    def existing(self) -> Iterator[int]:
        """Yield the numbers of the items that exist now."""
        return (number for number in range(self.next_number) if number not in self._removed)

    def removed(self) -> list[int]:
        """Return the numbers of the items that are gone, in the order they went."""
        return list(self._removed)

    def waiting(self) -> int:
        """Return how many changes the index does not show yet."""
        return len(self._waiting)

    def number_of(self, content_id: str) -> int | None:
        """Return the number of the item with this content id, the first where several have it."""
        if self._changed_ids is None:
            self._changed_ids = {}
            for number in sorted(self._true):
                self._changed_ids.setdefault(self.content_id(number), number)
        unchanged = [number for number in self.index.numbers_of(content_id) if number not in self._true]
        changed = self._changed_ids.get(content_id)
        return min(unchanged if changed is None else [*unchanged, changed], default=None)

    def content_id(self, number: int) -> str:
        """Return an item's content id as text."""
        if number < self._count and number not in self._true:
            return self._at_start().content_ids[number]
        return self._keys(number, self.document(number)).content_id

    def item(self, number: int, document: Document | None = None) -> dict[str, object]:
        """Return an item as it is now, or as a document describes it."""
        document = document or self.document(number)
        item = {**self.made.item(number), **document.fields}
        for name in document.left_out | self.kind.hidden:
            item.pop(name, None)
        return item

    def raw(self, number: int) -> bytes | None:
        """Return the bytes that stand for an item in answers, where a test has planted some."""
        return self._raw.get(number)

    def add(self, fields: Mapping[str, object], left_out: frozenset[str]) -> int:
        """Make the next item and return its number."""
        number = self.next_number
        self.next_number += 1
        self._change(number, Document(fields=dict(fields), left_out=left_out))
        return number

    def add_like(self, number: int) -> int:
        """Make another item that shows exactly what an item shows now, and return its number."""
        item = self.item(number)
        unlike = self.made.item(self.next_number).keys() - item.keys()
        return self.add(item, frozenset(unlike))

    def update(self, number: int, fields: Mapping[str, object], left_out: frozenset[str]) -> None:
        """Change some fields of an item; a field named in both is left out."""
        old = self.document(number)
        self._change(
            number,
            replace(old, fields={**old.fields, **fields}, left_out=(old.left_out - fields.keys()) | left_out),
        )

    def remove(self, number: int) -> None:
        """Take an item away."""
        self._change(number, replace(self.document(number), exists=False))

    def restore(self, number: int, fields: Mapping[str, object]) -> None:
        """Bring a removed item back."""
        old = self.document(number)
        self._change(number, replace(old, exists=True, fields={**old.fields, **fields}))

    def plant(self, number: int, raw: bytes | None) -> None:
        """Show these bytes in place of the item, at once, or the item again."""
        if raw is None:
            self._raw.pop(number, None)
        else:
            self._raw[number] = raw

    def bring_up_to_date(self) -> None:
        """Let the index learn the changes whose lag has passed."""
        if not self._waiting:
            return
        now = self._clock.now()
        learnt: dict[int, Document] = {}
        while self._waiting and self._waiting[0][0] <= now:
            _, _, number, document = heappop(self._waiting)
            # A later version may have become searchable first: an older one never comes back.
            if document.version > learnt.get(number, self._shown.get(number, UNCHANGED)).version:
                learnt[number] = document
        self._shown.update(learnt)
        self.index.replace(
            (number, self._keys(number, document) if document.exists else None) for number, document in learnt.items()
        )

    def body(self, number: int) -> bytes:
        """Return the JSON that searches show for an item."""
        raw = self._raw.get(number)
        if raw is not None:
            return raw
        document = self._shown.get(number, UNCHANGED)
        kept = self._kept.get(self.kind.name, number, document.version)
        if kept is None:
            # orjson's own bytes hold on to four times their length; a copy holds no more than it shows.
            kept = bytes(memoryview(to_json(self.item(number, document))))
            self._kept.keep(self.kind.name, number, document.version, kept)
        return kept

    def _at_start(self) -> Table:
        if self._table is None:
            self._table = self.made.table()
        return self._table

    def _change(self, number: int, document: Document) -> None:
        self._version += 1
        document = replace(document, version=self._version)
        self._true[number] = document
        if document.exists:
            self._removed.pop(number, None)
        else:
            self._removed[number] = None
        # Which of several items is the first may have changed; a new one is the last.
        if self._changed_ids is not None and number == self.next_number - 1:
            self._changed_ids.setdefault(self.content_id(number), number)
        else:
            self._changed_ids = None
        lag = mix(self._seed, _LAG, self._version) % (self.longest_lag + 1)
        heappush(self._waiting, (self._clock.now() + lag, self._version, number, document))

    def _keys(self, number: int, document: Document) -> Keys:
        keys = self.made.keys(number)
        if not document.fields and not document.left_out:
            return keys
        columns = tuple(
            ABSENT if name in document.left_out else _integer(document.fields.get(name, value))
            for name, value in zip(self.kind.columns, keys.columns, strict=True)
        )
        return Keys(str(document.fields.get("contentId", keys.content_id)), columns)


def _integer(value: object) -> int:
    """Return how the index sees a field: true is 1, and what is no integer of 64 bits is not seen."""
    return int(value) if isinstance(value, int) and abs(value) < -ABSENT else ABSENT
