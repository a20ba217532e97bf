from pathlib import Path

import pytest

from services.settings import Settings, SettingsError, load_settings


@pytest.fixture(autouse=True)
def _own_env_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the developer's own .env and ports out of these tests."""
    monkeypatch.setenv("ENV_FILE", str(tmp_path / ".env"))
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def test_addresses_follow_from_the_ports() -> None:
    """A port that is set moves the address which clients use."""
    settings = load_settings(kafka_port=19092, gateway_port=18082)
    assert settings.kafka_bootstrap == "127.0.0.1:19092"
    assert settings.gateway_url == "http://127.0.0.1:18082"


def test_the_environment_wins_over_the_env_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """`make up KAFKA_PORT=…` overrides what .env says."""
    (tmp_path / ".env").write_text("KAFKA_PORT=1111\nMYSQL_PORT=2222\n", encoding="utf-8")
    monkeypatch.setenv("KAFKA_PORT", "3333")
    settings = load_settings()
    assert (settings.kafka_port, settings.mysql_port) == (3333, 2222)


def test_ambient_aws_credentials_are_not_taken(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A developer's own AWS keys do not reach the local emulator by accident."""
    (tmp_path / ".env").write_text("AWS_ACCESS_KEY_ID=local\n", encoding="utf-8")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "real")
    assert load_settings().aws_access_key_id.get_secret_value() == "local"


def test_aws_credentials_beside_an_endpoint_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever names an endpoint in the environment means its keys, too."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "mine")
    assert load_settings().aws_access_key_id.get_secret_value() == "mine"


def test_the_aws_port_is_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only credentials are guarded, not the port."""
    monkeypatch.setenv("AWS_PORT", "14566")
    assert load_settings().aws_endpoint_url == "http://127.0.0.1:14566"


@pytest.mark.parametrize(
    ("name", "value"), [("user_id", "not-hex"), ("kafka_port", 0), ("sink_flush_size", 0)]
)
def test_a_value_out_of_range_is_refused_by_name(name: str, value: object) -> None:
    """The error names the setting."""
    with pytest.raises(SettingsError, match=name.upper()):
        load_settings(**{name: value})


def test_a_wrong_line_of_the_env_file_is_named_with_its_file(tmp_path: Path) -> None:
    """The error shows variable, value and file, so that it can be corrected at once."""
    (tmp_path / ".env").write_text("KAFKA_PORT=many\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"KAFKA_PORT=many in .*/\.env: .*integer"):
        load_settings()


def test_a_wrong_variable_is_said_to_come_from_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody searches the file for what `make up KAFKA_PORT=…` got wrong."""
    monkeypatch.setenv("KAFKA_PORT", "70000")
    with pytest.raises(SettingsError, match="KAFKA_PORT=70000 in the environment"):
        load_settings()
