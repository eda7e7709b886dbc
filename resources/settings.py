"""Settings from the environment and from `.env` in the working directory: where data lives, which services to ask.

What a variable means stands in `.env.example`. Nothing here opens a connection, and nothing here shows a secret: URLs
that may carry a password, keys and webhook addresses are kept as `SecretStr`.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, NonNegativeFloat, NonNegativeInt, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from resources.access import (
    HOTSTAR_PRODUCTION,
    TMDB_PRODUCTION,
    TRAKT_PRODUCTION,
    TRAKT_RATE,
    TRAKT_SIGN_IN,
    WATCHMODE_PRODUCTION,
    DatabaseUrls,
    HotstarAccess,
    TmdbAccess,
    TraktAccess,
    TraktSignInAccess,
    WatchmodeAccess,
    tmdb_key_form,
)
from resources.errors import SettingsError

PROJECT_ROOT = Path(__file__).resolve().parent.parent
"""The checkout: `dagster.yaml`, `sql/` and the packages stand here."""

_NO_CONTACT = "signing-out@catalog-platform.invalid"
"""Whom Trakt is told that it may write to where nobody is named: nobody, in the form that its gateway asks for."""

_OR_SANDBOX = (
    "or set no service's credentials and start with `catalog up` on the embedded server, which then brings the sandbox."
)

Kept = Annotated[int, Field(ge=1, le=36_500)]
"""How many days or censuses to keep: never none, a century at most."""

TmdbRate = Annotated[float, Field(gt=0, le=40)]
"""Requests a second: TMDB allows about 40."""

Hours = Annotated[float, Field(gt=0, le=4_320)]
"""How long an answer counts as fresh: not longer than TMDB's terms let it be kept."""

LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]


