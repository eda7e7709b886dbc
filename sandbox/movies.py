"""What a Hotstar film looks like, and how its dates are spread so that a client has it hard (design: The sandbox).

A film's place in a shuffle decides its dates, so that the counts are exact and unrelated to `contentId`. They are
given for 51,495 films and shrink in proportion.
"""

from sandbox.arithmetic import Draw, Shuffle, mix, stream
from sandbox.kinds import ABSENT, Filter, Keys, Kind
from sandbox.words import EVENTS, LANGUAGES, TURNS
from sandbox.works import Work, person, work

FULL_SIZE = 51_495
START_SECOND = 1_427_826_600
"""12,000 films start in this second (2015-03-31 18:30 UTC, midnight in Kolkata)."""
UPDATE_SECOND = 1_676_006_130
"""11,000 films were last updated in this one."""
YEAR_3000 = 32_535_072_000
NO_END = 4_102_424_940
LAST_UPDATE = 1_793_471_400
"""No film was updated later than this when the sandbox starts (2026-10-31 18:30 UTC); fixed, so that a sandbox
started again with its seed shows the same catalogue."""

_OLD_IMPORT = 1_340_000_000
_KEYS, _ITEM = stream("movie.keys"), stream("movie.item")
_IDS = 900_000_000
_RATINGS = ((1, "U"), (2, "U/A 7+"), (3, "U/A 13+"), (4, "U/A 16+"), (5, "A"), (2, "PG"), (3, "12+"))
_TESTS = (
    "HES Automation Movie {}",
    "HES Automation Test Asset {}",
    "Automation Movie {}",
    "Test Movie {} - do not publish",
)
_CHANNELS = (
    (3, "StarPlus", 821),
    (54, "Hotstar Specials", 1_260_003_991),
    (29, "Star Gold", 829),
    (17, "Asianet Movies", 1_184),
)


class _Spread:
    """Which films have which dates: consecutive stretches of places."""

    def __init__(self, count: int) -> None:
        def films(of_full_size: int) -> int:
            share = round(of_full_size * count / FULL_SIZE)
            return max(share, 1) if count >= 100 else share

        self.start_second = films(12_000)
        both = films(2_000)
        self.update_second = range(self.start_second - both, self.start_second - both + films(11_000))
        end = self.update_second.stop
        self.no_start = range(end - films(50), end + films(53))
        self.no_update = range(self.no_start.stop, self.no_start.stop + films(40))
        self.start_zero = range(self.no_update.stop, self.no_update.stop + films(40))
        self.start_negative = range(self.start_zero.stop, self.start_zero.stop + films(60))
        self.start_3000 = range(self.start_negative.stop, self.start_negative.stop + films(2_577))
        self.update_zero = range(self.start_3000.stop, self.start_3000.stop + films(10))
        self.update_negative = range(self.update_zero.stop, self.update_zero.stop + films(10))
        self.update_3000 = range(self.update_negative.stop, self.update_negative.stop + films(10))


