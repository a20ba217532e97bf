"""What is offered for configuration that was never committed, as the script's own reader sees it."""

import configparser
import csv
import json
import tomllib
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from dotenv import dotenv_values

from services.reroute.injected.pincloud_reroute.credentials.files import StandIns
from services.reroute.injected.pincloud_reroute.process_context import ProcessContext

USER = "0e1f2a3b4c5d"
URL = "http://127.0.0.1:18082/prod"
PASSWORD = "p@ss:word/%"
TOPICS = {"pin": f"{USER}.pin", "geo": f"{USER}.geo", "user": f"{USER}.user"}
STREAMS = {table: f"streaming-{USER}-{table}" for table in TOPICS}


def _ini(text: str) -> dict[str, dict[str, str]]:
    parser = configparser.ConfigParser()
    parser.read_string(text)
    return {name: dict(parser[name]) for name in parser}


def _env(text: str) -> dict[str, str | None]:
    return dotenv_values(stream=StringIO(text))


def _csv(text: str) -> dict[str, str]:
    return next(csv.DictReader(StringIO(text)))


READERS: dict[str, Callable[[str], Any]] = {
    "yaml.safe_load": yaml.safe_load,
    "json.load": json.loads,
    "tomllib.load": tomllib.loads,
    "ini": _ini,
    "env": _env,
    "csv": _csv,
}

