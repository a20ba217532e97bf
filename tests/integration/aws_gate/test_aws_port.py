"""S3 and Kinesis behind one port: signed requests only, and everything is there after `kill -9`."""

import io
import os
import random
import signal
from collections.abc import Iterator

import localstack_client.session
import psutil
import pytest
import urllib3
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError
from minio import Minio
from pydantic import SecretStr

from services.aws import kinesis_client, s3_client
from services.stack.native.scratch import ScratchStack, scratch_stack
from services.streams.provision import StreamOptions, provision
from services.tables import TABLES
from tests.support.polling import eventually
from tests.support.s3_kills import Writer

ONCE = Config(connect_timeout=5, read_timeout=20, retries={"total_max_attempts": 1})
MIB = 1024 * 1024


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ScratchStack]:
    """A stack of S3 and Kinesis alone, to be killed."""
    with scratch_stack(tmp_path_factory.mktemp("aws"), {"aws", "kinesis"}) as stack:
        yield stack


@pytest.mark.parametrize("victim", ["gate", "s3proxy", "kinesis"])
def test_objects_and_records_are_back_after_kill(aws: ScratchStack, victim: str) -> None:
    """Also an upload that was open goes on; no second server writes into the same folder."""
    s3, kinesis = s3_client(aws.settings), kinesis_client(aws.settings)
    bucket, stream = f"bucket-{victim}", f"stream-{victim}"
    s3.create_bucket(Bucket=bucket)
    kinesis.create_stream(StreamName=stream, ShardCount=1)
    keys = {f"topics/a+0+{i:010d}.json" for i in range(20)}
    for key in keys:
        s3.put_object(Bucket=bucket, Key=key, Body=key.encode(), IfNoneMatch="*")
    upload = s3.create_multipart_upload(Bucket=bucket, Key="parts")["UploadId"]
    part = {"Bucket": bucket, "Key": "parts", "UploadId": upload}
    tag = s3.upload_part(**part, PartNumber=1, Body=b"1" * 5 * MIB)["ETag"]  # type: ignore[arg-type]
    put = {
        kinesis.put_record(StreamName=stream, Data=b"x", PartitionKey=str(i))["SequenceNumber"]
        for i in range(20)
    }
    _kill(aws, victim)
    kinesis, s3 = kinesis_client(aws.settings), s3_client(aws.settings)
    listed = s3.list_objects_v2(Bucket=bucket)
    assert {row["Key"] for row in listed["Contents"]} == keys
    assert s3.get_object(Bucket=bucket, Key=min(keys))["Body"].read() == min(keys).encode()
    done = {"Parts": [{"PartNumber": 1, "ETag": tag}]}
    s3.complete_multipart_upload(**part, MultipartUpload=done)  # type: ignore[arg-type]
    assert s3.get_object(Bucket=bucket, Key="parts")["Body"].read() == b"1" * 5 * MIB
    iterator = kinesis.get_shard_iterator(
        StreamName=stream, ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    assert {
        row["SequenceNumber"] for row in kinesis.get_records(ShardIterator=iterator)["Records"]
    } == put
    assert len(_servers(aws)) == 1


def test_localstack_client_finds_both_services(aws: ScratchStack) -> None:
    """PyPI's own way to LocalStack, with the stack's keys in the place of any."""
    session = localstack_client.session.Session(
        localstack_host=f"127.0.0.1:{aws.settings.aws_port}",
        aws_access_key_id=aws.settings.aws_access_key_id.get_secret_value(),
        aws_secret_access_key=aws.settings.aws_secret_access_key.get_secret_value(),
    )
    s3, kinesis = session.client("s3"), session.client("kinesis")
    s3.create_bucket(Bucket="localstack")
    session.resource("s3").Object("localstack", "key").put(Body=b"value")
    assert s3.get_object(Bucket="localstack", Key="key")["Body"].read() == b"value"
    kinesis.create_stream(StreamName="localstack", ShardCount=1)
    assert "localstack" in kinesis.list_streams()["StreamNames"]


def _servers(stack: ScratchStack) -> list[psutil.Process]:
    """All of this stack's s3proxy, orphans too."""
    file = str(stack.layout.data / "aws" / "s3proxy.properties")
    return [one for one in psutil.process_iter(["cmdline"]) if file in (one.info["cmdline"] or [])]


def _kill(stack: ScratchStack, victim: str) -> None:
    """Kill one, and wait until the supervisor has brought it back."""
    service = "kinesis" if victim == "kinesis" else "aws"
    process = stack.process(service)
    killed = process.children()[0] if victim == "s3proxy" else process
    os.kill(killed.pid, signal.SIGKILL)
    eventually(f"a new {service}", lambda: _new_pid(stack, service, process.pid))
    stack.stack.start(service, stack.report)


def _new_pid(stack: ScratchStack, service: str, before: int) -> bool:
    return any(row.name == service and row.pid not in {0, before} for row in stack.stack.status())


def test_what_was_acked_under_kills_is_there_byte_for_byte(aws: ScratchStack) -> None:
    """Objects and uploads in parts, while the server and its gate are killed at random moments."""
    chance = random.Random(13)  # noqa: S311
    with Writer(aws.settings, "killed", objects=60, uploads=2, seed=13) as writer:
        for victim in ("s3proxy", "gate"):
            writer.let_some_pass(chance.randint(5, 25))
            _kill(aws, victim)
    writer.assert_whole()


def test_the_streams_of_the_speed_layer_are_there_after_the_start(aws: ScratchStack) -> None:
    """A start makes the three streams; another one leaves them and their records alone."""
    kinesis, user_id = kinesis_client(aws.settings), aws.settings.user_id
    names = {table.stream(user_id) for table in TABLES}
    assert names <= set(kinesis.list_streams()["StreamNames"])
    name = min(names)
    kinesis.put_record(StreamName=name, Data=b"kept", PartitionKey="k")
    assert provision(kinesis, StreamOptions(user_id, 1, 48)) == []
    summary = kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]
    assert summary["OpenShardCount"] == aws.settings.stream_shards
    assert summary["RetentionPeriodHours"] == 48


