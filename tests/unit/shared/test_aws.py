"""Where the clients would call, told by three variables; nothing is called."""

from pathlib import Path

import pytest

from services.aws import kinesis_client, kinesis_options, s3_client, s3a_options
from services.settings import Settings, load_settings


@pytest.fixture
def variables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """An environment without a stack: no file of settings, and somebody's keys."""
    monkeypatch.setenv("ENV_FILE", str(tmp_path / ".env"))
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "example")
    return monkeypatch


def _addresses(settings: Settings) -> tuple[str, str]:
    s3, kinesis = s3_client(settings), kinesis_client(settings)
    return s3.meta.endpoint_url, kinesis.meta.endpoint_url


def test_aws_means_its_own_endpoints(variables: pytest.MonkeyPatch) -> None:
    """`AWS_ENDPOINT_URL=aws` leads each client to AWS' endpoint of the region, though boto3 reads that variable too."""
    variables.setenv("AWS_ENDPOINT_URL", "aws")
    variables.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    settings = load_settings()
    assert _addresses(settings) == (
        "https://s3.eu-west-1.amazonaws.com",
        "https://kinesis.eu-west-1.amazonaws.com",
    )
    assert kinesis_options(settings) == {
        "endpointUrl": "https://kinesis.eu-west-1.amazonaws.com",
        "region": "eu-west-1",
        "awsAccessKey": "AKIAEXAMPLE",
        "awsSecretKey": "example",
    }
    assert s3a_options(settings) == {
        "spark.hadoop.fs.s3a.endpoint.region": "eu-west-1",
        "spark.hadoop.fs.s3a.access.key": "AKIAEXAMPLE",
        "spark.hadoop.fs.s3a.secret.key": "example",
    }


@pytest.mark.parametrize(
    ("url", "secure"), [("http://localstack:4566", "false"), ("https://ls.test", "true")]
)
def test_another_emulator_is_one_address(
    variables: pytest.MonkeyPatch, url: str, secure: str
) -> None:
    """Any other value is where both services are, asked by path and with TLS as its scheme says."""
    variables.setenv("AWS_ENDPOINT_URL", url)
    settings = load_settings()
    assert _addresses(settings) == (url, url)
    assert kinesis_options(settings)["endpointUrl"] == url
    options = s3a_options(settings)
    assert options["spark.hadoop.fs.s3a.endpoint"] == url
    assert options["spark.hadoop.fs.s3a.path.style.access"] == "true"
    assert options["spark.hadoop.fs.s3a.connection.ssl.enabled"] == secure


def test_own_keys_stay_at_home(variables: pytest.MonkeyPatch) -> None:
    """Without `AWS_ENDPOINT_URL` the stack's own emulator is asked, and nobody's real keys are sent to it."""
    settings = load_settings()
    assert _addresses(settings) == ("http://127.0.0.1:4566",) * 2
    assert "awsAccessKey" not in kinesis_options(settings)
