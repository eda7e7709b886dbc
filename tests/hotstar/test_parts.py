"""A part's proof: it holds only for readings that hide no live item."""

from bisect import insort
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from catalog_assets.hotstar.parts import MOST_TRIES, PageFacts, PageKey, PartReading, State
from catalog_assets.hotstar.windows import Paging

SMALL = Paging(size=5, reach=25)


def page_of(ids: list[str], key: PageKey, paging: Paging) -> PageFacts:
    ordered = ids[::-1] if key.descending else ids
    listed = tuple(ordered[key.offset : key.offset + paging.size])
    return PageFacts(len(ids), listed, (None,) * len(listed), (None,) * len(listed))


def read(
    ids: list[str], before: Callable[[int], None] = lambda _: None, expected: int | None = None
) -> tuple[PartReading, list[PageKey]]:
    """Reads a part page by page; `before` may change `ids` before each answer."""
    part = PartReading(SMALL, expected)
    asked = []
    while (key := part.next_page()) is not None:
        asked.append(key)
        before(len(asked))
        part.take(key, part.reading, page_of(ids, key, SMALL))
    return part, asked


def names(count: int) -> list[str]:
    return [f"{number:04d}" for number in range(0, count * 10, 10)]


@given(st.integers(0, SMALL.capacity), st.none() | st.integers(0, 60))
def test_a_part_at_rest_is_proven_with_the_fewest_pages(count: int, expected: int | None) -> None:
    ids = names(count)

    part, asked = read(ids, expected=expected if expected is None or expected <= count else count)

    assert part.state is State.PROVEN
    assert len(asked) == SMALL.pages(count)
    assert {content_id for page in part.pages for content_id in page.ids} == set(ids)


CHANGES = st.lists(st.tuples(st.integers(1, 12), st.booleans(), st.integers(0, 400)), max_size=12)


@given(st.integers(1, SMALL.capacity), st.integers(0, 60), CHANGES)
def test_a_proven_part_saw_every_item_that_was_there_throughout(
    count: int, expected: int, changes: list[tuple[int, bool, int]]
) -> None:
    ids = names(count)
    throughout = set(ids)

    def before(number: int) -> None:
        for at, adds, place in changes:
            if at != number:
                continue
            if adds and f"{place:04d}" not in ids:
                insort(ids, f"{place:04d}")
            elif not adds and ids:
                throughout.discard(ids.pop(place % len(ids)))

    part, _ = read(ids, before, expected)

    if part.state is State.PROVEN:
        seen = {content_id for page in part.pages for content_id in page.ids}
        assert throughout <= seen


@given(st.permutations(range(9)))
def test_answers_may_come_in_any_order(order: list[int]) -> None:
    ids = names(37)
    part = PartReading(SMALL, at_least=100)
    first = part.next_page()
    assert first is not None
    part.take(first, 1, page_of(ids, first, SMALL))
    keys = [first, *iter(part.next_page, None)]
    assert len(keys) == SMALL.pages(37) == 9

    for index in order:
        part.take(keys[index], 1, page_of(ids, keys[index], SMALL))

    assert part.state is State.PROVEN


def test_one_removed_and_one_added_between_two_pages_is_noticed_although_the_counts_agree() -> None:
    ids = names(14)

    def before(number: int) -> None:
        if number == 2:
            del ids[0]
            ids.append("9999")

    part, asked = read(ids, before, expected=0)

    assert part.state is State.PROVEN
    assert part.reading == 2
    assert len(asked) > SMALL.pages(14)


def test_duplicates_found_again_are_the_services_own() -> None:
    ids = sorted([*names(12), "0030", "0030", "0070"])

    part, _ = read(ids)

    assert part.state is State.PROVEN
    assert part.reading == 2
    assert part.duplicates == 3


def test_duplicates_that_differ_between_readings_prove_nothing() -> None:
    ids = names(5)

    def double_another(number: int) -> None:
        ids[:] = sorted([*names(4), f"00{number % 3}0"])

    part, _ = read(ids, double_another)

    assert part.state is State.FAILED
    assert part.problem is not None
    assert "more than once" in part.problem


def test_a_part_that_never_rests_is_given_up_after_three_readings() -> None:
    ids = names(30)

    def shift(number: int) -> None:
        ids.pop(0)
        ids.append(f"9{number:03d}")

    part, asked = read(ids, shift)

    assert part.state is State.FAILED
    assert part.problem is not None
    assert "3 times" in part.problem
    assert len(asked) <= 3 * SMALL.most_pages


def test_a_part_too_long_for_paging_overflows_at_its_first_answer() -> None:
    part, asked = read(names(SMALL.capacity + 1))

    assert part.state is State.OVERFLOWING
    assert len(asked) == 1
    assert part.total == SMALL.capacity + 1


def test_an_unreadable_answer_is_asked_for_again_and_then_given_up() -> None:
    part = PartReading(SMALL)
    for _ in range(MOST_TRIES):
        key = part.next_page()
        assert key is not None
        assert part.next_page() is None
        part.take_unreadable(key, 1, "the answer is not a listing")

    assert part.state is State.FAILED
    assert part.problem is not None
    assert "the answer is not a listing" in part.problem
    assert part.next_page() is None


def test_answers_of_a_reading_given_up_are_left_aside() -> None:
    part = PartReading(SMALL)
    part.take(PageKey(descending=False, offset=0), 2, page_of(names(12), PageKey(descending=False, offset=0), SMALL))

    part.take(PageKey(descending=True, offset=0), 1, PageFacts(3, ("x",), (None,), (None,)))

    assert part.state is State.READING
    assert part.reading == 2
