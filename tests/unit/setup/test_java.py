from collections.abc import Iterator
from pathlib import Path

import pytest

from services.setup import java as module


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    """Each case looks for Java anew."""
    module.java.cache_clear()
    yield
    module.java.cache_clear()


def _java(folder: Path, first_line: str, code: int = 0) -> Path:
    """A `java` that only tells a version, on stderr as the real one does."""
    executable = folder / "bin" / "java"
    executable.parent.mkdir(parents=True)
    executable.write_text(f"#!/bin/sh\necho '{first_line}' >&2\nexit {code}\n", encoding="utf-8")
    executable.chmod(0o755)
    return executable


@pytest.mark.parametrize(
    ("line", "version"),
    [
        ('openjdk version "17.0.17" 2025-10-21', 17),
        ('openjdk version "25" 2025-09-16', 25),
        ('java version "1.8.0_402"', 1),
        ("The operation could not be completed.", 0),
    ],
)
def test_the_major_version_is_read(tmp_path: Path, line: str, version: int) -> None:
    """Old and new version texts, and none at all."""
    assert module._version(_java(tmp_path, line)) == version


def test_a_java_that_fails_does_not_count(tmp_path: Path) -> None:
    """The stub of macOS exits with an error, and a path may lead nowhere."""
    assert module._version(_java(tmp_path, 'version "21"', code=1)) == 0
    assert module._version(tmp_path / "nowhere") == 0


def test_an_old_java_home_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new enough Java on the PATH wins over one that is too old in JAVA_HOME."""
    _java(tmp_path / "old", 'version "11.0.2"')
    new = _java(tmp_path / "new", 'version "21.0.1"')
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "old"))
    monkeypatch.setenv("PATH", str(new.parent))
    assert module.java() == new
