"""What an item of each kind must look like to stand in the tables (contracts: Hotstar, "Items").

A field is required only where the contract leaves no doubt. A field of the wrong type rejects its item; a field that a
model does not name is kept and not judged. All names are the service's own spelling.
"""

# ruff: noqa: N815 - the service's own spelling

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Int64 = Annotated[int, Field(strict=True, ge=-(2**63), lt=2**63)]
"""An integer that PostgreSQL's bigint holds; booleans and numbers in quotes are none."""

Word = Annotated[str, Field(strict=True, max_length=200)]
"""A text that an index can hold."""

Searched = Annotated[str, Field(strict=True, max_length=100_000)]
"""A text that a full-text index can hold: no lexemes of more than 1 MB come of it."""


class HotstarItem(BaseModel):
    """What every kind has, and what decides whether an item is deleted, should a kind have it."""

    model_config = ConfigDict(extra="ignore", strict=True)

    id: Int64
    contentId: str | Int64
    assetStatus: Word | None = None
    endDate: Int64 | None = None
    updateDate: Int64 | None = None


class Programme(HotstarItem):
    """What people watch: films, series, episodes and matches."""

    title: str
    description: str | None = None
    contentType: str | None = None
    startDate: Int64 | None = None
    genre: list[str] | None = None
    lang: list[str] | None = None
    premium: bool | None = None
    vip: bool | None = None
    paid: bool | None = None
    thumbnail: str | None = None
    portraitThumbnail: str | None = None
    sourceImages: list[Any] | None = None
    searchKeywords: list[Any] | None = None
    locators: list[Any] | None = None


class Produced(Programme):
    """What was produced rather than played: films, series and episodes."""

    parentalRating: Int64 | None = None
    parentalRatingName: str | None = None
    langObjs: list[Any] | None = None
    images: list[Any] | None = None
    actors: list[Any] | None = None
    directors: list[Any] | None = None
    producers: list[Any] | None = None
    anchors: list[Any] | None = None
    trailers: list[Any] | None = None
    trailerDeeplinks: list[Any] | None = None
    channelObject: dict[str, Any] | None = None


class Playable(HotstarItem):
    """What a player opens: films, episodes and matches."""

    duration: Int64 | None = None
    deepLinkUrl: str | None = None
    deepLinkUrlForLivingRoom: str | None = None
    playUri: str | None = None


class Movie(Produced, Playable):
    """A film."""

    year: Int64 | None = None
    broadCastDate: Int64 | None = None


class Show(Produced):
    """A series. It has neither status nor update time."""

    title: Searched
    categoryId: Int64 | None = None


class Season(HotstarItem):
    """A season of a series. It has neither status nor dates; `showId` is the series' `id`, by which it is listed."""

    showId: Int64
    title: str | None = None
    categoryId: Int64 | None = None
    channelId: Int64 | None = None
    displaySeasonNo: Int64 | None = None
    episodeCnt: Int64 | None = None
    images: list[Any] | None = None
    thumbnail: str | None = None


class Episode(Produced, Playable):
    """An episode of a series; `showId` and `seasonId` are their `id`."""

    broadCastDate: Int64 | None = None
    showId: Int64 | None = None
    seasonId: Int64 | None = None
    seasonNo: Int64 | None = None
    episodeNo: Int64 | None = None


class Match(Programme, Playable):
    """A match, or another programme about sports: a recording or live. Its genre can contradict its `gameName`."""

    title: Searched
    live: bool | None = None
    gameName: Word | None = None
    siMatchId: str | None = None
    tournamentId: Int64 | None = None
    sportsSeasonId: Int64 | None = None


class Channel(HotstarItem):
    """A channel: it has a name and no title."""

    name: str
    enabledPlatforms: list[str] | None = None
