"""Watchmode's countries, services, and the offers of a title (contract: watchmode.md, 5 and 6)."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date

from sandbox.arithmetic import mix, stream
from sandbox.offers import COUNTRIES, PLACES, STREAMERS, Kind, Offer, Streamer, offers
from sandbox.tmdb_titles import Row
from sandbox.watchmode_titles import Record
from sandbox.words import CLOSINGS, OPENINGS

TYPES: Mapping[Kind, str] = {
    "flatrate": "sub", "rent": "rent", "buy": "buy", "ads": "free", "free": "free", "tve": "tve", "addon": "addon",
}  # fmt: skip
"""What an offer is called here: what is free with advertisements is free."""
_DIRECTORY: Mapping[Kind, str] = {**TYPES, "rent": "purchase", "buy": "purchase"}
_REGIONS = (
    "US USA", "CA Canada", "GB Great Britain", "AU Australia", "IN India", "AE United Arab Emirates", "AR Argentina",
    "AT Austria", "BE Belgium", "BG Bulgaria", "BR Brazil", "CH Switzerland", "CL Chile", "CO Colombia",
    "CZ Czech Republic", "DE Germany", "DK Denmark", "EC Ecuador", "EE Estonia", "EG Egypt", "ES Spain", "FI Finland",
    "FR France", "GR Greece", "HK Hong Kong", "HR Croatia", "HU Hungary", "ID Indonesia", "IE Ireland", "IL Israel",
    "IS Iceland", "IT Italy", "JP Japan", "KR South Korea", "LT Lithuania", "LV Latvia", "MX Mexico", "MY Malaysia",
    "NL Netherlands", "NO Norway", "NZ New Zealand", "PE Peru", "PH Philippines", "PL Poland", "PT Portugal",
    "RO Romania", "RU Russia", "SE Sweden", "SG Singapore", "TH Thailand", "TR Turkey", "UA Ukraine", "VN Vietnam",
    "ZA South Africa",
)  # fmt: skip
REGIONS = tuple(region[:2] for region in _REGIONS)
FREE_REGIONS = ("US", "GB", "IN")
"""What the free plan may ask for."""
_BEST_DATA = 5
"""The first countries have the better data."""
_PRICES = {"IN": 30, "JP": 100, "KR": 1_000, "ID": 15_000, "MX": 15, "ZA": 10, "BR": 5}
"""What a unit of a price comes to in a country's money; in the others it is one."""
_NO_DEEP_LINKS = "Deeplinks available for paid plans only."
_HOST = "https://cdn.watchmode.invalid"
"""Pictures are references only: no resolver knows the host."""
_INVENTED, _FIRST_INVENTED = 30, 2_000
_LEFT_OUT, _OFFER = stream("watchmode.left.out"), stream("watchmode.offer")


def regions(*, is_paid: bool) -> list[Row]:
    """Return all countries, and which of them the plan covers."""
    return [
        {"country": region[:2], "name": region[3:], "flag": f"{_HOST}/flags/{region[:2].lower()}.png",
         "data_tier": 1 if place < _BEST_DATA else 2, "plan_enabled": is_paid or region[:2] in FREE_REGIONS}
        for place, region in enumerate(_REGIONS)
    ]  # fmt: skip


def sources(countries: Collection[str], types: Collection[str]) -> list[Row]:
    """Return the services, of some countries and types or of all."""
    return [
        row
        for row, there, called in _directory()
        if (not countries or there & set(countries)) and (not types or called & set(types))
    ]


def offers_of(seed: int, record: Record, day: date) -> list[Offer]:
    """Return the offers of a title that Watchmode knows of; it leaves one service in fifteen out."""
    return [
        offer
        for offer in offers(seed, record.number, day)
        if offer.streamer.watchmode is not None
        and mix(seed, _LEFT_OUT, record.number * 64 + PLACES[offer.streamer.name]) % 15
    ]


