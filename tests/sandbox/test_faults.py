"""Faults hit the requests they are meant for, as often as they were asked to."""

import json
import time
from typing import Any

import httpx
import pytest

from tests.sandbox_process import RunningSandbox


@pytest.mark.parametrize("status", [403, 404, 429, 500, 503])
def test_a_status_is_answered_so_many_times(sandbox: RunningSandbox, status: int) -> None:
    sandbox.control(do="fault", status=status, times=2)

    assert [sandbox.get().status_code for _ in range(3)] == [status, status, 200]


def test_a_429_says_when_to_come_back(sandbox: RunningSandbox) -> None:
    sandbox.control(do="fault", status=429)
    sandbox.control(do="fault", status=429, retry_after="7")

    assert [sandbox.get().headers["retry-after"] for _ in range(2)] == ["1", "7"]


def test_a_lasting_fault_ends_with_a_reset(sandbox: RunningSandbox) -> None:
    sandbox.control(do="fault", status=403, times=None)
    assert {sandbox.get().status_code for _ in range(5)} == {403}
    sandbox.control(do="reset", parts=["faults"])

    assert sandbox.get().status_code == 200


def test_only_matching_requests_are_hit_and_some_of_them_spared(sandbox: RunningSandbox) -> None:
    sandbox.control(do="fault", status=500, skip=1, path="/movie/search", params={"offset": "999"})
    statuses = [sandbox.get(offset=offset).status_code for offset in (0, 999, 0, 999, 999)]

    assert statuses == [200, 200, 200, 500, 200]


def test_a_slow_answer_is_valid_and_late(sandbox: RunningSandbox) -> None:
    sandbox.control(do="fault", seconds=0.3)
    began = time.monotonic()
    reply = sandbox.get()

    assert reply.status_code == 200
    assert time.monotonic() - began >= 0.3


def test_a_cut_off_body_is_no_json(sandbox: RunningSandbox) -> None:
    sandbox.control(do="fault", body="cut")

    with pytest.raises(json.JSONDecodeError):
        sandbox.get(size=50).json()


def test_html_comes_for_json(sandbox: RunningSandbox) -> None:
    sandbox.control(do="fault", body="html")
    reply = sandbox.get()

    assert reply.status_code == 200
    assert reply.headers["content-type"] == "text/html"
    assert reply.text.startswith("<!DOCTYPE html>")


@pytest.mark.parametrize("wrong", ["empty", "items_object", "total_text", "body_null", "array"])
def test_the_envelope_can_have_the_wrong_type(sandbox: RunningSandbox, wrong: str) -> None:
    sandbox.control(do="fault", body=wrong)
    text = sandbox.get(size=2).text
    answer: Any = json.loads(text or "0")

    if wrong == "empty":
        assert text == ""
    elif wrong == "array":
        assert isinstance(answer, list)
    elif wrong == "body_null":
        assert answer["body"] is None
    elif wrong == "items_object":
        assert isinstance(answer["body"]["results"]["items"], dict)
    else:
        assert isinstance(answer["body"]["results"]["totalResults"], str)


@pytest.mark.parametrize("part", [0, 0.5])
def test_the_connection_breaks_before_or_amid_the_answer(sandbox: RunningSandbox, part: float) -> None:
    sandbox.control(do="fault", drop=part)

    with pytest.raises(httpx.RemoteProtocolError):
        sandbox.get(size=100)
    assert sandbox.get().status_code == 200


def test_tokens_made_before_they_were_expired_are_refused_and_new_ones_pass(sandbox: RunningSandbox) -> None:
    old = sandbox.token(start=int(time.time()) - 1)
    sandbox.control(do="expire_tokens")
    params, headers = {"partner": sandbox.partner}, sandbox.headers()

    def status(token: str) -> int:
        sent = {**headers, "hdnea": token}
        return sandbox.client.get(f"{sandbox.url}/movie/search", params=params, headers=sent).status_code

    assert status(old) == 403
    assert status(sandbox.token(start=int(time.time()) + 1)) == 200
