"""The actions on TMDB's films and series: changing and removing them."""

from collections.abc import Sequence
from typing import Literal

from sandbox.actions import Action, RefusedError
from sandbox.tmdb_titles import Media, Titles
from sandbox.world import World


class _OnTitles(Action):
    media_type: Media = "movie"
    ids: list[int] | None = None
    """TMDB's ids; or else so many of the titles there are, the first ones."""
    count: int = 1

    def titles(self, world: World) -> Titles:
        """Return the films or the series."""
        return world.tmdb.titles[self.media_type]

    def chosen(self, world: World) -> Sequence[int]:
        """Return the numbers of the works meant.

        Raises:
            RefusedError: there is no such title.
        """
        titles = self.titles(world)
        if self.ids is None:
            return [number for number in titles.numbers if number not in titles.gone][: self.count]
        numbers = [titles.number_of(tmdb_id) for tmdb_id in self.ids]
        found = [number for number in numbers if number is not None]
        if len(found) < len(numbers):
            kind = "film" if self.media_type == "movie" else "series"
            raise RefusedError(f"there is no {kind} with the id {self.ids[numbers.index(None)]}")
        return found

    def note(self, world: World, numbers: Sequence[int]) -> dict[str, object]:
        """Write down when the titles changed, and answer with their ids."""
        titles = self.titles(world)
        titles.changed.update(dict.fromkeys(numbers, world.tmdb.lists.today()))
        return {"ids": [titles.id_of(number) for number in numbers]}


class ChangeTitles(_OnTitles):
    """Give titles more votes and another overview; the feed names most of them.

    A series also gets another poster, and the first episode of each season a new id.
    """

    do: Literal["tmdb_change"]

    def perform(self, world: World) -> dict[str, object]:
        """Change each once more."""
        numbers = self.chosen(world)
        revisions = self.titles(world).revisions
        revisions.update({number: revisions.get(number, 0) + 1 for number in numbers})
        return self.note(world, numbers)


class RemoveTitles(_OnTitles):
    """Remove titles: their details answer 404, and the feed names most of them with `adult` null."""

    do: Literal["tmdb_remove"]

    def perform(self, world: World) -> dict[str, object]:
        """Remove them until a reset."""
        numbers = self.chosen(world)
        self.titles(world).gone.update(numbers)
        return self.note(world, numbers)
