"""What `python -m services.spark_server` becomes."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from services.checkout.environment import inherited
from services.spark_server import __main__ as entry
from services.spark_server import server
from services.stack.probes import SPARK_VERSION_REQUEST


class Executed(Exception):
    """The process went on as this program."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        super().__init__(command)
        self.command = [*command]
        self.environment = environment


@pytest.fixture(autouse=True)
def _container(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A container with its own folders, and a cluster to join."""

    def execute(_: str, command: Sequence[str], environment: Mapping[str, str]) -> Any:
        raise Executed(command, environment)

    monkeypatch.setattr(os, "execve", execute)
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path / "tmp"))
    monkeypatch.setenv("ENV_FILE", str(tmp_path / ".env"))
    monkeypatch.setenv("STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("SPARK_REMOTE", "sc://spark:15002")
    monkeypatch.setenv("SPARK_TOKEN", "let me in")
    monkeypatch.setenv("SPARK_MASTER", "spark://spark-master:7077")


def _become(*arguments: str) -> Executed:
    with pytest.raises(Executed) as executed:
        entry.main(arguments)
    return executed.value


def test_without_a_word_it_is_the_connect_server(tmp_path: Path) -> None:
    """Its configuration is there before Java starts."""
    server = _become()
    assert "org.apache.spark.sql.connect.service.SparkConnectServer" in server.command
    assert str(tmp_path / "tmp" / "spark" / "spark.conf") in server.command
    assert (tmp_path / "tmp" / "spark" / "spark.conf").exists()


def test_our_own_settings_stay_out_of_sparks_environment() -> None:
    """Spark reads SPARK_REMOTE as its own and refuses to be a server then."""
    environment = _become("server").environment
    assert not {"SPARK_REMOTE", "SPARK_MASTER", "STATE_DIR"} & environment.keys()
    assert "data_sources" in environment["PYTHONPATH"]


def test_a_worker_prints_no_token_and_connects_all_the_same() -> None:
    """PySpark's worker of `foreachBatch` prints the address, and Spark keeps that in its log."""
    show = (
        "import os; from pyspark.sql.connect.client import DefaultChannelBuilder as B\n"
        "url = os.environ['SPARK_CONNECT_LOCAL_URL']; print(url); print(B(url + ';session_id=x').token)"
    )
    url = "sc://localhost:15002/;user_id=;token=let-me-in"
    environment = {**inherited(), **server.environment(), "SPARK_CONNECT_LOCAL_URL": url}
    command = [sys.executable, "-c", show]
    shown = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert shown.stdout.split() == ["sc://localhost:15002/;user_id=", "let-me-in"]


def test_the_master_answers_to_the_name_that_is_asked_for() -> None:
    """Workers and server find it by SPARK_MASTER."""
    master = _become("master")
    assert "org.apache.spark.deploy.master.Master" in master.command
    assert master.command[-4:] == ["--host", "spark-master", "--port", "7077"]


@pytest.mark.parametrize("role", ["master", "worker"])
def test_a_cluster_listens_to_none_but_its_own(role: str, tmp_path: Path) -> None:
    """Whoever else is on the network gets no executor; the secret is in a private file, and on no command line."""
    command = _become(role).command
    file = Path(command[command.index("--properties-file") + 1])
    conf = dict(line.split(" ", 1) for line in file.read_text(encoding="utf-8").splitlines())
    assert file.stat().st_mode & 0o777 == 0o600
    assert conf["spark.authenticate"] == "true"
    assert conf["spark.master.rest.enabled"] == "false"
    assert conf["spark.authenticate.secret"] not in str(command)
    _become("server")
    server = (tmp_path / "tmp" / "spark" / "spark.conf").read_text(encoding="utf-8")
    assert f"spark.authenticate.secret {conf['spark.authenticate.secret']}\n" in server


def test_a_worker_joins_the_master_and_shuffles_on_disk(tmp_path: Path) -> None:
    """Executors take their folders from the worker's environment."""
    worker = _become("worker")
    assert worker.command[-1] == "spark://spark-master:7077"
    assert worker.environment["SPARK_LOCAL_DIRS"] == str(tmp_path / "state" / "data" / "spark")
    assert worker.environment["SPARK_SCALA_VERSION"] == "2.13"


def test_the_health_check_sends_what_pyspark_would() -> None:
    """Its request was made by hand, to be cheap."""
    from pyspark.sql.connect.proto import (  # noqa: PLC0415 - half a second
        AnalyzePlanRequest,
        UserContext,
    )

    request = AnalyzePlanRequest(
        session_id="00000000-0000-4000-8000-000000000000",
        user_context=UserContext(user_id="readiness"),
        spark_version=AnalyzePlanRequest.SparkVersion(),
    )
    assert request.SerializeToString() == SPARK_VERSION_REQUEST
