"""TMDB's image host: every picture that an answer can name, in its kind's sizes, to anybody (contract: tmdb.md, 8)."""

import re
from hashlib import blake2b

from sandbox.limits import Limiter
from sandbox.pictures import jpeg, png
from sandbox.requests import Asked, Reply
from sandbox.tmdb_reference import SIZES

_PATH = re.compile(r"/t/p/(w\d+|h\d+|original)/(([bfnlps])\d{9,11})\.(jpg|png)")
_KINDS = {
    "b": ("backdrop", 1920, 1080),
    "f": ("profile", 600, 900),
    "l": ("logo", 500, 500),
    "n": ("logo", 1000, 400),
    "p": ("poster", 1000, 1500),
    "s": ("still", 1280, 720),
}
"""By a name's first letter: kind, width and height of the original. Services' logos (`l`) are square and JPEG, those
of networks (`n`) PNG."""
_YEAR_S = 31_536_000


class TmdbImages:
    """Answers with pictures, which change no more than their names."""

    name = "tmdb_images"

    def __init__(self) -> None:
        self.limiter = Limiter(rate=0, latency=0)

    def claims(self, path: str) -> bool:
        """Take what stands under the pictures' path."""
        return path.startswith("/t/p/")

    def refuse(self, seconds: float) -> Reply:
        """Answer 429, which the real host is not known to do."""
        return self.fail(429, f"This one came {seconds:.3f} s too early.")

    def fail(self, status: int, message: str) -> Reply:
        """Answer with an error, as a file server does."""
        return Reply(status, f"<html><body><h1>{status}</h1>{message}</body></html>".encode(), "text/html")

    def answer(self, asked: Asked) -> Reply:
        """Answer with a picture, 304 where the client has it, 404 for a size that its kind has not."""
        if asked.method != "GET":
            return self.fail(405, "GET only.")
        found = _PATH.fullmatch(asked.path)
        if found is None:
            return self.fail(404, "File Not Found")
        size, name, letter, ending = found.groups()
        kind, width, height = _KINDS[letter]
        if size not in SIZES[kind] or (ending == "png") != (letter == "n"):
            return self.fail(404, "File Not Found")
        body = (png if letter == "n" else jpeg)(name, *_scaled(size, width, height))
        tag = f'"{blake2b(body, digest_size=16).hexdigest()}"'
        headers = {"etag": tag, "cache-control": f"public, max-age={_YEAR_S}"}
        media_type = "image/png" if letter == "n" else "image/jpeg"
        seconds = self.limiter.seconds_for(1000)
        if asked.headers.get("if-none-match") == tag:
            return Reply(304, b"", media_type, headers, seconds=seconds)
        return Reply(200, body, media_type, headers, items=1, seconds=seconds)


def _scaled(size: str, width: int, height: int) -> tuple[int, int]:
    """Return width and height of a size: `w` gives the one, `h` the other, and the proportion stays."""
    if size == "original":
        return width, height
    given = int(size[1:])
    return (given, round(height * given / width)) if size[0] == "w" else (round(width * given / height), given)
