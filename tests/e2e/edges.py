"""What stands at the edge of a full stack: each HTTP port, what a page would ask of it, and what must not change."""

from dataclasses import dataclass
from typing import Any

import urllib3
from confluent_kafka import Consumer, TopicPartition

from services.aws import kinesis_client, s3_client
from services.settings import HOST, Settings
from services.tables import TABLES, bucket

Write = tuple[str, str]


@dataclass(frozen=True)
class Door:
    """An HTTP port; `reads` and `writes` are paths, the writes with a body."""

    service: str
    port: int
    reads: tuple[str, ...]
    writes: tuple[Write, ...] = ()

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"


def doors(settings: Settings) -> list[Door]:
    """All HTTP ports of a full stack, JupyterLab's too."""
    topic, own_bucket = TABLES[0].topic(settings.user_id), bucket(settings.user_id)
    dag = f"{settings.user_id}_dag"
    return [
        Door(
            "gateway",
            settings.gateway_port,
            ("/topics", f"/topics/{topic}", "/prod/streams", "/metrics", "/health"),
            (
                (f"/prod/topics/{topic}", '{"records":[{"value":{"index":666}}]}'),
                ("/consumers/evil", '{"name":"evil","format":"json"}'),
                ("/prod/streams/evil", '{"ShardCount":1}'),
            ),
        ),
        Door(
            "aws",
            settings.aws_port,
            ("/", f"/{own_bucket}?list-type=2", "/moto-api/config"),
            ((f"/{own_bucket}/evil", "evil"), ("/moto-api/reset", "{}"), ("/", "{}")),
        ),
        Door("kinesis", settings.kinesis_port, ("/health",), (("/", "{}"),)),
        Door("s3_sink", settings.sink_port, ("/metrics",)),
        Door(
            "spark",
            settings.spark_ui_port,
            ("/jobs/", "/api/v1/applications"),
            (("/jobs/job/kill/?id=0", "{}"), ("/stages/stage/kill/?id=0", "{}")),
        ),
        Door(
            "workspace",
            settings.workspace_port,
            ("/", "/style.css", "/api/2.1/jobs/list"),
            (("/api/2.1/jobs/create", '{"name":"evil"}'), ("/?login=1", "{}")),
        ),
        Door(
            "airflow_api",
            settings.airflow_port,
            ("/", "/api/v2/dags", "/api/v2/version"),
            ((f"/api/v2/dags/{dag}/dagRuns", '{"logical_date":null}'),),
        ),
        Door(
            "jupyter",
            settings.jupyter_port,
            ("/api/contents", "/api/kernels", "/api/sessions"),
            (("/api/kernels", "{}"), ("/api/contents", '{"type":"notebook"}')),
        ),
    ]


FOREIGN: tuple[dict[str, str], ...] = (
    {"Host": "evil.example"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": f"http://{HOST}:1", "Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"},
)
"""Headers of requests that a page makes a browser send."""


_REFUSALS = {400, 401, 403, 404, 421}
"""404 is what JupyterLab says to another origin; each path is there for its owner."""


def answered(door: Door) -> list[str]:
    """The requests of pages that a port answered with anything but a refusal."""
    asked = [("GET", path, None) for path in door.reads] + [("POST", *each) for each in door.writes]
    found = []
    for method, path, body in asked:
        for headers in FOREIGN:
            url = f"{door.url}{path}"
            answer = urllib3.request(method, url, body=body, headers=headers, retries=False)
            opened = answer.headers.get("Access-Control-Allow-Origin")
            if answer.status not in _REFUSALS or opened:
                found.append(f"{door.service} {method} {path} {headers}: {answer.status} {opened}")
    return found


def snapshot(settings: Settings) -> dict[str, Any]:
    """All that an attack could have changed."""
    kinesis, s3 = kinesis_client(settings), s3_client(settings)
    own = bucket(settings.user_id)
    objects = s3.list_objects_v2(Bucket=own).get("Contents", [])
    return {
        "offsets": _offsets(settings),
        "streams": kinesis.list_streams()["StreamNames"],
        "buckets": [each["Name"] for each in s3.list_buckets()["Buckets"]],
        "objects": [each["Key"] for each in objects],
        "jobs": _asked(settings, "jobs/list"),
        "runs": _asked(settings, "jobs/runs/list"),
    }


def _offsets(settings: Settings) -> dict[str, int]:
    consumer = Consumer({"bootstrap.servers": settings.kafka_bootstrap, "group.id": "edges"})
    try:
        topics = consumer.list_topics(timeout=10).topics.values()
        return {
            f"{topic.topic}-{number}": consumer.get_watermark_offsets(
                TopicPartition(topic.topic, number), timeout=10
            )[1]
            for topic in topics
            for number in topic.partitions
        }
    finally:
        consumer.close()


def _asked(settings: Settings, call: str) -> Any:
    token = settings.workspace_token.get_secret_value()
    url = f"http://{HOST}:{settings.workspace_port}/api/2.1/{call}"
    return urllib3.request("GET", url, headers={"Authorization": f"Bearer {token}"}).json()
