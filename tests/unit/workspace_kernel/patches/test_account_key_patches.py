"""The stand-ins for an AWS account's keys, as a notebook uses them with boto3."""

import boto3
import pytest
from botocore.credentials import Credentials

from services.settings import Settings, load_settings
from services.workspace.credentials import STAND_IN
from services.workspace.kernel.patches import account_key_patches

REAL = ("AKIAIOSFODNN7EXAMPLE", "real/secret")


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A stack that works on AWS."""
    settings = load_settings(
        aws_access_key_id=REAL[0], aws_secret_access_key=REAL[1], aws_endpoint_url="aws"
    )
    monkeypatch.setattr(Credentials, "__init__", Credentials.__init__)
    account_key_patches.install(settings)
    return settings


def keys(session: boto3.Session) -> tuple[str | None, ...]:
    """What it signs with, of a client and of the session itself."""
    found = session.get_credentials()
    assert found is not None
    return found.access_key, found.secret_key


def test_a_session_with_the_stand_ins_signs_with_the_accounts_keys() -> None:
    """The notebook's code is as it was."""
    assert keys(boto3.Session(*STAND_IN)) == REAL


def test_a_client_with_the_stand_ins_does_too() -> None:
    """Seen in what it signs."""
    client = boto3.client(
        "s3",
        region_name="us-east-1",
        aws_access_key_id=STAND_IN.access_key_id,
        aws_secret_access_key=STAND_IN.secret_access_key,
    )
    address = client.generate_presigned_url("get_object", Params={"Bucket": "b", "Key": "k"})
    assert REAL[0] in address
    assert STAND_IN.access_key_id not in address


def test_variables_with_the_stand_ins_do_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some notebooks put the keys into the environment."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", STAND_IN.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", STAND_IN.secret_access_key)
    assert keys(boto3.Session()) == REAL


def test_other_keys_stay_as_they_are() -> None:
    """A notebook may have an account of its own."""
    assert keys(boto3.Session("AKIAOTHER", "other")) == ("AKIAOTHER", "other")
