"""The database and its two accounts, as SQL text that can be run again and again.

Passwords are set anew each time, so that those in `.env` always hold. A server runs the text as
root when it starts (`mariadbd --init-file`, or a client in the container); such a file wants each
statement on a line of its own.
"""

from pydantic import SecretStr

from services.settings import HOST, Settings
from services.source.schema import quoted


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "''").replace("\n", "\\n")
    return f"'{escaped}'"


def _account(user: str, host: str, password: SecretStr) -> list[str]:
    account = f"{_text(user)}@{_text(host)}"
    secret = _text(password.get_secret_value())
    return [
        f"CREATE USER IF NOT EXISTS {account} IDENTIFIED BY {secret}",
        f"ALTER USER {account} IDENTIFIED BY {secret}",
        f"REVOKE ALL PRIVILEGES, GRANT OPTION FROM {account}",
    ]


def accounts_sql(settings: Settings, host: str = HOST) -> str:
    """SQL that makes the database, its owner and the read-only account.

    Args:
        settings: Names and passwords.
        host: Where the accounts may come from: an address, since the native server resolves no
            names; `%` in a container, whose clients come from other containers.
    """
    database = quoted(settings.mysql_database)
    granted = database.replace("_", r"\_").replace("%", r"\%")  # GRANT reads both as wildcards
    owner, reader = settings.mysql_user, settings.mysql_reader_user
    statements = [
        f"CREATE DATABASE IF NOT EXISTS {database} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci",
        *_account(owner, host, settings.mysql_password),
        f"GRANT ALL PRIVILEGES ON {granted}.* TO {_text(owner)}@{_text(host)}",
        *_account(reader, host, settings.mysql_reader_password),
        f"GRANT SELECT ON {granted}.* TO {_text(reader)}@{_text(host)}",
    ]
    return "".join(f"{statement};\n" for statement in statements)
