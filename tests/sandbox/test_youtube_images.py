"""Pictures of videos as the sandbox plays them: two sizes, of which the large one is not made of every video."""

import re

import pytest

from tests.sandbox.test_tmdb_images import size_of
from tests.sandbox_process import RunningSandbox


def keys(sandbox: RunningSandbox) -> list[str]:
    films = sandbox.truth("tmdb_film", ids=1)["ids"][:15]
    answers = [sandbox.tmdb(f"/movie/{film}", append_to_response="videos").text for film in films]
    return re.findall(r'"key":"(\w+)"', "".join(answers))


def test_every_video_has_a_small_picture_and_some_only_a_placeholder_for_the_large_one(sandbox: RunningSandbox) -> None:
    kinds = set()
    for key in keys(sandbox):
        small = sandbox.client.get(f"{sandbox.url}/vi/{key}/hqdefault.jpg")
        assert size_of(small) == (480, 360)
        large = sandbox.client.get(f"{sandbox.url}/vi/{key}/maxresdefault.jpg")
        kinds.add((large.status_code, len(large.content) > 5000))
    assert kinds == {(200, True), (200, False), (404, False)}


def test_a_picture_that_was_seen_is_not_sent_again(sandbox: RunningSandbox) -> None:
    url = f"{sandbox.url}/vi/00000000000/maxresdefault.jpg"
    first = sandbox.client.get(url)
    again = sandbox.client.get(url, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("path", ["/vi/1/hqdefault.jpg", "/vi/00000000000/sddefault.jpg", "/vi/00000000000/0.jpg"])
def test_what_is_no_video_or_no_size_is_404(sandbox: RunningSandbox, path: str) -> None:
    assert sandbox.client.get(f"{sandbox.url}{path}").status_code == 404
