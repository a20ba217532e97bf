"""Calls about clusters: there is one, and it is the Spark server."""

import logging
from importlib.metadata import version

from services.workspace.api import request_fields
from services.workspace.api.api_call import Answer, ApiCall, Handler
from services.workspace.api.run_answers import SPARK_CONTEXT_ID, USER
from services.workspace.api.spark_probe import SparkProbe
from services.workspace.runs.definition.clusters import LOCAL_CLUSTER, check_cluster_id
from services.workspace.runs.store.run_record import now

log = logging.getLogger(__name__)

CLUSTER_NAME = "pincloud"


class ClusterCalls:
    """Tells of the local cluster, under whichever id it is asked for."""

    def __init__(self, spark: SparkProbe) -> None:
        self._spark = spark
        self._started = now()

    def table(self) -> dict[tuple[str, str], Handler]:
        return {
            ("GET", "clusters/get"): self.get,
            ("GET", "clusters/list"): self.list,
            ("GET", "clusters/spark-versions"): self.spark_versions,
            ("POST", "clusters/start"): self.leave,
            ("POST", "clusters/restart"): self.leave,
            ("POST", "clusters/delete"): self.leave,
            ("POST", "libraries/install"): self.libraries,
            ("POST", "libraries/uninstall"): self.libraries,
        }

    async def get(self, call: ApiCall) -> Answer:
        return await self._cluster(_cluster_id(call))

    async def list(self, _: ApiCall) -> Answer:
        return {"clusters": [await self._cluster(LOCAL_CLUSTER)]}

    async def spark_versions(self, _: ApiCall) -> Answer:
        """The one version; Airflow's "Test connection" asks for it."""
        name = f"Apache Spark {version('pyspark')}, local"
        return {"versions": [{"key": _spark_version(), "name": name}]}

    async def leave(self, call: ApiCall) -> Answer:
        """Starting and stopping belong to `make up` and `make down`: other clients use the same server."""
        _cluster_id(call)
        return {}

    async def libraries(self, call: ApiCall) -> Answer:
        """Not installed: the notebooks' environment is the checkout's own."""
        log.warning("cluster %s: libraries are not installed here", _cluster_id(call))
        return {}

    async def _cluster(self, cluster_id: str) -> Answer:
        running = await self._spark.is_reachable()
        return {
            "cluster_id": cluster_id,
            "cluster_name": CLUSTER_NAME,
            "state": "RUNNING" if running else "TERMINATED",
            "state_message": ""
            if running
            else "The Spark server does not answer; `make up` starts it.",
            "spark_version": _spark_version(),
            "spark_context_id": SPARK_CONTEXT_ID,
            "node_type_id": "local",
            "driver_node_type_id": "local",
            "num_workers": 0,
            "data_security_mode": "NONE",
            "start_time": self._started,
            "creator_user_name": USER,
        }


def _cluster_id(call: ApiCall) -> str:
    return check_cluster_id(request_fields.ClusterId.model_validate(call.fields).cluster_id)


def _spark_version() -> str:
    """In Databricks' form."""
    major, minor = version("pyspark").split(".")[:2]
    return f"{major}.{minor}.x-scala2.13"
