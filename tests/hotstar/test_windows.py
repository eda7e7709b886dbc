"""How a listing is divided: the windows are the whole, nothing twice, and they fill their pages."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_assets.hotstar.windows import (
    SLACK,
    Filters,
    Paging,
    Planned,
    Window,
    windows_by_count,
    windows_by_sample,
)

PAGING = Paging()
SECONDS = st.integers(-50, 50)
ENDS = st.tuples(st.none() | st.integers(-60, 0), st.none() | st.integers(0, 60)).map(lambda ends: Window(*ends))


def assert_partition(planned: list[Planned], whole: Window) -> None:
    """Every second of the whole lies in exactly one window, open ends included."""
    assert planned[0].window.first == whole.first
    assert planned[-1].window.last == whole.last
    for earlier, later in pairwise(planned):
        assert earlier.window.last is not None
        assert later.window.first == earlier.window.last + 1
    for piece in planned:
        assert piece.window.first is None or piece.window.last is None or piece.window.first <= piece.window.last


@given(ENDS, st.lists(SECONDS, min_size=1), st.integers(26, 500))
def test_windows_made_from_a_sample_are_the_whole_and_each_is_narrower(
    whole: Window, sample: list[int], total: int
) -> None:
    planned = windows_by_sample(whole, sample, total, Paging(size=5, reach=15))

    if planned:
        assert_partition(planned, whole)
        assert len(planned) > 1
    else:
        assert whole.single or not any(whole.holds(second) for second in sample)


@given(ENDS, st.dictionaries(SECONDS, st.integers(1, 40), min_size=1))
def test_windows_made_from_counts_are_the_whole_and_hold_what_they_expect(
    whole: Window, counts: dict[int, int]
) -> None:
    paging = Paging(size=5, reach=15)
    known = sorted(counts.items())

    planned = windows_by_count(whole, known, paging)

    if planned:
        assert_partition(planned, whole)
    for piece in planned:
        held = {second: items for second, items in known if piece.window.holds(second) and whole.holds(second)}
        assert piece.expected == sum(held.values())
        assert piece.expected <= paging.items(paging.planned_pages) or len(held) == 1


def test_a_second_too_full_for_a_part_is_a_window_of_its_own() -> None:
    sample = [5] * 700 + list(range(100, 400))

    windows = [piece.window for piece in windows_by_sample(Window(), sample, 40_000, PAGING)]

    assert Window(5, 5) in windows
    assert windows[0] == Window(None, 4)


def test_known_dates_fill_all_pages_but_the_last_of_the_newest_part() -> None:
    counts = {number * 7919**2 % 1_800_000_011: 1 for number in range(40_000)}
    counts[1_676_006_130] = 11_000

    planned = windows_by_count(Window(), sorted(counts.items()), PAGING)

    pages = [PAGING.pages(piece.expected + SLACK) for piece in planned]
    assert sum(pages) <= 52
    assert max(pages) <= PAGING.planned_pages


def test_a_part_holds_what_twenty_overlapping_pages_hold() -> None:
    assert PAGING.most_pages == 20
    assert PAGING.capacity == 19_981
    assert PAGING.planned_pages == 18


@pytest.mark.parametrize(("items", "pages"), [(0, 1), (1, 1), (1000, 1), (1001, 2), (1999, 2), (2000, 3)])
def test_pages_overlap_by_one_item(items: int, pages: int) -> None:
    assert PAGING.pages(items) == pages


@given(ENDS, ENDS, st.none() | st.booleans())
def test_filters_are_read_back_from_their_parameters(update: Window, start: Window, premium: bool | None) -> None:
    filters = Filters(update, start, premium)

    assert Filters.from_params(filters.params()) == filters
