"""Films as TMDB knows them: Hotstar's works under TMDB's own ids, and some that Hotstar lacks (contract: tmdb.md).

Every film is a function of its work's number, the seed and how often it was changed. TMDB lacks a few of Hotstar's.
"""

from array import array
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import cached_property

from sandbox.arithmetic import Draw, Shuffle, mix, stream
from sandbox.works import Work, person, work

_KNOWN, _FILM, _BLOCK = stream("tmdb.known"), stream("tmdb.film"), stream("tmdb.block")
_IDS = 2_000_000
_KNOWN_IN_A_HUNDRED = 85
_MORE = 0.2
"""Films beyond Hotstar's, as a share of them."""

GENRES = {
    28: "Action", 12: "Adventure", 16: "Animation", 35: "Comedy", 80: "Crime", 99: "Documentary", 18: "Drama",
    10751: "Family", 14: "Fantasy", 36: "History", 27: "Horror", 10402: "Music", 9648: "Mystery", 10749: "Romance",
    878: "Science Fiction", 10770: "TV Movie", 53: "Thriller", 10752: "War", 37: "Western",
}  # fmt: skip
_LANGUAGES = {
    "Hindi": "hi", "Tamil": "ta", "English": "en", "Marathi": "mr", "Malayalam": "ml", "Telugu": "te",
    "Bengali": "bn", "Kannada": "kn", "French (Parisian)": "fr", "Spanish Castilian (European)": "es",
    "German": "de", "Portuguese (European)": "pt", "Japanese": "ja", "Korean": "ko", "Arabic (Modern Standard)": "ar",
}  # fmt: skip
_COUNTRIES = {"hi": "IN", "ta": "IN", "mr": "IN", "ml": "IN", "te": "IN", "bn": "IN", "kn": "IN", "en": "US"}
_CREW = (
    ("Directing", "Director"), ("Writing", "Screenplay"), ("Writing", "Writer"), ("Production", "Producer"),
    ("Camera", "Director of Photography"), ("Sound", "Original Music Composer"), ("Editing", "Editor"),
)  # fmt: skip
_PROVIDERS = (
    (8, "Netflix"), (119, "Amazon Prime Video"), (2336, "JioHotstar"), (232, "Zee5"), (237, "Sony Liv"),
    (350, "Apple TV+"),
)  # fmt: skip
_CERTIFICATIONS = {"IN": ("U", "UA", "A", ""), "US": ("G", "PG", "PG-13", "R", "NR")}
_ODD_DATES = 40
"""One film in so many has no release date: an empty text, or no key at all in a list."""


