"""Films as TMDB knows them: Hotstar's works under TMDB's own ids, and some that Hotstar lacks (contract: tmdb.md)."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import cached_property

from sandbox.arithmetic import Draw, stream
from sandbox.tmdb_offers import watch_providers
from sandbox.tmdb_parts import COUNTRIES, CREW, LANGUAGES, crew_rows, image, person_object
from sandbox.tmdb_titles import MORE, Row, Titles
from sandbox.works import Work, person

_KNOWN_IN_A_HUNDRED = 85

GENRES = {
    28: "Action", 12: "Adventure", 16: "Animation", 35: "Comedy", 80: "Crime", 99: "Documentary", 18: "Drama",
    10751: "Family", 14: "Fantasy", 36: "History", 27: "Horror", 10402: "Music", 9648: "Mystery", 10749: "Romance",
    878: "Science Fiction", 10770: "TV Movie", 53: "Thriller", 10752: "War", 37: "Western",
}  # fmt: skip
_CERTIFICATIONS = {"IN": ("U", "UA", "A", ""), "US": ("G", "PG", "PG-13", "R", "NR")}
_RELEASE = stream("tmdb.release")
_LATEST = timedelta(days=60)
"""How long after the first country a film may come to another."""
_ODD_DATES = 40
"""One film in so many has no release date: an empty text, or no key at all in a list."""


class Films(Titles):
    """TMDB's films by the number of their work."""

    media = "movie"

    def __init__(self, seed: int, hotstar: int) -> None:
        """Know most of Hotstar's films, which are the first `hotstar` works, and some more."""
        super().__init__(seed, range(hotstar + int(hotstar * MORE)), known_in_a_hundred=_KNOWN_IN_A_HUNDRED)

    def imdb_id(self, number: int) -> str | None:
        """Return the IMDb id; one film in thirty has none, and one in five hundred that of its neighbour."""
        if number % 30 == 7:
            return None
        return f"tt{1_000_000 + (number - 1 if number % 500 == 3 else number) * 7}"

    def with_imdb_id(self, imdb_number: int) -> list[int]:
        """Return the films that have an IMDb id, whether TMDB knows them or not."""
        number = (imdb_number - 1_000_000) // 7
        return [at for at in (number, number + 1) if at >= 0 and self.imdb_id(at) == f"tt{imdb_number}"]

    def release(self, number: int) -> date | None:
        """Return the release date, if one is known; a fortieth of all films come next year."""
        if number % _ODD_DATES == 11:
            return None
        draw = self._draw(number)
        year = 2027 if number % 40 == 17 else self._work(number).year
        return date(year, 1, 1) + timedelta(days=draw.below(365))

    def releases_in(self, number: int, country: str, least: date, most: date) -> bool:
        """Say whether a film comes to a country's cinemas from one day to another.

        One in seven comes there some weeks later than anywhere, and one in eighty again on each anniversary.
        """
        first = self.release(number)
        if first is None:
            return False
        years = (365.2425 * (year - first.year) for year in (least.year, most.year))
        is_anniversary = any(least.toordinal() <= first.toordinal() + round(days) <= most.toordinal() for days in years)
        if not is_anniversary and not least - _LATEST <= first <= most:
            return False
        draw = Draw(self._seed, _RELEASE, number * 1_000_000 + int.from_bytes(country.encode()[:2]))
        here = first + (timedelta(days=1 + draw.below(_LATEST.days)) if draw.below(7) == 0 else timedelta())
        return least <= here <= most or (is_anniversary and first < least and draw.below(80) == 0)

    def row(self, number: int, *, popularity: float) -> Row:
        """Return the film as lists show it."""
        made, average = self._work(number), self.votes(number)
        row: Row = {
            "adult": False,
            "backdrop_path": image(number, "b") if number % 9 else None,
            "genre_ids": _genres(made),
            "id": self.id_of(number),
            "original_language": LANGUAGES[made.language.name],
            "original_title": made.native_title,
            "overview": self._overview(number),
            "popularity": popularity,
            "poster_path": image(number, "p") if number % 12 else None,
            "title": made.title,
            "video": False,
            "vote_average": average[0],
            "vote_count": average[1],
        }
        released = self.release(number)
        if released is not None:
            row["release_date"] = released.isoformat()
        elif number % 3:
            row["release_date"] = ""
        return row

    def details(self, number: int, *, popularity: float, today: date) -> Row:
        """Return the film itself, without any block."""
        made, row = self._work(number), self.row(number, popularity=popularity)
        language, released = str(row["original_language"]), self.release(number)
        country = COUNTRIES.get(language, "FR")
        draw = self._draw(number + 2)
        del row["genre_ids"]
        return {
            **row,
            "belongs_to_collection": None,
            "budget": 0 if draw.below(3) else 1_000_000 * (1 + draw.below(200)),
            "genres": [{"id": genre, "name": GENRES[genre]} for genre in _genres(made)],
            "homepage": "" if draw.below(2) else None,
            "imdb_id": self.imdb_id(number),
            "origin_country": [country],
            "production_companies": [
                {"id": 1 + draw.below(9_000), "logo_path": None, "name": f"{person(draw)} Films", "origin_country": ""}
            ],
            "production_countries": [{"iso_3166_1": country, "name": country}],
            "release_date": released.isoformat() if released else "",
            "revenue": 0,
            "runtime": made.minutes if number % 25 else (0 if number % 50 else None),
            "spoken_languages": [{"english_name": made.language.name, "iso_639_1": language, "name": ""}],
            "status": "Released" if released is not None and released <= today else "Post Production",
            "tagline": "" if draw.below(3) else "Nothing goes to plan.",
        }

    def block(self, name: str, number: int, *, today: date) -> object | None:
        """Return what `append_to_response` adds under a name, without its `id`; None for a name that is unknown."""
        if name == "watch/providers":
            return watch_providers(self._seed, number, today, media=self.media, tmdb_id=self.id_of(number))
        make = self._blocks.get(name)
        return make(number) if make is not None else None

    @cached_property
    def _blocks(self) -> dict[str, Callable[[int], object]]:
        return {
            "alternative_titles": lambda number: {
                "titles": [{"iso_3166_1": "IN", "title": self._work(number).native_title, "type": ""}]
            },
            "credits": self._credits,
            "external_ids": lambda number: {
                "imdb_id": self.imdb_id(number),
                "wikidata_id": f"Q{5_000_000 + number}" if number % 3 else None,
                "facebook_id": None,
                "instagram_id": None,
                "twitter_id": "" if number % 4 else None,
            },
            "images": self._images,
            "keywords": lambda number: {"keywords": self._keywords(number)},
            "recommendations": lambda number: self._page_of_others(number, 2),
            "release_dates": self._release_dates,
            "similar": lambda number: self._page_of_others(number, 3),
            "translations": self._translations,
            "videos": self._videos,
        }

    def _credits(self, number: int) -> object:
        made, draw = self._work(number), self._block_draw(number)
        cast = [
            {**person_object(draw, name, "Acting"), "cast_id": 1 + place, "character": "" if place % 5 == 4 else "Self",
             "credit_id": f"{number:012x}{place:012x}", "order": place}
            for place, name in enumerate((*made.actors, *(person(draw) for _ in range(draw.below(25)))))
        ]  # fmt: skip
        jobs = [*((name, CREW[0]) for name in made.directors), *((person(draw), role) for role in CREW[1:])]
        return {"cast": cast, "crew": crew_rows(draw, jobs, number)}

    def _release_dates(self, number: int) -> object:
        released = self.release(number)
        if released is None:
            return {"results": []}
        return {
            "results": [
                {"iso_3166_1": country, "release_dates": [
                    {"certification": steps[number % len(steps)], "descriptors": [], "iso_639_1": "", "note": "",
                     "release_date": f"{released.isoformat()}T00:00:00.000Z", "type": 3}]}
                for country, steps in _CERTIFICATIONS.items()
            ]
        }  # fmt: skip

    def _translations(self, number: int) -> object:
        made = self._work(number)
        return {
            "translations": [
                {"iso_3166_1": country, "iso_639_1": language, "name": name, "english_name": english, "data": {
                    "homepage": "", "overview": "", "runtime": 0, "tagline": "", "title": title}}
                for country, language, name, english, title in (
                    ("US", "en", "English", "English", made.title),
                    ("IN", "hi", "हिन्दी", "Hindi", made.native_title if made.language.number == 1 else ""),
                )
            ]
        }  # fmt: skip


def _genres(made: Work) -> list[int]:
    named = [number for number, name in GENRES.items() if name in made.genres]
    return named or [18]
