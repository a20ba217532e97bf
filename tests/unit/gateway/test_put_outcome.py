"""What a failed call of Kinesis means, whoever answers for it."""

import pytest
from botocore.exceptions import ClientError

from services.gateway.kinesis.put_outcome import failed_call


def _refusal(message: str, code: str = "ResourceNotFoundException") -> ClientError:
    told = {"Error": {"Code": code, "Message": message}}
    return ClientError({**told, "ResponseMetadata": {"HTTPStatusCode": 400}}, "PutRecords")  # type: ignore[typeddict-item]  # what matters of an answer


@pytest.mark.parametrize(
    "message",
    [
        "Stream arn arn:aws:kinesis:us-east-1:000000000000:stream/nobodys not found",
        "Stream nobodys under account 000000000000 not found.",
    ],
)
def test_a_missing_stream_is_told_in_aws_words(message: str) -> None:
    """LocalStack's sentence and AWS' own give the same answer."""
    failed = failed_call(_refusal(message)).about("nobodys")
    assert failed.message == "Stream nobodys under account 000000000000 not found."
    assert (failed.status, failed.missing_stream, failed.certain) == (400, True, True)


def test_other_things_that_are_missing_keep_their_words() -> None:
    """A shard that is not there is told as Kinesis tells it."""
    failed = failed_call(_refusal("Could not find shard shardId-000000000009")).about("s")
    assert failed.message == "Could not find shard shardId-000000000009"