def title_sources(
    seed: int, record: Record, day: date, *, countries: Collection[str], seasons: int, is_paid: bool
) -> list[Row]:
    """Return a title's offers in some countries: one row for each country, service, type and format.

    Args:
        seed: the seed of everything.
        record: the title.
        day: offers come and go.
        countries: those that are asked for and that the plan covers.
        seasons: how many there are of a series.
        is_paid: whether the plan has deep links.
    """
    rows = []
    for offer in offers_of(seed, record, day):
        if offer.country not in countries:
            continue
        streamer = offer.streamer
        key = (record.number * 64 + PLACES[streamer.name]) * 64 + COUNTRIES.index(offer.country)
        bits = mix(seed, _OFFER, key)
        slug = streamer.name.lower().replace(" ", "-").replace("+", "-plus")
        page = f"https://www.{slug}.invalid/{offer.country.lower()}/title/{record.watchmode_id}"
        links: Row = {
            "ios_url": page if is_paid else _NO_DEEP_LINKS,
            "android_url": (f"{slug}://title/{record.watchmode_id}" if is_paid else _NO_DEEP_LINKS)
            if bits % 4
            else None,
            "web_url": page if bits % 30 != 9 else None,
        }
        count = 0 if record.media == "movie" else 1 + (bits >> 12) % max(seasons, 1)
        rows += [
            {"source_id": streamer.watchmode, "name": streamer.watchmode_name, "type": TYPES[offer.kind],
             "region": offer.country, **links, "format": form, "price": price,
             "seasons": count or None, "episodes": count * 8 or None}
            for form, price in _forms(offer.kind, offer.country, bits >> 20)
        ]  # fmt: skip
    return rows


def _forms(kind: Kind, country: str, bits: int) -> Iterator[tuple[str | None, float | None]]:
    """Yield formats and prices; what costs nothing has one format, or an unknown one."""
    if kind not in ("rent", "buy"):
        yield (None, "HD", "HD", "4K", "SD")[bits % 5], None
        return
    unit = _PRICES.get(country, 1)
    first = (2.99 + bits % 3 if kind == "rent" else 7.99 + 2 * (bits % 4)) * unit
    steps = ("SD", "HD", "4K")[(bits >> 6) % 2 : 1 + (bits >> 8) % 3]
    for form in steps or ("HD",):
        dearer = 0 if form == "SD" else 1 if form == "HD" else 5
        price = first + dearer * unit
        yield form, round(price, 2) if unit == 1 else round(price)


def _directory() -> Iterator[tuple[Row, set[str], set[str]]]:
    """Yield each service with its countries and its types."""
    for streamer in STREAMERS:
        if streamer.watchmode is not None:
            shown, there = _DIRECTORY[streamer.kinds[0]], _in_order(streamer)
            called = {shown, *(TYPES[kind] for kind in streamer.kinds)}
            yield _service(streamer.watchmode, streamer.watchmode_name, shown, there), set(there), called
    for place in range(_INVENTED):
        at = 2 * place
        name = f"{OPENINGS[at % len(OPENINGS)]} {CLOSINGS[at * 3 % len(CLOSINGS)]} TV"
        shown, there = ("sub", "free", "tve", "purchase")[place % 4], list(REGIONS[place % 9 :: 9])
        yield _service(_FIRST_INVENTED + place, name, shown, there), set(there), {shown}


def _in_order(streamer: Streamer) -> list[str]:
    return [code for code in REGIONS if code in streamer.countries]


def _service(number: int, name: str, called: str, there: list[str]) -> Row:
    return {
        "id": number,
        "name": name,
        "type": called,
        "logo_100px": f"{_HOST}/provider_logos/{number}_100px.png",
        "ios_appstore_url": f"https://apps.apple.invalid/app/id{number}" if number % 3 else None,
        "android_playstore_url": None,
        "android_tv_url": None,
        "fire_tv_url": None,
        "roku_url": None,
        "tvos_url": None,
        "regions": there,
    }
