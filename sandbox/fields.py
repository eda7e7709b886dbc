"""Fields of an item that several kinds have: pictures, people, languages, keywords, links (contract, Items)."""

from collections.abc import Iterable

from sandbox.arithmetic import Draw
from sandbox.words import EVENTS, LANGUAGES, TURNS, Language
from sandbox.works import Work, person

RATINGS = ((1, "U"), (2, "U/A 7+"), (3, "U/A 13+"), (4, "U/A 16+"), (5, "A"), (2, "PG"), (3, "12+"))
"""`parentalRating` and `parentalRatingName`."""

_SHOWN = "https://img.hotstar.com/image/upload/f_auto"
_SOURCE = "https://img1.hotstarext.com/image/upload/f_auto/sources/r1/cms/prod"
_LANGUAGE_OBJECTS = {
    spoken.number: {
        "hide": False, "id": spoken.number, "name": spoken.name, "iso3code": spoken.iso3, "displayName": spoken.shown
    }
    for spoken in LANGUAGES
}  # fmt: skip


def thumbnail(picture: str) -> str:
    """Return the URL of `thumbnail`."""
    return f"{_SHOWN},t_hcdl/sources/r1/cms/prod/{picture}-h"


def portrait(picture: str) -> str:
    """Return the URL of `portraitThumbnail`."""
    return f"{_SHOWN},t_vl/sources/r1/cms/prod/{picture}-v"


def images(picture: str, *, upright: bool) -> list[dict[str, str]]:
    """Return `images`, with an upright one or without."""
    wide = {"url": f"{_SHOWN}/sources/r1/cms/prod/{picture}-h", "transformation": "hcdl", "type": "HORIZONTAL"}
    return [wide, {"url": portrait(picture), "transformation": "vl", "type": "VERTICAL"}] if upright else [wide]


def source_images(picture: str, *, upright: bool, wide: bool) -> list[dict[str, str]]:
    """Return `sourceImages`."""
    originals = [{"url": f"{_SOURCE}/{picture}-v", "type": "VERTICAL"}] if upright else []
    if wide:
        originals.append({"url": f"{_SOURCE}/{picture}-h", "type": "HORIZONTAL"})
    return originals


def language_objects(languages: Iterable[Language]) -> list[dict[str, object]]:
    """Return `langObjs`."""
    return [_LANGUAGE_OBJECTS[spoken.number] for spoken in languages]


def locators(content_id: str, *, elsewhere: bool = False, tail: str = "/watch") -> list[dict[str, str]]:
    """Return `locators`: here, or at another service's host."""
    host, scheme = ("apps.disneyplus.com", "disneyplus") if elsewhere else ("hotstar.com", "hotstar")
    app = f"{scheme}://{content_id}{tail}"
    return [
        {"url": f"https://{host}/{content_id}{tail}", "platform": "web"},
        {"url": app, "platform": "ios"},
        {"url": app, "platform": "android"},
        {"url": app, "platform": "appletv"},
        {"url": app, "platform": "androidtv"},
        {"url": f"https://livingroom.{host}/{content_id}{tail}", "platform": "weblr"},
    ]


def play_uri(content_id: str) -> str:
    """Return `playUri`."""
    return f"https://api.hotstar.com/ph/v1/play?partnerId=sandbox&contentId={content_id}"


def description(known: Work, draw: Draw) -> str:
    """Return a work's description."""
    text = f"{known.actors[0].split()[0]} {draw.one(EVENTS)}. {draw.one(TURNS)}"
    odds = draw.below(1000)
    if odds < 20:
        return text.replace(". ", ".\n\n", 1)
    if odds < 30:
        return f"{text} \U0001f3ac\t\u200b"
    if odds < 35:
        return ""
    return f"{text} {known.native_title}"


def title(known: Work, draw: Draw) -> str:
    """Return a work's title as this catalogue prints it."""
    text = known.native_title if draw.chance(150) else known.title
    odds = draw.below(1000)
    if odds < 4:
        return f" {text} "
    if odds < 8:
        return text.replace(" ", "\u00a0", 1)
    if odds < 12:
        return f"{text} \u2013 “{known.directors[0]}” cut"
    if odds < 40 and known.language.number != 3:
        return f"{text} ({known.language.name})"
    return text


def add_pictures(item: dict[str, object], picture: str, draw: Draw) -> None:
    """Add `images` and `sourceImages`."""
    upright = draw.chance(920)
    item["images"] = images(picture, upright=upright)
    item["sourceImages"] = source_images(picture, upright=upright, wide=draw.chance(950))


def add_people(item: dict[str, object], known: Work, draw: Draw) -> None:
    """Add `actors`, `directors`, `producers`, `anchors`, each optional."""
    if draw.chance(930):
        actors = list(known.actors)
        if draw.chance(40):
            actors += [actors[0], f" {actors[-1]} "]
        item["actors"] = actors
    if draw.chance(900):
        item["directors"] = list(known.directors)
    odds = draw.below(1000)
    if odds < 400:
        item["producers"] = [person(draw) for _ in range(1 + draw.below(3))]
    elif odds < 410:
        item["producers"] = None
    if draw.chance(15):
        item["anchors"] = [person(draw)]


def add_words(item: dict[str, object], known: Work, content_id: str, draw: Draw) -> None:
    """Add `lang`, `langObjs` and, optional, `searchKeywords`."""
    languages = [known.language]
    if draw.chance(180):
        languages += [spoken for spoken in draw.some(LANGUAGES, 6) if spoken != known.language]
    item["lang"] = [spoken.name for spoken in languages]
    item["langObjs"] = language_objects(languages)
    if draw.chance(960):
        item["searchKeywords"] = [
            known.title,
            f" {known.title.lower()}",
            *(spoken.name for spoken in languages),
            *known.genres,
            *known.actors,
            known.directors[0],
            known.directors[0],
            "Unknown" if draw.chance(200) else "Disney+",
            content_id,
        ]


def add_trailers(item: dict[str, object], draw: Draw) -> None:
    """Add `trailers` and `trailerDeeplinks`, optional."""
    if draw.chance(300):
        trailer = str(1_770_000_000 + draw.below(30_000_000))
        item["trailers"] = [trailer]
        item["trailerDeeplinks"] = [f"hotstar://{trailer}/watch"]
