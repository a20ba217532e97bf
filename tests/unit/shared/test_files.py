"""Files replaced in one step, and locks between processes."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from services.files import (
    close_to_others,
    is_locked,
    lock,
    lock_beside,
    make_folder,
    private_folder,
    rename_filled,
    replace,
    replacing,
    write_private,
)

HOLD = """
import sys
from pathlib import Path
from services.files import lock
held = lock(Path(sys.argv[1]))
print("locked", flush=True)
sys.stdin.read()
"""


def test_a_replaced_file_is_whole_private_and_alone(tmp_path: Path) -> None:
    """Its folder is made, only its owner can read it, and no scratch file stays."""
    file = tmp_path / "new" / "file"
    write_private(file, "one")
    replace(file, b"two")
    assert file.read_bytes() == b"two"
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(file.parent.iterdir()) == [file]


def test_the_mode_that_was_asked_for_holds_whatever_the_umask(tmp_path: Path) -> None:
    """A strict umask takes nothing away from a file that others are to read."""
    before = os.umask(0o077)
    try:
        with replacing(tmp_path / "file", mode=0o644) as handle:
            handle.write(b"x")
    finally:
        os.umask(before)
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o644


def test_an_error_leaves_the_old_content_and_nothing_else(tmp_path: Path) -> None:
    """As when the disk is full half-way."""
    file = tmp_path / "file"
    replace(file, b"old")
    with pytest.raises(OSError, match="full"):
        _fail_half_way(file)
    assert file.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [file]


def _fail_half_way(file: Path) -> None:
    with replacing(file) as handle:
        handle.write(b"half")
        raise OSError("full")


def test_content_is_on_disk_before_the_name_is_and_the_name_before_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The new content is forced to the disk, then takes the name, then the folder is forced to the disk."""
    file = tmp_path / "file"
    replace(file, b"old")
    seen = []

    def fsync(descriptor: int) -> None:
        seen.append((Path(f"/proc/self/fd/{descriptor}").readlink() == tmp_path, file.read_bytes()))

    monkeypatch.setattr("os.fsync", fsync)
    replace(file, b"new")
    assert seen == [(False, b"old"), (True, b"new")]


@pytest.mark.parametrize("step", range(1, 4))
def test_a_crash_at_any_step_leaves_the_old_content_or_the_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """Before the content is synced, before it takes the name, before the name is synced: never half of one."""
    file, steps = tmp_path / "file", iter(range(1, 4))
    replace(file, b"old")

    def failing(real: Callable[..., None]) -> Callable[..., None]:
        def call(*arguments: object) -> None:
            if next(steps) == step:
                raise OSError(5, "the power has failed")
            real(*arguments)

        return call

    for name in ("fsync", "replace"):
        monkeypatch.setattr(os, name, failing(getattr(os, name)))
    with pytest.raises(OSError, match="the power has failed"):
        replace(file, b"new")
    assert file.read_bytes() == (b"new" if step == 3 else b"old")
    assert list(tmp_path.iterdir()) == [file]


def test_a_folder_is_synced_with_every_one_above_it_that_was_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that is only in the page cache takes all that is below it along."""
    synced: list[Path] = []
    monkeypatch.setattr("services.files.sync_folder", synced.append)
    make_folder(tmp_path / "a" / "b")
    make_folder(tmp_path / "a" / "b")
    assert synced == [tmp_path, tmp_path / "a"]


def test_a_filled_folder_gets_its_name_with_all_that_is_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it holds is on the disk before the name is."""
    scratch, folder = tmp_path / "scratch", tmp_path / "folder"
    scratch.mkdir()
    seen: list[bool] = []
    monkeypatch.setattr(os, "sync", lambda: seen.append(folder.exists()))
    rename_filled(scratch, folder)
    assert seen == [False]
    assert folder.is_dir()


def test_half_a_surrogate_pair_becomes_a_question_mark(tmp_path: Path) -> None:
    """Outputs of notebooks hold such texts, and must still be kept."""
    write_private(tmp_path / "file", "a\ud800b")
    assert (tmp_path / "file").read_text() == "a?b"


def test_a_lock_goes_with_its_process(tmp_path: Path) -> None:
    """Another process is refused while the holder lives, and has the lock once it was killed."""
    file = tmp_path / "lock"
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(file)], stdin=pipe, stdout=pipe, text=True
    ) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "locked\n"
        assert is_locked(file)
        with pytest.raises(BlockingIOError):
            lock(file, wait=False)
        holder.kill()
        holder.wait()
    assert not is_locked(file)
    lock(file, wait=False).close()


def test_shared_locks_keep_only_an_exclusive_one_out(tmp_path: Path) -> None:
    """Two readers at once; a writer has to wait for both."""
    file = tmp_path / "lock"
    with lock(file, shared=True), lock(file, shared=True, wait=False):
        with pytest.raises(BlockingIOError):
            lock(file, wait=False)
        assert not is_locked(file)


def test_locking_keeps_what_the_file_says(tmp_path: Path) -> None:
    """A text about the holder can be read by whoever is refused."""
    file = tmp_path / "lock"
    file.write_text("process 7")
    lock(file).close()
    assert file.read_text() == "process 7"


def test_the_lock_beside_a_file_survives_its_replacement(tmp_path: Path) -> None:
    """The file itself is a new one after each change, so it cannot be the lock."""
    file = tmp_path / "file"
    with lock_beside(file):
        replace(file, b"new")
        assert is_locked(tmp_path / ".file.lock")


def test_a_private_folder_is_closed_with_all_folders_that_were_made_for_it(tmp_path: Path) -> None:
    """Whatever the umask; those that were there stay as they are."""
    tmp_path.chmod(0o755)
    before = os.umask(0)
    try:
        folder = private_folder(tmp_path / "state" / "data" / "x")
        write_private(tmp_path / "state2" / "data" / "file", "")
    finally:
        os.umask(before)
    made = [
        folder,
        folder.parent,
        tmp_path / "state",
        tmp_path / "state2",
        tmp_path / "state2/data",
    ]
    assert {one.stat().st_mode & 0o777 for one in made} == {0o700}
    assert tmp_path.stat().st_mode & 0o777 == 0o755
    assert private_folder(folder) == folder


def test_what_others_could_read_is_closed_once(tmp_path: Path) -> None:
    """The owner's own rights stay."""
    file = tmp_path / "file"
    file.touch()
    file.chmod(0o464)
    assert close_to_others(file) is True
    assert file.stat().st_mode & 0o777 == 0o400
    assert close_to_others(file) is False
