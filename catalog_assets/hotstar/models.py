"""What an item of each kind must look like to stand in the tables (contracts: Hotstar, "Items").

A field is required only where the contract leaves no doubt. A field of the wrong type rejects its item; a field that a
model does not name is kept and not judged. All names are the service's own spelling. The models are dictionaries, as
items are: objects would take half as long again.
"""

from typing import Annotated, Any, NotRequired

from pydantic import ConfigDict, Field
from typing_extensions import TypedDict  # pydantic takes that of typing from Python 3.12 on

Int64 = Annotated[int, Field(strict=True, ge=-(2**63), lt=2**63)]
"""An integer that PostgreSQL's bigint holds; booleans and numbers in quotes are none."""

Word = Annotated[str, Field(strict=True, max_length=200)]
"""A text that an index can hold."""

Searched = Annotated[str, Field(strict=True, max_length=100_000)]
"""A text that a full-text index can hold: no lexemes of more than 1 MB come of it."""


class HotstarItem(TypedDict):
    """What every kind has, and what decides whether an item is deleted, should a kind have it."""

    __pydantic_config__ = ConfigDict(extra="ignore", strict=True)  # type: ignore[misc]

    id: Int64
    contentId: str | Int64
    assetStatus: NotRequired[Word | None]
    endDate: NotRequired[Int64 | None]
    updateDate: NotRequired[Int64 | None]


class Programme(HotstarItem):
    """What people watch: films, series, episodes and matches."""

    description: NotRequired[str | None]
    contentType: NotRequired[str | None]
    startDate: NotRequired[Int64 | None]
    genre: NotRequired[list[str] | None]
    lang: NotRequired[list[str] | None]
    premium: NotRequired[bool | None]
    vip: NotRequired[bool | None]
    paid: NotRequired[bool | None]
    thumbnail: NotRequired[str | None]
    portraitThumbnail: NotRequired[str | None]
    sourceImages: NotRequired[list[Any] | None]
    searchKeywords: NotRequired[list[Any] | None]
    locators: NotRequired[list[Any] | None]


class Produced(Programme):
    """What was produced rather than played: films, series and episodes."""

    parentalRating: NotRequired[Int64 | None]
    parentalRatingName: NotRequired[str | None]
    langObjs: NotRequired[list[Any] | None]
    images: NotRequired[list[Any] | None]
    actors: NotRequired[list[Any] | None]
    directors: NotRequired[list[Any] | None]
    producers: NotRequired[list[Any] | None]
    anchors: NotRequired[list[Any] | None]
    trailers: NotRequired[list[Any] | None]
    trailerDeeplinks: NotRequired[list[Any] | None]
    channelObject: NotRequired[dict[str, Any] | None]


class Playable(HotstarItem):
    """What a player opens: films, episodes and matches."""

    duration: NotRequired[Int64 | None]
    deepLinkUrl: NotRequired[str | None]
    deepLinkUrlForLivingRoom: NotRequired[str | None]
    playUri: NotRequired[str | None]


class Movie(Produced, Playable):
    """A film."""

    title: str
    year: NotRequired[Int64 | None]
    broadCastDate: NotRequired[Int64 | None]


class Show(Produced):
    """A series. It has neither status nor update time."""

    title: Searched
    categoryId: NotRequired[Int64 | None]


class Season(HotstarItem):
    """A season of a series. It has neither status nor dates; `showId` is the series' `id`, by which it is listed."""

    showId: Int64
    title: NotRequired[str | None]
    categoryId: NotRequired[Int64 | None]
    channelId: NotRequired[Int64 | None]
    displaySeasonNo: NotRequired[Int64 | None]
    episodeCnt: NotRequired[Int64 | None]
    images: NotRequired[list[Any] | None]
    thumbnail: NotRequired[str | None]


class Episode(Produced, Playable):
    """An episode of a series; `showId` and `seasonId` are their `id`."""

    title: str
    broadCastDate: NotRequired[Int64 | None]
    showId: NotRequired[Int64 | None]
    seasonId: NotRequired[Int64 | None]
    seasonNo: NotRequired[Int64 | None]
    episodeNo: NotRequired[Int64 | None]


class Match(Programme, Playable):
    """A match, or another programme about sports: a recording or live. Its genre can contradict its `gameName`."""

    title: Searched
    live: NotRequired[bool | None]
    gameName: NotRequired[Word | None]
    siMatchId: NotRequired[str | None]
    tournamentId: NotRequired[Int64 | None]
    sportsSeasonId: NotRequired[Int64 | None]


class Channel(HotstarItem):
    """A channel: it has a name and no title."""

    name: str
    enabledPlatforms: NotRequired[list[str] | None]
