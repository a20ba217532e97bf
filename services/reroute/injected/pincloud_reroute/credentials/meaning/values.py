"""The local value of each meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Dict, List, Union
from urllib.parse import quote, urlsplit

from .addresses import fitted
from .keys import meaning
from .vocabulary import QUANTITY

if TYPE_CHECKING:
    from ...configuration import Configuration
    from ..usage.node import Facts

Value = Union[str, int, bool]
Collection = Union[List[Value], Dict[str, Value]]

USUAL = ("host", "user", "password", "database", "port")
"""What every credentials file of the course holds."""

_COLLECTIONS = {"topics": "topic", "streams": "stream", "tables": "table", "urls": "topic url"}
_TABLES = ("pin", "geo", "user")
_JSON = "application/vnd.kafka.json.v2+json"


class Values:
    def __init__(self, configuration: Configuration) -> None:
        self._values: dict[str, Value] = {
            **_of_database(configuration),
            **_of_api(configuration),
            **_of_amazon(configuration),
            **_of_tables(configuration),
            **{f"number {word}": number for word, number in QUANTITY.items()},
            "number": 1,
            "user_id": configuration.user_id,
            "kafka": configuration.kafka,
            "kafka port": int(configuration.kafka.rpartition(":")[2] or 9092),
            "stream prefix": f"streaming-{configuration.user_id}",
            "charset": "utf8mb4",
            "encoding": "utf-8",
            "content type": _JSON,
            "partition key": "partition-1",
            "log level": "INFO",
            "environment": "dev",
            "security": "PLAINTEXT",
            "client id": "pincloud",
            "no": False,
        }

    def find(self, *place: str, usage: Facts | None = None) -> Value | None:
        """The value of a key below its sections; None for one that says nothing to us."""
        found = meaning(*place, usage=usage)
        value = self._values.get(found) if found is not None else None
        if usage is None or not isinstance(value, str):
            return value
        return fitted(str(found), value, usage.contexts)

    def collection(self, *place: str) -> dict[str, Value] | None:
        """What a key holds of each table: `topics`, `STREAMS`; None for one that holds something else."""
        found = meaning(*place)
        if found == "headers":
            return {"Content-Type": _JSON}
        kind = _COLLECTIONS.get(found or "") or (found if found in _COLLECTIONS.values() else None)
        return {table: self._values[f"{table} {kind}"] for table in _TABLES} if kind else None

    def usual(self) -> dict[str, Value]:
        """The usual keys in their usual spellings."""
        names = [
            spelled
            for word in USUAL
            for spelled in (word.upper(), word, f"RDS_{word.upper()}", f"DB_{word.upper()}")
        ]
        names += ["DB_NAME", "DBAPI", "DATABASE_TYPE", "API_INVOKE_URL", "INVOKE_URL", "API_URL"]
        names += ["USER_ID", "user_id", "invoke_url", "api_url", "AWS_ACCESS_KEY_ID"]
        names += ["AWS_SECRET_ACCESS_KEY", "AWS_REGION"]
        return {name: value for name in names if (value := self.find(name)) is not None}


def _of_database(configuration: Configuration) -> dict[str, Value]:
    mysql = configuration.mysql
    account = f"{quote(mysql.user, safe='')}:{quote(mysql.password, safe='')}"
    return {
        "host": mysql.host,
        "user": mysql.user,
        "password": mysql.password,
        "database": mysql.database,
        "port": mysql.port,
        "type": "mysql",
        "driver": "pymysql",
        "drivername": "mysql+pymysql",
        "engine": f"mysql+pymysql://{account}@{mysql.host}:{mysql.port}/{mysql.database}",
    }


def _of_api(configuration: Configuration) -> dict[str, Value]:
    address = urlsplit(configuration.gateway_url)
    return {
        "url": configuration.gateway_url,
        "api id": "pincloud",
        "api key": "local",
        "api host": address.netloc,
        "api port": configuration.gateway[1],
        "scheme": address.scheme,
        "stage": address.path.strip("/"),
    }


def _of_amazon(configuration: Configuration) -> dict[str, Value]:
    aws = configuration.aws
    return {
        "access_key_id": aws.access_key_id,
        "secret_access_key": aws.secret_access_key,
        "session token": "",
        "region": aws.region,
        "bucket": configuration.bucket,
        "aws endpoint": aws.endpoint_url,
        "profile": "default",
        "account": "000000000000",
        "output": "json",
    }


def _of_tables(configuration: Configuration) -> dict[str, Value]:
    url, found = configuration.gateway_url, {}
    for table in _TABLES:
        topic, stream = configuration.topics[table], configuration.streams[table]
        found[f"{table} topic"], found[f"{table} stream"] = topic, stream
        found[f"{table} topic url"] = f"{url}/topics/{topic}"
        found[f"{table} stream url"] = f"{url}/streams/{stream}/record"
        found[f"{table} table"] = configuration.tables[table]
    for kind in ("topic", "stream", "table"):
        found[kind] = found[f"pin {kind}"]
    return dict(found)
