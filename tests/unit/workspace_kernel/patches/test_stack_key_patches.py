from typing import Any

import boto3
import pytest
from botocore.session import Session
from pydantic import SecretStr

from services.settings import Settings
from services.workspace.kernel.patches import stack_key_patches


@pytest.fixture
def _patched(monkeypatch: pytest.MonkeyPatch) -> None:
    """A notebook's process, whose variables name the local S3; what was patched is put back."""
    monkeypatch.setattr(Session, "create_client", Session.create_client)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")
    stack_key_patches.install(
        Settings(
            aws_endpoint_url="http://127.0.0.1:4566",
            aws_access_key_id=SecretStr("ours"),
            aws_secret_access_key=SecretStr("secret"),
        )
    )


@pytest.mark.usefixtures("_patched")
@pytest.mark.parametrize(
    ("service", "endpoint", "expected"),
    [
        ("s3", None, "ours"),
        ("kinesis", None, "ours"),
        ("s3", "http://localhost:4566", "ours"),
        ("s3", "http://127.0.0.1:9000", "theirs"),
        ("s3", "https://s3.amazonaws.com", "theirs"),
        ("sts", None, "theirs"),
    ],
)
def test_keys_for_the_local_services_are_the_stacks_own(
    service: str, endpoint: str | None, expected: str
) -> None:
    """Whoever else is called, is called with what the notebook says."""
    session: Any = boto3.Session("theirs", "secret", region_name="us-east-1")
    client = session.client(service, endpoint_url=endpoint)
    assert client._request_signer._credentials.access_key == expected


def test_aws_itself_gets_the_notebooks_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is changed there."""
    original = Session.create_client
    monkeypatch.setattr(Session, "create_client", original)
    stack_key_patches.install(Settings(aws_endpoint_url="aws"))
    assert Session.create_client is original
