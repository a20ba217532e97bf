"""The files that `up` writes for the containers, and those that they are shown."""

import io
import stat
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
import yaml

from services.settings import PROJECT_ROOT, Settings
from services.stack.compose import secret_files
from services.stack.compose.jobs import receive_journals
from services.stack.compose.jobs.mounted_data import DataError, mounted
from services.stack.secrets import ensure_value


def test_every_secret_of_the_compose_file_is_written(tmp_path: Path) -> None:
    """A container whose secret is not there does not start."""
    model = yaml.safe_load((PROJECT_ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    assert model["secrets"].keys() == secret_files.contents(Settings(state_dir=tmp_path)).keys()


def test_secrets_are_readable_below_a_folder_that_is_not(tmp_path: Path) -> None:
    """Containers mount single files and read them under users of their own."""
    folder = tmp_path / "secrets"
    assert secret_files.write(folder, {"a": "1", "b": "2"}) == ["a", "b"]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o444}


def test_a_secret_is_replaced_where_it_is(tmp_path: Path) -> None:
    """A container that has the file mounted sees the new content; the same content is not written again."""
    secret_files.write(tmp_path, {"a": "long secret", "b": "2"})
    before = (tmp_path / "a").stat().st_ino
    assert secret_files.write(tmp_path, {"a": "short", "b": "2"}) == ["a"]
    assert (tmp_path / "a").read_text() == "short"
    assert (tmp_path / "a").stat().st_ino == before
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o444


def test_a_folder_that_docker_left_in_place_of_a_secret_is_replaced(tmp_path: Path) -> None:
    """Docker makes one where it is to mount a file that is not there."""
    (tmp_path / "a").mkdir()
    secret_files.write(tmp_path, {"a": "1"})
    assert (tmp_path / "a").read_text() == "1"


def test_the_env_file_says_a_thing_once(tmp_path: Path) -> None:
    """Another folder's project name, copied with the file, is replaced; all else stays."""
    file = tmp_path / ".env"
    file.write_text("KAFKA_PORT=1\nCOMPOSE_PROJECT_NAME=other\n# end\n")
    ensure_value(file, "COMPOSE_PROJECT_NAME", "mine")
    ensure_value(file, "COMPOSE_PROJECT_NAME", "mine")
    assert file.read_text() == "KAFKA_PORT=1\n# end\nCOMPOSE_PROJECT_NAME=mine\n"


def test_a_users_data_is_shown_to_the_container_read_only(tmp_path: Path) -> None:
    """The argument names the place inside."""
    file = tmp_path / "dump.sql"
    file.write_text("")
    file.chmod(0o644)
    arguments, mounts = mounted(["load", "--data", str(file), "--rows", "3"])
    assert arguments == ["load", "--data", "/data/dump.sql", "--rows", "3"]
    assert mounts == [f"{file}:/data/dump.sql:ro"]


@pytest.mark.parametrize("arguments", [["load"], ["load", "--data"], ["load", "--data", ""]])
def test_without_data_nothing_is_shown(arguments: list[str]) -> None:
    """`make load` without DATA loads the invented rows."""
    assert mounted(arguments) == (arguments, [])


def test_data_that_the_container_cannot_have_is_told_before(tmp_path: Path) -> None:
    """A path that is not there, and a file that is the user's alone, with what to do."""
    with pytest.raises(DataError, match="There is no"):
        mounted(["load", "--data", str(tmp_path / "missing")])
    tmp_path.chmod(0o755)
    (tmp_path / "rows.csv").touch(mode=0o600)
    with pytest.raises(DataError, match=r"rows\.csv can be read by its owner alone.*chmod"):
        mounted(["load", "--data", str(tmp_path)])


def _archive(names: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, content in names.items():
            member = tarfile.TarInfo(name)
            member.size, member.uid = len(content), 4711
            tar.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def _receive(archive: bytes, state: Path) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        [sys.executable, "-m", receive_journals.__name__],
        input=archive,
        env={"STATE_DIR": str(state), "ENV_FILE": str(state / ".env")},
        cwd=PROJECT_ROOT,
        capture_output=True,
        check=False,
    )


def test_journals_arrive_in_the_state_of_the_one_who_receives_them(tmp_path: Path) -> None:
    """Whoever wrote them, and as often as they are sent."""
    archive = _archive({"batch/run-0.jsonl": b"{}\n"})
    for _ in range(2):
        assert _receive(archive, tmp_path).returncode == 0
    file = tmp_path / "journals" / "batch" / "run-0.jsonl"
    assert file.read_bytes() == b"{}\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("archive", [_archive({"../../out": b"x"}), b"no tar at all"])
def test_what_is_no_archive_of_journals_is_refused(tmp_path: Path, archive: bytes) -> None:
    """Nothing is written outside of the folder; the exit code says that it failed."""
    state = tmp_path / "a" / "state"
    answer = _receive(archive, state)
    assert answer.returncode == 1
    assert b"could not be unpacked" in answer.stderr
    assert not (tmp_path / "a" / "out").exists()
