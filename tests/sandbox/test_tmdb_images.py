"""TMDB's pictures as the sandbox plays them, against its contract."""

import re
import struct
import time
import zlib

import httpx
import pytest

from tests.sandbox.tmdb_answers import at_noon, ok
from tests.sandbox_process import RunningSandbox

POSTER = "p000123400.jpg"
ORIGINALS = {
    POSTER: ("poster", 1000, 1500),
    "b000123400.jpg": ("backdrop", 1920, 1080),
    "f000123400.jpg": ("profile", 600, 900),
    "s000123400.jpg": ("still", 1280, 720),
    "l000000800.jpg": ("logo", 500, 500),
    "n000000300.png": ("logo", 1000, 400),
}


@pytest.fixture(autouse=True)
def without_pace(sandbox: RunningSandbox) -> None:
    at_noon(sandbox)


def picture(sandbox: RunningSandbox, size: str = "w342", name: str = POSTER, **headers: str) -> httpx.Response:
    """Ask without a credential."""
    return sandbox.client.get(f"{sandbox.url}/t/p/{size}/{name}", headers=headers)


def of_jpeg(body: bytes) -> tuple[int, int]:
    """Width and height, after reading every block: all of them flat, as many as the picture needs, nothing behind."""
    assert body[:2] == b"\xff\xd8"
    assert body[-2:] == b"\xff\xd9"
    at, width, height = 2, 0, 0
    while True:
        marker, length = struct.unpack(">HH", body[at : at + 4])
        if marker == 0xFFC0:
            height, width = struct.unpack(">HH", body[at + 5 : at + 9])
        at += 2 + length
        if marker == 0xFFDA:
            break
    scan = body[at:-2]
    assert not re.search(rb"\xff[^\x00]", scan)
    bits = "".join(f"{byte:08b}" for byte in scan.replace(b"\xff\x00", b"\xff"))
    blocks, here = 6 * -(-width // 16) * -(-height // 16), 0
    for _ in range(blocks):
        size = bits.index("0", here) - here
        here += 1 + 2 * size
        assert bits[here] == "0"
        here += 1
    assert len(bits) - here < 8
    assert set(bits[here:]) <= {"1"}
    return width, height


def of_png(body: bytes) -> tuple[int, int]:
    """Width and height, after unpacking all lines and checking every sum."""
    assert body[:8] == b"\x89PNG\r\n\x1a\n"
    at, chunks = 8, {}
    while at < len(body):
        (length,) = struct.unpack(">I", body[at : at + 4])
        kind, content = body[at + 4 : at + 8], body[at + 8 : at + 8 + length]
        assert zlib.crc32(kind + content) == struct.unpack(">I", body[at + 8 + length : at + 12 + length])[0]
        chunks[kind] = content
        at += 12 + length
    width, height = struct.unpack(">II", chunks[b"IHDR"][:8])
    assert list(chunks)[-1] == b"IEND"
    assert len(zlib.decompress(chunks[b"IDAT"])) == (width + 1) * height
    return int(width), int(height)


def size_of(reply: httpx.Response) -> tuple[int, int]:
    assert reply.status_code == 200
    return of_png(reply.content) if reply.headers["content-type"] == "image/png" else of_jpeg(reply.content)


@pytest.mark.parametrize("name", ORIGINALS)
def test_a_picture_has_the_width_or_height_that_its_size_names(sandbox: RunningSandbox, name: str) -> None:
    kind, width, height = ORIGINALS[name]
    for size in ok(sandbox.tmdb("/configuration"))["images"][f"{kind}_sizes"]:
        reply = picture(sandbox, size, name)
        across, down = size_of(reply)
        assert reply.headers["content-type"] == ("image/png" if name.endswith("png") else "image/jpeg")
        assert len(reply.content) < 15_000
        if size == "original":
            assert (across, down) == (width, height)
        else:
            assert int(size[1:]) == (across if size[0] == "w" else down)
            assert abs(across / down - width / height) < 0.1


@pytest.mark.parametrize(
    ("size", "name"),
    [
        ("w343", POSTER), ("w0", POSTER), ("large", POSTER), ("h632", POSTER), ("w1280", POSTER),
        ("w500", "b000123400.jpg"), ("w342", "n000000300.png"), ("w500", "n000000300.jpg"), ("w500", "p000123400.png"),
        ("w342", "p1.jpg"), ("w342", "x000123400.jpg"), ("w342", "p000123400.svg"),
    ],
)  # fmt: skip
def test_what_is_no_size_of_its_kind_or_no_picture_is_404(sandbox: RunningSandbox, size: str, name: str) -> None:
    assert picture(sandbox, size, name).status_code == 404


def test_each_name_and_each_size_is_another_file_and_always_the_same(sandbox: RunningSandbox) -> None:
    names = [f"p{number:07d}{place:02d}.jpg" for number in range(20) for place in range(5)]
    files = [picture(sandbox, name=name).content for name in names]
    assert len(set(files)) == len(files)
    assert picture(sandbox, name=names[7]).content == files[7]
    assert picture(sandbox, "w500", names[7]).content not in files


def test_every_picture_that_an_answer_names_is_there(sandbox: RunningSandbox) -> None:
    blocks = "images,credits,aggregate_credits,watch/providers,season/0,season/1"
    kinds = {"movie": "tmdb_film", "tv": "tmdb_series"}
    answers = [
        sandbox.tmdb(f"/{media}/{tmdb_id}", append_to_response=blocks).text
        for media, kind in kinds.items()
        for tmdb_id in sandbox.truth(kind, ids=1)["ids"][:8]
    ]
    answers.append(sandbox.tmdb("/watch/providers/tv").text)
    named = set(re.findall(r'_path":"/([^"]+)"', "".join(answers)))
    assert {name[0] for name in named} == set("bflnps")
    for name in named:
        reply = picture(sandbox, "original", name)
        assert (reply.status_code, len(reply.content) > 100) == (200, True)


def test_a_picture_that_was_seen_is_not_sent_again_and_may_be_kept(sandbox: RunningSandbox) -> None:
    first = picture(sandbox)
    assert int(re.findall(r"max-age=(\d+)", first.headers["cache-control"])[0]) >= 86_400
    again = picture(sandbox, **{"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert picture(sandbox, "w500", **{"if-none-match": first.headers["etag"]}).status_code == 200


def test_the_apis_limit_does_not_count_pictures_and_they_need_no_token(sandbox: RunningSandbox) -> None:
    ok(sandbox.tmdb("/authentication"))
    sandbox.control(do="pace", service="tmdb", rate=0.001)
    assert [picture(sandbox).status_code for _ in range(3)] == [200] * 3
    assert sandbox.tmdb("/authentication").status_code == 429
    ledger = sandbox.truth("movie")["ledger"]
    assert ledger["tmdb_images"]["by_path"] == {f"/t/p/w342/{POSTER}": 3}
    sandbox.control(do="pace", service="tmdb_images", rate=0.001)
    assert picture(sandbox).status_code == 429


def test_faults_spoil_pictures_as_they_spoil_answers(sandbox: RunningSandbox) -> None:
    path, whole = f"/t/p/w342/{POSTER}", picture(sandbox).content
    sandbox.control(do="fault", path=path, status=503)
    failed = picture(sandbox)
    assert (failed.status_code, failed.headers["content-type"]) == (503, "text/html")
    sandbox.control(do="fault", path=path, body="cut")
    cut = picture(sandbox).content
    assert whole.startswith(cut)
    assert len(cut) < len(whole)
    sandbox.control(do="fault", path=path, drop=0.5)
    with pytest.raises(httpx.RemoteProtocolError):
        picture(sandbox)
    sandbox.control(do="fault", path=path, seconds=0.3)
    began = time.monotonic()
    assert picture(sandbox).content == whole
    assert time.monotonic() - began >= 0.3
