"""mysqlclient, which needs MySQL's C library to be built: PyMySQL stands in, as it is made to."""

from __future__ import annotations

import importlib
import sys
from typing import Any

_DRIVER: Any = importlib.import_module("pymysql")
_DRIVER.install_as_MySQLdb()
for _part in ("connections", "converters", "cursors", "err", "times", "constants"):
    sys.modules[f"MySQLdb.{_part}"] = importlib.import_module(f"pymysql.{_part}")
for _part in ("CLIENT", "CR", "ER", "FIELD_TYPE", "FLAG", "SERVER_STATUS"):
    _name = f"constants.{_part}"
    sys.modules[f"MySQLdb.{_name}"] = importlib.import_module(f"pymysql.{_name}")
sys.modules["MySQLdb._exceptions"] = _DRIVER.err
sys.modules[__name__] = _DRIVER
