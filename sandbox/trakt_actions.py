"""The actions on Trakt: what its user does with a code, and ends on Trakt's page."""

from typing import Literal

from sandbox.actions import Action, RefusedError
from sandbox.world import World


class DecideCode(Action):
    """Accept or refuse a code as its user; every one that waits, if none is named."""

    do: Literal["trakt_decide"]
    accept: bool
    user_code: str | None = None

    def perform(self, world: World) -> dict[str, object]:
        """Decide."""
        codes = world.trakt_sign_in.decide(self.user_code, accept=self.accept)
        if not codes:
            raise RefusedError("no such code waits for its user")
        return {"user_codes": codes}


class EndSignIns(Action):
    """End every sign-in from the user's side: their refresh tokens are taken no more."""

    do: Literal["trakt_end_sign_ins"]

    def perform(self, world: World) -> dict[str, object]:
        """End them."""
        return {"ended": world.trakt_sign_in.end_sign_ins()}
