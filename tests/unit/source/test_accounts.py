"""The SQL that makes the database and its accounts."""

from services.settings import Settings
from services.source.accounts import accounts_sql


def sql(**overrides: object) -> list[str]:
    """The statements, for these settings."""
    values = {"mysql_database": "a_b", "mysql_user": "owner", "mysql_reader_user": "reader"}
    return accounts_sql(Settings.model_validate(values | overrides)).splitlines()


def test_each_statement_is_on_a_line_of_its_own() -> None:
    """A server's init file is read line by line."""
    assert all(line.endswith(";") and line.count(";") == 1 for line in sql())


def test_the_reader_may_only_read() -> None:
    """What an account had before is taken away; the reader gets SELECT and nothing else."""
    lines = [line for line in sql() if "'reader'" in line]
    assert lines[-2:] == [
        "REVOKE ALL PRIVILEGES, GRANT OPTION FROM 'reader'@'127.0.0.1';",
        r"GRANT SELECT ON `a\_b`.* TO 'reader'@'127.0.0.1';",
    ]


def test_passwords_are_set_anew_and_cannot_break_out() -> None:
    """Quotes and backslashes in a password stay part of it."""
    lines = sql(mysql_password="a'b\\")
    assert r"ALTER USER 'owner'@'127.0.0.1' IDENTIFIED BY 'a''b\\';" in lines


def test_in_a_container_accounts_come_from_anywhere() -> None:
    """Clients of a containerised server have other addresses."""
    assert "'reader'@'%'" in accounts_sql(Settings(), host="%")
    assert "127.0.0.1" not in accounts_sql(Settings(), host="%")
