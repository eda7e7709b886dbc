"""TMDB's jobs with images on, and what tests look at: objects, the manifest, and what hosts were asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from catalog_assets.jobs import TMDB_INGEST, TMDB_REFRESH, TMDB_TABLES
from catalog_assets.tmdb.images_asset import IMAGES_CHECKS
from tests.tmdb.platform import Jobs, tmdb_jobs

MERGED = ["title_details", *TMDB_TABLES]
PUBLIC = "https://images.example.org/sandbox/"


@dataclass(frozen=True, slots=True)
class Hosted:
    """Jobs whose images stand in a folder."""

    jobs: Jobs
    folder: Path

    def films(self, *ids: int) -> dg.ExecuteInProcessResult:
        """Fetches and merges films, then their images."""
        return self.jobs.run(
            TMDB_REFRESH, only=[*MERGED, "images"], title_details={"tmdb_ids": list(ids), "force": True}
        )

    def merged(self, *ids: int) -> None:
        """Fetches and merges films alone."""
        assert self.jobs.run(TMDB_REFRESH, only=MERGED, title_details={"tmdb_ids": list(ids)}).success

    def run(self) -> dict[str, Any]:
        """Materialises the images alone; returns the figures."""
        return figures(self.jobs.run(TMDB_INGEST, only=["images"]))

    def fails(self) -> bool:
        """Materialises the images alone, and says whether that failed."""
        result = self.jobs.run(TMDB_INGEST, only=["images"])
        return "tmdb__images" in {event.step_key for event in result.get_step_failure_events()}

    def files(self) -> dict[str, bytes]:
        """Every file of the store by name."""
        return {
            str(path.relative_to(self.folder)): path.read_bytes() for path in self.folder.rglob("*") if path.is_file()
        }

    def asked(self) -> list[str]:
        """Paths of pictures that were asked for, in order."""
        requests = self.jobs.tmdb.sandbox.truth(requests=1)["requests"]
        return [each["path"] for host in ("tmdb_images", "youtube_images") for each in requests[host]]

    def failing(self) -> dict[str, list[str]]:
        """The checks of images that find somebody."""
        found = {check.name: list(check.offenders(self.jobs.tmdb.connection)) for check in IMAGES_CHECKS}
        return {name: offenders for name, offenders in found.items() if offenders}


def figures(result: dg.ExecuteInProcessResult) -> dict[str, Any]:
    """What the images' materialisation says; their checks may have failed."""
    failed = {event.step_key for event in result.get_step_failure_events()} - {"tmdb_images_checks"}
    assert failed == set(), [event.message for event in result.all_events if event.is_failure]
    (made,) = result.asset_materializations_for_node("tmdb__images")
    return {name: value.value for name, value in made.metadata.items()}


@contextmanager
def images_hosted(source_url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hosted]:
    with tmdb_jobs(source_url, monkeypatch) as jobs:
        monkeypatch.setenv("IMAGES_ENABLED", "true")
        monkeypatch.setenv("IMAGES_URL", str(folder))
        monkeypatch.setenv("IMAGES_PUBLIC_URL", "https://images.example.org")
        yield Hosted(jobs, folder / "sandbox")


def rich(hosted: Hosted, most: int = 3) -> list[int]:
    """Films with a poster, a backdrop, stills, videos and faces, and the lowest numbers."""
    found = []
    for film in hosted.jobs.tmdb.ids():
        whole = hosted.jobs.tmdb.sandbox.tmdb(f"/movie/{film}", append_to_response="images,videos,credits").json()
        youtube = [row for row in whole["videos"]["results"] if row["site"] == "YouTube"]
        has = (
            whole["poster_path"],
            whole["backdrop_path"],
            whole["images"]["backdrops"],
            youtube,
            whole["credits"]["cast"],
        )
        found += [film] * all(has)
        if len(found) == most:
            return found
    raise AssertionError("the sandbox has no such films")
