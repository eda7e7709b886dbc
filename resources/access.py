"""What a client needs to reach each service and database, and where the services stand; the settings make these.

Nothing here shows a secret: they are kept as `SecretStr`.
"""

import re
from dataclasses import dataclass
from typing import Literal

from pydantic import SecretStr

from resources.errors import SettingsError

HOTSTAR_PRODUCTION = "https://catalog-api.hotstar.com"
"""The provider's production address (contracts, "Access")."""

TMDB_PRODUCTION = "https://api.themoviedb.org"
"""TMDB's address (contracts, "Access")."""

WATCHMODE_PRODUCTION = "https://api.watchmode.com"
"""Watchmode's address (contracts, "Access")."""

TRAKT_PRODUCTION = "https://api.trakt.tv"
"""Trakt's address (contracts, "Access")."""

TRAKT_SIGN_IN = "https://auth.trakt.tv"
"""Where Trakt's users sign in, since July 2026 (likewise)."""

TRAKT_RATE = 1.6
"""Requests a second: Trakt allows 500 in five minutes to all that ask from one address (contracts, "Rate limits")."""


@dataclass(frozen=True, slots=True)
class DatabaseUrls:
    """Plain `postgresql://` URLs of the three databases."""

    source: SecretStr
    catalog: SecretStr
    dagster: SecretStr


@dataclass(frozen=True, slots=True)
class HotstarAccess:
    """What a client of the Hotstar partner API needs, and the origin that its data bears.

    `origin` is the service's address and the partner, or `sandbox:<seed>`: never a secret.
    """

    base_url: str
    partner_id: str
    akamai_secret: SecretStr
    origin: str


@dataclass(frozen=True, slots=True)
class TmdbAccess:
    """What a client of TMDB needs, and the origin that its data bears: the service's address, or `sandbox:<seed>`.

    `requests_per_second` is 0 where a sandbox has no limit.
    """

    base_url: str
    api_key: SecretStr
    requests_per_second: float
    origin: str


@dataclass(frozen=True, slots=True)
class WatchmodeAccess:
    """What a client of Watchmode needs, and the origin that its data bears: its address, or `sandbox:<seed>`."""

    base_url: str
    api_key: SecretStr
    requests_a_day: int
    origin: str


@dataclass(frozen=True, slots=True)
class TraktAccess:
    """What a client of Trakt's lists needs, and the origin that its data bears: its address, or `sandbox:<seed>`.

    `contact` says whom Trakt may write to; `requests_per_second` is 0 where a sandbox has no limit.
    """

    base_url: str
    client_id: SecretStr
    contact: str
    requests_per_second: float
    origin: str


@dataclass(frozen=True, slots=True)
class TraktSignInAccess:
    """What signing a user in to Trakt needs; `token_key` is a Fernet key, by which tokens are kept."""

    base_url: str
    client_id: SecretStr
    client_secret: SecretStr
    contact: str
    token_key: SecretStr


def tmdb_key_form(key: SecretStr) -> Literal["v3", "v4"]:
    """Which of TMDB's two credentials a text is (contracts, "Access"): a key, or a read access token.

    Raises:
        SettingsError: neither; says what is expected, and nothing of the text.
    """
    if re.fullmatch("[0-9a-fA-F]{32}", key.get_secret_value()):
        return "v3"
    if re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+", key.get_secret_value(), re.ASCII):
        return "v4"
    raise SettingsError(
        "TMDB_API_KEY is neither an API Key (v3: 32 hexadecimal characters) nor an API Read Access Token (v4: three "
        "parts joined by dots, without the word Bearer): copy it again from TMDB's settings."
    )
