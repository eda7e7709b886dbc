"""Whatever moves while it is read: a listing that says complete has seen every item that was there throughout."""

import asyncio
import itertools
import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from catalog_assets.hotstar.census import take_census
from catalog_assets.hotstar.kinds import MOVIE, Kind
from catalog_assets.hotstar.listing import ListingResult
from catalog_assets.hotstar.pages import read_facts
from catalog_assets.hotstar.updates import list_updates
from catalog_assets.hotstar.windows import Paging
from resources.databases import Database
from resources.errors import ServiceUnreachable
from tests.hotstar.memory_service import Item, MemoryService, numbered

SMALL = Paging(size=5, reach=15)
NOW_S = int(time.time())
"""Items of the tests were updated days ago, unless a test updates them while it reads."""

_kinds = itertools.count()


@dataclass(frozen=True)
class Lister:
    """Runs listings against one database; each kind is a world of its own."""

    runner: asyncio.Runner
    database: Database

    def census(self, service: MemoryService, kind: Kind) -> ListingResult:
        return self.runner.run(
            take_census(
                kind=kind, client=service, database=self.database, run_id="run", origin="memory", paging=service.paging
            )
        )

    def updates(self, service: MemoryService, kind: Kind, start: datetime, end: datetime) -> ListingResult:
        return self.runner.run(
            list_updates(
                kind=kind,
                client=service,
                database=self.database,
                run_id="run",
                origin="memory",
                start=start,
                end=end,
                paging=service.paging,
            )
        )


@pytest.fixture
def lister(source_url: str) -> Iterator[Lister]:
    with asyncio.Runner() as runner:
        database = Database(source_url)
        yield Lister(runner, database)
        runner.run(database.aclose())


def new_kind() -> Kind:
    return replace(MOVIE, name=f"movie {next(_kinds)}")


@st.composite
def catalogues(draw: st.DrawFn, *, undated: bool, most: int = 150) -> dict[str, Item]:
    """Items whose dates are bunched as a service's are: many in one second, some without a date."""
    random = draw(st.randoms(use_true_random=False, note_method_calls=False))
    seconds = [NOW_S - random.randrange(86_400, 10**7) for _ in range(draw(st.integers(1, 60)))]
    starts = [None, 0, 32_535_072_000, *(random.randrange(-100, 100) for _ in range(draw(st.integers(0, 60))))]
    lacking = draw(st.sampled_from([0.0, 0.02, 0.3])) if undated else 0.0

    crowd = draw(st.sampled_from([0.0, 0.2, 0.5]))

    def item() -> Item:
        crowded = seconds[0] if random.random() < crowd else random.choice(seconds)
        return Item(
            None if random.random() < lacking else crowded, random.choice(starts), random.choice([True, False, None])
        )

    return numbered(item() for _ in range(draw(st.integers(0, most))))


@dataclass(frozen=True)
class Change:
    at: int
    what: str
    which: int


CHANGES = st.lists(
    st.builds(Change, st.integers(2, 60), st.sampled_from(["add", "remove", "update"]), st.integers(0, 10**6)),
    max_size=10,
)


def moving(service: MemoryService, changes: list[Change]) -> Callable[[], set[str]]:
    """Makes a service change between requests; returns what tells the ids that were there throughout."""
    throughout = service.ids()
    clock = itertools.count(NOW_S + 5)

    def before(number: int) -> None:
        for change in changes:
            if change.at != number:
                continue
            present = sorted(service.items)
            if change.what == "add":
                service.items.setdefault(f"{change.which % 90_000_000:08d}", Item(next(clock), change.which % 200))
            elif present and change.what == "remove":
                gone = present[change.which % len(present)]
                del service.items[gone]
                throughout.discard(gone)
            elif present:
                service.touch(present[change.which % len(present)], next(clock))

    service.before = before
    return lambda: throughout


def seen_by(service: MemoryService) -> set[str]:
    facts = [read_facts(body)[0] for body in service.answered]
    return {content_id for page in facts if page for content_id in page.ids}


