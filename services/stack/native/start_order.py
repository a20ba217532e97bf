"""The start order of the native services, edge by edge. Compose has its own: `depends_on` in docker-compose.yml."""

from collections.abc import Mapping

NEEDS: Mapping[str, frozenset[str]] = {
    "source": frozenset({"mysql"}),
    "streams": frozenset({"aws", "kinesis"}),
    "gateway": frozenset({"kafka", "kinesis"}),
    "s3_sink": frozenset({"kafka", "aws"}),
    "speed": frozenset({"spark", "streams"}),
    "workspace": frozenset({"spark"}),
}
"""Service or task → the services and tasks that must be ready before it is started; all others start at once."""

REPORTS_TO: Mapping[str, frozenset[str]] = {
    "airflow_scheduler": frozenset({"airflow_api", "workspace"}),
}
"""Service → the services that it still talks to while it ends: they are stopped after it."""
