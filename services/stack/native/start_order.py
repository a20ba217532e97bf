"""The order in which native services and tasks start and stop: every edge of it stands in this table.

`docker-compose.yml` has the same edges as `depends_on`, where Kinesis is always reached by `aws`; a test compares the
two (tests/unit/compose/test_start_order.py).
"""

from collections.abc import Mapping
from dataclasses import replace

from services.stack.native.service import NativeService

NEEDS: Mapping[str, frozenset[str]] = {
    "source": frozenset({"mysql"}),
    "streams": frozenset({"aws", "kinesis"}),
    "gateway": frozenset({"kafka", "kinesis"}),
    "s3_sink": frozenset({"kafka", "aws"}),
    "speed": frozenset({"spark", "streams"}),
    "workspace": frozenset({"spark"}),
}
"""Service or task → what must be ready before it is started, and is stopped after it. Others wait for nothing:
Airflow starts beside the core, so that a full start takes no longer than the slower of the two."""

REPORTS_TO: Mapping[str, frozenset[str]] = {
    "airflow_scheduler": frozenset({"airflow_api", "workspace"}),
}
"""Service → services that it, or a task of its, still talks to while it ends: they are stopped after it, but it
starts without them (Compose: `condition: service_started`)."""

_DATABASE = {
    "airflow_setup": "natively each component brings the database up to date itself, one after the other"
}

ONLY_IN_COMPOSE: Mapping[str, Mapping[str, str]] = {
    "aws": {
        "localstack": "is its S3 and Kinesis by default",
        "kinesis": "is waited for, so that `aws` is ready when both are",
    },
    "gateway": {"kafka-rest": "runs in the profile `confluent` alone"},
    "spark": {"spark-master": "runs in the profile `cluster` alone"},
    "airflow_api": _DATABASE,
    "airflow_scheduler": _DATABASE,
    "airflow_dags": _DATABASE,
    "airflow_triggerer": {
        **_DATABASE,
        "airflow_api": "natively it is stopped with it: what it has not reported, the next one takes up",
    },
}
"""Service → edge of `docker-compose.yml` that the native stack does without → why."""


def ordered(service: NativeService) -> NativeService:
    """The service with its edges of this table."""
    name = service.name
    return replace(
        service,
        needs=NEEDS.get(name, frozenset()),
        reports_to=REPORTS_TO.get(name, frozenset()),
    )
