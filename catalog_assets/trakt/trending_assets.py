"""The assets of what is trending on Trakt: pages of its lists, and snapshots of it alone and together with TMDB.

They exist whether Trakt is on or off; off, a run of them fails and says how its terms let it be switched on.
"""

import dagster as dg
import psycopg

from catalog_assets.steps import step
from catalog_assets.streaming.asking import AskingConfig
from catalog_assets.streaming.trending_assets import asked_lists, hourly, made_entries
from catalog_assets.trakt.sign_in import SignIn, keep_signed_in
from catalog_assets.trakt.trending import TRAKT_LISTS
from resources.dagster_resources import SourceDatabase, Trakt
from resources.databases import Database
from resources.errors import CatalogError
from resources.event_loop import run
from resources.settings import load_settings

POOL = "trakt"


class SignedOutMeanwhile(CatalogError):  # noqa: N818 - named for what happened, as the others
    """Everything that came from Trakt was removed while a run asked it: what it brought is not kept."""


@hourly(
    key=["trakt", "trending_pages"],
    description="Pages of Trakt's most watched films and series, of the day and the week. Its terms allow this by"
    " consent only: off unless TRAKT_ENABLED is set (docs/trakt.md).",
    group_name="trakt",
    pool=POOL,
    tags={"service": "trakt", "layer": "pages"},
    metadata={"dagster/table_name": "source.trakt.pages"},
)
def trakt_trending_pages(
    context: dg.AssetExecutionContext, config: AskingConfig, source: SourceDatabase, trakt: Trakt
) -> dg.MaterializeResult[None]:
    """Asks for the lists that are not fresh; the client id is enough, nobody need be signed in."""
    with step(context), source.database() as database:
        client = trakt.client(database, run_id=context.run.run_id, asset=context.asset_key.to_user_string())
        try:
            told = asked_lists(context, config, database, client, TRAKT_LISTS)
        except psycopg.errors.ForeignKeyViolation as unstamped:  # 0025_trakt_stamp.sql
            raise SignedOutMeanwhile(
                "Everything that came from Trakt was removed while this run asked it (`catalog trakt logout`): what it "
                "brought is not kept. If Trakt is to stay on, run again."
            ) from unstamped
        return dg.MaterializeResult(metadata={**(told.metadata or {}), "sign_in": _sign_in(context, database)})


def _sign_in(context: dg.AssetExecutionContext, database: Database) -> str:
    """How long a user's sign-in lasts, refreshed where due. The lists need none: losing it is told, not raised."""

    async def keep() -> SignIn | None:
        try:
            return await keep_signed_in(database, load_settings())
        finally:
            await database.async_engine.dispose()

    try:
        sign_in = run(keep())
    except CatalogError as lost:
        context.log.warning("the sign-in to Trakt is not as it should be: %s", lost)
        return str(lost)
    return "nobody is signed in" if sign_in is None else f"until {sign_in.expires_at.isoformat()}"


@hourly(
    key=["trakt", "trending_entries"],
    description="What is trending on Trakt, with watchers, plays and collectors, and the aggregate of TMDB and Trakt,"
    " by the hour. Stands in schema trakt alone, as does everything made of it.",
    deps=[["trakt", "trending_pages"], ["streaming", "tmdb_trending_pages"], ["tmdb", "works"]],
    group_name="trakt",
    tags={"service": "trakt", "layer": "tables"},
    metadata={"dagster/table_name": "source.trakt.trending_entries"},
)
def trakt_trending_entries(context: dg.AssetExecutionContext, source: SourceDatabase) -> dg.MaterializeResult[None]:
    """Makes the hour's snapshots in place of those there are."""
    with step(context), source.database() as database, database.connection() as connection:
        load_settings().require_trakt()
        return made_entries(context, connection, TRAKT_LISTS)


trakt_trending_assets = [trakt_trending_pages, trakt_trending_entries]
"""What is trending on Trakt."""