QUIET = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@QUIET
@given(catalogues(undated=True))
def test_a_census_at_rest_sees_everything_or_says_what_it_cannot_reach(lister: Lister, items: dict[str, Item]) -> None:
    service = MemoryService(items, SMALL)

    result = lister.census(service, new_kind())
    event(result.status + " " + re.sub(r"[0-9=A-Za-z]*Date=\S*|[0-9]+", "", result.problem or "")[:60])

    if result.status == "complete":
        assert seen_by(service) == service.ids()
        assert result.total == result.distinct_ids == len(items)
    else:
        assert result.problem is not None
        assert (
            "reached by no filter" in result.problem
            or "no filter divides" in result.problem
            or "paging reaches" in result.problem
        )


@QUIET
@given(catalogues(undated=False), CHANGES)
def test_a_complete_census_saw_every_item_that_was_there_throughout(
    lister: Lister, items: dict[str, Item], changes: list[Change]
) -> None:
    service = MemoryService(items, SMALL)
    throughout = moving(service, changes)

    result = lister.census(service, new_kind())
    event(result.status + " " + re.sub(r"[0-9=A-Za-z]*Date=\S*|[0-9]+", "", result.problem or "")[:60])

    if result.status == "complete":
        missing = throughout() - seen_by(service)
        assert missing == set(), {content_id: service.items[content_id] for content_id in missing}
    else:
        assert result.problem


@QUIET
@given(catalogues(undated=True), CHANGES)
def test_no_item_with_an_update_time_is_hidden_by_those_without(
    lister: Lister, items: dict[str, Item], changes: list[Change]
) -> None:
    service = MemoryService(items, SMALL)
    dated = {content_id for content_id, item in items.items() if item.update is not None}
    throughout = moving(service, changes)

    result = lister.census(service, new_kind())

    if result.status == "complete":
        assert throughout() & dated <= seen_by(service)


@QUIET
@given(catalogues(undated=True), CHANGES.map(lambda changes: changes[:1]))
def test_one_change_while_it_reads_hides_no_item_at_all(
    lister: Lister, items: dict[str, Item], changes: list[Change]
) -> None:
    service = MemoryService(items, SMALL)
    throughout = moving(service, changes)

    result = lister.census(service, new_kind())

    if result.status == "complete":
        assert throughout() <= seen_by(service)


@QUIET
@given(catalogues(undated=False), CHANGES, st.lists(st.integers(1, 40), max_size=3))
def test_a_census_cut_off_and_taken_up_saw_every_item_that_was_there_throughout(
    lister: Lister, items: dict[str, Item], changes: list[Change], cuts: list[int]
) -> None:
    service = MemoryService(items, SMALL)
    throughout = moving(service, changes)
    change = service.before
    cut_off = {sum(cuts[: place + 1]) for place in range(len(cuts))}

    def before(number: int) -> None:
        change(number)
        if number in cut_off:
            raise ServiceUnreachable("cut off", "hotstar")

    service.before = before
    kind = new_kind()
    result = None
    while result is None:
        with suppress(ServiceUnreachable):
            result = lister.census(service, kind)

    if result.status == "complete":
        assert throughout() <= seen_by(service)


@QUIET
@given(catalogues(undated=False, most=80), CHANGES)
def test_a_complete_window_saw_every_item_that_was_in_it_throughout(
    lister: Lister, items: dict[str, Item], changes: list[Change]
) -> None:
    service = MemoryService(items, SMALL)
    throughout = moving(service, changes)
    start, end = datetime.fromtimestamp(NOW_S - 86_400 * 3, UTC), datetime.fromtimestamp(NOW_S + 3600, UTC)

    result = lister.updates(service, new_kind(), start, end)
    event(result.status + " " + re.sub(r"[0-9=A-Za-z]*Date=\S*|[0-9]+", "", result.problem or "")[:60])

    if result.status == "complete":
        first = (start - timedelta(hours=1)).timestamp()
        live = {content_id for content_id in throughout() if (service.items[content_id].update or 0) >= first}
        unchanged = {content_id for content_id in live if (service.items[content_id].update or 0) < NOW_S}
        assert unchanged <= seen_by(service)
