"""One part of a listing: which page to ask for next, and whether what was read is proven complete.

An item on an ascending page has the rank offset + place, on a descending page total - 1 - (offset + place). A reading
is proven when all its pages report one total, no rank holds two ids and every rank is filled: neighbouring pages share
an item, so a removal between two pages, which shifts the rest and hides one, shows as two ids at the shared rank.
Counting ids alone is fooled by it. Nothing here asks the service or the database.
"""

from collections import Counter
from dataclasses import dataclass
from enum import Enum

from catalog_assets.hotstar.windows import Paging

MOST_READINGS = 3
"""How often a part is read before its listing ends without proof."""

MOST_TRIES = 3
"""How often one page is asked for in a reading when its answers cannot be read."""

MOST_AHEAD = 6
"""How many pages are asked for before the first answer tells how many there are."""


@dataclass(frozen=True, slots=True)
class PageKey:
    """Which page of a part: from which end, and where."""

    descending: bool
    offset: int


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What a listing needs of one page: its total, and of each item the id, update time, start time (epoch seconds)."""

    total: int
    ids: tuple[str, ...]
    updates: tuple[int | None, ...]
    starts: tuple[int | None, ...]


class State(Enum):
    """What became of a part."""

    READING = "reading"
    PROVEN = "proven"
    OVERFLOWING = "overflowing"
    FAILED = "failed"


class PartReading:
    """The readings of one part.

    Args:
        paging: the service's limits.
        at_least: items that are almost surely there, if anything is known: so many pages are asked for before the first
            answer, six at most.
        reading: number of the first reading; later ones count from it.

    Attributes:
        state: what became of it so far.
        reading: number of the reading under way.
        total: the service's count, once known.
        duplicates: items listed more than once in two readings alike, counted beyond their first place.
        problem: why it failed, in words.
    """

    def __init__(self, paging: Paging, at_least: int | None = None, reading: int = 1) -> None:
        self.state = State.READING
        self.reading = reading
        self.total: int | None = None
        self.duplicates = 0
        self.problem: str | None = None
        self._paging = paging
        self._at_least = at_least
        self._last_reading = reading + MOST_READINGS - 1
        self._repeated: Counter[str] | None = None
        self._pages: dict[PageKey, PageFacts] = {}
        self._asked: set[PageKey] = set()
        self._tries: Counter[PageKey] = Counter()

    @property
    def pages(self) -> list[PageFacts]:
        """The pages of the present reading."""
        return list(self._pages.values())

    def release(self) -> None:
        """Lets go of the pages read: a proven part needs them no more."""
        self._pages = {}

    def next_page(self) -> PageKey | None:
        """The page to ask for now, noted as asked; None if there is none to ask for at present."""
        if self.state is not State.READING:
            return None
        key = next((key for key in self._wanted() if key not in self._asked), None)
        if key is not None:
            self._asked.add(key)
        return key

    def take(self, key: PageKey, reading: int, facts: PageFacts) -> None:
        """Takes one answer in; answers of a reading given up are left aside."""
        if self.state is not State.READING or reading < self.reading:
            return
        if reading > self.reading:
            self._begin(reading)
        self._asked.add(key)
        self._pages[key] = facts
        if self.total is None:
            self.total = self._at_least = facts.total
            if facts.total > self._paging.capacity:
                self.state = State.OVERFLOWING
                return
        elif facts.total != self.total:
            self._at_least = facts.total
            self._again(f"the service's count moved from {self.total} to {facts.total}")
            return
        if all(wanted in self._pages for wanted in self._wanted()):
            self._judge(self.total)

    def take_unreadable(self, key: PageKey, reading: int, problem: str) -> None:
        """Takes in an answer that is no page: asks for it again, a bounded number of times."""
        if self.state is not State.READING or reading != self.reading:
            return
        self._tries[key] += 1
        if self._tries[key] >= MOST_TRIES:
            end = "the far end" if key.descending else "the near end"
            self.give_up(f"the page at offset {key.offset} from {end} could not be read {MOST_TRIES} times: {problem}")
            return
        self._asked.discard(key)

    def give_up(self, problem: str) -> None:
        """Ends the reading without proof."""
        self.state = State.FAILED
        self.problem = problem

    def _wanted(self) -> list[PageKey]:
        """The pages of this reading as far as known, taken in turn from both ends."""
        if self.total is not None:
            count = self._paging.pages(self.total)
        elif self._at_least is not None:
            count = min(MOST_AHEAD, self._paging.pages(self._at_least))
        else:
            count = 1
        return [PageKey(index % 2 == 1, index // 2 * self._paging.step) for index in range(count)]

    def _judge(self, total: int) -> None:
        ranks: dict[int, str] = {}
        for key, facts in self._pages.items():
            for place, content_id in enumerate(facts.ids):
                rank = key.offset + place
                if key.descending:
                    rank = total - 1 - rank
                if ranks.setdefault(rank, content_id) != content_id:
                    self._again("its items moved between two pages")
                    return
        if len(ranks) != total or (ranks and (min(ranks) < 0 or max(ranks) >= total)):
            self._again(f"its pages hold {len(ranks)} of {total} items")
            return
        repeated = Counter({content_id: count for content_id, count in Counter(ranks.values()).items() if count > 1})
        if repeated and repeated != self._repeated:
            self._again(
                f"the service lists {len(repeated)} items more than once, not the same ones each time", repeated
            )
            return
        self.duplicates = sum(repeated.values()) - len(repeated)
        self.state = State.PROVEN

    def _again(self, why: str, repeated: Counter[str] | None = None) -> None:
        if self.reading >= self._last_reading:
            self.give_up(f"read {MOST_READINGS} times without proof: {why}")
            return
        self._begin(self.reading + 1)
        self._repeated = repeated

    def _begin(self, reading: int) -> None:
        self.reading = reading
        self.total = None
        self._pages, self._asked = {}, set()
        self._tries.clear()
