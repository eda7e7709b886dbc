"""The action on Watchmode: its account, and the map of ids that it hands out."""

from typing import Annotated, Literal

from pydantic import Field

from sandbox.actions import Action
from sandbox.world import World


class SetWatchmode(Action):
    """Change the account or the map; what is not named stays as it is, until a reset of `account`."""

    do: Literal["watchmode"]
    quota: Annotated[int, Field(ge=0)] | None = None
    """Credits a month; those used this month stay used."""
    used: Annotated[int, Field(ge=0)] | None = None
    """Credits used this month, as another client of the key would."""
    plan: Literal["free", "paid"] | None = None
    key: Literal["good", "withdrawn"] | None = None
    map_header: str | None = None
    """Names of the map's columns, joined by commas."""
    map_share: Annotated[float, Field(ge=0, le=1)] | None = None
    """How much of the map's rows there is, from the first."""

    def perform(self, world: World) -> dict[str, object]:
        """Apply to requests from now on."""
        watchmode, account = world.watchmode, world.watchmode.account
        account.quota = account.quota if self.quota is None else self.quota
        if self.used is not None:
            account.spend(self.used - account.used)
        account.is_paid = account.is_paid if self.plan is None else self.plan == "paid"
        account.is_open = account.is_open if self.key is None else self.key == "good"
        watchmode.map_header = watchmode.map_header if self.map_header is None else self.map_header
        watchmode.map_share = watchmode.map_share if self.map_share is None else self.map_share
        return {"quota": account.quota, "used": account.used}
