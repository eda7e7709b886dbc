"""The rows of Watchmode's answers, as we keep them (contracts: Watchmode, sections 4 to 7).

Watchmode's own types call every field optional, and numbers have come as texts: what can be read is read, and only
what a row cannot do without rejects it. A text may be "" or a sentence in place of an address: both mean unknown.
"""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from catalog_assets.tmdb.columns import iso_date
from catalog_assets.tmdb.models import MediaType

_LAST = 2**31
_DEAREST = Decimal(10_000_000)


def _number(value: Any) -> Any:
    """An integer, however it is written."""
    if isinstance(value, str) and value.strip().isdecimal():
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _known_number(value: Any) -> int | None:
    number = _number(value)
    is_number = isinstance(number, int) and not isinstance(number, bool) and 0 <= number < _LAST
    return number if is_number else None


def _known_id(value: Any) -> int | None:
    return _known_number(value) or None


def _known_text(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _link(value: Any) -> str | None:
    # Addresses come with their ampersands written as in HTML.
    text = value.strip().replace("&amp;", "&") if isinstance(value, str) else ""
    is_link = text.startswith(("https://", "http://")) and not any(sign.isspace() for sign in text)
    return text if is_link and len(text) <= 4_000 else None


def _price(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        price = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return price.quantize(Decimal("0.01")) if price.is_finite() and 0 <= price < _DEAREST else None


def _lower(value: Any) -> str | None:
    text = _known_text(value)
    return text.lower() if text else None


def _upper(value: Any) -> Any:
    return value.strip().upper() if isinstance(value, str) else value


def _quality(value: Any) -> str | None:
    text = _known_text(value)
    return text.upper() if text else None


def _media_type(value: Any) -> str | None:
    return value if value in ("movie", "tv") else None


def _flag(value: Any) -> bool | None:
    return {"0": False, "1": True, "false": False, "true": True}.get(str(value).lower())


def _regions(value: Any) -> list[str]:
    found = (_upper(each) for each in value) if isinstance(value, list) else ()
    return list(dict.fromkeys(each for each in found if isinstance(each, str) and len(each) == 2))


Id = Annotated[int, BeforeValidator(_number), Field(strict=True, ge=1, lt=_LAST)]
Number = Annotated[int, BeforeValidator(_number), Field(strict=True, ge=0, lt=_LAST)]
KnownId = Annotated[int | None, BeforeValidator(_known_id)]
KnownNumber = Annotated[int | None, BeforeValidator(_known_number)]
Text = Annotated[str, Field(strict=True, min_length=1, max_length=500)]
KnownText = Annotated[Text | None, BeforeValidator(_known_text)]
Short = Annotated[str, Field(max_length=50)]
Word = Annotated[Short | None, BeforeValidator(_lower)]
Link = Annotated[str | None, BeforeValidator(_link)]
Country = Annotated[str, BeforeValidator(_upper), Field(strict=True, pattern="^[A-Z]{2}$")]
Day = Annotated[date, BeforeValidator(iso_date)]
Flag = Annotated[bool | None, BeforeValidator(_flag)]


class Row(BaseModel):
    """What every row is: what it does not name is left out."""

    model_config = ConfigDict(extra="ignore", frozen=True, str_strip_whitespace=True)


class Offer(Row):
    """One way to see a title: region, service, type and format name it (section 6).

    Attributes:
        source_id: Watchmode's number of the service.
        region: ISO 3166-1 alpha-2, upper case.
        type: as Watchmode says it, in lower case: sub, rent, buy, free, tve or something unknown; None: not said.
        format: SD, HD, 4K or something unknown; None: not said.
        name: of the service.
        price: in the currency of the region, which Watchmode does not name; None: unknown, or none is asked.
        web_url: http or https, as are the other two; None also where the plan gives none.
        ios_url: likewise.
        android_url: likewise.
        seasons: how many of them the service has.
        episodes: likewise.
    """

    source_id: Id
    region: Country
    type: Word = None
    format: Annotated[Short | None, BeforeValidator(_quality)] = None
    name: KnownText = None
    price: Annotated[Decimal | None, BeforeValidator(_price)] = None
    web_url: Link = None
    ios_url: Link = None
    android_url: Link = None
    seasons: KnownNumber = None
    episodes: KnownNumber = None


class Release(Row):
    """A title, or a season of one, that comes to a service on a day (section 7).

    Attributes:
        id: Watchmode's number of the title.
        source_id: Watchmode's number of the service.
        source_release_date: the day, which may still move.
        title: what it is called.
        type: movie, tv_series and their like.
        tmdb_id: None if unknown; means nothing without `tmdb_type`.
        tmdb_type: None if unknown.
        imdb_id: None if unknown.
        season_number: None for films.
        poster_url: http or https.
        source_name: of the service.
        is_original: made for the service.
    """

    id: Id
    source_id: Id
    source_release_date: Day
    title: KnownText = None
    type: Word = None
    tmdb_id: KnownId = None
    tmdb_type: Annotated[MediaType | None, BeforeValidator(_media_type)] = None
    imdb_id: KnownText = None
    season_number: KnownNumber = None
    poster_url: Link = None
    source_name: KnownText = None
    is_original: Flag = None


class Source(Row):
    """A service in Watchmode's directory (section 5).

    Attributes:
        id: Watchmode's number of it.
        name: what it is called.
        type: sub, purchase, free, tve or something unknown, in lower case.
        logo_100px: http or https.
        regions: ISO 3166-1 alpha-2, upper case, each once.
    """

    id: Id
    name: Text
    type: Word = None
    logo_100px: Link = None
    regions: Annotated[list[str], BeforeValidator(_regions)] = []


class Region(Row):
    """A country that Watchmode knows (section 5).

    Attributes:
        country: ISO 3166-1 alpha-2, upper case.
        name: what it is called.
        data_tier: 1 is the best.
        plan_enabled: whether this key may ask for it.
    """

    country: Country
    name: KnownText = None
    data_tier: KnownNumber = None
    plan_enabled: Annotated[bool, Field(strict=True)]


class Status(Row):
    """The month's credits, and how many of them are used (section 5)."""

    quota: Number
    used: Annotated[Number, Field(alias="quotaUsed")]
