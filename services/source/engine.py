"""Connections to the source: one for its owner, one that can only read."""

from pydantic import SecretStr
from sqlalchemy import URL, Engine, create_engine

from services.settings import Settings

_CONNECT_TIMEOUT = 10
_LOCK_TIMEOUT = 30
"""Seconds."""


def _url(settings: Settings, user: str, password: SecretStr) -> URL:
    return URL.create(
        "mysql+pymysql",
        username=user,
        password=password.get_secret_value(),
        host=settings.mysql_host,
        port=settings.mysql_port,
        database=settings.mysql_database,
        query={"charset": "utf8mb4"},
    )


def owner_engine(settings: Settings) -> Engine:
    """Connect as the account that may change the tables.

    Strict, so that the server refuses what it would otherwise cut to fit.
    """
    session = f"SET SESSION sql_mode='STRICT_ALL_TABLES', lock_wait_timeout={_LOCK_TIMEOUT}"
    return create_engine(
        _url(settings, settings.mysql_user, settings.mysql_password),
        connect_args={"connect_timeout": _CONNECT_TIMEOUT, "init_command": session},
        isolation_level="AUTOCOMMIT",
    )


def reader_engine(settings: Settings, pool_size: int) -> Engine:
    """Connect as the account that may only read.

    Every statement is its own transaction: an open one would hold the tables' metadata locks, and
    a load could not swap in the new rows. Connections are checked before use, so that a restarted
    server costs no failed read.
    """
    return create_engine(
        _url(settings, settings.mysql_reader_user, settings.mysql_reader_password),
        connect_args={"connect_timeout": _CONNECT_TIMEOUT},
        isolation_level="AUTOCOMMIT",
        pool_size=pool_size,
        max_overflow=0,
        pool_pre_ping=True,
    )
