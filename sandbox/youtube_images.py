"""YouTube's host of pictures: two sizes of every video that an answer of TMDB's can name, to anybody.

The large one is not made of every video: one in five answers 404 with a placeholder, one in seven 200 with the same.
"""

import re
from hashlib import blake2b

from sandbox.limits import Limiter
from sandbox.pictures import jpeg
from sandbox.requests import Asked, Reply

_PATH = re.compile(r"/vi/(\d{11,20})/(maxresdefault|hqdefault)\.jpg")
_SIZES = {"maxresdefault": (1280, 720), "hqdefault": (480, 360)}
_PLACEHOLDER = (120, 90)


class YoutubeImages:
    """Answers with pictures of videos; who has one is told so."""

    name = "youtube_images"

    def __init__(self) -> None:
        self.limiter = Limiter(rate=0, latency=0)

    def claims(self, path: str) -> bool:
        """Take what stands under the videos' path."""
        return path.startswith("/vi/")

    def refuse(self, seconds: float) -> Reply:
        """Answer 429."""
        return self.fail(429, f"This one came {seconds:.3f} s too early.")

    def fail(self, status: int, message: str) -> Reply:
        """Answer with an error's text."""
        return Reply(status, message.encode(), "text/plain")

    def answer(self, asked: Asked) -> Reply:
        """Answer with a picture, a placeholder where there is none so large, or 304 where the client has it."""
        if asked.method != "GET":
            return self.fail(405, "GET only.")
        found = _PATH.fullmatch(asked.path)
        if found is None:
            return self.fail(404, "Not Found")
        key, size = found.groups()
        seconds = self.limiter.seconds_for(1000)
        status, (width, height) = 200, _SIZES[size]
        if size == "maxresdefault" and lacks_large(key):
            status, (width, height) = (404 if int(key) % 5 == 3 else 200), _PLACEHOLDER
        body = jpeg(f"{key} {size}", width, height)
        tag = f'"{blake2b(body, digest_size=8).hexdigest()}"'
        if status == 200 and asked.headers.get("if-none-match") == tag:
            return Reply(304, b"", "image/jpeg", {"etag": tag}, seconds=seconds)
        return Reply(status, body, "image/jpeg", {"etag": tag}, items=1, seconds=seconds)


def lacks_large(key: str) -> bool:
    """Say whether a video has no large picture."""
    return int(key) % 5 == 3 or int(key) % 7 == 2