def test_kinesis_away_closes_connections_and_leaves_s3_alone(aws: ScratchStack) -> None:
    """Without Kinesis its clients fail at once, not with an answer of another's, and S3 goes on."""
    aws.stack.stop("kinesis")
    try:
        with pytest.raises(ConnectionClosedError):
            kinesis_client(aws.settings, ONCE).list_streams()
        assert "Buckets" in s3_client(aws.settings).list_buckets()
    finally:
        aws.stack.start("kinesis", aws.report)
    assert "StreamNames" in kinesis_client(aws.settings, ONCE).list_streams()


@pytest.mark.parametrize("keys", [("AKIAFOREIGN", ""), ("", "wrong")])
def test_other_keys_are_refused_by_both_services(aws: ScratchStack, keys: tuple[str, str]) -> None:
    """An unknown access key, and a known one with another secret."""
    named = {"aws_access_key_id": keys[0], "aws_secret_access_key": keys[1]}
    foreign = aws.settings.model_copy(
        update={name: SecretStr(value) for name, value in named.items() if value}
    )
    s3, kinesis = s3_client(foreign, ONCE), kinesis_client(foreign, ONCE)
    s3_client(aws.settings).create_bucket(Bucket="refusing")
    for call in (
        s3.list_buckets,
        lambda: s3.list_objects_v2(Bucket="refusing"),
        lambda: s3.put_object(Bucket="refusing", Key="k", Body=b"x" * MIB),
        kinesis.list_streams,
    ):
        with pytest.raises(ClientError) as refused:
            call()
        assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_no_page_and_no_other_service_gets_in(aws: ScratchStack) -> None:
    """Nor the emulator that once was there; without any signature nothing is listed."""
    url = aws.settings.aws_endpoint_url
    for method, path, headers in (
        ("OPTIONS", "/b", {"Origin": "https://evil.example"}),
        ("GET", "/", {"Host": "evil.example"}),
        ("GET", "/", {"Origin": "https://evil.example"}),
        ("GET", "/", {}),
    ):
        answer = urllib3.request(method, url + path, headers=headers, retries=False)
        assert answer.status == 403, (method, path, headers)
        assert "access-control-allow-origin" not in answer.headers
    assert urllib3.request("POST", f"{url}/moto-api/reset", retries=False).status >= 400


