"""Mounts are kept on disk, one at a place, without keys."""

import json
import re
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from services.settings import Settings
from services.workspace.storage.dbfs_paths import PathError
from services.workspace.storage.mounts import Mounts, advice, s3_source, session_conf


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A workspace of the test's own."""
    return Settings(state_dir=tmp_path)


def test_a_mount_outlives_its_process(settings: Settings) -> None:
    """Whoever reads the file next finds it, and a session gets it as a setting."""
    Mounts(settings).add("/mnt/x", "s3a://b/")
    assert Mounts(settings).read() == {"/mnt/x": "s3a://b/"}
    assert session_conf(settings)["fs.viewfs.mounttable.default.link./mnt/x"] == "s3a://b/"


def test_without_mounts_a_session_still_has_dbfs_for_its_default(settings: Settings) -> None:
    """A notebook's plain paths are DBFS."""
    assert session_conf(settings)["fs.defaultFS"] == "dbfs:///"


@pytest.mark.parametrize(
    ("point", "reason"),
    [
        ("/mnt/x", "Directory already mounted: /mnt/x"),
        ("/mnt/x/y", "Nested mounts"),
        ("/mnt", "Nested mounts"),
        ("/", "root of DBFS"),
    ],
)
def test_a_mount_has_a_place_of_its_own(settings: Settings, point: str, reason: str) -> None:
    """Twice, inside another, around another and over everything are refused; what is mounted stays."""
    Mounts(settings).add("/mnt/x", "s3a://b/")
    with pytest.raises(PathError, match=reason):
        Mounts(settings).add(point, "s3a://other/")
    assert Mounts(settings).read() == {"/mnt/x": "s3a://b/"}


def test_a_name_that_begins_alike_is_another_place(settings: Settings) -> None:
    """`/mnt/xy` is not inside `/mnt/x`."""
    Mounts(settings).add("/mnt/x", "s3a://b/")
    Mounts(settings).add("/mnt/xy", "s3a://b/")
    assert len(Mounts(settings).read()) == 2


def test_what_is_not_mounted_cannot_be_unmounted_or_replaced(settings: Settings) -> None:
    """The message is Databricks'."""
    with pytest.raises(PathError, match="Directory not mounted: /mnt/x"):
        Mounts(settings).remove("/mnt/x")
    with pytest.raises(PathError, match="Directory not mounted: /mnt/x"):
        Mounts(settings).replace("/mnt/x", "s3a://b/")


def test_mounts_made_at_the_same_time_are_all_kept(settings: Settings) -> None:
    """Nobody writes over what another one has just written."""
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: Mounts(settings).add(f"/mnt/{n}", "s3a://b/"), range(32)))
    assert len(Mounts(settings).read()) == 32


def test_the_file_of_mounts_is_its_owners(settings: Settings) -> None:
    """Others need not know which buckets there are."""
    Mounts(settings).add("/mnt/x", "s3a://b/")
    mode = (settings.workspace_state / "mounts.json").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


@pytest.mark.parametrize("text", ["{", "[]", "\x00"])
def test_a_damaged_file_of_mounts_is_named(settings: Settings, text: str) -> None:
    """Nothing is mounted, and nothing else fails; the sentence says which file, and what to do."""
    settings.workspace_state.mkdir(parents=True)
    (settings.workspace_state / "mounts.json").write_text(text)
    [problem] = Mounts(settings).problems()
    assert re.search(r"mounts\.json cannot be read .* Mount again", problem)
    assert Mounts(settings).read() == {}
    Mounts(settings).add("/mnt/x", "s3a://bbb/")
    assert Mounts(settings).problems() == []


@pytest.mark.parametrize(
    ("point", "source"),
    [
        ("/mnt/bad", "s3a://user-####-bucket/"),
        ("/mnt/bad", "s3a://user-<id>-bucket/"),
        ("/mnt/bad", "s3a://bbb/{AWS_S3_BUCKET}"),
        ("/mnt/bad", None),
        ("/mnt/bad", "hdfs://x/y"),
        ("mnt/bad", "s3a://bbb/"),
        ("/mnt/x/inside", "s3a://bbb/"),
        ("/", "s3a://bbb/"),
    ],
)
def test_one_bad_mount_does_not_poison_the_others(
    settings: Settings, point: str, source: str | None
) -> None:
    """An edited file may hold anything: what cannot be used is left out, named, and can be unmounted."""
    settings.workspace_state.mkdir(parents=True)
    text = json.dumps({"/mnt/x": "s3a://bbb/", point: source})
    (settings.workspace_state / "mounts.json").write_text(text)
    assert Mounts(settings).read() == {"/mnt/x": "s3a://bbb/"}
    assert "link./mnt/x" in " ".join(session_conf(settings))
    [problem] = Mounts(settings).problems()
    assert f"The mount {point} is left out: " in problem
    assert f"dbutils.fs.unmount({point!r})" in problem
    Mounts(settings).remove(point)
    assert Mounts(settings).problems() == []


def test_a_bad_mounts_place_can_be_taken(settings: Settings) -> None:
    """By a mount that can be used."""
    settings.workspace_state.mkdir(parents=True)
    (settings.workspace_state / "mounts.json").write_text('{"/mnt/x": "s3a://user-####-bucket"}')
    Mounts(settings).add("/mnt/x", "s3a://bbb/")
    assert (Mounts(settings).read(), Mounts(settings).problems()) == ({"/mnt/x": "s3a://bbb/"}, [])


def test_sources_are_kept_without_keys() -> None:
    """What nobody keeps, nobody can steal."""
    assert s3_source("s3n://AKIA:SEC%2FRET@b/p") == "s3a://b/p"
    with pytest.raises(PathError, match="only S3 can be mounted"):
        s3_source("dbfs:/x")


@pytest.mark.parametrize(
    "source",
    [
        "s3n://KEY:SECRET@user-<YOUR_ID>-bucket/topics",
        "s3n://KEY:SECRET@{AWS_S3_BUCKET}",
        "s3n://my bucket/topics",
        "s3a://user-####-bucket",
        "s3a://my_bucket",
        "s3a://-bucket",
        "s3a://a..b",
        "s3a://bucket?x",
        "s3a://bucket/a#b",
        "s3a://bucket/{folder}",
        "s3a://bucket/topics/%s",
    ],
)
def test_a_placeholder_is_not_mounted(source: str) -> None:
    """It would be in every session's settings from then on, and Spark could open none."""
    with pytest.raises(PathError, match=r"placeholder.*Write s3a://<bucket>/<prefix>"):
        s3_source(source)


@pytest.mark.parametrize("bucket", ["user-0123456789ab-bucket", "my.bucket", "0b", "Old-Bucket"])
def test_a_buckets_name_is_mounted(bucket: str) -> None:
    """With a prefix that holds what Java takes."""
    assert s3_source(f"s3a://{bucket}/topics/a=b,c@d") == f"s3a://{bucket}/topics/a=b,c@d"


def test_advice_on_a_bucket_of_another_user_names_the_command() -> None:
    """The course's bucket names hold the user's id."""
    assert "USER_ID=0123456789ab" in advice("user-0123456789ab-bucket")
    assert "user-<USER_ID>-bucket" in advice("elsewhere")
