"""Where a work can be watched: which service offers it, how, and in which country, on a day.

Every source that tells of offers shows these under ids and names of its own, and may leave some out; what they are
called there stands here with them, and nothing else of theirs.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Literal, NamedTuple

from sandbox.arithmetic import Draw, mix, stream
from sandbox.works import FIRST_SERIES

Kind = Literal["flatrate", "rent", "buy", "ads", "free", "tve", "addon"]
"""`tve` asks for a cable login, `addon` for a channel inside another service."""

COUNTRIES = (
    "IN", "US", "GB", "CA", "AU", "DE", "FR", "AE", "SG", "ES", "IT", "BR", "JP", "KR", "MX", "NZ", "PT", "ZA", "ID",
    "AR",
)  # fmt: skip
_EVERYWHERE: frozenset[str] = frozenset(COUNTRIES)
_MOST = 40
"""Offers of a work at most, so that an answer that shows all of them stays small."""
_ROUND = 60
"""An offer that comes and goes is there for 40 days of so many."""

_WORK, _LICENCE, _WINDOW = stream("offers.work"), stream("offers.licence"), stream("offers.window")


class Streamer(NamedTuple):
    """A service that shows films and series."""

    name: str
    kinds: tuple[Kind, ...]
    countries: frozenset[str]
    tmdb: Mapping[int, frozenset[str]]
    """TMDB's ids, and in which countries each is used; empty: TMDB does not know it."""
    tmdb_name: str
    watchmode: int | None
    """Watchmode's id; None: Watchmode does not know it."""
    watchmode_name: str

    def tmdb_id(self, country: str) -> int | None:
        """Return TMDB's id in a country."""
        return next((number for number, countries in self.tmdb.items() if country in countries), None)


class Offer(NamedTuple):
    """A service offers a work in a country."""

    streamer: Streamer
    kind: Kind
    country: str


def _in(countries: str) -> frozenset[str]:
    return frozenset(countries.split())


def _streamer(
    name: str,
    kinds: tuple[Kind, ...],
    countries: frozenset[str],
    tmdb: tuple[int, str] | None,
    watchmode: tuple[int, str] | None,
) -> Streamer:
    """Return a service with one id of TMDB's, from each source's id and name for it."""
    tmdb_id, tmdb_name = tmdb or (None, "")
    ids = {} if tmdb_id is None else {tmdb_id: countries}
    return Streamer(name, kinds, countries, ids, tmdb_name, *(watchmode or (None, "")))


