"""POST /_control: what a test can ask for, one JSON object or a list of them, each with `do`.

Any action can carry `when`, which makes it wait for a request:
    {"when": {"after_request": 3}}                       after the third request from now has been answered
    {"when": {"path": "/movie/search", "params": {"offset": "999"}, "position": "before"}}
"""

from typing import Annotated

from pydantic import Field, TypeAdapter

from sandbox.actions import Action, ExpireTokens, Inject, Pace, RefusedError, Reset, Time
from sandbox.faults import Match
from sandbox.kind_actions import (
    Add,
    Day,
    Duplicate,
    Lag,
    Plant,
    Remove,
    Republish,
    Restore,
    Unpublish,
    Update,
    WholeDay,
)
from sandbox.schedule import Waiting
from sandbox.tmdb_actions import ChangeTitles, RemoveTitles
from sandbox.trakt_actions import DecideCode, EndSignIns
from sandbox.watchmode_actions import SetWatchmode
from sandbox.world import World

_AnyAction = Annotated[
    Time | Pace | ExpireTokens | Inject | Reset | Lag | Add | Update | Unpublish | Republish | Remove | Restore
    | Duplicate | Day | WholeDay | Plant | ChangeTitles | RemoveTitles | SetWatchmode | DecideCode
    | EndSignIns,
    Field(discriminator="do"),
]  # fmt: skip
_ACTIONS = TypeAdapter[list[_AnyAction]](list[_AnyAction])


def perform(world: World, body: bytes) -> dict[str, object] | list[dict[str, object]]:
    """Do what a request's body asks for, in order, and return what each action answers.

    Raises:
        ValidationError: the body is no action.
        RefusedError: an action cannot be done; those before it in a list stay done.
    """
    single = body.lstrip().startswith(b"{")
    actions = _ACTIONS.validate_json(b"[" + body + b"]" if single else body)
    answers = [_do_or_wait(world, action) for action in actions]
    return answers[0] if single else answers


def _do_or_wait(world: World, action: Action) -> dict[str, object]:
    when = action.when
    if when is None:
        return _do(world, action)
    match = Match(when.path, when.params)
    requests = when.after_request or 1
    world.schedule.add(Waiting(match, when.position, requests, lambda: _do_late(world, action)))
    return {"scheduled": len(world.schedule)}


def _do_late(world: World, action: Action) -> None:
    """Do an action that waited; whoever asked for it reads in the truth's `changes` what became of it."""
    try:
        _do(world, action)
    except RefusedError as refused:
        world.changes.append({"at": world.clock.now(), "do": action.model_dump()["do"], "error": str(refused)})


def _do(world: World, action: Action) -> dict[str, object]:
    answer = action.perform(world)
    if "content_ids" in answer:
        world.changes.append({"at": world.clock.now(), **action.model_dump(include={"do", "kind"}), **answer})
    return answer
