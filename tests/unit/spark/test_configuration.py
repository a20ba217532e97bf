"""What Spark's server is told in both runtimes."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from services.settings import Settings, SettingsError
from services.spark_server.configuration import configuration
from services.spark_server.deployment import SparkDeployment, container
from services.stack.layout import Layout
from services.stack.native.services import spark

TOKEN = SecretStr("let me in")
CLUSTER = "spark://spark-master:7077"


@pytest.fixture
def deployment(tmp_path: Path) -> SparkDeployment:
    """A container called `spark`."""
    return SparkDeployment(tmp_path / "run", tmp_path / "scratch", host="spark", listen="0.0.0.0")  # noqa: S104 - a container's own


def _native_conf(settings: Settings, layout: Layout) -> dict[str, str]:
    spark.service(settings, layout).prepare()
    lines = (layout.run / "spark.conf").read_text(encoding="utf-8").splitlines()
    return dict(line.split(" ", 1) for line in lines)


def test_both_runtimes_differ_in_addresses_and_folders_alone(
    tmp_path: Path, deployment: SparkDeployment
) -> None:
    """Same plans, same tables, same file systems: an answer cannot depend on the runtime."""
    settings = Settings(state_dir=tmp_path, spark_token=TOKEN)
    native = _native_conf(settings, Layout(tmp_path))
    here = configuration(settings, deployment)
    assert native.keys() == here.keys()
    assert {name for name in native if native[name] != here[name]} == {
        "spark.driver.host",
        "spark.driver.bindAddress",
        "spark.connect.grpc.binding.address",
        "spark.local.dir",
    }


def test_on_a_laptop_nobody_else_can_connect(tmp_path: Path) -> None:
    """Spark Connect runs any code that it is sent."""
    conf = _native_conf(Settings(state_dir=tmp_path, spark_token=TOKEN), Layout(tmp_path))
    assert conf["spark.connect.grpc.binding.address"] == "127.0.0.1"
    assert conf["spark.driver.bindAddress"] == "127.0.0.1"
    service = spark.service(Settings(state_dir=tmp_path, spark_token=TOKEN), Layout(tmp_path))
    assert service.environment["SPARK_LOCAL_IP"] == "127.0.0.1"


def test_the_keys_stand_in_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    """And in no argument: every user of a machine sees those."""
    settings = Settings(
        state_dir=tmp_path, aws_secret_access_key=SecretStr("hidden"), spark_token=TOKEN
    )
    conf = _native_conf(settings, Layout(tmp_path))
    assert conf["spark.hadoop.fs.s3a.secret.key"] == "hidden"
    assert conf["spark.connect.authenticate.token"] == "let me in"
    assert (tmp_path / "run" / "spark.conf").stat().st_mode & 0o777 == 0o600
    service = spark.service(settings, Layout(tmp_path))
    shown = f"{service.command} {service.environment} {service.url}"
    assert "hidden" not in shown
    assert "let me in" not in shown


def test_whoever_calls_must_show_a_token_at_every_port(deployment: SparkDeployment) -> None:
    """Connect asks for it itself, the UI by a filter, driver and block managers by a secret that is not the token."""
    conf = configuration(Settings(spark_token=TOKEN), deployment)
    assert conf["spark.ui.filters"] == "org.apache.spark.ui.JWSFilter"
    assert conf["spark.authenticate"] == "true"
    derived = {
        conf["spark.authenticate.secret"],
        conf["spark.org.apache.spark.ui.JWSFilter.param.secretKey"],
    }
    assert len(derived) == 2
    assert not any("let me in" in key for key in derived)


def test_a_server_without_a_token_does_not_start(deployment: SparkDeployment) -> None:
    """It would run anybody's code; the message says where a token comes from."""
    with pytest.raises(SettingsError, match=r"SPARK_TOKEN is not set; `make up` generates it"):
        configuration(Settings(), deployment)


def test_executors_of_a_cluster_get_the_jars_and_the_drivers_name(
    deployment: SparkDeployment,
) -> None:
    """They are other containers: what the server has on its own class path is not on theirs."""
    conf = configuration(Settings(spark_master=CLUSTER, spark_token=TOKEN), deployment)
    assert conf["spark.master"] == CLUSTER
    assert conf["spark.driver.host"] == "spark"
    assert "jars-spark-" in conf["spark.executor.extraClassPath"]


def test_a_server_that_is_its_own_executor_is_told_of_none(deployment: SparkDeployment) -> None:
    """Executors' memory would only mislead who reads it."""
    assert not [
        name
        for name in configuration(Settings(spark_token=TOKEN), deployment)
        if "executor" in name
    ]


def test_a_container_keeps_temporary_data_out_of_its_memory(tmp_path: Path) -> None:
    """Its /tmp is a tmpfs: a large shuffle there would count against its memory."""
    settings = Settings(state_dir=tmp_path / "state", listen_host="0.0.0.0")  # noqa: S104 - a container's own
    assert container(settings).scratch.is_relative_to(tmp_path / "state")
    assert container(settings).listen == "0.0.0.0"  # noqa: S104
