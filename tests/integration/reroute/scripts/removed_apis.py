# mypy: ignore-errors
import json
import time
from collections import Mapping

import boto3
import requests
import yaml
from requests.adapters import HTTPAdapter
from requests.packages.urllib3.util.retry import Retry
from sqlalchemy import MetaData, Table, create_engine, select
from sqlalchemy.engine.url import URL

begun = time.clock()
kinesis = boto3.Session(profile_name="pinterest").client("kinesis", region_name="us-east-1")
with open("db_creds.yaml") as file:
    creds = yaml.load(file)
assert isinstance(creds, Mapping)
engine = create_engine(
    URL("mysql+pymysql", username=creds["USER"], password=creds["PASSWORD"], host=creds["HOST"], port=creds["PORT"],
        database=creds["DATABASE"]),
    encoding="utf-8",
)
session = requests.Session()
session.mount("https://", HTTPAdapter(max_retries=Retry(total=2, method_whitelist=["POST"])))
pins = Table("pinterest_data", MetaData(bind=engine), autoload=True)
for row in engine.execute(select([pins]).limit(2)):
    answer = session.post(
        "https://abcdef1234.execute-api.us-east-1.amazonaws.com/test/topics/0e1f2a3b4c5d.pin",
        data=json.dumps({"records": [{"value": dict(row)}]}, default=str),
        headers={"Content-Type": "application/vnd.kafka.json.v2+json"},
    )
    print(answer.status_code, json.loads(answer.text, encoding="utf-8")["offsets"][0]["offset"])
print(len(engine.execute("SELECT * FROM geolocation_data LIMIT 3").fetchall()), time.clock() >= begun)
print(kinesis.meta.endpoint_url.partition(":")[0], engine.table_names()[0])