CASES: list[tuple[str, str, str, dict[str, Any]]] = [
    ("a flat file", "db_creds.yaml", "c['RDS_HOST'], c['RDS_USER'], c['RDS_PORT']",
     {"RDS_HOST": "127.0.0.1", "RDS_USER": "reader", "RDS_PORT": 13306}),
    ("a name below database", "config.yaml", "c['database']['name'], c['database']['host']",
     {"database": {"name": "pinterest_data", "host": "127.0.0.1"}}),
    ("a section of its own name", "settings.yaml", "(db := c['mysql'])['user'], db.get('password'), db['db']",
     {"mysql": {"user": "reader", "password": PASSWORD, "db": "pinterest_data"}}),
    ("sections three deep", "config.yml", "c['prod']['rds']['credentials']['pw']",
     {"prod": {"rds": {"credentials": {"pw": PASSWORD}}}}),
    ("topics by table", "config.yaml", "[t for n, t in c['topics'].items()], c['api_url']",
     {"topics": TOPICS, "api_url": URL}),
    ("topics as a list", "config.yaml", "[t for t in c['TOPICS']], c['INVOKE_URL']",
     {"TOPICS": list(TOPICS.values()), "INVOKE_URL": URL}),
    ("topics by the source's names", "config.yaml", "c['topics']['pinterest_data'], c['topics']['user_data']",
     {"topics": {"pinterest_data": f"{USER}.pin", "user_data": f"{USER}.user"}}),
    ("streams by table", "config.yaml", "c['kinesis']['streams']['geo']",
     {"kinesis": {"streams": {"geo": STREAMS["geo"]}}}),
    ("a topic each", "config.yaml", "c['PIN_TOPIC'], c['kafka_topic_geo'], c['user']['topic']",
     {"PIN_TOPIC": f"{USER}.pin", "kafka_topic_geo": f"{USER}.geo", "user": {"topic": f"{USER}.user"}}),
    ("a stream each", "config.yaml", "c['PIN_STREAM_NAME'], c['streams']['user']['name']",
     {"PIN_STREAM_NAME": STREAMS["pin"], "streams": {"user": {"name": STREAMS["user"]}}}),
    ("URLs of topics and of streams", "api.yaml", "c['pin_invoke_url'], c['streaming']['geo_url']",
     {"pin_invoke_url": f"{URL}/topics/{USER}.pin",
      "streaming": {"geo_url": f"{URL}/streams/{STREAMS['geo']}/record"}}),
    ("tables of the source", "config.yaml", "c['tables']['geo'], [t for t in c['source_tables']]",
     {"tables": {"geo": "geolocation_data"},
      "source_tables": ["pinterest_data", "geolocation_data", "user_data"]}),
    ("a list of mappings", "config.yaml", "[(t['table'], t['topic']) for t in c['tables']], c['api']['url']",
     {"tables": [{"table": "pinterest_data", "topic": f"{USER}.pin"},
                 {"table": "geolocation_data", "topic": f"{USER}.geo"},
                 {"table": "user_data", "topic": f"{USER}.user"}]}),
    ("Terraform's outputs", "terraform_output.json", "c['api_url']['value'], c['bucket_name']['value']",
     {"api_url": {"value": URL}, "bucket_name": {"value": f"user-{USER}-bucket"}}),
    ("Terraform's state", "terraform.tfstate",
     "c['outputs']['invoke_url']['value'], c['outputs']['rds_endpoint']['value']",
     {"outputs": {"invoke_url": {"value": URL}, "rds_endpoint": {"value": "127.0.0.1"}}}),
    ("keys of AWS", "aws.json", "c['aws']['access_key'], c['aws']['secret'], c['REGION'], c['BUCKET']",
     {"REGION": "us-east-1", "BUCKET": f"user-{USER}-bucket"}),
    ("an API key and an id", "api.json", "c['API_KEY'], c['USER_ID'], c['user']['id']",
     {"API_KEY": "local", "USER_ID": USER, "user": {"id": USER}}),
    ("numbers", "config.json",
     "int(c['port']), time.sleep(c['sleep_seconds']), range(c['batch_size']), c['n'] > 3",
     {"port": 13306, "sleep_seconds": 1, "batch_size": 100, "n": 1}),
    ("a URL that the path is appended to", "config.yaml", "f\"{c['url']}/topics/{c['user_id']}.pin\"",
     {"url": URL, "user_id": USER}),
    ("a URL before its stage", "config.yaml", "f\"{c['url']}/prod/topics/x\", c['host']", {"url": "http://127.0.0.1:18082"}),
    ("a URL that the topic is appended to", "config.yaml", "c['BASE_URL'] + TOPIC + '.pin', c['host']",
     {"BASE_URL": f"{URL}/topics/"}),
    ("a URL before a stream", "config.yaml", "'{}/{}/record'.format(c['invoke_url'], STREAM)",
     {"invoke_url": f"{URL}/streams"}),
    ("the parts of a URL", "config.yaml", "f\"https://{c['id']}.execute-api.{c['where']}.amazonaws.com/{c['level']}/topics\"",
     {"id": "pincloud", "where": "us-east-1", "level": "prod"}),
    ("names that say nothing, in an engine's URL", "config.yaml",
     "f\"mysql+pymysql://{c['a']}:{c['b']}@{c['c']}:{c['d']}/{c['e']}?charset=utf8mb4\"",
     {"a": "reader", "b": PASSWORD, "c": "127.0.0.1", "d": 13306, "e": "pinterest_data"}),
    ("names that say nothing, with %", "config.yaml",
     "'mysql+pymysql://%s:%s@%s/%s' % (c['p'], c['q'], c['r'], c['s'])",
     {"p": "reader", "q": PASSWORD, "r": "127.0.0.1", "s": "pinterest_data"}),
    ("names that say nothing, as keywords", "config.json",
     "pymysql.connect(host=c['x1'], user=c['x2'], password=c['x3'], database=c['x4'])",
     {"x1": "127.0.0.1", "x2": "reader", "x3": PASSWORD, "x4": "pinterest_data"}),
    ("names that say nothing, for boto3", "config.json",
     "boto3.client('s3', aws_access_key_id=c['one'], region_name=c['two']).put_object(Bucket=c['three'])",
     {"two": "us-east-1", "three": f"user-{USER}-bucket"}),
    ("keywords of a driver", "db.json", "pymysql.connect(**c)",
     {"host": "127.0.0.1", "user": "reader", "password": PASSWORD, "database": "pinterest_data", "port": 13306}),
    ("keywords of an engine's URL", "db.json", "URL.create(**c['engine'])",
     {"engine": {"drivername": "mysql+pymysql", "username": "reader", "password": PASSWORD,
                 "host": "127.0.0.1", "port": 13306, "database": "pinterest_data"}}),
    ("keywords of a function of the project", "db.json", "connect_to(**c['db'])",
     {"db": {"server": "127.0.0.1", "login": "reader", "pw": PASSWORD}}),
    ("fields of a dataclass", "db.json", "Database(**c['db'])",
     {"db": {"host": "127.0.0.1", "schema": "pinterest_data"}}),
    ("keys in a loop", "creds.yaml", "[c[key] for key in ('HOST', 'PASSWORD')]",
     {"HOST": "127.0.0.1", "PASSWORD": PASSWORD}),
    ("keys that are put together", "config.yaml", "[c[f'{t}_topic'] for t in ('pin', 'geo')], c['host']",
     {"host": "127.0.0.1"}),
    ("brokers", "kafka.yaml", "c['kafka']['bootstrap_servers'], [b for b in c['brokers']], c['host']",
     {"kafka": {"bootstrap_servers": "127.0.0.1:19092"}, "brokers": ["127.0.0.1:19092"]}),
    ("endpoints", "config.yaml", "c['s3']['endpoint_url'], c['rds']['endpoint'], c['api']['endpoint']",
     {"s3": {"endpoint_url": "http://127.0.0.1:4566"}, "rds": {"endpoint": "127.0.0.1"}, "api": {"endpoint": URL}}),
    ("headers", "config.json", "requests.post(c['api_url'], headers=c['headers'])",
     {"api_url": URL, "headers": {"Content-Type": "application/vnd.kafka.json.v2+json"}}),
    ("a TOML file", "config.toml", "c['database']['user'], c['api']['base_url']",
     {"database": {"user": "reader"}, "api": {"base_url": URL}}),
    ("an INI file", "config.ini", "c['rds']['host'], c.get('rds', 'user'), c.getint('rds', 'port', fallback=3306)",
     {"rds": {"host": "127.0.0.1", "user": "reader", "port": "13306"}}),
    ("an INI file's default section", "db.ini", "c['DEFAULT']['host']", {"DEFAULT": {"host": "127.0.0.1"}}),
    ("an INI file that decouple reads by name too", "settings.ini",
     "c['settings']['DB_HOST'], c['settings']['DB_PASSWORD']",
     {"settings": {"db_host": "127.0.0.1"}}),
    ("a .env file", ".env", "c['DB_HOST'], c['INVOKE_URL']", {"DB_HOST": "127.0.0.1", "INVOKE_URL": URL}),
    ("AWS's file of keys", "rootkey.csv", "c['Access key ID'], c['Secret access key']",
     {}),
    ("a file of another name", "params.json", "c['db_host'], c['db_pass']",
     {"db_host": "127.0.0.1", "db_pass": PASSWORD}),
]  # fmt: skip

