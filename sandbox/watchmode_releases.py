"""What comes to which service: Watchmode's releases, whose dates move now and then (contract: watchmode.md, 7)."""

from collections.abc import Iterator
from datetime import date, timedelta

from sandbox.arithmetic import Draw, stream
from sandbox.offers import SUBSCRIPTIONS
from sandbox.tmdb_titles import Row
from sandbox.watchmode_titles import WatchmodeTitles

_RELEASE = stream("watchmode.release")
_MOST_A_DAY = 10
_FARTHEST = 14
"""Days by which a date moves at most."""
_OTHER_NAMES = {26: "Amazon Prime"}
"""A service that is called otherwise here than among the services."""


class Releases:
    """The feed of releases: each day has a few, drawn from all titles."""

    def __init__(self, seed: int, titles: WatchmodeTitles) -> None:
        self._seed = seed
        self._titles = titles

    def between(self, since: date, until: date, today: date) -> list[Row]:
        """Return the releases from one day to another as they are announced on a day, each title and season once."""
        found: dict[tuple[object, ...], Row] = {}
        for at in range(since.toordinal() - _FARTHEST, until.toordinal() + _FARTHEST + 1):
            for row in self._planned(date.fromordinal(at), today):
                key = (row["id"], row["source_id"], row["season_number"])
                if since.isoformat() <= str(row["source_release_date"]) <= until.isoformat():
                    found.setdefault(key, row)
        return sorted(found.values(), key=lambda row: str(row["source_release_date"]))

    def _planned(self, day: date, today: date) -> Iterator[Row]:
        """Yield what was planned for a day first; one date in five moves, a week before it would have come."""
        numbers = self._titles.numbers
        services = [streamer for streamer in SUBSCRIPTIONS if streamer.watchmode is not None]
        for place in range(4 + Draw(self._seed, _RELEASE, day.toordinal()).below(_MOST_A_DAY - 3)):
            draw = Draw(self._seed, _RELEASE, day.toordinal() * 100 + place)
            number = numbers[draw.below(len(numbers))]
            service, season, moves = draw.one(services), 1 + draw.below(5), draw.chance(200)
            by = draw.below(2 * _FARTHEST + 1) - _FARTHEST
            record = self._titles.record(number)
            # What has come by then cannot be put off, nor brought forward to a day that is gone.
            is_moved = moves and (day - today).days <= 7 and by >= -7
            told = self._titles.listing(record)
            is_nameless = draw.chance(40)
            yield {
                "id": record.watchmode_id,
                "title": told.title,
                "type": record.kind,
                "tmdb_id": None if is_nameless else told.tmdb_id,
                "tmdb_type": None if is_nameless else told.tmdb_type,
                "imdb_id": told.imdb_id,
                "season_number": None if record.media == "movie" else season,
                "poster_url": f"https://cdn.watchmode.invalid/posters/{record.watchmode_id:08d}_poster_w185.jpg",
                "source_release_date": (day + timedelta(days=by if is_moved else 0)).isoformat(),
                "source_id": service.watchmode,
                "source_name": _OTHER_NAMES.get(service.watchmode or 0, service.watchmode_name),
                "is_original": int(draw.chance(400)),
            }