class Movies:
    """The films, each a function of its number and the seed."""

    def __init__(self, seed: int, count: int) -> None:
        self._seed = seed
        self._count = count
        self._spread = _Spread(count)
        self._places = Shuffle(seed, "movie.place", count)
        self._long_ids = Shuffle(seed, "movie.contentId", _IDS)
        self._short_ids = Shuffle(seed, "movie.contentId.short", _IDS)
        self._internal_ids = Shuffle(seed, "movie.id", 10_000_000)

    def keys(self, number: int) -> Keys:
        """Return `contentId` and (updateDate, startDate, premium)."""
        bits = mix(self._seed, _KEYS, number)
        premium = ABSENT if bits % 1009 == 0 else (bits >> 12) & 1
        # Text order and the order of numbers differ only where lengths do.
        if (bits >> 20) % 100 == 0:
            content_id = str(100_000_000 + self._short_ids.place(number))
        else:
            content_id = str(1_000_000_000 + self._long_ids.place(number))
        update, start = self._dates(number, bits >> 28)
        return Keys(content_id, (update, start, premium))

    def _dates(self, number: int, bits: int) -> tuple[int, int]:
        age = bits % 340_000_000
        # Two thirds of the scattered updates fall into the last four years.
        update = LAST_UPDATE - (age if bits % 3 == 0 else age % 126_000_000)
        start = LAST_UPDATE - (bits >> 5) % 900_000_000
        if number >= self._count:
            return update, start
        spread, place = self._spread, self._places.place(number)
        if place < spread.start_second:
            start = START_SECOND
        elif place in spread.start_zero:
            start = 0
        elif place in spread.start_negative:
            start = -1 - bits % 600_000_000
        elif place in spread.start_3000:
            start = YEAR_3000
        if place in spread.update_second:
            update = UPDATE_SECOND
        elif place in spread.update_zero:
            update = 0
        elif place in spread.update_negative:
            update = -1 - bits % 1_000_000
        elif place in spread.update_3000:
            update = YEAR_3000 + bits % 1_000
        if place in spread.no_start:
            start = ABSENT
        elif place in spread.no_update:
            # One import of a single day wrote no update time, and a few unreleased titles have none.
            update = ABSENT
            start = YEAR_3000 if place % 5 == 0 else _OLD_IMPORT + bits % 86_400
        return update, start

    def about(self, number: int) -> dict[str, object]:
        """Return the work's number, or None for a test entry, and whether it is one."""
        test = self._is_test(number)
        return {"work": None if test else number, "test": test}

    def _is_test(self, number: int) -> bool:
        return mix(self._seed, _ITEM, number) % 500 == 0

    def item(self, number: int) -> dict[str, object]:
        """Return the film with the fields of the contract's table, in the order the service prints them."""
        content_id, (update, start, premium) = self.keys(number)
        known = work(self._seed, number)
        draw = Draw(self._seed, _ITEM, number)
        picture = f"{draw.below(9999)}/{draw.below(9_999_999)}"
        film: dict[str, object] = {
            "id": self._internal_ids.place(number) + 1_000 + (1 << 33 if draw.below(50) == 0 else 0),
            "contentId": content_id,
            "title": self._title(number, known, draw),
            "description": _description(known, draw),
            "genre": list(known.genres),
            "lang": [known.language.name],
            "contentType": "MOVIE",
            "year": known.year,
            "thumbnail": f"https://img.hotstar.com/image/upload/f_auto,t_hcdl/sources/r1/cms/prod/{picture}-h",
        }
        if draw.chance(900):
            film["portraitThumbnail"] = (
                f"https://img.hotstar.com/image/upload/f_auto,t_vl/sources/r1/cms/prod/{picture}-v"
            )
        if start != ABSENT:
            film["startDate"] = start
        end = _end(start, draw)
        if end != ABSENT:
            film["endDate"] = end
        film["duration"] = 0 if draw.chance(8) else known.minutes * 60 + draw.below(60)
        if premium != ABSENT:
            film["premium"] = bool(premium)
            film["vip"] = bool(premium)
        _add_pictures(film, picture, draw)
        film["deepLinkUrl"] = f"hotstar://{content_id}"
        film["deepLinkUrlForLivingRoom"] = f"hotstar://content/{content_id}"
        _add_people(film, known, draw)
        _add_words(film, known, content_id, draw)
        # A draw of its own: truth counts statuses without making every film.
        film["assetStatus"] = "UNPUBLISHED" if start == YEAR_3000 or _half(self._seed, number) else "PUBLISHED"
        if update != ABSENT:
            film["updateDate"] = update
        film["paid"] = bool(premium == 1 and draw.chance(30))
        film["parentalRating"], film["parentalRatingName"] = draw.one(_RATINGS)
        _add_links(film, content_id, draw)
        return film

    def _title(self, number: int, known: Work, draw: Draw) -> str:
        if self._is_test(number):
            return draw.one(_TESTS).format(1 + draw.below(60))
        title = known.native_title if draw.chance(150) else known.title
        odds = draw.below(1000)
        if odds < 4:
            return f" {title} "
        if odds < 8:
            return title.replace(" ", "\u00a0", 1)
        if odds < 12:
            return f"{title} \u2013 “{known.directors[0]}” cut"
        if odds < 40 and known.language.number != 3:
            return f"{title} ({known.language.name})"
        return title


def _half(seed: int, number: int) -> bool:
    return (mix(seed, _KEYS, number) >> 40) % 2 == 0


