"""Pieces that films and series of TMDB are made of: people, pictures, codes of languages and countries."""

from collections.abc import Iterable, Sequence

from sandbox.arithmetic import Draw

LANGUAGES = {
    "Hindi": "hi", "Tamil": "ta", "English": "en", "Marathi": "mr", "Malayalam": "ml", "Telugu": "te",
    "Bengali": "bn", "Kannada": "kn", "French (Parisian)": "fr", "Spanish Castilian (European)": "es",
    "German": "de", "Portuguese (European)": "pt", "Japanese": "ja", "Korean": "ko", "Arabic (Modern Standard)": "ar",
}  # fmt: skip
COUNTRIES = {"hi": "IN", "ta": "IN", "mr": "IN", "ml": "IN", "te": "IN", "bn": "IN", "kn": "IN", "en": "US"}
"""By language; the others are French here."""
CREW = (
    ("Directing", "Director"), ("Writing", "Screenplay"), ("Writing", "Writer"), ("Production", "Producer"),
    ("Camera", "Director of Photography"), ("Sound", "Original Music Composer"), ("Editing", "Editor"),
)  # fmt: skip
PEOPLE = 500_000


def image(number: int, letter: str, place: int = 0) -> str:
    """Return a picture's path; the letter says what it shows (`tmdb_images.py` lists them)."""
    ending = "png" if letter == "n" else "jpg"
    return f"/{letter}{number:07d}{place:02d}.{ending}"


def pictures(number: int, letter: str, places: Iterable[int], width: int, height: int) -> list[dict[str, object]]:
    """Return the rows of a block of pictures."""
    return [
        {"aspect_ratio": round(width / height, 3), "height": height, "iso_639_1": (None, "en", "hi")[place % 3],
         "file_path": image(number, letter, place), "vote_average": 5.2, "vote_count": place, "width": width}
        for place in places
    ]  # fmt: skip


def person_object(draw: Draw, name: str, department: str) -> dict[str, object]:
    """Return what credits show of a person."""
    number = 1 + draw.below(PEOPLE)
    return {
        "adult": False,
        "gender": draw.below(4),
        "id": number,
        "known_for_department": department,
        "name": name,
        "original_name": name,
        "popularity": draw.below(900) / 100,
        "profile_path": image(number, "f") if number % 3 else None,
    }


def cast_rows(draw: Draw, names: Sequence[str], key: int) -> list[dict[str, object]]:
    """Return rows of a series' cast; a number of its own keeps its credits apart from others'."""
    return [
        {**person_object(draw, name, "Acting"), "character": "" if order % 5 == 4 else "Self",
         "credit_id": f"{key:012x}{order:012x}", "order": order}
        for order, name in enumerate(names)
    ]  # fmt: skip


def crew_rows(draw: Draw, jobs: Iterable[tuple[str, tuple[str, str]]], key: int) -> list[dict[str, object]]:
    """Return rows of a crew, from names with department and job."""
    return [
        {**person_object(draw, name, department), "credit_id": f"{key:012x}{90 + place:012x}",
         "department": department, "job": job}
        for place, (name, (department, job)) in enumerate(jobs)
    ]  # fmt: skip
