"""Only a partner with a good token and every header gets an answer (contract, section Access)."""

import hashlib
import hmac
import time

import pytest

from tests.sandbox_process import RunningSandbox


def status(
    sandbox: RunningSandbox, changed: dict[str, str | None], partner: str | None = None, token: str | None = None
) -> int:
    """Ask with some headers changed, or left out where None."""
    headers = {**sandbox.headers(), **({"hdnea": token} if token else {}), **changed}
    sent = {name: value for name, value in headers.items() if value is not None}
    params = {"partner": partner or sandbox.partner}
    return sandbox.client.get(f"{sandbox.url}/movie/search", params=params, headers=sent).status_code


def test_a_good_token_and_both_platforms_pass(sandbox: RunningSandbox) -> None:
    assert status(sandbox, {}) == 200
    assert status(sandbox, {"x-platform-code": "PCTV"}) == 200


@pytest.mark.parametrize(
    "name", ["x-country-code", "x-platform-code", "x-partner-name", "x-region-code", "x-client-code", "hdnea"]
)
def test_every_header_is_required(sandbox: RunningSandbox, name: str) -> None:
    assert status(sandbox, {name: None}) == 403
    assert status(sandbox, {name: "other"}) == 403


def test_the_partner_is_required_as_a_parameter_too(sandbox: RunningSandbox) -> None:
    assert status(sandbox, {}, partner="somebody-else") == 403
    assert sandbox.client.get(f"{sandbox.url}/movie/search", headers=sandbox.headers()).status_code == 403


def test_a_token_ends_with_its_window_and_begins_with_its_start(sandbox: RunningSandbox) -> None:
    now = int(time.time())

    assert status(sandbox, {}, token=sandbox.token(start=now - 1_990)) == 200
    assert status(sandbox, {}, token=sandbox.token(start=now - 2_001)) == 403
    assert status(sandbox, {}, token=sandbox.token(start=now + 60)) == 403


def test_a_token_signed_with_another_secret_or_for_other_paths_is_refused(sandbox: RunningSandbox) -> None:
    now = int(time.time())
    signed = f"st={now}~exp={now + 2_000}~acl=/*"
    forged = hmac.new(b"another secret", signed.encode(), hashlib.sha256).hexdigest()

    assert status(sandbox, {}, token=f"{signed}~hmac={forged}") == 403
    assert status(sandbox, {}, token=sandbox.token(acl="/movie/*")) == 403
    assert status(sandbox, {}, token=f"hdnts={sandbox.token()}") == 403


def test_moving_the_catalogues_clock_locks_nobody_out(sandbox: RunningSandbox) -> None:
    sandbox.control(do="clock", advance=30 * 86_400)

    assert status(sandbox, {}) == 200