_SUBSCRIPTION: tuple[Kind, ...] = ("flatrate",)
_STORE: tuple[Kind, ...] = ("rent", "buy")
SUBSCRIPTIONS = (
    _streamer("Netflix", _SUBSCRIPTION, _EVERYWHERE, (8, "Netflix"), (203, "Netflix")),
    Streamer(
        "Amazon Prime Video", _SUBSCRIPTION, _EVERYWHERE, {9: _in("US"), 119: _EVERYWHERE - _in("US")},
        "Amazon Prime Video", 26, "Prime Video",
    ),
    _streamer("JioHotstar", ("flatrate", "ads"), _in("IN"), (2336, "JioHotstar"), (501, "JioHotstar")),
    _streamer("Disney Plus", _SUBSCRIPTION, _EVERYWHERE - _in("IN AE ID"), (337, "Disney Plus"), (372, "Disney+")),
    _streamer("Apple TV+", _SUBSCRIPTION, _EVERYWHERE, (350, "Apple TV+"), (371, "AppleTV+")),
    _streamer("ZEE5", _SUBSCRIPTION, _in("IN AE"), (232, "Zee5"), (502, "ZEE5")),
    _streamer("HBO Max", _SUBSCRIPTION, _in("US BR MX AR ES PT SG ID"), (1899, "HBO Max"), (387, "HBO MAX")),
    _streamer("SonyLIV", _SUBSCRIPTION, _in("IN"), (237, "Sony Liv"), (503, "SonyLIV")),
    _streamer("Hulu", _SUBSCRIPTION, _in("US"), (15, "Hulu"), (157, "Hulu")),
    _streamer("Sun NXT", _SUBSCRIPTION, _in("IN"), (309, "Sun Nxt"), (504, "Sun NXT")),
    _streamer("NOW", _SUBSCRIPTION, _in("GB IT"), (39, "Now TV"), None),
)  # fmt: skip
STORES = (
    _streamer("Apple TV", _STORE, _EVERYWHERE, (2, "Apple TV"), (349, "AppleTV")),
    _streamer("Google Play", _STORE, _EVERYWHERE, (3, "Google Play Movies"), (140, "Google Play")),
    _streamer("Amazon Video", _STORE, _in("US GB DE JP IN"), (10, "Amazon Video"), (24, "Amazon")),
    _streamer("YouTube", _STORE, _in("US IN GB CA AU BR"), (192, "YouTube"), (344, "YouTube")),
)
FREE = (
    _streamer("Tubi", ("ads",), _in("US CA AU MX NZ"), (73, "Tubi TV"), (296, "Tubi")),
    _streamer("Amazon MX Player", ("ads",), _in("IN"), (515, "MX Player"), (506, "Amazon MX Player")),
    _streamer("BBC iPlayer", ("free",), _in("GB"), (38, "BBC iPlayer"), (505, "BBC iPlayer")),
    _streamer("Hoopla", ("free",), _in("US CA"), (212, "Hoopla"), (508, "hoopla")),
    _streamer("Plex", ("ads",), _EVERYWHERE, (538, "Plex"), None),
)
ELSEWHERE = (
    _streamer("DirecTV On Demand", ("tve",), _in("US"), None, (442, "DirecTV On Demand")),
    _streamer("Spectrum On Demand", ("tve",), _in("US"), None, (443, "Spectrum On Demand")),
    _streamer("Starz through Prime Video", ("addon",), _in("US GB IN"), None, (509, "Starz (Via Prime Video)")),
)
"""What TMDB's source of offers does not tell of."""
STREAMERS = (*SUBSCRIPTIONS, *STORES, *FREE, *ELSEWHERE)
PLACES = {streamer.name: place for place, streamer in enumerate(STREAMERS)}


def offers(seed: int, number: int, day: date) -> list[Offer]:
    """Return who offers a work on a day, by country; one work in eight is nowhere."""
    draw = Draw(seed, _WORK, number)
    if draw.chance(125):
        return []
    held = [*draw.some(SUBSCRIPTIONS, 3)]
    held += [store for store in STORES if draw.chance(350)]
    held += [service for service in FREE if draw.chance(120)]
    held += [service for service in ELSEWHERE if draw.chance(100)]
    countries = _countries(draw)
    found: list[Offer] = []
    for country in countries:
        here = [Offer(one, kind, country) for one in held for kind in _kinds_in(seed, number, one, country)]
        if len(found) + len(here) > _MOST:
            break
        found += here
    return [offer for offer in found if _is_there(seed, number, offer.streamer, day)]


def _countries(draw: Draw) -> list[str]:
    """Return the countries that a work is sold to: India and the United States before all, but for one in ten each."""
    others = COUNTRIES[2:]
    first, wanted = draw.below(len(others)), draw.one((0, 1, 2, 4, 8, 18))
    home = [country for country in COUNTRIES[:2] if not draw.chance(100)]
    return [*home, *(others[(first + step) % len(others)] for step in range(wanted))]


def _kinds_in(seed: int, number: int, streamer: Streamer, country: str) -> Iterator[Kind]:
    """Yield how a service offers a work in a country: a licence is for about half of them; no store rents series."""
    bits = mix(seed, _LICENCE, (number * 64 + PLACES[streamer.name]) * 64 + COUNTRIES.index(country))
    if country not in streamer.countries or bits % 100 < 45:
        return
    for place, kind in enumerate(streamer.kinds):
        if (kind == "rent" and number >= FIRST_SERIES) or (place and bits >> 8 & 1):
            continue
        yield kind


def _is_there(seed: int, number: int, streamer: Streamer, day: date) -> bool:
    """Say whether a service has a work on a day; one offer in twenty comes and goes."""
    bits = mix(seed, _WINDOW, number * 64 + PLACES[streamer.name])
    return bits % 20 != 7 or (day.toordinal() + (bits >> 8)) % _ROUND < 40