@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_presigned_addresses_work_without_any_keys(aws: ScratchStack, version: str) -> None:
    """Of both signature versions, to write and to read; a changed one does not."""
    s3 = s3_client(aws.settings, Config(signature_version=version))
    s3.create_bucket(Bucket="presigned")
    place = {"Bucket": "presigned", "Key": f"ü {version}"}
    put = s3.generate_presigned_url("put_object", Params=place)
    assert urllib3.request("PUT", put, body=b"by address").status == 200
    get = s3.generate_presigned_url("get_object", Params=place)
    assert urllib3.request("GET", get).data == b"by address"
    assert urllib3.request("GET", f"{get}0").status == 403


def test_clients_of_other_makers_work_with_the_keys(aws: ScratchStack) -> None:
    """minio-py writes, lists and reads, in one piece and in parts."""
    settings = aws.settings
    client = Minio(
        f"127.0.0.1:{settings.aws_port}",
        access_key=settings.aws_access_key_id.get_secret_value(),
        secret_key=settings.aws_secret_access_key.get_secret_value(),
        secure=False,
    )
    client.make_bucket("minio")
    large = os.urandom(12 * MIB)
    client.put_object("minio", "d/small", io.BytesIO(b"x"), 1)
    client.put_object("minio", "d/large", io.BytesIO(large), len(large), part_size=5 * MIB)
    assert [one.object_name for one in client.list_objects("minio", recursive=True)] == [
        "d/large",
        "d/small",
    ]
    assert client.get_object("minio", "d/large").data == large


def test_a_key_that_no_file_can_have_is_refused_and_named(aws: ScratchStack) -> None:
    """It changes no other object, whatever is done with it."""
    s3 = s3_client(aws.settings, ONCE)
    s3.create_bucket(Bucket="keys")
    s3.put_object(Bucket="keys", Key="f/g", Body=b"kept")
    s3.put_object(Bucket="keys", Key="h", Body=b"kept")
    for key in ("f//g", "f/../f/g", "f", "h/i", "h/", "x" * 230):
        with pytest.raises(ClientError, match=r"a (file|folder) here|are files here"):
            s3.put_object(Bucket="keys", Key=key, Body=b"other")
    for key in ("f//g", "f/./g"):
        with pytest.raises(ClientError, match="empty"):
            s3.delete_object(Bucket="keys", Key=key)
        with pytest.raises(ClientError, match="empty"):
            s3.delete_objects(Bucket="keys", Delete={"Objects": [{"Key": key}]})
        with pytest.raises(ClientError, match="NoSuchKey"):
            s3.get_object(Bucket="keys", Key=key)
    assert {row["Key"] for row in s3.list_objects_v2(Bucket="keys")["Contents"]} == {"f/g", "h"}
    assert s3.get_object(Bucket="keys", Key="f/g")["Body"].read() == b"kept"
    assert (
        s3.head_object(Bucket="keys", Key="h")["ETag"]
        == s3.head_object(Bucket="keys", Key="f/g")["ETag"]
    )


def test_making_ones_bucket_again_is_no_error(aws: ScratchStack) -> None:
    """In us-east-1, as on AWS: scripts begin with it; what is in the bucket stays."""
    s3 = s3_client(aws.settings, ONCE)
    s3.create_bucket(Bucket="again")
    s3.put_object(Bucket="again", Key="k", Body=b"x")
    s3.create_bucket(Bucket="again")
    assert s3.list_objects_v2(Bucket="again")["KeyCount"] == 1


def test_a_bucket_that_is_not_there_is_named(aws: ScratchStack) -> None:
    """By an error of S3's, whatever is asked of it."""
    s3 = s3_client(aws.settings, ONCE)
    for call in (
        lambda: s3.list_objects_v2(Bucket="not-here"),
        lambda: s3.get_object(Bucket="not-here", Key="k"),
        lambda: s3.put_object(Bucket="not-here", Key="k", Body=b"x"),
        lambda: s3.put_object(
            Bucket="not-here", Key="k", Body=b"{}", ContentType="application/json"
        ),
    ):
        with pytest.raises(ClientError, match="NoSuchBucket") as missing:
            call()
        assert missing.value.response["Error"]["BucketName"] == "not-here"  # type: ignore[typeddict-item]


def test_a_clean_stop_leaves_no_server(aws: ScratchStack) -> None:
    """Its keys stay in a file that only the owner reads."""
    aws.stack.stop("aws")
    assert _servers(aws) == []
    file = aws.layout.data / "aws" / "s3proxy.properties"
    assert file.stat().st_mode & 0o077 == 0
    aws.stack.start("aws", aws.report)
