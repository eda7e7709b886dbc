"""Settings: what is set half is refused by name, and no message shows a value."""

from pathlib import Path

import pytest

from resources.errors import SettingsError
from resources.settings import HOTSTAR_PRODUCTION, PROJECT_ROOT, Settings, load_settings

SECRET = "ab" * 32


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def test_without_a_variable_the_embedded_server_serves_and_hotstar_is_off() -> None:
    settings = load_settings()
    assert settings.database_urls is None
    assert settings.hotstar is None
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
