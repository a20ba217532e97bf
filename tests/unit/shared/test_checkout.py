import os
from collections.abc import Callable
from pathlib import Path

import pytest

from services.checkout import location
from services.settings import Settings, load_settings


@pytest.fixture(autouse=True)
def _own_places(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("STATE_DIR", "ENV_FILE", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def _read_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even root may not write the checkout."""
    monkeypatch.setattr(os, "access", lambda *_: False)


def test_a_checkout_keeps_its_state_in_itself() -> None:
    """As its settings say, too."""
    assert location.state_dir() == location.PROJECT_ROOT / ".state"
    assert Settings().state_dir.resolve() == location.state_dir()


@pytest.mark.usefixtures("_read_only")
def test_a_checkout_that_cannot_be_written_keeps_it_in_the_users_home(tmp_path: Path) -> None:
    """State and settings move together, to a folder that no other checkout has."""
    home = location.home()
    assert home.parent == tmp_path / ".local" / "state" / "pincloud"
    assert home.name == f"{location.PROJECT_ROOT.name}-{location.short_hash(location.PROJECT_ROOT)}"
    assert location.env_file() == home / ".env"
    assert load_settings().state_dir == home / ".state"


@pytest.mark.usefixtures("_read_only")
def test_the_folder_for_state_is_the_users_choice(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """XDG's variable, or the project's own ones, which go first."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "xdg"))
    assert location.home().is_relative_to(tmp_path / "xdg" / "pincloud")
    monkeypatch.setenv("STATE_DIR", str(tmp_path / "mine"))
    monkeypatch.setenv("ENV_FILE", str(tmp_path / "my.env"))
    assert location.state_dir() == tmp_path / "mine"
    assert location.env_file() == tmp_path / "my.env"


@pytest.mark.parametrize(
    "line",
    [
        "STATE_DIR=/somewhere",
        "export STATE_DIR = '/somewhere'",
        'state_dir="/somewhere"  # mine',
        "STATE_DIR=/somewhere # mine",
        "STATE_DIR=/before\nSTATE_DIR=/somewhere",
    ],
)
def test_the_env_file_is_read_as_the_settings_read_it(
    line: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Otherwise the runtime would be remembered in one folder, and the stack kept in another."""
    file = tmp_path / "my.env"
    file.write_text(f"# STATE_DIR=/no\nKAFKA_PORT=1\n{line}\n")
    monkeypatch.setenv("ENV_FILE", str(file))
    assert location.state_dir() == Path("/somewhere") == load_settings().state_dir


@pytest.fixture
def settings_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The file that `ENV_FILE` names."""
    file = tmp_path / "my.env"
    monkeypatch.setenv("ENV_FILE", str(file))
    return file


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["", "\n"])
def test_settings_are_read_whatever_editor_wrote_them(
    settings_file: Path, newline: str, mark: str, end: str
) -> None:
    """Windows' line ends and byte order mark, and a last line without an end."""
    text = f"{mark}USER_ID=aaaabbbbcccc{newline}RUNTIME=native{end and newline}"
    settings_file.write_text(text, encoding="utf-8", newline="")
    assert location.setting("RUNTIME") == "native"
    assert location.setting("USER_ID") == load_settings().user_id == "aaaabbbbcccc"


@pytest.mark.parametrize("read", [load_settings, lambda: location.setting("RUNTIME")])
@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (Path.mkdir, "is a folder"),
        (lambda file: file.write_bytes(b"A=\xff\xfe"), "is no text in UTF-8"),
        (lambda file: file.symlink_to(file), "cannot be read"),
    ],
)
def test_settings_that_cannot_be_read_are_an_error_that_says_so(
    settings_file: Path, read: Callable[[], object], make: Callable[[Path], object], problem: str
) -> None:
    """A sentence with the file's name and what to do: every command ends with it."""
    make(settings_file)
    with pytest.raises(SystemExit, match=rf"{settings_file} {problem}.* run the command again"):
        read()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_settings_that_may_not_be_read_name_the_remedy(settings_file: Path) -> None:
    """Such as those that a `sudo make up` has written."""
    settings_file.touch(mode=0)
    with pytest.raises(SystemExit, match=r"chmod u\+rw"):
        load_settings()