_OPEN = {
    "ini": "c = configparser.ConfigParser(); c.read('{name}')",
    "env": "c = dotenv_values('{name}')",
    "csv": "c = next(csv.DictReader(open('{name}')))",
}
_PROLOGUE = """
import boto3, configparser, csv, json, pymysql, requests, time, tomllib, yaml
from dataclasses import dataclass
from dotenv import dotenv_values
from sqlalchemy.engine import URL

def connect_to(server, login, pw, timeout=3): ...

@dataclass
class Database:
    host: str
    schema: str

TOPIC, STREAM = input(), input()
"""


def _reader(name: str) -> str:
    suffix = name.rpartition(".")[2]
    named = {"json": "json.load", "tfstate": "json.load", "toml": "tomllib.load"}
    return suffix if suffix in _OPEN else named.get(suffix, "yaml.safe_load")


@pytest.mark.parametrize(
    ("name", "use", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_each_key_is_answered_by_its_name_its_place_and_its_use(
    name: str, use: str, expected: dict[str, Any], context: ProcessContext
) -> None:
    """In the format that the script reads, whatever the file is called."""
    reader = _reader(name)
    opened = _OPEN.get(reader, f"with open('{{name}}') as f: c = {reader}(f)").format(name=name)
    project = Path(context.configuration.root)
    (project / "post.py").write_text(f"{_PROLOGUE}{opened}\nprint({use})\n")
    stand_in = StandIns(context).take(project / name)
    assert stand_in is not None
    found = READERS[reader](Path(stand_in).read_text())
    assert _picked(found, expected) == expected
    assert context.unknown == {}


def _picked(found: Any, expected: Any) -> Any:
    """The expected keys of what was found."""
    if isinstance(expected, dict):
        return {key: _picked(found.get(key), value) for key, value in expected.items()}
    return found