class Settings(BaseSettings):
    """Every variable that the platform reads; make one with `load_settings`."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True, hide_input_in_errors=True
    )

    catalog_home: Path = Path(".catalog")
    source_database_url: SecretStr | None = None
    catalog_database_url: SecretStr | None = None
    dagster_database_url: SecretStr | None = None

    hotstar_api_base_url: str | None = None
    hotstar_partner_id: str | None = None
    hotstar_akamai_secret: SecretStr | None = None
    catalog_origin_hotstar: str | None = None

    tmdb_api_base_url: str | None = None
    tmdb_api_key: SecretStr | None = None
    tmdb_requests_per_second: TmdbRate = 20.0
    catalog_origin_tmdb: str | None = None

    watchmode_api_base_url: str | None = None
    watchmode_api_key: SecretStr | None = None
    watchmode_requests_a_day: Annotated[int, Field(ge=1, le=10_000)] = 33
    catalog_origin_watchmode: str | None = None
    catalog_regions: str = "US,IN"

    trakt_enabled: bool = False
    trakt_client_id: SecretStr | None = None
    trakt_client_secret: SecretStr | None = None
    trakt_contact: str | None = None
    trakt_token_key: SecretStr | None = None
    trakt_api_base_url: str | None = None
    trakt_auth_base_url: str | None = None
    catalog_origin_trakt: str | None = None

    ttl_tmdb_trending_h: Hours = 3
    ttl_tmdb_providers_h: Hours = 24
    ttl_trakt_trending_h: Hours = 1
    ttl_watchmode_availability_h: Hours = 12
    ttl_aggregated_trending_h: Hours = 1
    ttl_coming_soon_h: Hours = 24

    images_enabled: bool | None = None
    images_url: str | None = None
    images_public_url: str | None = None
    aws_access_key_id: SecretStr | None = None
    aws_secret_access_key: SecretStr | None = None
    aws_session_token: SecretStr | None = None
    aws_region: str | None = None
    aws_endpoint_url: str | None = None

    sandbox_seed: NonNegativeInt = 1
    sandbox_scale: NonNegativeFloat = 1.0
    sandbox_movies: NonNegativeInt | None = None
    sandbox_rate: NonNegativeFloat = 1.0
    sandbox_latency: NonNegativeFloat = 2.0
    sandbox_tmdb_rate: NonNegativeFloat = 40.0
    sandbox_tmdb_latency: NonNegativeFloat = 0.15
    sandbox_trakt_rate: NonNegativeInt = 500

    keep_update_pages_days: Kept = 90
    keep_censuses: Kept = 4
    keep_run_logs_days: Kept = 90

    catalog_log_level: LogLevel = "INFO"
    alert_webhook_url: SecretStr | None = None
    alert_smtp_url: SecretStr | None = None
    alert_mail_from: str = "catalog@localhost"
    alert_mail_to: str | None = None

    @property
    def home(self) -> Path:
        """`CATALOG_HOME` as an absolute path."""
        return self.catalog_home.expanduser().resolve()

    @property
    def database_urls(self) -> DatabaseUrls | None:
        """The URLs of a server of one's own, or None: then the embedded server serves.

        Raises:
            SettingsError: some of the three are set and some are not, or one is no PostgreSQL URL.
        """
        source, catalog, dagster = self.source_database_url, self.catalog_database_url, self.dagster_database_url
        if source is not None and catalog is not None and dagster is not None:
            return DatabaseUrls(source, catalog, dagster)
        given = {"SOURCE_DATABASE_URL": source, "CATALOG_DATABASE_URL": catalog, "DAGSTER_DATABASE_URL": dagster}
        missing = [name for name, url in given.items() if url is None]
        if len(missing) == len(given):
            return None
        raise SettingsError(
            f"{_listed(missing)} not set: give all three database URLs of your server, or none for the embedded one."
        )

    @property
    def hotstar(self) -> HotstarAccess | None:
        """Access to Hotstar, or None where no credential is set: the service is then off.

        Raises:
            SettingsError: one credential without the other, or a secret that is not hexadecimal.
        """
        partner, secret = self.hotstar_partner_id, self.hotstar_akamai_secret
        if partner is None and secret is None:
            return None
        if partner is None or secret is None:
            missing = "HOTSTAR_PARTNER_ID" if partner is None else "HOTSTAR_AKAMAI_SECRET"
            raise SettingsError(f"{missing} is not set: Hotstar needs the partner id and the secret, or neither.")
        if re.fullmatch("(?:[0-9a-fA-F]{2})+", secret.get_secret_value()) is None:
            raise SettingsError("HOTSTAR_AKAMAI_SECRET is not a hexadecimal text of even length: copy it again.")
        base_url = (self.hotstar_api_base_url or HOTSTAR_PRODUCTION).rstrip("/")
        return HotstarAccess(
            base_url=base_url,
            partner_id=partner,
            akamai_secret=secret,
            origin=self.catalog_origin_hotstar or f"{base_url} {partner}",
        )

    def require_hotstar(self) -> HotstarAccess:
        """Access to Hotstar.

        Raises:
            SettingsError: no credential is set, or they cannot be used.
        """
        if self.hotstar is None:
            raise SettingsError(f"Hotstar is off: set HOTSTAR_PARTNER_ID and HOTSTAR_AKAMAI_SECRET, {_OR_SANDBOX}")
        return self.hotstar

    @property
    def tmdb(self) -> TmdbAccess | None:
        """Access to TMDB, or None where no key is set: the service is then off.

        Raises:
            SettingsError: the key is none of TMDB's two.
        """
        if self.tmdb_api_key is None:
            return None
        tmdb_key_form(self.tmdb_api_key)
        base_url = (self.tmdb_api_base_url or TMDB_PRODUCTION).rstrip("/")
        origin = self.catalog_origin_tmdb or base_url
        rate = self.tmdb_requests_per_second
        if origin.startswith("sandbox:"):
            rate = min(rate, self.sandbox_tmdb_rate)
        return TmdbAccess(base_url=base_url, api_key=self.tmdb_api_key, requests_per_second=rate, origin=origin)

    def require_tmdb(self) -> TmdbAccess:
        """Access to TMDB.

        Raises:
            SettingsError: no key is set, or it cannot be used.
        """
        if self.tmdb is None:
            raise SettingsError(f"TMDB is off: set TMDB_API_KEY, {_OR_SANDBOX}")
        return self.tmdb

    @property
    def watchmode(self) -> WatchmodeAccess | None:
        """Access to Watchmode, or None where no key is set: the service is then off."""
        if self.watchmode_api_key is None:
            return None
        base_url = (self.watchmode_api_base_url or WATCHMODE_PRODUCTION).rstrip("/")
        return WatchmodeAccess(
            base_url=base_url,
            api_key=self.watchmode_api_key,
            requests_a_day=self.watchmode_requests_a_day,
            origin=self.catalog_origin_watchmode or base_url,
        )

    def require_watchmode(self) -> WatchmodeAccess:
        """Access to Watchmode.

        Raises:
            SettingsError: no key is set.
        """
        if self.watchmode is None:
            raise SettingsError(f"Watchmode is off: set WATCHMODE_API_KEY, {_OR_SANDBOX}")
        return self.watchmode

    @property
    def trakt(self) -> TraktAccess | None:
        """Access to Trakt's lists, or None unless it is switched on and its client id is set.

        Raises:
            SettingsError: the secret stands without the id, or nobody is named whom Trakt may write to.
        """
        if self.trakt_client_id is None and self.trakt_client_secret is not None:
            raise SettingsError("TRAKT_CLIENT_ID is not set: Trakt needs the client id beside the secret, or neither.")
        if not self.trakt_enabled or self.trakt_client_id is None:
            return None
        base_url = (self.trakt_api_base_url or TRAKT_PRODUCTION).rstrip("/")
        origin = self.catalog_origin_trakt or base_url
        is_unlimited = origin.startswith("sandbox:") and self.sandbox_trakt_rate == 0
        return TraktAccess(
            base_url=base_url,
            client_id=self.trakt_client_id,
            contact=_contact(self.trakt_contact),
            requests_per_second=0.0 if is_unlimited else TRAKT_RATE,
            origin=origin,
        )

    def require_trakt(self) -> TraktAccess:
        """Access to Trakt's lists.

        Raises:
            SettingsError: Trakt is off, or cannot be used.
        """
        if self.trakt is None:
            raise SettingsError(
                "Trakt is off: where its terms let you use it (docs/trakt.md), set TRAKT_ENABLED=1, TRAKT_CLIENT_ID "
                "and TRAKT_CONTACT."
            )
        return self.trakt

    def require_trakt_sign_in(self) -> TraktSignInAccess:
        """What signing in to Trakt needs, also where Trakt is off: signing out must work then.

        Raises:
            SettingsError: says which variables are missing or cannot be used.
        """
        client_id, client_secret, token_key = self.trakt_client_id, self.trakt_client_secret, self.trakt_token_key
        if client_id is None or client_secret is None or token_key is None:
            needed = {"TRAKT_CLIENT_ID": client_id, "TRAKT_CLIENT_SECRET": client_secret, "TRAKT_TOKEN_KEY": token_key}
            missing = _listed([name for name, value in needed.items() if value is None])
            raise SettingsError(f"{missing} not set: a user's sign-in to Trakt needs all three (docs/trakt.md).")
        if re.fullmatch("[0-9A-Za-z_-]{43}=", token_key.get_secret_value()) is None:
            raise SettingsError(
                "TRAKT_TOKEN_KEY is no Fernet key (32 bytes in URL-safe base64): make one as docs/trakt.md says."
            )
        return TraktSignInAccess(
            base_url=(self.trakt_auth_base_url or TRAKT_SIGN_IN).rstrip("/"),
            client_id=client_id,
            client_secret=client_secret,
            contact=_contact(self.trakt_contact),
            token_key=token_key,
        )

    def signing_out(self) -> "Settings":
        """These settings for signing out of Trakt alone, which nobody is kept from because no contact is set."""
        return self if self.trakt_contact is not None else self.model_copy(update={"trakt_contact": _NO_CONTACT})

    @property
    def regions(self) -> tuple[str, ...]:
        """The countries whose offers and releases are asked for, each a request or a part of one.

        Raises:
            SettingsError: CATALOG_REGIONS is not a list of countries.
        """
        codes = tuple(dict.fromkeys(code.strip() for code in self.catalog_regions.split(",")))
        if not all(re.fullmatch("[A-Z]{2}", code) for code in codes) or "UK" in codes:
            raise SettingsError(
                "CATALOG_REGIONS is not a list of countries as ISO 3166-1 writes them, two capital letters each with "
                "commas between, such as US,IN,GB (the United Kingdom is GB)."
            )
        return codes

    @property
    def ttl_hours(self) -> Mapping[str, float]:
        """How long answers count as fresh, by rule: requirements (streaming, RS19), and those of reference lists."""
        return {
            "tmdb_trending": self.ttl_tmdb_trending_h,
            "tmdb_providers": self.ttl_tmdb_providers_h,
            "trakt_trending": self.ttl_trakt_trending_h,
            "watchmode_availability": self.ttl_watchmode_availability_h,
            "aggregated_trending": self.ttl_aggregated_trending_h,
            "coming_soon": self.ttl_coming_soon_h,
            "tmdb_reference": 24.0,
            "watchmode_reference": 168.0,
            "id_map": 24.0,
        }

    @property
    def has_credentials(self) -> bool:
        """Whether a service's credentials are set: the sandbox, which serves all services or none, is then left out.

        Raises:
            SettingsError: they cannot be used.
        """
        return any(access is not None for access in (self.hotstar, self.tmdb, self.watchmode, self.trakt))


def load_settings(*, signs_out: bool = False) -> Settings:
    """Read the environment and `.env`, and check what can be checked without a connection.

    Args:
        signs_out: for signing out of Trakt alone (`Settings.signing_out`).

    Raises:
        SettingsError: names the variables that are missing or wrong, never their values.
    """
    try:
        settings = Settings()
    except ValidationError as refused:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in refused.errors())
        raise SettingsError(f"A setting can't be read: {wrong}.") from None
    if signs_out:
        settings = settings.signing_out()
    for name in ("source_database_url", "catalog_database_url", "dagster_database_url"):
        url: SecretStr | None = getattr(settings, name)
        if url is not None and urlsplit(url.get_secret_value()).scheme not in {"postgresql", "postgres"}:
            raise SettingsError(f"{name.upper()} must begin with postgresql:// (and name no driver).")
    _ = settings.database_urls, settings.hotstar, settings.tmdb, settings.trakt, settings.regions
    return settings


def _contact(text: str | None) -> str:
    if text is None:
        raise SettingsError(
            "TRAKT_CONTACT is not set: Trakt refuses programs that do not say whom it may write to. Give a mail "
            "address or the address of a page."
        )
    if re.fullmatch(r"[^\s()<>@]+@[^\s()<>@]+|https?://[^\s()<>]+", text, re.ASCII) is None or not text.isascii():
        raise SettingsError("TRAKT_CONTACT is neither a mail address nor the address of a page (https://…).")
    return text


def _listed(names: list[str]) -> str:
    return f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'}"
