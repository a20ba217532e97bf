"""Engines, connections and sessions that run plain texts."""

from __future__ import annotations

import functools
import importlib
import re
from types import ModuleType
from typing import TYPE_CHECKING, Any, Callable

from ..keywords import take

if TYPE_CHECKING:
    from ...process_context import ProcessContext

_GONE = {
    "encoding": None,
    "convert_unicode": None,
    "case_sensitive": None,
    "server_side_cursors": None,
}
_WRITES = re.compile(
    r"\s*(?:UPDATE|INSERT|CREATE|DELETE|DROP|ALTER|REPLACE|TRUNCATE)\b", re.IGNORECASE
)
_URL_FIELDS = 7


def patch(module: Any, context: ProcessContext) -> None:
    """Change engines and connections, and how they are made."""
    engine = module.engine
    engine.Connection.execute = _of_text(engine.Connection.execute, context)
    engine.Connection.scalar = _scalar
    engine.Engine.execute = _execute
    engine.Engine.scalar = _scalar
    engine.Engine.table_names = lambda self, schema=None, **_: module.inspect(self).get_table_names(
        schema
    )
    engine.Engine.has_table = lambda self, name, schema=None: module.inspect(self).has_table(
        name, schema
    )
    for owner in (module, engine):
        take(owner, "create_engine", _GONE, context)
    engine.URL.__new__ = _url(engine.URL.__new__)


def patch_session(module: ModuleType, context: ProcessContext) -> None:
    """Change the session's class."""
    session: Any = module.Session
    original = session.execute
    text = importlib.import_module("sqlalchemy").text

    @functools.wraps(original)
    def execute(self: Any, statement: Any, *args: Any, **named: Any) -> Any:
        if isinstance(statement, str):
            _say(context)
            statement = text(statement)
        return original(self, statement, *args, **named)

    session.execute = execute
    _without_autocommit(session)


def _without_autocommit(session: Any) -> None:
    original = session.__init__

    @functools.wraps(original)
    def __init__(self: Any, *args: Any, **named: Any) -> None:
        named.pop("autocommit", None)
        original(self, *args, **named)

    session.__init__ = __init__


def _of_text(original: Callable[..., Any], context: ProcessContext) -> Callable[..., Any]:
    """`Connection.execute`, which hands a plain text to the driver, and commits what it has written."""

    @functools.wraps(original)
    def execute(self: Any, statement: Any, *args: Any, **named: Any) -> Any:
        if not isinstance(statement, str):
            return original(self, statement, *args, **named)
        _say(context)
        own = not self.in_transaction()
        result = self.exec_driver_sql(statement, *_parameters(args, named))
        if own and _WRITES.match(statement):
            self.commit()
        return result

    return execute


def _parameters(args: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, ...]:
    """`execute(sql, 1, 2)`, `execute(sql, (1, 2))`, `execute(sql, (1,), (2,))`, `execute(sql, a=1)`."""
    if named:
        return (named,)
    if args and not isinstance(args[0], (tuple, list, dict)):
        return (tuple(args),)
    return (list(args),) if len(args) > 1 else args


def _execute(self: Any, statement: Any, *args: Any, **named: Any) -> Any:
    """`Engine.execute`: on a connection of its own, whose rows are fetched before it goes back."""
    with self.begin() as connection:
        result = connection.execute(statement, *args, **named)
        return result.freeze()() if result.returns_rows else result


def _scalar(self: Any, statement: Any, *args: Any, **named: Any) -> Any:
    return self.execute(statement, *args, **named).scalar()


def _url(original: Callable[..., Any]) -> Callable[..., Any]:
    """`URL("mysql+pymysql", username=…)`, with some of the fields."""

    @functools.wraps(original)
    def __new__(cls: Any, *args: Any, **named: Any) -> Any:
        if len(args) + len(named) < _URL_FIELDS:
            return cls.create(*args, **named)
        return original(cls, *args, **named)

    return __new__


def _say(context: ProcessContext) -> None:
    context.say("SQL without text(), as in SQLAlchemy 1: run as it is", key="sqlalchemy 1")
