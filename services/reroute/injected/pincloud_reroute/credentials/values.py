"""What a key of a credentials file stands for, however it is spelled, and its local value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Sequence, Union
from urllib.parse import quote

if TYPE_CHECKING:
    from ..configuration import Configuration

Value = Union[str, int]

_WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z0-9]+(?![a-z])")
_PREFIXES = {"aws", "database", "db", "my", "mysql", "pinterest", "rds", "source", "sql"}
_MEANINGS = {
    "host": "host hostname endpoint server address",
    "user": "user username login",
    "password": "password passwd pass pwd pw",
    "database": "database databasename dbname db schema name",
    "port": "port",
    "user_id": "userid uid uuid useruuid iamuser iamusername iamuserid",
    "url": "url api apiurl apigateway apigatewayurl apiendpoint apiinvoke apiinvokeurl baseurl "
    "baseinvokeurl endpointurl gatewayurl invoke invokeurl rooturl",
    "access_key_id": "accesskey accesskeyid keyid",
    "secret_access_key": "secret secretkey secretaccesskey",
    "region": "region regionname defaultregion",
    "bucket": "bucket bucketname s3bucket s3bucketname",
    "kafka": "bootstrap bootstrapserver bootstrapservers brokers kafkabootstrapservers",
    "type": "type dialect",
    "driver": "api dbapi driver",
    "engine": "connectionstring connectionurl connectionuri connstring",
}
_MEANING = {word: meaning for meaning, words in _MEANINGS.items() for word in words.split()}
_PREFIXED = {"api": "driver", "name": "database", "type": "type"}
"""Words that mean something only after a prefix: `DB_NAME`."""

_URL = {"url", "uri"}
_OF_DATABASE = {"database", "db", "mysql", "rds", "sql", "sqlalchemy"}
_OF_API = {"api", "base", "gateway", "invoke", "kafka", "rest", "root"}
_OF_STREAM = {"kinesis", "stream", "streaming", "streams"}
_TABLES = {"pin": "pin", "geo": "geo", "geolocation": "geo", "user": "user"}
"""Word of a key → short name of the table, as in `services.tables`, which cannot be imported here."""

USUAL = ("host", "user", "password", "database", "port")
"""What every credentials file of the course holds."""


class Values:
    def __init__(self, configuration: Configuration) -> None:
        mysql, aws = configuration.mysql, configuration.aws
        url = configuration.gateway_url
        account = f"{quote(mysql.user, safe='')}:{quote(mysql.password, safe='')}"
        self._values: dict[str, Value] = {
            "host": mysql.host,
            "user": mysql.user,
            "password": mysql.password,
            "database": mysql.database,
            "port": mysql.port,
            "user_id": configuration.user_id,
            "url": url,
            "access_key_id": aws.access_key_id,
            "secret_access_key": aws.secret_access_key,
            "region": aws.region,
            "bucket": configuration.bucket,
            "kafka": configuration.kafka,
            "type": "mysql",
            "driver": "pymysql",
            "engine": f"mysql+pymysql://{account}@{mysql.host}:{mysql.port}/{mysql.database}",
        }
        for table, topic in configuration.topics.items():
            self._values[f"{table} topic"] = f"{url}/topics/{topic}"
        for table, stream in configuration.streams.items():
            self._values[f"{table} stream"] = f"{url}/streams/{stream}/record"

    def find(self, key: str) -> Value | None:
        """The value of a key; None for one that says nothing to us."""
        found = meaning(key)
        return None if found is None else self._values[found]

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


def meaning(key: str) -> str | None:
    """What a key stands for: one of the meanings above, or None."""
    words = [word.lower() for word in _WORD.findall(key)]
    address = _address(words)
    if address:
        return address
    whole = "".join(words)
    prefixed = False
    while len(words) > 1 and words[0] in _PREFIXES:
        words, prefixed = words[1:], True
    word = "".join(words)
    if prefixed and word in _PREFIXED:
        return _PREFIXED[word]
    if word in {"name", "type"}:
        return None
    return _MEANING.get(word) or _MEANING.get(whole)


def _address(words: Sequence[str]) -> str | None:
    """Which URL of several is meant: `DATABASE_URL`, `pin_invoke_url`, `API_BASE_URL`."""
    found = set(words)
    if not found & _URL:
        return None
    if found & _OF_DATABASE and not found & _OF_API:
        return "engine"
    tables = [_TABLES[word] for word in words if word in _TABLES]
    if tables:
        return f"{tables[0]} {'stream' if found & _OF_STREAM else 'topic'}"
    return "url" if found & (_OF_API | _OF_STREAM) else None
