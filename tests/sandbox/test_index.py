"""The index answers as a plain list would, whatever is put in and taken out."""

from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.index import Index
from sandbox.kinds import ABSENT, Keys, table_of
from sandbox.movies import MOVIE

dates = st.one_of(st.just(ABSENT), st.integers(-3, 3))
entries = st.builds(
    Keys,
    st.text("01", min_size=1, max_size=3),
    st.tuples(dates, dates, st.sampled_from([ABSENT, 0, 1])),
)
changes = st.lists(st.tuples(st.integers(0, 12), st.none() | entries), max_size=30)
windows = st.dictionaries(st.sampled_from(MOVIE.columns), st.tuples(st.integers(-4, 4), st.integers(-4, 4)), max_size=3)


@settings(deadline=None)  # a busy machine is no failure
@given(st.lists(entries, max_size=10), changes, windows)
def test_windows_match_what_a_scan_matches(
    first: list[Keys], later: list[tuple[int, Keys | None]], asked: object
) -> None:
    assert isinstance(asked, dict)
    index = Index(MOVIE, table_of(MOVIE, first))
    there: dict[int, Keys | None] = dict(enumerate(first))
    for number, keys in later:
        index.replace([(number, keys)])
        there[number] = keys
        index.matches(asked)

    found = index.matches(asked)

    expected = [
        number
        for number, keys in there.items()
        if keys is not None
        and all(
            value != ABSENT and asked[name][0] <= value <= asked[name][1]
            for name, value in zip(MOVIE.columns, keys.columns, strict=True)
            if name in asked
        )
    ]
    assert sorted(found) == sorted(expected)
    assert [index.content_id(number) for number in found] == sorted(index.content_id(number) for number in found)
    assert len(index) == sum(keys is not None for keys in there.values())


@settings(deadline=None)  # a busy machine is no failure
@given(st.lists(entries, max_size=10), changes)
def test_a_batch_too_large_to_insert_one_by_one_ends_the_same(
    first: list[Keys], later: list[tuple[int, Keys | None]]
) -> None:
    one_by_one, at_once = Index(MOVIE, table_of(MOVIE, first)), Index(MOVIE, table_of(MOVIE, first))
    for number, keys in later:
        one_by_one.replace([(number, keys)])
    at_once.replace([*later, *((number, None) for number in range(100, 2_200))])

    for asked in ({}, {"updateDate": (-1, 2)}, {"startDate": (0, 0), "premium": (1, 1)}):
        assert sorted(one_by_one.matches(asked)) == sorted(at_once.matches(asked))
