"""The digests beside the tags: where they are read, whom they bind, how they are renewed."""

import re
from pathlib import Path

import pytest

from services.stack.compose import image_digests
from services.stack.compose.docker import DockerError

DIGEST = "sha256:" + "a" * 64


@pytest.fixture
def docker(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A `docker` command that answers with this file's lines of a shell."""
    command = tmp_path / "bin" / "docker"
    command.parent.mkdir()
    command.touch(mode=0o755)
    monkeypatch.setenv("PATH", f"{command.parent}:/usr/bin:/bin")
    return command


def test_each_image_of_others_has_one_variable() -> None:
    """The Compose file and the Dockerfiles name each with the same one; all are found."""
    named = image_digests.images()
    assert {image.partition(":")[0] for image in named} == {
        "apache/airflow",
        "apache/kafka",
        "confluentinc/cp-kafka-rest",
        "localstack/localstack",
        "mysql",
        "python",
    }
    assert len(set(named.values())) == len(named)


def test_the_lock_names_images_that_are_used() -> None:
    """A line for a tag that was changed would bind nothing."""
    locked = image_digests.read()
    assert locked.keys() <= image_digests.images().keys()
    assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", digest) for digest in locked.values())


def test_a_missing_lock_binds_nothing(tmp_path: Path) -> None:
    """The tags hold then."""
    assert image_digests.read(tmp_path / "images.lock") == {}


def test_locked_images_get_their_digest_and_own_ones_do_not() -> None:
    """What was made on this machine has another one, which no registry knows."""
    named = {"a:1": "A_DIGEST", "b:1": "B_DIGEST", "c:1": "C_DIGEST"}
    found = image_digests.variables({"a:1": DIGEST, "b:1": DIGEST}, named, ["b:1"])
    assert found == {"A_DIGEST": f"@{DIGEST}"}


def test_an_image_without_a_registrys_digest_was_made_here(docker: Path) -> None:
    """One that was pulled has one; of one that is not here Docker complains, and tells the rest."""
    docker.write_text(
        '#!/bin/sh\necho \'["a:1","a:2"] []\'\necho \'["b:1"] ["b@sha256:1"]\'\n'
        "echo no such image: c:1 >&2\nexit 1\n"
    )
    assert image_digests.made_here(["a:1", "b:1", "c:1"]) == ["a:1"]


def test_the_lock_is_written_anew_from_the_registries(
    docker: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line an image, which is read back."""
    lock = tmp_path / "images.lock"
    monkeypatch.setattr(image_digests, "LOCK", lock)
    docker.write_text(f'#!/bin/sh\necho \'{{"digest":"{DIGEST}"}}\'\n')
    assert image_digests.main() == 0
    assert image_digests.read(lock) == dict.fromkeys(image_digests.images(), DIGEST)


@pytest.mark.parametrize("answer", ["echo no such host >&2; exit 1", "echo '{}'", "echo nothing"])
def test_without_a_registrys_answer_the_lock_stays(
    docker: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    answer: str,
) -> None:
    """The message says so; nothing is invented."""
    lock = tmp_path / "images.lock"
    lock.write_text("before")
    monkeypatch.setattr(image_digests, "LOCK", lock)
    docker.write_text(f"#!/bin/sh\n{answer}\n")
    assert image_digests.main() == 1
    assert lock.read_text() == "before"
    assert "stays as it is" in capsys.readouterr().err


def test_a_registry_that_does_not_answer_is_an_error(docker: Path) -> None:
    """Of Docker's, with what it said."""
    docker.write_text("#!/bin/sh\necho no such host >&2\nexit 1\n")
    with pytest.raises(DockerError, match="no such host"):
        image_digests.digest_of("a:1")
