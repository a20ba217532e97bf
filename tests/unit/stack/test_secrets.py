import stat
from pathlib import Path

from dotenv import dotenv_values

from services.stack.secrets import ensure_secrets


def test_secrets_are_generated_once_and_are_private(tmp_path: Path) -> None:
    """The first call writes every secret with mode 600, the second changes nothing."""
    file = tmp_path / ".env"
    assert "MYSQL_PASSWORD" in ensure_secrets(file)
    text = file.read_text(encoding="utf-8")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert ensure_secrets(file) == []
    assert file.read_text(encoding="utf-8") == text


def test_the_users_own_lines_stay(tmp_path: Path) -> None:
    """What the user wrote is kept, and a password that the user chose is not replaced."""
    file = tmp_path / ".env"
    file.write_text("KAFKA_PORT=19092\nMYSQL_PASSWORD=chosen", encoding="utf-8")
    assert "MYSQL_PASSWORD" not in ensure_secrets(file)
    lines = file.read_text(encoding="utf-8").splitlines()
    assert lines[:2] == ["KAFKA_PORT=19092", "MYSQL_PASSWORD=chosen"]


def test_an_empty_password_is_replaced(tmp_path: Path) -> None:
    """`MYSQL_PASSWORD=` must not let everybody in; a line with `export` counts as set."""
    file = tmp_path / ".env"
    file.write_text("MYSQL_PASSWORD=\nexport MYSQL_READER_PASSWORD=mine\n", encoding="utf-8")
    generated = ensure_secrets(file)
    assert "MYSQL_PASSWORD" in generated
    assert "MYSQL_READER_PASSWORD" not in generated
    assert dotenv_values(file)["MYSQL_PASSWORD"]


def test_no_two_secrets_are_the_same(tmp_path: Path) -> None:
    """Two checkouts get different passwords."""
    for name in ("a", "b"):
        ensure_secrets(tmp_path / name)
    first, second = ((tmp_path / name).read_text(encoding="utf-8") for name in ("a", "b"))
    assert first != second
