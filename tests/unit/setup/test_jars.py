from pathlib import Path

import pytest

from services.setup import jars
from services.setup.jar_lock import _ivy_module
from services.setup.jars import Jar, JarError, ensure_jars, read_lock

CONTENT = b"a jar"


@pytest.fixture
def locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of locks and a cache of our own."""
    monkeypatch.setattr(jars, "LOCKS", tmp_path)
    monkeypatch.setenv("PINCLOUD_CACHE", str(tmp_path / "cache"))
    return tmp_path


def _lock(folder: Path, sha256: str) -> None:
    text = f"# Written by `make lock`.\n\norg.example:thing:1.2 {sha256}\n"
    (folder / "some.lock").write_text(text, encoding="utf-8")


def _served(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    """Let Ivy's place be taken by a repository that serves one file."""

    def fetch(module: Path, pattern: Path, settings: Path | None) -> list[str]:
        (module.parent / "thing-1.2.jar").write_bytes(content)
        (module.parent / "ivy-downloads").mkdir()
        return ["[SUCCESSFUL ] org.example#thing;1.2!thing.jar"]

    monkeypatch.setattr(jars, "run_ivy", fetch)


def _hash(folder: Path) -> str:
    (folder / "expected").write_bytes(CONTENT)
    return jars.sha256(folder / "expected")


def _ignore(name: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


def test_a_lock_is_read_without_its_comments(locks: Path) -> None:
    """A line is a jar with its coordinates and hash; comments and blank lines are not."""
    _lock(locks, "ab" * 32)
    assert read_lock("some") == [Jar("org.example", "thing", "1.2", "ab" * 32)]


def test_every_checked_in_lock_has_a_hash_for_every_jar() -> None:
    """No jar is ever taken on trust."""
    for file in jars.LOCKS.glob("*.lock"):
        assert all(len(jar.sha256) == 64 for jar in read_lock(file.stem))


def test_a_jar_with_the_locked_hash_is_kept(locks: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder holds the jar; the second call fetches nothing."""
    _lock(locks, _hash(locks))
    _served(monkeypatch, CONTENT)
    folder = ensure_jars("some", _ignore)
    assert (folder / "thing-1.2.jar").read_bytes() == CONTENT
    monkeypatch.delattr(jars, "run_ivy")
    assert ensure_jars("some", _ignore) == folder


def test_a_jar_with_another_hash_is_refused_and_forgotten(
    locks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error names the jar; the next call downloads it anew instead of meeting the same copy again."""
    _lock(locks, _hash(locks))
    _served(monkeypatch, b"something else")
    with pytest.raises(JarError, match=r"org\.example:thing:1\.2 is not the jar that was locked"):
        ensure_jars("some", _ignore)
    _served(monkeypatch, CONTENT)
    assert (ensure_jars("some", _ignore) / "thing-1.2.jar").read_bytes() == CONTENT


def test_a_jar_that_does_not_come_is_named_with_the_reason(
    locks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error has the jar, what Ivy said, and what to do."""
    _lock(locks, _hash(locks))
    monkeypatch.setattr(jars, "run_ivy", lambda *_: ["[ERROR] no route to host"])
    with pytest.raises(JarError, match=r"thing-1\.2\.jar the first: .*no route.*IVY_SETTINGS"):
        ensure_jars("some", _ignore)


def test_lines_of_an_in_file_become_an_ivy_module() -> None:
    """A root is taken with its needs, `=` takes it alone, `-` leaves out a group or one module."""
    text = _ivy_module("x", ["# note", "", "g:a:1", "=g:b:2", "-h", "-h:c"])
    assert '<dependency org="g" name="a" rev="1" transitive="true"/>' in text
    assert '<dependency org="g" name="b" rev="2" transitive="false"/>' in text
    assert '<exclude org="h"/><exclude org="h" module="c"/>' in text
    assert text.count("<dependency ") == 2
