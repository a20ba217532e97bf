import fcntl
from pathlib import Path

from pyspark.sql.connect.proto import base_pb2

from services.free_ports import free_port
from services.settings import Settings
from services.workspace.orphan_sessions import end_orphans, release_request


def test_the_request_is_what_spark_expects() -> None:
    """It is put together by hand, and read by Spark's own definition."""
    session = "0b6b0a0e-0000-4000-8000-000000000001"

    read = base_pb2.ReleaseSessionRequest.FromString(release_request(session, "notebook"))

    assert (read.session_id, read.user_context.user_id) == (session, "notebook")


def test_only_sessions_of_dead_kernels_are_ended(tmp_path: Path) -> None:
    """A living kernel holds a lock; without Spark there is no session left to end, and that is no error."""
    settings = Settings(state_dir=tmp_path, spark_port=free_port())
    folder = settings.workspace_state / "sessions"
    folder.mkdir(parents=True)
    for name in ("dead", "living", ".new"):
        (folder / name).touch()

    with (folder / "living").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        ended = end_orphans(settings)

    assert ended == ["dead"]
    assert sorted(file.name for file in folder.iterdir()) == [".new", "living"]
