"""What an answer of TMDB must look like to be usable (contracts: TMDB, sections 4, 6 and 7).

A field is required only where the contract leaves no doubt, or where a block without it would read as an empty one. A
field of the wrong type rejects the film, or the block that it stands in; one that a model does not name is not judged.
Texts and dates may be "", null or absent, which all mean unknown. The models are dictionaries, as answers are.
"""

from typing import Annotated, Literal, NotRequired

from pydantic import ConfigDict, Field
from typing_extensions import TypedDict  # pydantic takes that of typing from Python 3.12 on

MediaType = Literal["movie", "tv"]
"""What TMDB calls films and series, which use the same numbers."""

Id = Annotated[int, Field(strict=True, ge=1, lt=2**31)]
"""TMDB's number of a film or series; an integer column holds it."""

Int32 = Annotated[int, Field(strict=True, ge=-(2**31), lt=2**31)]
"""What PostgreSQL's integer holds; booleans and numbers in quotes are none."""

Int64 = Annotated[int, Field(strict=True, ge=-(2**63), lt=2**63)]
"""What PostgreSQL's bigint holds."""

Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
"""A float, which may arrive as an integer literal."""

Score = Annotated[float, Field(strict=True, ge=0, le=10)]
"""An average of votes."""

Name = Annotated[str, Field(strict=True, max_length=500)]
"""A text that an index can hold: 2,000 bytes at most, of the 2,704 that an entry of a B-tree has."""

Text = Annotated[str, Field(strict=True, max_length=100_000)]
"""A text that a full-text index can hold: no lexemes of more than 1 MB come of it."""


class Shaped(TypedDict):
    """What every model is."""

    __pydantic_config__ = ConfigDict(extra="ignore", strict=True)  # type: ignore[misc]


class Named(Shaped):
    """A genre, keyword or collection."""

    id: Int32
    name: NotRequired[Name | None]


class Company(Named):
    """A production company."""

    origin_country: NotRequired[Name | None]


class Country(Shaped):
    """A country in which a film was made."""

    iso_3166_1: NotRequired[Name | None]


class Language(Shaped):
    """A language that is spoken in a film."""

    iso_639_1: NotRequired[Name | None]


class Title(Shaped):
    """What films and series have alike, without appended blocks."""

    id: Id
    original_language: NotRequired[Name | None]
    origin_country: NotRequired[list[Name] | None]
    overview: NotRequired[Text | None]
    tagline: NotRequired[Text | None]
    homepage: NotRequired[str | None]
    status: NotRequired[Name | None]
    genres: NotRequired[list[Named] | None]
    production_companies: NotRequired[list[Company] | None]
    production_countries: NotRequired[list[Country] | None]
    spoken_languages: NotRequired[list[Language] | None]
    poster_path: NotRequired[str | None]
    backdrop_path: NotRequired[str | None]
    adult: NotRequired[bool | None]
    popularity: NotRequired[Number | None]
    vote_average: NotRequired[Score | None]
    vote_count: NotRequired[Int32 | None]


class Film(Title):
    """A film's details without its appended blocks. 0 means unknown in budget, revenue and runtime."""

    title: Name
    original_title: NotRequired[Text | None]
    imdb_id: NotRequired[str | None]
    release_date: NotRequired[str | None]
    runtime: NotRequired[Int32 | None]
    budget: NotRequired[Int64 | None]
    revenue: NotRequired[Int64 | None]
    belongs_to_collection: NotRequired[Named | None]


class Person(Shaped):
    """Somebody in the credits. `gender`: 0 unset, 1 female, 2 male, 3 non-binary."""

    id: Int64
    name: NotRequired[str | None]
    gender: NotRequired[Int64 | None]
    profile_path: NotRequired[str | None]


class CastMember(Person):
    """Somebody before the camera."""

    character: NotRequired[str | None]
    order: NotRequired[Int64 | None]


class CrewMember(Person):
    """Somebody behind the camera, in one of perhaps several jobs."""

    job: NotRequired[str | None]
    department: NotRequired[str | None]


class Credits(Shaped):
    """The block `credits`."""

    cast: list[CastMember]
    crew: list[CrewMember]


class Video(Shaped):
    """A trailer, clip or the like. `published_at` is a time in one of two spellings."""

    key: NotRequired[str | None]
    site: NotRequired[str | None]
    type: NotRequired[str | None]
    name: NotRequired[str | None]
    official: NotRequired[bool | None]
    published_at: NotRequired[str | None]


