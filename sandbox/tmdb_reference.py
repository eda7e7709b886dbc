"""What TMDB's clients read once a day: sizes of pictures, genres, services and countries (contract: tmdb.md, 5)."""

from sandbox import tmdb_films, tmdb_series
from sandbox.arithmetic import mix, stream
from sandbox.tmdb_parts import PROVIDERS, image
from sandbox.tmdb_titles import Media, Row
from sandbox.words import CLOSINGS, OPENINGS

SIZES = {
    "backdrop": ("w300", "w780", "w1280", "original"),
    "logo": ("w45", "w92", "w154", "w185", "w300", "w500", "original"),
    "poster": ("w92", "w154", "w185", "w342", "w500", "w780", "original"),
    "profile": ("w45", "w185", "h632", "original"),
    "still": ("w92", "w185", "w300", "original"),
}
_CHANGE_KEYS = (
    "adult", "air_date", "also_known_as", "alternative_titles", "biography", "birthday", "budget", "cast",
    "certifications", "character_names", "created_by", "crew", "deathday", "episode", "episode_number",
    "episode_run_time", "freebase_id", "freebase_mid", "general", "genres", "guest_stars", "homepage", "images",
    "imdb_id", "languages", "name", "network", "origin_country", "original_name", "original_title", "overview",
    "parts", "place_of_birth", "plot_keywords", "production_code", "production_companies", "production_countries",
    "releases", "revenue", "runtime", "season", "season_number", "season_regular", "spoken_languages", "status",
    "tagline", "title", "translations", "tvdb_id", "tvrage_id", "type", "video", "videos",
)  # fmt: skip
_REGIONS = (
    ("AE", "United Arab Emirates", "United Arab Emirates"), ("AR", "Argentina", "Argentina"),
    ("AU", "Australia", "Australia"), ("BR", "Brazil", "Brazil"), ("CA", "Canada", "Canada"),
    ("DE", "Germany", "Deutschland"), ("ES", "Spain", "España"), ("FR", "France", "France"),
    ("GB", "United Kingdom", "United Kingdom"), ("ID", "Indonesia", "Indonesia"), ("IN", "India", "India"),
    ("IT", "Italy", "Italia"), ("JP", "Japan", "日本"), ("KR", "South Korea", "대한민국"), ("MX", "Mexico", "México"),
    ("NZ", "New Zealand", "New Zealand"), ("PT", "Portugal", "Portugal"), ("SG", "Singapore", "Singapore"),
    ("US", "United States of America", "United States"), ("ZA", "South Africa", "South Africa"),
)  # fmt: skip
_NOT_IN_OFFERS = (
    (2, "Apple TV"), (3, "Google Play Movies"), (9, "Amazon Prime Video"), (122, "Hotstar"), (309, "Sun Nxt"),
)  # fmt: skip
"""Further services that exist; one of them has a second id."""
_ONLY_IN = {119: ("IN", "AE", "SG"), 9: ("US",), 2336: ("IN",), 122: ("IN",), 232: ("IN", "AE"), 237: ("IN",)}
_INVENTED, _FIRST_INVENTED = 60, 3_000
_SERVICE = stream("tmdb.service")


def configuration(host: str) -> Row:
    """Return the sizes; pictures stand on the host that was asked, so that no client looks for them at TMDB."""
    address = f"http://{host}/t/p/"
    sizes = {f"{kind}_sizes": known for kind, known in SIZES.items()}
    return {"images": {"base_url": address, "secure_base_url": address, **sizes}, "change_keys": _CHANGE_KEYS}


def genres(media: Media) -> Row:
    """Return the genres of films or of series."""
    named = tmdb_films.GENRES if media == "movie" else tmdb_series.GENRES
    return {"genres": [{"id": at, "name": name} for at, name in named.items()]}


def regions() -> Row:
    """Return the countries that offers are known of."""
    return {"results": [{"iso_3166_1": code, "english_name": name, "native_name": own} for code, name, own in _REGIONS]}


def providers(media: Media, region: str) -> Row:
    """Return the services of a country, or of all; every seventh of those invented has films only."""
    rows: list[Row] = []
    for place, (provider, name) in enumerate((*PROVIDERS, *_NOT_IN_OFFERS, *_invented())):
        if media == "tv" and provider >= _FIRST_INVENTED and place % 7 == 6:
            continue
        there = {code: 1 + (place + at) % 90 for at, code in enumerate(_countries_of(provider))}
        if not region or region in there:
            rows.append(
                {"display_priorities": there, "display_priority": place, "logo_path": image(provider, "l"),
                 "provider_name": name, "provider_id": provider}
            )  # fmt: skip
    return {"results": rows}


def _invented() -> list[tuple[int, str]]:
    return [
        (_FIRST_INVENTED + 7 * place, f"{OPENINGS[place % len(OPENINGS)]} {CLOSINGS[place * 3 % len(CLOSINGS)]} TV")
        for place in range(_INVENTED)
    ]


def _countries_of(provider: int) -> list[str]:
    codes = [code for code, _, _ in _REGIONS]
    if provider < _FIRST_INVENTED:
        return [code for code in codes if code in _ONLY_IN.get(provider, codes)]
    return [code for at, code in enumerate(codes) if mix(provider, _SERVICE, at) % 6 == 0]
