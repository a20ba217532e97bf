import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from dotenv import dotenv_values

from services.stack.secrets import ensure_secrets, prepare_env_file


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


def test_two_at_once_generate_one_set(tmp_path: Path) -> None:
    """The second one finds what the first one has generated; no line comes twice."""
    file = tmp_path / ".env"
    with ThreadPoolExecutor(8) as pool:
        generated = list(pool.map(ensure_secrets, [file] * 8))
    assert sum(bool(names) for names in generated) == 1
    names = [line.partition("=")[0] for line in file.read_text().splitlines() if "=" in line]
    assert len(names) == len(set(names))


def test_windows_line_ends_and_a_missing_last_one_are_no_trouble(tmp_path: Path) -> None:
    """What was there is there afterwards, with its value."""
    file = tmp_path / ".env"
    file.write_bytes("\ufeffKAFKA_PORT=19092\r\nMYSQL_PASSWORD=chosen".encode())
    ensure_secrets(file)
    values = dotenv_values(file)
    assert (values["KAFKA_PORT"], values["MYSQL_PASSWORD"]) == ("19092", "chosen")
    assert values["JUPYTER_TOKEN"]


def test_a_link_to_the_file_stays_one(tmp_path: Path) -> None:
    """Some keep their settings elsewhere."""
    (tmp_path / ".env").symlink_to(tmp_path / "mine")
    ensure_secrets(tmp_path / ".env")
    assert (tmp_path / ".env").is_symlink()
    assert "MYSQL_PASSWORD" in (tmp_path / "mine").read_text()


def test_a_file_that_others_could_read_is_closed_and_said(tmp_path: Path) -> None:
    """It was made by an editor, with keys in it."""
    file, said = tmp_path / ".env", list[str]()
    ensure_secrets(file)
    file.chmod(0o644)
    prepare_env_file(file, said.append)
    prepare_env_file(file, said.append)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert said == [
        f"{file} was open to other users of this machine, and is yours alone now (mode 600)."
    ]
