# mypy: ignore-errors
import configparser
import json
import os
from pathlib import Path

import pymysql
import requests
import yaml
from dotenv import load_dotenv
from sqlalchemy import create_engine, text

from settings_private import API, Streams

load_dotenv()
HERE = Path(__file__).resolve().parent


def load(name):
    with open(HERE / "config" / name) as file:
        return yaml.safe_load(file)


class Source:
    def __init__(self):
        self.creds = load("database.yaml")

    def rows(self):
        c = self.creds["source"]
        engine = create_engine(f"mysql+pymysql://{c['login']}:{c['word']}@{c['machine']}:{int(c['door'])}/{c['name']}")
        with engine.connect() as connection:
            for table in self.creds["tables"]:
                for row in connection.execute(text(f"SELECT * FROM {table} LIMIT 7, 1")):
                    yield table, dict(row._mapping)


def send(url, body, method="POST", kind="application/vnd.kafka.json.v2+json"):
    answer = requests.request(method, url, headers={"Content-Type": kind}, data=json.dumps(body, default=str))
    answer.raise_for_status()


pipeline = load("pipeline.yml")
for table, row in Source().rows():
    topic = pipeline["kafka"]["topics"][table]
    send(f"{pipeline['api']['url']}/topics/{topic}", {"records": [{"value": row}]})
parser = configparser.ConfigParser()
parser.read(HERE / "rds.ini")
with pymysql.connect(**json.load(open("connection.json"))) as connection:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM pinterest_data WHERE `index` = 7528")
        names = [column[0] for column in cursor.description]
        pin = dict(zip(names, cursor.fetchone()))
send(open("api_url.txt").read().strip() + "/topics/" + os.environ["PIN_TOPIC"], {"records": [{"value": pin}]})
send(API["base"] + "/streams/" + Streams.pin + "/record",
     {"StreamName": Streams.pin, "Data": pin, "PartitionKey": "1"}, "PUT", "application/json")
print(parser["rds"]["host"], parser.getint("rds", "port") > 0, pipeline["paint"]["colour"])
