"""The options of `format("kinesis")`."""

from datetime import UTC, datetime

import pytest

from spark_jobs.data_sources.pyspark_kinesis.errors import OptionError
from spark_jobs.data_sources.pyspark_kinesis.initial_position import InitialPosition
from spark_jobs.data_sources.pyspark_kinesis.options import Options, parse


def given(**options: str) -> Options:
    """Options of a query on stream s."""
    return parse({"streamName": "s", **options})


def test_defaults() -> None:
    """Without options a query begins at the latest record, at the pace that AWS allows."""
    found = given()
    assert found.initial_position == InitialPosition("latest")
    assert (found.region, found.endpoint_url) == ("us-east-1", None)
    assert (found.max_records_per_fetch, found.max_records_per_trigger) == (10_000, 10_000)
    assert found.fail_on_data_loss
    assert found.warnings == ()


def test_names_in_any_letter_case() -> None:
    """Spark hands options over in lower case."""
    found = parse(
        {
            "STREAMNAME": "a, b,a",
            "endpointurl": "http://x",
            "AwsAccessKey": "k",
            "awsSECRETkey": "s",
        }
    )
    assert found.streams == ("a", "b")
    assert (found.endpoint_url, found.access_key, found.secret_key) == ("http://x", "k", "s")


@pytest.mark.parametrize("name", ["endpointUrl", "endpoint", "regionEndpoint"])
def test_names_of_the_endpoint(name: str) -> None:
    """Three names for one thing."""
    assert given(**{name: "http://x"}).endpoint_url == "http://x"


def test_stream_arn() -> None:
    """An ARN tells stream and region."""
    found = parse({"streamARN": "arn:aws:kinesis:eu-west-1:123456789012:stream/pins"})
    assert (found.streams, found.region) == (("pins",), "eu-west-1")


@pytest.mark.parametrize("text", ["trim_horizon", "EARLIEST", "Trim_Horizon"])
def test_begin_at_the_horizon(text: str) -> None:
    """Two names, any letter case."""
    assert given(initialPosition=text).initial_position == InitialPosition("trim_horizon")


@pytest.mark.parametrize(
    "text",
    [
        '{"at_timestamp": "06/25/2020 10:23:45 PDT", "format": "MM/dd/yyyy HH:mm:ss ZZZ"}',
        '{"AT_TIMESTAMP": "06/25/2020 17:23:45 UTC", "FORMAT": "MM/dd/yyyy HH:mm:ss ZZZ"}',
        '{"at_timestamp": "2020-06-25 19:23:45 Europe/Paris", "format": "yyyy-MM-dd HH:mm:ss VV"}',
        '{"at_timestamp": "2020-06-25T17:23:45.000", "format": "yyyy-MM-dd\'T\'HH:mm:ss.SSS"}',
        '{"at_timestamp": "2020-06-25T17:23:45"}',
        '{"at_timestamp": "2020-06-25T10:23:45-07:00"}',
        '{"at_timestamp": "2020-06-25T10:23:45 -0700", "format": "yyyy-MM-dd\'T\'HH:mm:ss Z"}',
    ],
)
def test_begin_at_a_time(text: str) -> None:
    """With a Java pattern or in ISO 8601; without a zone it is UTC."""
    moment = datetime(2020, 6, 25, 17, 23, 45, tzinfo=UTC)
    expected = InitialPosition("at_timestamp", round(moment.timestamp() * 1000))
    assert given(initialPosition=text).initial_position == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("initialPosition", "soon"),
        ("initialPosition", "{}"),
        ("initialPosition", '["at_timestamp"]'),
        ("initialPosition", '{"at_timestamp": "06/25/2020"}'),
        ("initialPosition", '{"at_timestamp": "25.06.2020", "format": "MM/dd/yyyy"}'),
        ("maxRecordsPerFetch", "10001"),
        ("maxRecordsPerFetch", "many"),
        ("maxRecordsPerTrigger", "0"),
        ("maxFetchRate", "3"),
        ("minFetchPeriod", "400"),
        ("shardFetchInterval", "1 fortnight"),
        ("fetchBufferSize", "20 barrels"),
        ("failOnDataLoss", "perhaps"),
        ("streamARN", "pins"),
    ],
)
def test_wrong_value(name: str, value: str) -> None:
    """The error names the option, the value and what is expected."""
    streams = {} if name == "streamARN" else {"streamName": "s"}
    with pytest.raises(OptionError) as caught:
        parse({**streams, name.lower(): value})
    message = str(caught.value)
    assert f"Option {name}={value}: expected " in message


@pytest.mark.parametrize(
    "options", [{}, {"streamName": "s", "streamARN": "a"}, {"streamName": " , "}]
)
def test_which_stream(options: dict[str, str]) -> None:
    """Exactly one of streamName and streamARN, with a name in it."""
    with pytest.raises(OptionError, match="streamName"):
        parse(options)


@pytest.mark.parametrize("name", ["awsAccessKey", "awsSecretKey", "awsSessionToken"])
def test_half_of_the_keys(name: str) -> None:
    """Both keys or neither; the value is not repeated."""
    with pytest.raises(OptionError, match="awsSecretKey") as caught:
        given(**{name: "do-not-print"})
    assert "do-not-print" not in str(caught.value)


def test_keys_are_not_shown() -> None:
    """Options that end in a log hold no keys."""
    found = given(awsAccessKey="do-not-print", awsSecretKey="do-not-print")
    assert "do-not-print" not in repr(found)


def test_one_warning_each() -> None:
    """Options without effect are named, once each, with the reason."""
    found = given(roleArn="r", consumerMode="efo", maxFetchIntervalMs="1", shardsPerTask="5")
    assert len(found.warnings) == 4
    text = "\n".join(found.warnings)
    assert "roleArn is ignored: no role is assumed" in text
    assert "consumerMode=efo: shards are polled" in text
    assert "maxfetchintervalms is ignored: there is no such option" in text


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("400ms", 0.4), ("1s", 1), ("10 seconds", 10), ("1.5 Min", 90), ("1h", 3600)],
)
def test_durations(text: str, seconds: float) -> None:
    """Spark's and Databricks' ways to write them."""
    assert given(minFetchPeriod=text).min_fetch_period == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("text", "size"), [("20gb", 20 * 2**30), ("64 MB", 64 * 2**20), ("1000", 1000)]
)
def test_sizes(text: str, size: int) -> None:
    """A plain number is bytes."""
    assert given(fetchBufferSize=text).max_bytes_per_trigger == size
