"""What TMDB tells of offers: services, countries, and the block `watch/providers` (contract: tmdb.md, 5 and 6)."""

from collections.abc import Iterator
from datetime import date

from sandbox.arithmetic import mix, stream
from sandbox.offers import COUNTRIES, STREAMERS, offers
from sandbox.tmdb_parts import image
from sandbox.tmdb_titles import Media, Row
from sandbox.words import CLOSINGS, OPENINGS

_REGIONS = (
    ("AE", "United Arab Emirates", "United Arab Emirates"), ("AR", "Argentina", "Argentina"),
    ("AU", "Australia", "Australia"), ("BR", "Brazil", "Brazil"), ("CA", "Canada", "Canada"),
    ("DE", "Germany", "Deutschland"), ("ES", "Spain", "España"), ("FR", "France", "France"),
    ("GB", "United Kingdom", "United Kingdom"), ("ID", "Indonesia", "Indonesia"), ("IN", "India", "India"),
    ("IT", "Italy", "Italia"), ("JP", "Japan", "日本"), ("KR", "South Korea", "대한민국"), ("MX", "Mexico", "México"),
    ("NZ", "New Zealand", "New Zealand"), ("PT", "Portugal", "Portugal"), ("SG", "Singapore", "Singapore"),
    ("US", "United States of America", "United States"), ("ZA", "South Africa", "South Africa"),
)  # fmt: skip
_IN_SERIES = {350: "Apple TV Plus"}
"""An id that goes by another name with series."""
_RETIRED = (122, "Hotstar")
"""Listed, and in no offer any more."""
_INVENTED, _FIRST_INVENTED = 60, 3_000
_SERVICE = stream("tmdb.service")


def regions() -> Row:
    """Return the countries that offers are known of."""
    return {"results": [{"iso_3166_1": code, "english_name": name, "native_name": own} for code, name, own in _REGIONS]}


def providers(media: Media, region: str) -> Row:
    """Return the services of a country, or of all; every seventh of those invented has films only."""
    rows: list[Row] = []
    for place, (provider, name, countries) in enumerate(_services()):
        if media == "tv" and provider >= _FIRST_INVENTED and place % 7 == 6:
            continue
        there = {code: 1 + (place + at) % 90 for at, code in enumerate(countries)}
        if not region or region in there:
            rows.append({"display_priorities": there, "display_priority": place, **_named(provider, name, media)})
    return {"results": rows}


def watch_providers(seed: int, number: int, day: date, *, media: Media, tmdb_id: int) -> Row:
    """Return the block of a title: countries with the kinds in which it is offered there, never an empty one."""
    kinds: dict[str, dict[str, list[Row]]] = {}
    for offer in offers(seed, number, day):
        provider = offer.streamer.tmdb_id(offer.country)
        if provider is not None:
            rows = kinds.setdefault(offer.country, {}).setdefault(offer.kind, [])
            rows.append({**_named(provider, offer.streamer.tmdb_name, media), "display_priority": len(rows)})
    address = f"https://www.themoviedb.org/{media}/{tmdb_id}/watch?locale="
    return {
        "results": {
            country: {"link": f"{address}{country}" if number % 50 else None, **by_kind}
            for country, by_kind in kinds.items()
        }
    }


def _named(provider: int, name: str, media: Media) -> Row:
    shown = _IN_SERIES.get(provider, name) if media == "tv" else name
    return {"logo_path": image(provider, "l"), "provider_id": provider, "provider_name": shown}


def _services() -> Iterator[tuple[int, str, list[str]]]:
    """Yield every service: id, name among films, countries."""
    for streamer in STREAMERS:
        for provider, countries in streamer.tmdb.items():
            yield provider, streamer.tmdb_name, [code for code in COUNTRIES if code in countries]
    yield *_RETIRED, ["IN"]
    for place in range(_INVENTED):
        provider = _FIRST_INVENTED + 7 * place
        name = f"{OPENINGS[place % len(OPENINGS)]} {CLOSINGS[place * 3 % len(CLOSINGS)]} TV"
        yield provider, name, [code for at, code in enumerate(COUNTRIES) if mix(provider, _SERVICE, at) % 6 == 0]
