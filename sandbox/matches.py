"""Matches: recordings and live clips of sports, some of them still to come (contract: `/match/search`)."""

from sandbox.arithmetic import Draw, mix, stream
from sandbox.dates import Spread
from sandbox.fields import locators, play_uri, thumbnail
from sandbox.kinds import ABSENT, Filter, Keys, Kind, Table
from sandbox.playables import (
    COLUMNS,
    DEFAULT_ORDER,
    FILTERS,
    ORDERS,
    TOLD,
    Playables,
    add_dates,
    add_premium,
    end_date,
)
from sandbox.words import GAMES, LANGUAGES, MATCH_FORMS, TEAMS, TOURNAMENTS

FULL_SIZE = 175_031
SPREAD = Spread(
    full_size=FULL_SIZE,
    start_second=1_435_689_000,  # 2015-06-30 18:30 UTC, midnight in Kolkata
    starts=14_000,
    update_second=1_633_046_400,
    updates=12_500,
    both=2_500,
    no_start=(120, 230),
    no_update=120,
    start_zero=100,
    start_negative=150,
    start_3000=1_500,
    soon=350,
)

_LIVE, _ITEM = stream("match.live"), stream("match.item")
_LAST_SECOND = 4_102_444_799

MATCH = Kind(
    name="match",
    path="/match/search",
    columns=(*COLUMNS, "live"),
    sorted_columns=("updateDate", "startDate"),
    filters={**FILTERS, "live": Filter("live", "flag")},
    order_columns=ORDERS,
    default_order=DEFAULT_ORDER,
    told=(*TOLD, "live", "gameName", "genre", "siMatchId", "tournamentId", "sportsSeasonId"),
)


class Matches:
    """The matches, each a function of its number, the seed and, for those around it, the sandbox's day."""

    def __init__(self, seed: int, count: int, today: int) -> None:
        self._seed = seed
        self._count = count
        self._playables = Playables(seed, "match", count, spread=SPREAD, id_offset=4_000_000, today=today)

    def __len__(self) -> int:
        """Return how many there are at the start."""
        return self._count

    def table(self) -> Table:
        """Return the keys of those that there are at the start."""
        every = self._playables.at_start
        live = [self._is_live(number) for number in range(self._count)]
        return Table(every.content_ids, (every.update, every.start, every.premium, live))

    def keys(self, number: int) -> Keys:
        """Return `contentId` and (updateDate, startDate, premium, live)."""
        content_id, update, start, premium, _ = self._playables.of(number)
        return Keys(content_id, (update, start, premium, int(self._is_live(number))))

    def about(self, number: int) -> dict[str, object]:  # noqa: ARG002 - one signature for all kinds
        """Return nothing: a match is no work."""
        return {}

    def item(self, number: int) -> dict[str, object]:
        """Return the match with the fields of the contract's table, in the order the service prints them."""
        content_id, update, start, premium, status = self._playables.of(number)
        live = self._is_live(number)
        draw = Draw(self._seed, _ITEM, number)
        odds = draw.below(1 << 30)
        picture = f"{odds % 9973}/{1_000_000 + odds % 899_981}"
        game, genre = draw.one(GAMES)
        language = LANGUAGES[odds % 8]
        tournament = odds % len(TOURNAMENTS)
        sports_season = 2_008 + odds % 18
        name = draw.one(MATCH_FORMS).format(
            one=draw.one(TEAMS), other=draw.one(TEAMS), tournament=TOURNAMENTS[tournament], number=1 + odds % 64
        )
        match: dict[str, object] = {
            "id": self._playables.ids.internal_id(number, long=odds % 50 == 0),
            "contentId": content_id,
            "title": name,
            "description": f"{name}. {TOURNAMENTS[tournament]} {sports_season}, {language.name} commentary.",
            "lang": [language.name],
            # What is filed under another sport occurs (contract, Items).
            "genre": [genre if odds % 19 else draw.one(GAMES)[1]],
            "contentType": "MATCH",
            "duration": 0 if live or odds % 9 == 0 else 60 + odds % 14_400,
        }
        add_dates(match, start, _LAST_SECOND if self._playables.dates.is_soon(number) else end_date(start, draw))
        match["sportsSeasonId"] = sports_season - 2_000
        match["tournamentId"] = tournament + 1
        match["thumbnail"] = thumbnail(picture)
        match["siMatchId"] = str(700_000 + odds % 99_991)
        match["gameName"] = game
        add_premium(match, premium)
        match["deepLinkUrl"] = f"hotstar://{content_id}"
        if odds % 4:
            match["deepLinkUrlForLivingRoom"] = f"hotstar://content/{content_id}"
        match["live"] = live
        match["assetStatus"] = status
        if update != ABSENT:
            match["updateDate"] = update
        match["paid"] = premium == 1 and odds % 33 == 0
        if odds % 11 > 0:
            match["searchKeywords"] = [name, game, content_id, TOURNAMENTS[tournament], " Live", " Live", "Unknown"]
        if odds % 20 == 0:
            match["playUri"] = play_uri(content_id)
        match["sourceImages"] = [{"url": thumbnail(picture), "transformation": "hl_tab_xxhdpi", "type": "HORIZONTAL"}]
        match["locators"] = locators(content_id)
        return match

    def _is_live(self, number: int) -> bool:
        return self._playables.dates.is_soon(number) or mix(self._seed, _LIVE, number) % 12 == 0