def _end(start: int, draw: Draw) -> int | None:
    """Return when the film ends; None for a null, ABSENT for no field. None falls near the present: truth stays put."""
    if start == YEAR_3000:
        return YEAR_3000 + 28_799
    odds = draw.below(1000)
    if odds < 120:
        return 1_500_000_000 + draw.below(270_000_000)
    if odds < 320:
        return 2_051_222_400 + draw.below(500_000_000)
    rare = {320: 0, 321: -1, 322: None, 323: ABSENT, 324: 4_102_444_799}
    return rare.get(320 + (odds - 320) // 8, NO_END)


def _description(known: Work, draw: Draw) -> str:
    text = f"{known.actors[0].split()[0]} {draw.one(EVENTS)}. {draw.one(TURNS)}"
    odds = draw.below(1000)
    if odds < 20:
        return text.replace(". ", ".\n\n", 1)
    if odds < 30:
        return f"{text} \U0001f3ac\t\u200b"
    if odds < 35:
        return ""
    return f"{text} {known.native_title}"


def _add_pictures(film: dict[str, object], picture: str, draw: Draw) -> None:
    url = "https://img.hotstar.com/image/upload/f_auto"
    upright = draw.chance(920)
    images = [{"url": f"{url}/sources/r1/cms/prod/{picture}-h", "transformation": "hcdl", "type": "HORIZONTAL"}]
    if upright:
        images.append(
            {"url": f"{url},t_vl/sources/r1/cms/prod/{picture}-v", "transformation": "vl", "type": "VERTICAL"}
        )
    film["images"] = images
    source = "https://img1.hotstarext.com/image/upload/f_auto/sources/r1/cms/prod"
    originals = [{"url": f"{source}/{picture}-v", "type": "VERTICAL"}] if upright else []
    if draw.chance(950):
        originals.append({"url": f"{source}/{picture}-h", "type": "HORIZONTAL"})
    film["sourceImages"] = originals


def _add_people(film: dict[str, object], known: Work, draw: Draw) -> None:
    if draw.chance(930):
        actors = list(known.actors)
        if draw.chance(40):
            actors += [actors[0], f" {actors[-1]} "]
        film["actors"] = actors
    if draw.chance(900):
        film["directors"] = list(known.directors)
    odds = draw.below(1000)
    if odds < 400:
        film["producers"] = [person(draw) for _ in range(1 + draw.below(3))]
    elif odds < 410:
        film["producers"] = None
    if draw.chance(15):
        film["anchors"] = [person(draw)]


def _add_words(film: dict[str, object], known: Work, content_id: str, draw: Draw) -> None:
    languages = [known.language]
    if draw.chance(180):
        languages += [spoken for spoken in draw.some(LANGUAGES, 6) if spoken != known.language]
    film["lang"] = [spoken.name for spoken in languages]
    film["langObjs"] = [
        {"hide": False, "id": spoken.number, "name": spoken.name, "iso3code": spoken.iso3, "displayName": spoken.shown}
        for spoken in languages
    ]
    if draw.chance(960):
        film["searchKeywords"] = [
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


def _add_links(film: dict[str, object], content_id: str, draw: Draw) -> None:
    host, scheme = ("apps.disneyplus.com", "disneyplus") if draw.chance(60) else ("hotstar.com", "hotstar")
    film["locators"] = [
        {"url": f"https://{host}/{content_id}/watch", "platform": "web"},
        *(
            {"url": f"{scheme}://{content_id}/watch", "platform": name}
            for name in ("ios", "android", "appletv", "androidtv")
        ),
        {"url": f"https://livingroom.{host}/{content_id}/watch", "platform": "weblr"},
    ]
    if draw.chance(300):
        trailer = str(1_770_000_000 + draw.below(30_000_000))
        film["trailers"] = [trailer]
        film["trailerDeeplinks"] = [f"hotstar://{trailer}/watch"]
    if draw.chance(250):
        number, name, channel_id = draw.one(_CHANNELS)
        film["channelObject"] = {"id": number, "name": name, "contentId": channel_id}
    if draw.chance(50):
        film["playUri"] = f"https://api.hotstar.com/ph/v1/play?partnerId=sandbox&contentId={content_id}"


MOVIE = Kind(
    name="movie",
    path="/movie/search",
    columns=("updateDate", "startDate", "premium"),
    sorted_columns=("updateDate", "startDate"),
    filters={
        "fromUpdateDate": Filter("updateDate", "from"),
        "toUpdateDate": Filter("updateDate", "to"),
        "fromStartDate": Filter("startDate", "from"),
        "toStartDate": Filter("startDate", "to"),
        "premium": Filter("premium", "flag"),
    },
    order_columns={"contentId": None, "startDate": "startDate"},
    # The contract leaves the default open: this order repeats films across pages, so it finds out a careless client.
    default_order=("startDate", "desc"),
    made=Movies,
)