class Videos(Shaped):
    """The block `videos`."""

    results: list[Video]


class Picture(Shaped):
    """A picture of a film; `iso_639_1` is null if nothing is written on it."""

    file_path: NotRequired[str | None]
    iso_639_1: NotRequired[str | None]
    vote_average: NotRequired[Number | None]
    vote_count: NotRequired[Int64 | None]


class Images(Shaped):
    """The block `images`, of which the backdrops are used."""

    backdrops: list[Picture]


class Keywords(Shaped):
    """The block `keywords` of a film."""

    keywords: list[Named]


class Release(Shaped):
    """A release in a country. `type`: 1 premiere, 2 limited, 3 theatrical, 4 digital, 5 physical, 6 television."""

    certification: NotRequired[Name | None]
    type: NotRequired[Int64 | None]


class CountryReleases(Shaped):
    """The releases of a country."""

    iso_3166_1: Name
    release_dates: list[Release]


class ReleaseDates(Shaped):
    """The block `release_dates`."""

    results: list[CountryReleases]


class Provider(Shaped):
    """A service that offers a film."""

    provider_id: Int64
    provider_name: NotRequired[str | None]
    logo_path: NotRequired[str | None]
    display_priority: NotRequired[Int64 | None]


class Offers(Shaped):
    """Who offers a film in a country, and how; a kind without an offer is absent."""

    link: NotRequired[str | None]
    flatrate: NotRequired[list[Provider]]
    free: NotRequired[list[Provider]]
    ads: NotRequired[list[Provider]]
    rent: NotRequired[list[Provider]]
    buy: NotRequired[list[Provider]]


class WatchProviders(Shaped):
    """The block `watch/providers`: offers by country, `{}` if there are none anywhere."""

    results: dict[Name, Offers]


class RelatedTitle(Shaped):
    """A row of the blocks `similar` and `recommendations`."""

    id: Id
    media_type: NotRequired[str | None]


class RelatedTitles(Shaped):
    """The blocks `similar` and `recommendations`."""

    results: list[RelatedTitle]


class ExternalIds(Shaped):
    """The block `external_ids`. `imdb_id` is in every answer, if only as null; series alone have a `tvdb_id`."""

    imdb_id: str | None
    tvdb_id: NotRequired[Int64 | None]
    wikidata_id: NotRequired[str | None]
    facebook_id: NotRequired[str | None]
    instagram_id: NotRequired[str | None]
    twitter_id: NotRequired[str | None]


class TranslatedTexts(Shaped):
    """The texts of a title in one language: a film has a `title`, a series a `name`."""

    title: NotRequired[Text | None]
    name: NotRequired[Text | None]
    overview: NotRequired[Text | None]
    tagline: NotRequired[Text | None]


class Translation(Shaped):
    """A title in a language as it is spoken in a country."""

    iso_3166_1: NotRequired[Name | None]
    iso_639_1: NotRequired[Name | None]
    data: NotRequired[TranslatedTexts | None]


class Translations(Shaped):
    """The block `translations`."""

    translations: list[Translation]


class AlternativeTitle(Shaped):
    """What a film is called in a country."""

    iso_3166_1: NotRequired[Name | None]
    title: NotRequired[Text | None]
    type: NotRequired[Name | None]


class AlternativeTitles(Shaped):
    """The block `alternative_titles` of a film."""

    titles: list[AlternativeTitle]


class Envelope(Shaped):
    """What a page of a list says of itself (contracts: TMDB, section 3); its `results` are judged one by one."""

    page: Annotated[Int32, Field(ge=1)]
    total_pages: Annotated[Int32, Field(ge=0)]
    total_results: Annotated[Int32, Field(ge=0)]


class FilmRow(Shaped):
    """A film in a list."""

    id: Id
    title: NotRequired[Name | None]
    release_date: NotRequired[str | None]
    adult: NotRequired[bool | None]


class SeriesRow(Shaped):
    """A series in a list."""

    id: Id
    name: NotRequired[Name | None]
    first_air_date: NotRequired[str | None]
    adult: NotRequired[bool | None]


class Change(Shaped):
    """A row of the changes feed; its `adult` says by being null that the title is gone, and is judged by that alone."""

    id: Id
