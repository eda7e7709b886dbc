"""What an answer about a series must look like where it differs from one about a film (contracts: TMDB, section 6).

The same rules hold as in `models`. A list of seasons is required, for an answer without it would read as a series that
has none.
"""

from typing import Annotated, NotRequired

from pydantic import Field

from catalog_assets.tmdb.models import (
    AlternativeTitle,
    Company,
    Int32,
    Int64,
    Name,
    Named,
    Person,
    Score,
    Shaped,
    Text,
    Title,
)

MOST_SEASONS = 250
"""More than any series has: a list that is longer is a fault, and is not asked for season by season."""

MOST_EPISODES = 2_000
"""Of a season: 1,464 were seen. With as many in every season a series still fits into a value of jsonb."""


class ListedSeason(Shaped):
    """A season as its series lists it; specials are season 0."""

    id: Int64
    season_number: Annotated[Int32, Field(ge=0)]
    name: NotRequired[Text | None]
    overview: NotRequired[Text | None]
    air_date: NotRequired[str | None]
    episode_count: NotRequired[Int32 | None]
    poster_path: NotRequired[str | None]
    vote_average: NotRequired[Score | None]


class ListedEpisode(Shaped):
    """An episode as its series shows it; `runtime` may be null or 0, which both mean unknown."""

    id: Int64
    episode_number: Int32
    season_number: NotRequired[Int32 | None]
    name: NotRequired[Text | None]
    overview: NotRequired[Text | None]
    air_date: NotRequired[str | None]
    episode_type: NotRequired[Name | None]
    production_code: NotRequired[Name | None]
    runtime: NotRequired[Int32 | None]
    still_path: NotRequired[str | None]
    vote_average: NotRequired[Score | None]
    vote_count: NotRequired[Int32 | None]


class EpisodeMember(Shaped):
    """Somebody in the credits of an episode; one without an id costs nobody anything."""

    id: NotRequired[Int64 | None]
    name: NotRequired[str | None]
    job: NotRequired[str | None]
    character: NotRequired[str | None]
    order: NotRequired[Int64 | None]


class Episode(ListedEpisode):
    """An episode as its season shows it."""

    crew: NotRequired[list[EpisodeMember] | None]
    guest_stars: NotRequired[list[EpisodeMember] | None]


class Season(Shaped):
    """The block `season/…`: all episodes at once. Its id stands in the series' own list alone."""

    episodes: Annotated[list[Episode], Field(max_length=MOST_EPISODES)]
    name: NotRequired[Text | None]
    overview: NotRequired[Text | None]
    air_date: NotRequired[str | None]
    season_number: NotRequired[Int32 | None]


class Creator(Person):
    """Somebody whose idea the series was."""

    original_name: NotRequired[str | None]


class Series(Title):
    """A series' details without its appended blocks. It has no IMDb id of its own: `external_ids` has."""

    name: Name
    original_name: NotRequired[Text | None]
    type: NotRequired[Name | None]
    first_air_date: NotRequired[str | None]
    last_air_date: NotRequired[str | None]
    in_production: NotRequired[bool | None]
    languages: NotRequired[list[Name] | None]
    episode_run_time: NotRequired[list[Int32] | None]
    created_by: NotRequired[list[Creator] | None]
    networks: NotRequired[list[Company] | None]
    number_of_episodes: NotRequired[Int32 | None]
    number_of_seasons: NotRequired[Int32 | None]
    seasons: Annotated[list[ListedSeason], Field(max_length=MOST_SEASONS)]
    last_episode_to_air: NotRequired[ListedEpisode | None]
    next_episode_to_air: NotRequired[ListedEpisode | None]


class Role(Shaped):
    """A part that somebody played in some episodes."""

    character: NotRequired[str | None]
    episode_count: NotRequired[Int64 | None]


class Job(Shaped):
    """A job that somebody did in some episodes."""

    job: NotRequired[str | None]
    episode_count: NotRequired[Int64 | None]


class AggregateCastMember(Person):
    """Somebody before the camera, in all seasons together."""

    roles: NotRequired[list[Role] | None]
    order: NotRequired[Int64 | None]
    total_episode_count: NotRequired[Int64 | None]


class AggregateCrewMember(Person):
    """Somebody behind the camera, in all seasons together."""

    jobs: NotRequired[list[Job] | None]
    department: NotRequired[str | None]
    total_episode_count: NotRequired[Int64 | None]


class AggregateCredits(Shaped):
    """The block `aggregate_credits`; the block `credits` has the latest season alone."""

    cast: list[AggregateCastMember]
    crew: list[AggregateCrewMember]


class SeriesKeywords(Shaped):
    """The block `keywords` of a series."""

    results: list[Named]


class Rating(Shaped):
    """From which age on a series is meant, in a country's own terms."""

    iso_3166_1: Name
    rating: NotRequired[Name | None]


class ContentRatings(Shaped):
    """The block `content_ratings`."""

    results: list[Rating]


class SeriesAlternativeTitles(Shaped):
    """The block `alternative_titles` of a series."""

    results: list[AlternativeTitle]
