"""Settings: what is set half is refused by name, and no message shows a value."""

from pathlib import Path

import pytest

from resources.access import HOTSTAR_PRODUCTION, TMDB_PRODUCTION, TRAKT_PRODUCTION, TRAKT_SIGN_IN
from resources.errors import SettingsError
from resources.settings import PROJECT_ROOT, Settings, load_settings

SECRET = "ab" * 32
TMDB_KEYS = {"v3": "0a1B2c3D" * 4, "v4": f"eyJhbGciOiJIUzI1NiJ9.{'b' * 80}.{'C-_' * 14}"}


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def test_without_a_variable_the_embedded_server_serves_and_every_service_is_off() -> None:
    settings = load_settings()
    assert settings.database_urls is None
    assert (settings.hotstar, settings.tmdb, settings.has_credentials) == (None, None, False)
    assert settings.home == Path.cwd() / ".catalog"


def test_credentials_lead_to_the_real_service_and_name_the_origin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTSTAR_PARTNER_ID", "partner")
    monkeypatch.setenv("HOTSTAR_AKAMAI_SECRET", SECRET)
    access = load_settings().hotstar
    assert access is not None
    assert access.base_url == HOTSTAR_PRODUCTION
    assert access.origin == f"{HOTSTAR_PRODUCTION} partner"
    assert SECRET not in repr(access)


