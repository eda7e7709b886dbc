"""The actions on TMDB's films: changing and removing them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal

from sandbox.actions import Action, RefusedError
from sandbox.world import World


class _OnFilms(Action):
    ids: list[int] | None = None
    """TMDB's ids; or else so many of the films there are, the first ones."""
    count: int = 1

    def chosen(self, world: World) -> Sequence[int]:
        """Return the numbers of the works meant.

        Raises:
            RefusedError: there is no such film.
        """
        films = world.tmdb.films
        if self.ids is None:
            return [number for number in films.numbers if number not in films.gone][: self.count]
        numbers = [films.number_of(tmdb_id) for tmdb_id in self.ids]
        found = [number for number in numbers if number is not None]
        if len(found) < len(numbers):
            raise RefusedError(f"there is no film with the id {self.ids[numbers.index(None)]}")
        return found

    def note(self, world: World, numbers: Sequence[int]) -> dict[str, object]:
        """Write down when the films changed, and answer with their ids."""
        today = datetime.fromtimestamp(world.clock.now(), UTC).date()
        world.tmdb.changed.update(dict.fromkeys(numbers, today))
        return {"ids": [world.tmdb.films.id_of(number) for number in numbers]}


class ChangeFilms(_OnFilms):
    """Give films more votes and another overview; the feed names most of them."""

    do: Literal["tmdb_change"]

    def perform(self, world: World) -> dict[str, object]:
        """Change each once more."""
        numbers = self.chosen(world)
        revisions = world.tmdb.films.revisions
        revisions.update({number: revisions.get(number, 0) + 1 for number in numbers})
        return self.note(world, numbers)


class RemoveFilms(_OnFilms):
    """Remove films: their details answer 404, and the feed names most of them with `adult` null."""

    do: Literal["tmdb_remove"]

    def perform(self, world: World) -> dict[str, object]:
        """Remove them until a reset."""
        numbers = self.chosen(world)
        world.tmdb.films.gone.update(numbers)
        return self.note(world, numbers)
