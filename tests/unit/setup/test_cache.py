from pathlib import Path

import pytest

from services.setup.cache import cache_root, fingerprint


def test_the_fingerprint_follows_the_content(tmp_path: Path) -> None:
    """The same content gives the same digits wherever it lies; other content gives others."""
    for name, text in {"a": "one", "b": "one", "c": "two"}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    first, same, other = (fingerprint([tmp_path / name]) for name in "abc")
    assert first == same != other
    assert len(first) == 12


def test_the_cache_is_where_the_user_wants_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """PINCLOUD_CACHE, else the XDG folder, else ~/.cache."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("PINCLOUD_CACHE", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert cache_root() == tmp_path / ".cache" / "pincloud"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_root() == tmp_path / "xdg" / "pincloud"
    monkeypatch.setenv("PINCLOUD_CACHE", str(tmp_path / "mine"))
    assert cache_root() == tmp_path / "mine"
