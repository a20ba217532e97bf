"""Spark Connect's address and token."""

from typing import Any

import pytest
from pydantic import SecretStr
from pyspark.sql.connect.client import DefaultChannelBuilder

from services import spark_connect
from services.settings import Settings

TOKEN = "let/me in"


def _settings(**values: Any) -> Settings:
    return Settings(**{"spark_token": SecretStr(TOKEN), **values})


@pytest.mark.parametrize("host", ["127.0.0.1", "spark", "[::1]"])
def test_pyspark_sends_the_token_to_any_host_without_tls(host: str) -> None:
    """Of its own accord it would do so for `localhost` alone."""
    settings = _settings(spark_remote=f"sc://{host}:15002")
    builder = DefaultChannelBuilder(spark_connect.connection_string(settings, user_id="me"))
    assert [*builder.metadata()] == [("authorization", f"Bearer {TOKEN}")]
    assert builder.endpoint == spark_connect.target(settings) == f"{host}:15002"
    assert builder.userId == "me"
    assert not builder.secure


def test_without_a_token_nothing_is_sent() -> None:
    """As to a Spark server of one's own."""
    settings = Settings(spark_remote="sc://elsewhere/;use_ssl=true")
    builder = DefaultChannelBuilder(spark_connect.connection_string(settings))
    assert [*builder.metadata()] == []
    assert builder.use_ssl
    assert spark_connect.endpoint(settings) == ("elsewhere", 15002)


@pytest.mark.parametrize("parameter", ["token=other", "authorization=Bearer%20other"])
def test_a_token_in_the_address_is_kept_out_of_what_is_shown(parameter: str) -> None:
    """It belongs to that address, and so it is sent in the place of SPARK_TOKEN."""
    settings = _settings(spark_remote=f"sc://there:1/;use_ssl=true;{parameter}")
    assert settings.spark_remote == "sc://there:1/;use_ssl=true"
    assert dict(spark_connect.metadata(settings)) == {"authorization": "Bearer other"}


def test_an_address_with_nothing_but_a_token_is_short_again() -> None:
    """Messages show it."""
    assert _settings(spark_remote="sc://there:1/;token=other").spark_remote == "sc://there:1"
