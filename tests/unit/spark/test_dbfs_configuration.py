"""What Spark is told of `dbfs:/`."""

from pathlib import Path

from services.spark_server.dbfs import configuration


def test_paths_that_no_mount_covers_lead_to_the_folder() -> None:
    """A blank in its name is no problem for a URI."""
    lines = configuration(Path("/some where/dbfs"))
    assert (
        lines["spark.hadoop.fs.viewfs.mounttable.default.linkFallback"]
        == "file:///some%20where/dbfs"
    )


def test_sessions_that_do_not_ask_keep_plain_local_paths() -> None:
    """The pipeline's own jobs know nothing of DBFS."""
    assert "spark.hadoop.fs.defaultFS" not in configuration(Path("/x"))
