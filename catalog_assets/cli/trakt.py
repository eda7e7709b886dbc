"""`catalog trakt login` and `catalog trakt logout`: a user's sign-in, and the removal of all that came from Trakt."""

import asyncio
from datetime import UTC

import typer

from catalog_assets.cli.environment import Platform, platform
from catalog_assets.trakt.sign_in import SignedOut, SignIn, sign_in, sign_out
from resources.databases import Database
from resources.logs import configure
from resources.trakt_sign_in import DeviceCode, TraktSignInClient

app = typer.Typer(
    help="Trakt: sign a user in or out. Its lists need no sign-in; docs/trakt.md says what its terms allow.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


@app.command()
def login() -> None:
    """Sign in to Trakt: shows a code to enter on Trakt's page, waits for it, and stores the tokens encrypted.

    One user is signed in at a time: who was before is signed out at Trakt.
    """
    configure("ERROR")  # a poll that comes before the user is done would be a warning, every few seconds
    with platform() as ready:
        ready.settings.require_trakt()
        signed_in = asyncio.run(_login(ready))
    if signed_in.failure is not None:
        typer.echo(
            "Somebody was signed in before, and Trakt could not be told that this earlier sign-in ends: "
            f"{signed_in.failure} To end it, withdraw the application in Trakt's settings, under connected apps, and "
            "run `catalog trakt login` again.",
            err=True,
        )
    elif signed_in.replaced:
        typer.echo("Somebody was signed in before: that sign-in is withdrawn.")
    typer.echo(
        f"Signed in. The token is refreshed before it ends ({signed_in.expires_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC)."
    )


@app.command()
def logout() -> None:
    """Sign out of Trakt and remove everything that came from it, for good; works also where Trakt is off."""
    configure("ERROR")  # what went wrong is told below
    with platform(signs_out=True) as ready:
        done = asyncio.run(_logout(ready))
        stays_on = ready.settings.trakt is not None
    if done.failure is not None:
        typer.echo(
            f"Trakt could not be told that the sign-in ends: {done.failure} "
            "Withdraw it yourself in Trakt's settings, under connected apps.",
            err=True,
        )
    signed_out = "Signed out; removed" if done.was_signed_in else "Nobody was signed in; removed"
    typer.echo(f"{signed_out} everything that came from Trakt ({done.pages} stored answers and what was made of them).")
    if stays_on:
        typer.echo("Trakt is still on and will be asked again: unset TRAKT_ENABLED to keep it off.")


async def _login(ready: Platform) -> SignIn:
    access = ready.settings.require_trakt_sign_in()
    database = Database(ready.urls.source)
    try:
        async with TraktSignInClient(access, source_url=database.url) as client:
            return await sign_in(client, database, access.token_key, show=_show)
    finally:
        await database.aclose()


async def _logout(ready: Platform) -> SignedOut:
    database = Database(ready.urls.source)
    try:
        return await sign_out(database, ready.settings)
    finally:
        await database.aclose()


def _show(code: DeviceCode) -> None:
    minutes = code.expires_in // 60
    typer.echo(f"Open {code.verification_url} and enter the code {code.user_code} within {minutes} minutes. Waiting …")
