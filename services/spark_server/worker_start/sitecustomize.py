"""Python imports this at the start of each of Spark's Python processes: the token leaves what they print.

A worker of `foreachBatch` prints the address that it connects to, and Spark keeps that in its log. PySpark takes the
token out of the environment just as well.
"""

import os

_URL, _TOKEN = "SPARK_CONNECT_LOCAL_URL", "SPARK_CONNECT_AUTHENTICATE_TOKEN"


def _move_token() -> None:
    kept = []
    for part in os.environ.get(_URL, "").split(";"):
        name, _, value = part.partition("=")
        if name == "token":
            os.environ[_TOKEN] = value
        else:
            kept.append(part)
    if _URL in os.environ:
        os.environ[_URL] = ";".join(kept)


_move_token()
