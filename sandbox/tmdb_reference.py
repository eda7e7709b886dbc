"""What TMDB's clients read once a day: sizes of pictures, and genres (contract: tmdb.md, 5)."""

from sandbox import tmdb_films, tmdb_series
from sandbox.tmdb_titles import Media, Row

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


def configuration(host: str) -> Row:
    """Return the sizes; pictures stand on the host that was asked, so that no client looks for them at TMDB."""
    address = f"http://{host}/t/p/"
    sizes = {f"{kind}_sizes": known for kind, known in SIZES.items()}
    return {"images": {"base_url": address, "secure_base_url": address, **sizes}, "change_keys": _CHANGE_KEYS}


def genres(media: Media) -> Row:
    """Return the genres of films or of series."""
    named = tmdb_films.GENRES if media == "movie" else tmdb_series.GENRES
    return {"genres": [{"id": at, "name": name} for at, name in named.items()]}
