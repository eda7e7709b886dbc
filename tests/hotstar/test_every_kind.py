"""Every kind end to end over the sandbox: loaded, changed, listed again, and equal to the truth."""

from collections.abc import Iterator

import pytest

from catalog_assets.hotstar.kinds import EPISODE, KINDS, SEASON, SHOW, Kind
from catalog_assets.hotstar.replay import replay
from tests.hotstar.platform import Films, failed_checks, films

every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.plural)


@pytest.fixture
def platform(source_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Films]:
    with films(source_url, monkeypatch, movies=600) as ready:
        yield ready


def load(platform: Films, kind: Kind) -> None:
    if kind is SEASON:
        assert platform.census(SHOW).success
    result = platform.census(kind, every=True) if kind.listed_by else platform.census(kind)
    assert result.success, failed_checks(result)


@every_kind
def test_a_first_load_holds_what_the_service_lists(platform: Films, kind: Kind) -> None:
    load(platform, kind)
    assert platform.ids(kind) == platform.true_ids(kind)
    with_pages_alone = replay(platform.connection, kind)
    assert (with_pages_alone.differences, with_pages_alone.shown) == (0, [])


@every_kind
def test_what_changes_goes_and_returns_is_found(platform: Films, kind: Kind) -> None:
    load(platform, kind)
    platform.sandbox.control(do="remove", kind=kind.name, count=2)
    platform.sandbox.control(do="add", kind=kind.name, count=3)
    platform.forget_when_it_was(kind)
    for _ in range(kind.censuses_to_miss):
        load(platform, kind)
        platform.forget_when_it_was(kind)
    assert platform.ids(kind) == platform.true_ids(kind)
    gone = platform.one(f"SELECT count(*) FROM {kind.view} WHERE deletion_reason = 'missing'")  # noqa: S608 - from here
    assert gone == 2


def test_one_series_that_is_refused_spoils_no_other(platform: Films) -> None:
    assert platform.census(SHOW).success
    platform.sandbox.control(do="fault", path="/season/search", status=404, skip=3, times=1)
    result = platform.census(SEASON, every=True)
    assert not result.success
    assert "parts_add_up" in failed_checks(result)
    assert platform.one("SELECT count(*) FROM hotstar.parts WHERE proven_at IS NULL AND role = 'part'") == 1
    assert platform.census(SEASON, every=True).success
    assert platform.ids(SEASON) == platform.true_ids(SEASON)


def test_a_round_takes_series_never_listed_first_then_those_with_an_unknown_season(platform: Films) -> None:
    assert platform.census(SHOW).success
    assert platform.census(EPISODE).success
    assert platform.census(SEASON).success
    listed = platform.one(
        "SELECT count(*) FROM hotstar.parts AS p JOIN hotstar.listings AS l USING (listing_id) WHERE l.kind = 'season'"
    )
    assert listed == min(250, platform.one("SELECT count(*) FROM hotstar.items WHERE kind = 'show'"))