@pytest.mark.parametrize(("given", "missing"), [("PARTNER_ID", "AKAMAI_SECRET"), ("AKAMAI_SECRET", "PARTNER_ID")])
def test_half_of_the_credentials_is_an_error_that_names_the_other_half(
    given: str, missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"HOTSTAR_{given}", SECRET)
    with pytest.raises(SettingsError, match=f"HOTSTAR_{missing} is not set") as refused:
        load_settings()
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize("secret", ["abc", "no hexadecimal text"])
def test_a_secret_that_is_not_hexadecimal_is_refused_without_being_shown(
    secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTSTAR_PARTNER_ID", "partner")
    monkeypatch.setenv("HOTSTAR_AKAMAI_SECRET", secret)
    with pytest.raises(SettingsError, match="HOTSTAR_AKAMAI_SECRET") as refused:
        load_settings()
    assert secret not in str(refused.value)


@pytest.mark.parametrize("form", TMDB_KEYS)
def test_a_key_of_tmdb_leads_to_the_real_service_and_the_origin_is_its_address(
    form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMDB_API_KEY", TMDB_KEYS[form])
    settings = load_settings()
    access = settings.require_tmdb()
    assert (access.base_url, access.origin) == (TMDB_PRODUCTION, TMDB_PRODUCTION)
    assert access.requests_per_second == 20
    assert settings.has_credentials
    assert settings.hotstar is None
    assert TMDB_KEYS[form] not in f"{access!r} {settings!r}"


@pytest.mark.parametrize("key", ["not a key", SECRET, f"Bearer {TMDB_KEYS['v4']}"])
def test_a_key_of_neither_form_is_refused_without_being_shown(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMDB_API_KEY", key)
    with pytest.raises(SettingsError, match="TMDB_API_KEY is neither") as refused:
        load_settings()
    assert key not in str(refused.value)


def test_a_service_that_is_off_says_which_variables_switch_it_on() -> None:
    with pytest.raises(SettingsError, match="TMDB_API_KEY"):
        load_settings().require_tmdb()
    with pytest.raises(SettingsError, match="HOTSTAR_PARTNER_ID and HOTSTAR_AKAMAI_SECRET"):
        load_settings().require_hotstar()


@pytest.mark.parametrize(
    ("own", "sandbox", "origin", "kept"),
    [
        ("20", "5", TMDB_PRODUCTION, 20),
        ("20", "40", "sandbox:1", 20),
        ("20", "5", "sandbox:1", 5),
        ("20", "0", "sandbox:1", 0),
    ],
    ids=["the real service", "a sandbox that allows more", "a sandbox that allows less", "a sandbox without a limit"],
)
def test_the_sandboxs_rate_binds_where_the_sandbox_answers(
    own: str, sandbox: str, origin: str, kept: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMDB_API_KEY", TMDB_KEYS["v4"])
    monkeypatch.setenv("TMDB_REQUESTS_PER_SECOND", own)
    monkeypatch.setenv("SANDBOX_TMDB_RATE", sandbox)
    monkeypatch.setenv("CATALOG_ORIGIN_TMDB", origin)
    assert load_settings().require_tmdb().requests_per_second == kept


@pytest.mark.parametrize("rate", ["0", "-1", "40.1", "nan", "many"])
def test_a_rate_that_tmdb_does_not_allow_is_refused(rate: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMDB_REQUESTS_PER_SECOND", rate)
    with pytest.raises(SettingsError, match="TMDB_REQUESTS_PER_SECOND"):
        load_settings()


def test_some_of_the_database_urls_are_an_error_that_names_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATABASE_URL", "postgresql://user@host/source")
    with pytest.raises(SettingsError, match="CATALOG_DATABASE_URL and DAGSTER_DATABASE_URL are not set"):
        load_settings()


def test_a_url_with_a_driver_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SOURCE", "CATALOG", "DAGSTER"):
        monkeypatch.setenv(f"{name}_DATABASE_URL", "postgresql+psycopg2://user@host/name")
    with pytest.raises(SettingsError, match="must begin with postgresql://"):
        load_settings()


def test_a_wrong_value_is_one_sentence_that_names_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CATALOG_LOG_LEVEL", "loud")
    with pytest.raises(SettingsError, match="CATALOG_LOG_LEVEL") as refused:
        load_settings()
    assert "loud" not in str(refused.value)


def test_the_file_env_is_read_and_the_environment_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("CATALOG_HOME=from-the-file\nCATALOG_LOG_LEVEL=DEBUG\n")
    monkeypatch.setenv("CATALOG_HOME", "from-the-environment")
    settings = load_settings()
    assert settings.home.name == "from-the-environment"
    assert settings.catalog_log_level == "DEBUG"


def test_every_variable_stands_in_the_example_file() -> None:
    named = {line.split("=")[0] for line in (PROJECT_ROOT / ".env.example").read_text().splitlines() if "=" in line}
    assert {name.upper() for name in Settings.model_fields} <= {name.strip("# ") for name in named}


TRAKT = {
    "TRAKT_ENABLED": "1",
    "TRAKT_CLIENT_ID": "ab" * 32,
    "TRAKT_CLIENT_SECRET": "cd" * 32,
    "TRAKT_TOKEN_KEY": "e" * 43 + "=",
    "TRAKT_CONTACT": "ops@example.org",
}


def with_trakt(monkeypatch: pytest.MonkeyPatch, **changed: str) -> Settings:
    for name, value in {**TRAKT, **changed}.items():
        monkeypatch.setenv(name, value)
    return load_settings()


def test_trakt_is_on_only_where_somebody_says_so_and_signing_out_needs_no_such_word(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for off in ({"TRAKT_ENABLED": "0"}, {"TRAKT_ENABLED": ""}, {"TRAKT_CLIENT_ID": "", "TRAKT_CLIENT_SECRET": ""}):
        settings = with_trakt(monkeypatch, **off)
        assert (settings.trakt, settings.has_credentials) == (None, False)
        with pytest.raises(SettingsError, match=r"Trakt is off.*docs/trakt\.md"):
            settings.require_trakt()
    assert with_trakt(monkeypatch, TRAKT_ENABLED="0").require_trakt_sign_in().base_url == TRAKT_SIGN_IN
    settings = with_trakt(monkeypatch, TRAKT_CLIENT_SECRET="", TRAKT_TOKEN_KEY="")
    access = settings.require_trakt()  # lists need the id alone
    assert (access.base_url, access.origin, access.requests_per_second) == (TRAKT_PRODUCTION, TRAKT_PRODUCTION, 1.6)
    assert settings.has_credentials
    assert TRAKT["TRAKT_CLIENT_ID"] not in f"{access!r} {settings!r}"


def test_only_a_sandbox_may_be_asked_without_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    assert with_trakt(monkeypatch, SANDBOX_TRAKT_RATE="0").require_trakt().requests_per_second == 1.6
    sandboxed = with_trakt(monkeypatch, SANDBOX_TRAKT_RATE="0", CATALOG_ORIGIN_TRAKT="sandbox:1")
    assert sandboxed.require_trakt().requests_per_second == 0


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"TRAKT_CLIENT_ID": ""}, "TRAKT_CLIENT_ID is not set"),
        ({"TRAKT_CLIENT_ID": "", "TRAKT_ENABLED": "0"}, "TRAKT_CLIENT_ID is not set"),
        ({"TRAKT_CONTACT": ""}, "TRAKT_CONTACT is not set"),
        ({"TRAKT_CONTACT": "somebody"}, "TRAKT_CONTACT is neither"),
        ({"TRAKT_CONTACT": "a@b (c)"}, "TRAKT_CONTACT is neither"),
        ({"TRAKT_CONTACT": "naïve@example.org"}, "TRAKT_CONTACT is neither"),
        ({"TRAKT_CLIENT_SECRET": ""}, "TRAKT_CLIENT_SECRET is not set"),
        ({"TRAKT_CLIENT_SECRET": "", "TRAKT_TOKEN_KEY": ""}, "TRAKT_CLIENT_SECRET and TRAKT_TOKEN_KEY are not set"),
        ({"TRAKT_TOKEN_KEY": "short"}, "TRAKT_TOKEN_KEY is no Fernet key"),
    ],
)
def test_what_trakt_lacks_is_named(monkeypatch: pytest.MonkeyPatch, changed: dict[str, str], message: str) -> None:
    with pytest.raises(SettingsError, match=message) as refused:
        with_trakt(monkeypatch, **changed).require_trakt_sign_in()
    assert not any(value in str(refused.value) for value in changed.values() if value not in {"", "0"})
