"""Every spelling of a path leads to one place."""

import pytest

from services.workspace.storage.dbfs_paths import PathError, parse, spark_path


@pytest.mark.parametrize(
    "text",
    [
        "/a/b",
        "dbfs:/a/b",
        "dbfs:///a/b",
        "DBFS:/a/b/",
        "//a//b",
        "/a/./x/../b",
        "file:/dbfs/a/b",
        "file:///dbfs/a/b/",
    ],
)
def test_spellings_of_dbfs_are_one_place(text: str) -> None:
    """A scheme, doubled or trailing slashes and dots make no difference."""
    assert str(parse(text)) == "dbfs:/a/b"


@pytest.mark.parametrize(
    "text",
    [
        "s3n://bucket/p/x",
        "s3://bucket/p/x",
        "s3a://bucket//p/x/",
        "s3n://AKIA:SEC%2FRET@bucket/p/x",
        "s3n://AKIA:SEC/R+ET@bucket/p/x",
    ],
)
def test_spellings_of_s3_are_one_place_without_keys(text: str) -> None:
    """Keys go, also those whose slashes nobody percent-encoded."""
    assert str(parse(text)) == "s3a://bucket/p/x"


def test_an_at_sign_in_a_key_of_s3_is_no_secret() -> None:
    """Only what stands before the bucket is a key pair."""
    assert str(parse("s3a://bucket/a:b@c")) == "s3a://bucket/a:b@c"


@pytest.mark.parametrize(
    ("text", "shown"), [("/../../etc", "dbfs:/etc"), ("file:/tmp/../etc", "file:/etc")]
)
def test_dots_do_not_lead_above_a_root(text: str, shown: str) -> None:
    """`..` ends at the root."""
    assert str(parse(text)) == shown


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a/b", "Path must be absolute"),
        ("wasbs://c@a.blob/x", "No FileSystem for scheme: wasbs"),
        ("/Volumes/main/x", "no Unity Catalog"),
        ("dbfs:/databricks-datasets/x", "sample data sets"),
        ("s3a://", "No FileSystem"),
    ],
)
def test_what_is_not_here_is_refused_with_the_reason(text: str, reason: str) -> None:
    """The message says what is not there."""
    with pytest.raises(PathError, match=reason):
        parse(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("s3n://AKIA:S/E@bucket/p/*.json", "s3a://bucket/p/*.json"),
        ("s3://bucket", "s3a://bucket/"),
        ("/mnt/x/*.json", "/mnt/x/*.json"),
        ("dbfs:/mnt/x", "dbfs:/mnt/x"),
        ("file:/dbfs/mnt/x/*.json", "dbfs:/mnt/x/*.json"),
        ("file:///dbfs", "dbfs:/"),
        ("file:/dbfsx/y", "file:/dbfsx/y"),
        ("delta.`x`", "delta.`x`"),
    ],
)
def test_spark_gets_addresses_of_s3_without_keys(text: str, shown: str) -> None:
    """All else is Spark's own to understand."""
    assert spark_path(text) == shown
