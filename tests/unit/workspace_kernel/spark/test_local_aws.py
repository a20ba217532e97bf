import pytest

from services.settings import Settings, load_settings
from services.workspace.credentials import STAND_IN
from services.workspace.kernel.spark.local_aws import is_s3_access_setting, kinesis_options


@pytest.fixture
def settings() -> Settings:
    """Settings with keys of a local cloud."""
    return load_settings(
        aws_access_key_id="LKIA",
        aws_secret_access_key="local",
        aws_endpoint_url="http://127.0.0.1:4566",
    )


@pytest.mark.parametrize(
    ("key", "access"),
    [
        ("fs.s3a.access.key", True),
        ("spark.hadoop.fs.s3a.secret.key", True),
        ("fs.s3n.awsAccessKeyId", True),
        ("fs.s3a.bucket.mine.endpoint", True),
        ("spark.hadoop.fs.s3a.endpoint", True),
        ("fs.s3a.connection.maximum", False),
        ("spark.databricks.delta.formatCheck.enabled", False),
        ("spark.sql.shuffle.partitions", False),
    ],
)
def test_settings_of_access_to_s3_are_recognised(key: str, *, access: bool) -> None:
    """Tuning is let through."""
    assert is_s3_access_setting(key) is access


def test_kinesis_is_the_local_one_whatever_is_given(settings: Settings) -> None:
    """Real region, keys and endpoint give way; the rest stays as it was spelled."""
    given = {
        "streamName": "s",
        "REGION": "eu-west-1",
        "awsaccesskey": "AKIA",
        "awsSecretKey": "real",
        "endpointUrl": "https://kinesis.eu-west-1.amazonaws.com",
        "initialPosition": "earliest",
    }
    assert kinesis_options(given, settings) == {
        "streamName": "s",
        "initialPosition": "earliest",
        "endpointUrl": "http://127.0.0.1:4566",
        "region": "us-east-1",
        "awsAccessKey": "LKIA",
        "awsSecretKey": "local",
    }


def test_an_emulator_that_was_named_is_used(settings: Settings) -> None:
    """The pipeline's own notebooks name theirs."""
    given = {"streamName": "s", "endpoint": "http://127.0.0.1:9", "awsAccessKey": "own"}
    assert kinesis_options(given, settings) == given


@pytest.mark.parametrize("endpoint", ["aws", "http://127.0.0.1:9"])
def test_stand_ins_for_keys_become_the_keys(settings: Settings, endpoint: str) -> None:
    """A notebook that read them from the credentials table reaches AWS as it did with the keys."""
    stack = settings.model_copy(update={"aws_endpoint_url": endpoint})
    given = {
        "streamName": "s",
        "endpointUrl": "http://127.0.0.1:9",
        "awsAccessKey": STAND_IN.access_key_id,
        "AWSSECRETKEY": STAND_IN.secret_access_key,
    }
    found = {name.lower(): value for name, value in kinesis_options(given, stack).items()}
    assert (found["awsaccesskey"], found["awssecretkey"]) == ("LKIA", "local")


def test_who_names_the_local_kinesis_gets_its_keys(settings: Settings) -> None:
    """As one does for LocalStack, which takes any; by either name of this machine."""
    given = {"streamName": "s", "endpointUrl": "http://localhost:4566", "awsAccessKey": "test"}
    assert kinesis_options(given, settings) == {
        "streamName": "s",
        "endpointUrl": "http://localhost:4566",
        "awsAccessKey": "LKIA",
        "awsSecretKey": "local",
    }
