"""Films: what they look like, and how hard their dates are on a client (contract: `/movie/search`)."""

from sandbox.arithmetic import Draw, mix, stream
from sandbox.channels import CHANNELS, channel_object
from sandbox.dates import Spread
from sandbox.fields import (
    RATINGS,
    add_people,
    add_pictures,
    add_trailers,
    add_words,
    description,
    locators,
    play_uri,
    portrait,
    thumbnail,
    title,
)
from sandbox.kinds import ABSENT, Keys, Kind, Table
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
from sandbox.works import work

FULL_SIZE = 51_495
SPREAD = Spread(
    full_size=FULL_SIZE,
    start_second=1_427_826_600,  # 2015-03-31 18:30 UTC, midnight in Kolkata
    starts=12_000,
    update_second=1_676_006_130,
    updates=11_000,
    both=2_000,
    no_start=(50, 53),
    no_update=40,
    start_zero=40,
    start_negative=60,
    start_3000=2_577,
)

_ITEM = stream("movie.item")
_TESTS = (
    "HES Automation Movie {}",
    "HES Automation Test Asset {}",
    "Automation Movie {}",
    "Test Movie {} - do not publish",
)

MOVIE = Kind(
    name="movie",
    path="/movie/search",
    columns=COLUMNS,
    sorted_columns=("updateDate", "startDate"),
    filters=FILTERS,
    order_columns=ORDERS,
    default_order=DEFAULT_ORDER,
    told=TOLD,
)


class Movies:
    """The films, each a function of its number and the seed."""

    def __init__(self, seed: int, count: int, today: int) -> None:
        self._seed = seed
        self._count = count
        self._playables = Playables(seed, "movie", count, spread=SPREAD, id_offset=0, today=today)

    def __len__(self) -> int:
        """Return how many there are at the start."""
        return self._count

    def table(self) -> Table:
        """Return the keys of those that there are at the start."""
        every = self._playables.at_start
        return Table(every.content_ids, (every.update, every.start, every.premium))

    def keys(self, number: int) -> Keys:
        """Return `contentId` and (updateDate, startDate, premium)."""
        content_id, update, start, premium, _ = self._playables.of(number)
        return Keys(content_id, (update, start, premium))

    def about(self, number: int) -> dict[str, object]:
        """Return the work's number, or None for a test entry, and whether it is one."""
        test = self._is_test(number)
        return {"work": None if test else number, "test": test}

    def _is_test(self, number: int) -> bool:
        return mix(self._seed, _ITEM, number) % 500 == 0

    def item(self, number: int) -> dict[str, object]:
        """Return the film with the fields of the contract's table, in the order the service prints them."""
        content_id, update, start, premium, status = self._playables.of(number)
        known = work(self._seed, number)
        draw = Draw(self._seed, _ITEM, number)
        picture = f"{draw.below(9999)}/{draw.below(9_999_999)}"
        film: dict[str, object] = {
            "id": self._playables.ids.internal_id(number, long=draw.below(50) == 0),
            "contentId": content_id,
            "title": draw.one(_TESTS).format(1 + draw.below(60)) if self._is_test(number) else title(known, draw),
            "description": description(known, draw),
            "genre": list(known.genres),
            "lang": [known.language.name],
            "contentType": "MOVIE",
            "year": known.year,
            "thumbnail": thumbnail(picture),
        }
        if draw.chance(900):
            film["portraitThumbnail"] = portrait(picture)
        add_dates(film, start, end_date(start, draw))
        film["duration"] = 0 if draw.chance(8) else known.minutes * 60 + draw.below(60)
        add_premium(film, premium)
        add_pictures(film, picture, draw)
        film["deepLinkUrl"] = f"hotstar://{content_id}"
        film["deepLinkUrlForLivingRoom"] = f"hotstar://content/{content_id}"
        add_people(film, known, draw)
        add_words(film, known, content_id, draw)
        film["assetStatus"] = status
        if update != ABSENT:
            film["updateDate"] = update
        film["paid"] = bool(premium == 1 and draw.chance(30))
        film["parentalRating"], film["parentalRatingName"] = draw.one(RATINGS)
        film["locators"] = locators(content_id, elsewhere=draw.chance(60))
        add_trailers(film, draw)
        if draw.chance(250):
            film["channelObject"] = channel_object(draw.one(CHANNELS[:4]))
        if draw.chance(50):
            film["playUri"] = play_uri(content_id)
        return film
