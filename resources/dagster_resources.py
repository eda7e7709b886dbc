"""What assets ask Dagster for: the source database, the clients of services and the image store.

Addresses and credentials come from the settings when a run asks, never from the definitions: nothing of them can stand
in the instance or the UI.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import dagster as dg
import psycopg
from pydantic import SecretStr

from resources.access import TMDB_PRODUCTION, TmdbAccess
from resources.databases import Database
from resources.edgeauth import TokenRecord
from resources.errors import SettingsError
from resources.hotstar import HOTSTAR_PACE, HotstarClient
from resources.image_store import ImageStore, image_place, open_image_store
from resources.images import ImageClient
from resources.origins import origin_of, stamp_origin
from resources.settings import load_settings
from resources.statements import statement
from resources.tmdb import TmdbClient, tmdb_pace
from resources.trakt import TraktClient, trakt_pace
from resources.watchmode import WatchmodeClient, watchmode_pace


class SourceDatabase(dg.ConfigurableResource[Database]):
    """The database `source`: stored pages and the tables made from them."""

    def url(self) -> SecretStr:
        """Its URL.

        Raises:
            SettingsError: SOURCE_DATABASE_URL is not set.
        """
        urls = load_settings().database_urls
        if urls is None:
            raise SettingsError(
                "SOURCE_DATABASE_URL is not set: start Dagster with `catalog up`, or set what `catalog env` prints."
            )
        return urls.source

    @contextmanager
    def database(self) -> Iterator[Database]:
        """The database, its connections closed at the end."""
        database = Database(self.url())
        try:
            yield database
        finally:
            database.close()


class Hotstar(dg.ConfigurableResource[HotstarClient]):
    """The Hotstar partner catalogue, one request a second over all processes."""

    def origin(self) -> str:
        """Whose data a run brings: the service's address and partner, or the sandbox and its seed.

        Raises:
            SettingsError: the service has no credentials.
        """
        return load_settings().require_hotstar().origin

    def client(self, database: Database, *, run_id: str, asset: str) -> HotstarClient:
        """A client for one run, which stamps the database with its origin first.

        Raises:
            SettingsError: the service has no credentials.
            OriginMismatch: the database holds another origin's data.
        """
        settings = load_settings()
        access = settings.require_hotstar()
        with database.connection() as connection:
            stamp_origin(connection, service="hotstar", origin=access.origin)

        async def keep(token: TokenRecord) -> None:
            async with database.async_connection() as connection:
                await connection.execute(
                    statement("hotstar/record_token"),
                    {
                        "fingerprint": token.fingerprint,
                        "generated_at": token.generated_at,
                        "expires_at": token.expires_at,
                    },
                )

        rate = settings.sandbox_rate if access.origin.startswith("sandbox:") else 1.0
        return HotstarClient(
            base_url=access.base_url,
            partner_id=access.partner_id,
            akamai_secret=access.akamai_secret,
            source_url=database.url,
            run_id=run_id,
            asset=asset,
            on_token=keep,
            pace=replace(HOTSTAR_PACE, interval_s=1 / rate if rate else 0.0),
        )


class Tmdb(dg.ConfigurableResource[TmdbClient]):
    """TMDB, at one pace over all processes."""

    def origin(self) -> str:
        """Whose data a run brings: the service's address, or the sandbox and its seed.

        Raises:
            SettingsError: the service has no key.
        """
        return load_settings().require_tmdb().origin

    def client(self, database: Database, *, run_id: str, asset: str) -> TmdbClient:
        """A client for one run, which stamps the database with its origin first.

        Raises:
            SettingsError: the service has no key.
            OriginMismatch: the database holds another origin's data.
        """
        access = load_settings().require_tmdb()
        with database.connection() as connection:
            stamp_origin(connection, service="tmdb", origin=access.origin)
        return TmdbClient(
            base_url=access.base_url,
            api_key=access.api_key,
            source_url=database.url,
            run_id=run_id,
            asset=asset,
            pace=tmdb_pace(access.requests_per_second),
        )


class Watchmode(dg.ConfigurableResource[WatchmodeClient]):
    """Watchmode, at one pace and within one budget over all processes."""

    def client(self, database: Database, *, run_id: str, asset: str) -> WatchmodeClient:
        """A client for one run, which stamps the database with its origin first.

        Raises:
            SettingsError: the service has no key.
            OriginMismatch: the database holds another origin's data.
        """
        settings = load_settings()
        access = settings.require_watchmode()
        with database.connection() as connection:
            stamp_origin(connection, service="watchmode", origin=access.origin)
        return WatchmodeClient(
            base_url=access.base_url,
            api_key=access.api_key,
            source_url=database.url,
            run_id=run_id,
            asset=asset,
            pace=watchmode_pace(access.requests_a_day),
        )


class Trakt(dg.ConfigurableResource[TraktClient]):
    """Trakt's lists, at one pace over all processes; off unless an operator who may use them says so."""

    def is_on(self) -> bool:
        """Whether Trakt may be asked: TRAKT_ENABLED and a client id are set.

        Raises:
            SettingsError: what is set cannot be used.
        """
        return load_settings().trakt is not None

    def client(self, database: Database, *, run_id: str, asset: str) -> TraktClient:
        """A client for one run, which stamps the database with its origin first.

        Raises:
            SettingsError: Trakt is off.
            OriginMismatch: the database holds another origin's data.
        """
        access = load_settings().require_trakt()
        with database.connection() as connection:
            stamp_origin(connection, service="trakt", origin=access.origin)
        return TraktClient(
            base_url=access.base_url,
            client_id=access.client_id,
            contact=access.contact,
            source_url=database.url,
            run_id=run_id,
            asset=asset,
            pace=trakt_pace(access.requests_per_second),
        )


class Images(dg.ConfigurableResource[ImageStore]):
    """The image store, and the hosts that its images come from."""

    def is_on(self) -> bool:
        """Whether images are fetched: as `IMAGES_ENABLED` says, else where TMDB itself is asked and they can be read.

        Raises:
            SettingsError: TMDB's key cannot be used.
        """
        settings = load_settings()
        if settings.tmdb is None:
            return False
        if settings.images_enabled is not None:
            return settings.images_enabled
        return _is_tmdb_itself(settings.tmdb) and settings.images_public_url is not None

    def store(self, connection: psycopg.Connection) -> ImageStore:
        """The store that belongs to a source database: the sandbox's images stand apart from real ones.

        Raises:
            SettingsError: the settings name no store.
            ImageStoreError: it cannot be opened.
        """
        settings = load_settings()
        origin = origin_of(connection, service="tmdb") or ""
        return open_image_store(image_place(settings, is_simulated=origin.startswith("sandbox:")), settings)

    def client(self, connection: psycopg.Connection) -> ImageClient:
        """A client for one run, which stamps the database with TMDB's origin first.

        At another address than TMDB's own, such as a sandbox's, pictures are asked for there too, those of videos
        included: nobody else has them.

        Raises:
            SettingsError: TMDB has no key.
            OriginMismatch: the database holds another origin's data.
        """
        access = load_settings().require_tmdb()
        stamp_origin(connection, service="tmdb", origin=access.origin)
        return ImageClient(base_url=None if _is_tmdb_itself(access) else access.base_url)


def _is_tmdb_itself(access: TmdbAccess) -> bool:
    return access.base_url == TMDB_PRODUCTION