class Films:
    """TMDB's films by the number of their work."""

    def __init__(self, seed: int, hotstar: int) -> None:
        """Know most of Hotstar's films, which are the first `hotstar` works, and some more."""
        self._seed = seed
        self._works = hotstar + int(hotstar * _MORE)
        self._ids = Shuffle(seed, "tmdb.movie.id", _IDS)
        self.revisions: dict[int, int] = {}
        """How often a film was changed since the start."""
        self.gone: set[int] = set()

    @cached_property
    def numbers(self) -> Sequence[int]:
        """The works that TMDB knew at the start."""
        known = (n for n in range(self._works) if mix(self._seed, _KNOWN, n) % 100 < _KNOWN_IN_A_HUNDRED)
        return array("l", known)

    def reset(self) -> None:
        """Go back to the start."""
        self.revisions.clear()
        self.gone.clear()

    def id_of(self, number: int) -> int:
        """Return TMDB's id of a work."""
        return 100 + self._ids.place(number)

    def number_of(self, tmdb_id: int) -> int | None:
        """Return the work with an id; None if there is no such film, or no more."""
        number = self._ids.number_at(tmdb_id - 100)
        known = 0 <= number < self._works and mix(self._seed, _KNOWN, number) % 100 < _KNOWN_IN_A_HUNDRED
        return number if known and number not in self.gone and self.id_of(number) == tmdb_id else None

    def imdb_id(self, number: int) -> str | None:
        """Return the IMDb id; one film in thirty has none, and one in five hundred that of its neighbour."""
        if number % 30 == 7:
            return None
        return f"tt{1_000_000 + (number - 1 if number % 500 == 3 else number) * 7}"

    def release(self, number: int) -> date | None:
        """Return the release date, if one is known; a fortieth of all films come next year."""
        if number % _ODD_DATES == 11:
            return None
        draw = Draw(self._seed, _FILM, number)
        year = 2027 if number % 40 == 17 else self._work(number).year
        return date(year, 1, 1) + timedelta(days=draw.below(365))

    def votes(self, number: int) -> tuple[float, int]:
        """Return the average and the number of votes; every change adds some, and a tenth of all films has none."""
        draw = Draw(self._seed, _FILM, number + 1)
        if draw.chance(100):
            return 0, 0
        count = 1 + draw.below(10 ** (1 + draw.below(4))) + 3 * self.revisions.get(number, 0)
        return round(3 + draw.below(600) / 100, 3), count

    def row(self, number: int, *, popularity: float) -> dict[str, object]:
        """Return the film as lists show it."""
        made, average = self._work(number), self.votes(number)
        row: dict[str, object] = {
            "adult": False,
            "backdrop_path": _image(number, "b") if number % 9 else None,
            "genre_ids": _genres(made),
            "id": self.id_of(number),
            "original_language": _LANGUAGES[made.language.name],
            "original_title": made.native_title,
            "overview": self._overview(number),
            "popularity": popularity,
            "poster_path": _image(number, "p") if number % 12 else None,
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

    def details(self, number: int, *, popularity: float, today: date) -> dict[str, object]:
        """Return the film itself, without any block."""
        made, row = self._work(number), self.row(number, popularity=popularity)
        language, released = str(row["original_language"]), self.release(number)
        country = _COUNTRIES.get(language, "FR")
        draw = Draw(self._seed, _FILM, number + 2)
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

    def block(self, name: str, number: int) -> object | None:
        """Return what `append_to_response` adds under a name, without its `id`; None for a name that is unknown."""
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
            "keywords": lambda number: {
                "keywords": [{"id": 100 + word, "name": f"keyword {word}"} for word in self._few(number, 1, 6, 400)]
            },
            "recommendations": lambda number: self._page_of_films(number, 2),
            "release_dates": self._release_dates,
            "similar": lambda number: self._page_of_films(number, 3),
            "translations": self._translations,
            "videos": self._videos,
            "watch/providers": self._providers,
        }

    def _credits(self, number: int) -> object:
        made, draw = self._work(number), Draw(self._seed, _BLOCK, number)
        cast = [
            {**self._person(draw, name, "Acting"), "cast_id": 1 + place, "character": "" if place % 5 == 4 else "Self",
             "credit_id": f"{number:012x}{place:012x}", "order": place}
            for place, name in enumerate((*made.actors, *(person(draw) for _ in range(draw.below(25)))))
        ]  # fmt: skip
        crew = [
            {**self._person(draw, name, department), "credit_id": f"{number:012x}{90 + place:012x}",
             "department": department, "job": job}
            for place, (name, (department, job)) in enumerate(
                [*((name, _CREW[0]) for name in made.directors), *((person(draw), role) for role in _CREW[1:])]
            )
        ]  # fmt: skip
        return {"cast": cast, "crew": crew}

    def _person(self, draw: Draw, name: str, department: str) -> dict[str, object]:
        number = 1 + draw.below(500_000)
        return {
            "adult": False,
            "gender": draw.below(4),
            "id": number,
            "known_for_department": department,
            "name": name,
            "original_name": name,
            "popularity": draw.below(900) / 100,
            "profile_path": _image(number, "f") if number % 3 else None,
        }

    def _images(self, number: int) -> object:
        def pictures(letter: str, most: int, width: int, height: int) -> list[dict[str, object]]:
            return [
                {"aspect_ratio": round(width / height, 3), "height": height, "iso_639_1": (None, "en", "hi")[place % 3],
                 "file_path": _image(number, letter, place), "vote_average": 5.2, "vote_count": place, "width": width}
                for place in range(mix(self._seed, _BLOCK, number) % (most + 1))
            ]  # fmt: skip

        return {
            "backdrops": pictures("b", 8, 1920, 1080),
            "logos": [],
            "posters": pictures("p", 6, 1000, 1500),
        }

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

    def _videos(self, number: int) -> object:
        kinds = ("Trailer", "Teaser", "Clip", "Featurette")
        return {
            "results": [
                {"iso_639_1": "en", "iso_3166_1": "US", "name": f"{kinds[which % 4]} {place + 1}",
                 "key": f"{number:06d}{place:05d}", "site": "Vimeo" if which % 7 == 6 else "YouTube", "size": 1080,
                 "type": kinds[which % 4], "official": which % 2 == 0, "published_at": "2026-01-05T10:00:00.000Z",
                 "id": f"{number:012x}{place:012x}"}
                for place, which in enumerate(self._few(number, 4, 13, 28))
            ]
        }  # fmt: skip

    def _providers(self, number: int) -> object:
        here = [_PROVIDERS[which] for which in sorted(set(self._few(number, 5, 3, len(_PROVIDERS))))]
        if not here:
            return {"results": {}}
        flatrate = [
            {"logo_path": _image(provider, "l"), "provider_id": provider, "provider_name": name, "display_priority": at}
            for at, (provider, name) in enumerate(here)
        ]
        link = f"https://www.themoviedb.org/movie/{self.id_of(number)}/watch?locale=IN"
        return {"results": {"IN": {"link": link, "flatrate": flatrate}}}

    def _page_of_films(self, number: int, use: int) -> object:
        found = [self.numbers[place] for place in self._few(number, use, 21, len(self.numbers))]
        rows = [self.row(other, popularity=1.0) for other in dict.fromkeys(found) if other != number]
        return {"page": 1, "results": rows, "total_pages": 1, "total_results": len(rows)}

    def _few(self, number: int, use: int, most: int, bound: int) -> list[int]:
        draw = Draw(self._seed, _BLOCK + use, number)
        return [draw.below(bound) for _ in range(draw.below(most))] if bound else []

    def _overview(self, number: int) -> str:
        if number % 13 == 5:
            return ""
        changed = self.revisions.get(number, 0)
        return f"What happened to {self._work(number).actors[0]}." + (f" Edition {changed}." if changed else "")

    def _work(self, number: int) -> Work:
        return work(self._seed, number)


def _genres(made: Work) -> list[int]:
    named = [number for number, name in GENRES.items() if name in made.genres]
    return named or [18]


def _image(number: int, letter: str, place: int = 0) -> str:
    return f"/{letter}{number:07d}{place:02d}.jpg"
