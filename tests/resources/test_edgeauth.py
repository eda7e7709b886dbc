"""EdgeAuth tokens: their text, their renewal, and what is kept of them."""

import asyncio
import hashlib
import hmac
import pickle
import re
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from pydantic import SecretStr

from resources.edgeauth import RENEW_S, WINDOW_S, EdgeAuth, TokenHeader, TokenRecord
from resources.errors import SettingsError
from resources.statements import statement

SECRET = SecretStr("ab" * 32)


class Clock:
    """Epoch seconds that a test sets."""

    def __init__(self) -> None:
        self.now = 1_795_000_000.7

    def __call__(self) -> float:
        return self.now


def test_a_token_is_signed_over_its_times_and_acl_with_the_decoded_secret() -> None:
    token, _ = EdgeAuth(SECRET, clock=Clock()).token()
    signed, _, signature = token.rpartition("~hmac=")
    assert signed == "st=1795000000~exp=1795002000~acl=/*"
    assert signature == hmac.new(bytes([0xAB] * 32), signed.encode(), hashlib.sha256).hexdigest()


def test_a_token_is_used_until_it_has_too_few_seconds_left() -> None:
    clock = Clock()
    auth = EdgeAuth(SECRET, clock=clock)
    first, _ = auth.token()
    clock.now += WINDOW_S - RENEW_S - 1
    assert auth.token()[0] == first
    clock.now += 1
    assert auth.token()[0] != first


def test_a_refused_token_is_replaced_by_another_even_within_its_second() -> None:
    auth = EdgeAuth(SECRET, clock=Clock())
    first, _ = auth.token()
    auth.renew()
    assert auth.token()[0] != first
    assert auth.generation == 2


def test_threads_share_one_token() -> None:
    auth = EdgeAuth(SECRET, clock=Clock())
    with ThreadPoolExecutor(8) as pool:
        tokens = set(pool.map(lambda _: auth.token()[0], range(64)))
    assert len(tokens) == auth.generation == 1


def test_every_token_is_told_once_by_its_times_and_fingerprint() -> None:
    told: list[TokenRecord] = []

    async def keep(record: TokenRecord) -> None:
        told.append(record)

    auth = EdgeAuth(SECRET, clock=Clock())
    header = TokenHeader(auth, header="hdnea", likely_causes="", on_token=keep)

    async def three_requests() -> list[dict[str, str]]:
        first = [await header.headers(), await header.headers()]
        await header.renew()
        return [*first, await header.headers()]

    sent = asyncio.run(three_requests())
    fingerprints = [hashlib.sha256(headers["hdnea"].encode()).hexdigest()[:16] for headers in sent]
    assert [record.fingerprint for record in told] == [fingerprints[0], fingerprints[2]]
    assert (told[0].expires_at - told[0].generated_at).total_seconds() == WINDOW_S


def test_the_table_of_tokens_keeps_times_and_fingerprints_and_retires_the_expired(source_url: str) -> None:
    clock = Clock()
    auth = EdgeAuth(SECRET, clock=clock)
    with psycopg.connect(source_url, autocommit=True) as connection:
        for wait in (0, WINDOW_S):
            clock.now += wait
            _, record = auth.token()
            connection.execute(
                statement("hotstar/record_token"),
                {
                    "fingerprint": record.fingerprint,
                    "generated_at": record.generated_at,
                    "expires_at": record.expires_at,
                },
            )
        kept = connection.execute(
            "SELECT fingerprint, is_active FROM hotstar.hotstar_api_tokens ORDER BY id"
        ).fetchall()
    assert [active for _, active in kept] == [False, True]
    assert kept[1][0] == record.fingerprint
    assert re.fullmatch("[0-9a-f]{16}", record.fingerprint)


def test_a_secret_that_is_no_hexadecimal_text_is_refused_without_showing_it() -> None:
    with pytest.raises(SettingsError) as refused:
        EdgeAuth(SecretStr("not hexadecimal"))
    assert "not hexadecimal" not in str(refused.value)
    assert refused.value.__context__ is None or refused.value.__suppress_context__


def test_what_holds_the_secret_neither_shows_nor_pickles_it() -> None:
    auth = EdgeAuth(SECRET)
    auth.token()
    assert "hmac" not in repr(auth)
    with pytest.raises(TypeError, match="never pickled"):
        pickle.dumps(auth)
    with pytest.raises(TypeError, match="never pickled"):
        pickle.dumps(TokenHeader(auth, header="hdnea", likely_causes=""))
