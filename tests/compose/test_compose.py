"""The whole stack in Docker Compose, in the order in which a user meets it; only through `make` and `docker`."""

import json
import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import urllib3
from dotenv import dotenv_values
from pydantic import SecretStr

from services.aws import kinesis_client, s3_client
from services.settings import Settings, load_settings
from tests.compose.conftest import Figures, own_environment
from tests.compose.containers import Containers, docker
from tests.support.commands import Commands

if TYPE_CHECKING:
    from mypy_boto3_kinesis import KinesisClient

TURNS = 500
ONE_SHOT = {"source", "streams", "airflow_setup"}
HEALTHY_SECONDS = 600
"""A deadline, not a figure: the first `up` builds the images."""


def _json(clone: Commands, *words: str) -> Any:
    return json.loads(clone.make(*words, "FORMAT=json"))


def _counts(clone: Commands) -> dict[str, Any]:
    """The ledger's layers; the command itself fails when a record is lost or doubled."""
    layers: dict[str, Any] = _json(clone, "ledger")["layers"]
    return layers


def _assert_all_there(clone: Commands, turns: int) -> None:
    layers = _counts(clone)
    for counts in layers["batch"].values():
        assert counts["acked"] == counts["log"] == counts["objects"] == counts["bronze"] == turns
    for counts in layers["speed"].values():
        assert counts["acked"] == counts["speed"] + counts["quarantined"] == turns


def _assert_healthy(containers: Containers) -> None:
    found = containers.inspect()
    running = {name: row["State"] for name, row in found.items() if name not in ONE_SHOT}
    assert {state["Status"] for state in running.values()} == {"running"}
    health = {name: state["Health"]["Status"] for name, state in running.items()}
    assert set(health.values()) == {"healthy"}, health
    assert {found[name]["State"]["ExitCode"] for name in ONE_SHOT} == {0}


def test_up_takes_compose_by_itself(
    clone: Commands, containers: Containers, figures: Figures
) -> None:
    """With a Docker daemon, `make up` builds the images and starts them; every container becomes healthy."""
    with figures.timed("make up, images built or found in the cache"):
        clone.make("up", within=1800)
    assert _json(clone, "status")["runtime"] == "compose"
    _assert_healthy(containers)


def test_up_again_changes_nothing(
    clone: Commands, containers: Containers, figures: Figures
) -> None:
    """A second `make up` leaves every container as it is."""
    before = {name: row["Id"] for name, row in containers.running().items()}
    with figures.timed("make up, everything runs"):
        clone.make("up")
    assert {name: row["Id"] for name, row in containers.running().items()} == before


def test_a_cold_start_needs_no_restart(
    clone: Commands, containers: Containers, figures: Figures
) -> None:
    """`make down`, `make up`: all healthy, and no container had to be started twice."""
    clone.make("down")
    with figures.timed("make up, images built, volumes there: until all is healthy"):
        clone.make("up", within=HEALTHY_SECONDS)
    _assert_healthy(containers)
    assert {row["RestartCount"] for row in containers.inspect().values()} == {0}


def test_nothing_is_open_to_others(clone: Commands, containers: Containers) -> None:
    """Ports are published on 127.0.0.1, nobody is root or may become it, and `docker inspect` shows no secret."""
    secrets = _secrets(clone)
    for name, row in containers.inspect().items():
        config, host = row["Config"], row["HostConfig"]
        bindings = [b for ports in (host["PortBindings"] or {}).values() for b in ports]
        assert {binding["HostIp"] for binding in bindings} <= {"127.0.0.1"}, name
        assert config["User"].split(":")[0] not in {"", "0", "root"}, name
        assert host["CapDrop"] == ["ALL"], name
        assert "no-new-privileges:true" in host["SecurityOpt"], name
        assert host["ReadonlyRootfs"], name
        assert 0 < host["PidsLimit"] <= 4096, name
        assert not any(secret in json.dumps(row) for secret in secrets), name


@pytest.mark.parametrize(
    "headers",
    [{}, {"Host": "rebound.example:4566"}, {"Origin": "https://page.example"}],
    ids=["unsigned", "host", "origin"],
)
@pytest.mark.parametrize("path", ["/", "/_localstack/health", "/_aws/sqs/messages"])
def test_the_aws_port_answers_nobody_else(
    clone: Commands, path: str, headers: dict[str, str]
) -> None:
    """Not without the stack's keys, and no page, whatever stands behind the gate."""
    port = clone.environment["AWS_PORT"]
    url = f"http://127.0.0.1:{port}{path}"
    assert urllib3.request("GET", url, headers=headers, retries=False).status == 403


def _secrets(clone: Commands) -> list[str]:
    values = dotenv_values(clone.checkout / ".env")
    fields = Settings.model_fields.items()
    names = [name.upper() for name, field in fields if field.annotation is SecretStr]
    found = [value for name in names if (value := values.get(name))]
    assert found
    return found


def test_records_come_through_both_layers(
    clone: Commands, containers: Containers, figures: Figures
) -> None:
    """The demo's turns are at every hop of both layers, once."""
    with figures.timed(f"make demo RUNTIME=compose, {TURNS} turns, stack up"):
        clone.make("demo", "RUNTIME=compose", f"ROWS={TURNS}")
    _assert_all_there(clone, TURNS)
    for name, used in sorted(containers.memory().items()):
        figures.add(f"{used:7.0f} MiB  {name}")
    figures.add(f"{sum(containers.memory().values()):7.0f} MiB  in all, after the demo")


def test_the_answers_are_those_of_the_native_stack(
    clone: Commands, native: Commands, figures: Figures
) -> None:
    """The same demo, in processes: every question has the same rows in every view."""
    found = {view: _json(clone, "answers", f"VIEW={view}") for view in ("batch", "speed", "merged")}
    clone.make("down")
    with figures.timed("make demo, native, environment ready"):
        native.make("demo", f"ROWS={TURNS}", within=900)
    for view, answers in found.items():
        assert _json(native, "answers", f"VIEW={view}") == answers
    native.make("down")
    clone.make("up", within=HEALTHY_SECONDS)


def test_the_dag_succeeds(clone: Commands, figures: Figures) -> None:
    """Airflow's daily DAG runs the workspace's notebooks, and finds nothing to do twice."""
    with figures.timed("make dag-run"):
        assert "Success" in clone.make("dag-run")
    _assert_all_there(clone, TURNS)


def test_a_users_script_is_counted(clone: Commands, tmp_path: Path) -> None:
    """A script that runs on the host, rerouted, posts into the containers, and the ledger counts its posts."""
    script = Path(__file__).parents[1] / "e2e" / "course" / "user_posting_emulation.py"
    copied = tmp_path / script.name
    copied.write_bytes(script.read_bytes())
    clone.make("run", f"SCRIPT={copied}", "MAX_REQUESTS=60", "FAST=1")
    clone.make("batch")
    assert sum(counts["acked"] for counts in _counts(clone)["batch"].values()) == 3 * TURNS + 60


def test_a_killed_container_comes_back_with_everything(
    clone: Commands, containers: Containers, figures: Figures
) -> None:
    """`kill -9` of each container in turn, `make up`: nothing of what was acknowledged is lost."""
    before = _counts(clone)
    for service in sorted(containers.running()):
        containers.kill(service)
        with figures.timed(f"kill -9 {service}, make up: until all is healthy"):
            clone.make("up", within=HEALTHY_SECONDS)
        _assert_healthy(containers)
    clone.make("batch")
    assert _counts(clone) == before


def test_records_after_the_kills_arrive(clone: Commands) -> None:
    """The same stack goes on: what is posted now comes through both layers."""
    before = _counts(clone)["batch"]["pin"]["acked"]
    clone.make("emulate", "ROWS=50")
    clone.make("speed")
    clone.make("batch")
    layers = _counts(clone)
    assert layers["batch"]["pin"]["bronze"] == before + 50
    assert layers["speed"]["pin"]["speed"] + layers["speed"]["pin"]["quarantined"] == TURNS + 50


def test_down_leaves_nothing_but_the_volumes(clone: Commands, containers: Containers) -> None:
    """After `make down` there is no container and no network, and the volumes are there."""
    clone.make("down")
    assert sorted(containers.left_behind()) == sorted(containers.volumes()) != []


def test_up_finds_everything_again_without_its_env_file(clone: Commands) -> None:
    """With `.env` lost, new passwords are made, and the volumes' data are all there."""
    ports = clone.environment
    (clone.checkout / ".env").unlink()
    clone.make("up", within=HEALTHY_SECONDS)
    assert ports == clone.environment
    layers = _counts(clone)
    assert layers["batch"]["pin"]["bronze"] > TURNS
    clone.make("emulate", "ROWS=1")


def test_up_works_on_lost_volumes(clone: Commands, containers: Containers) -> None:
    """After `docker compose down -v` the stack comes up empty, with its source filled anew."""
    down = ["docker", "compose", "down", "--volumes", "--remove-orphans"]
    environment = {**os.environ, **clone.environment}
    subprocess.run(down, cwd=clone.checkout, env=environment, check=True, capture_output=True)
    clone.make("up", within=HEALTHY_SECONDS)
    _assert_healthy(containers)
    clone.make("emulate", "ROWS=5")
    clone.make("speed")
    assert _counts(clone)["speed"]["pin"]["kinesis"] >= 5


def test_the_durable_engine_keeps_what_was_acknowledged(
    clone: Commands, containers: Containers, figures: Figures
) -> None:
    """AWS_ENGINE=durable: `kill -9` and a restart leave every stream record and every object, whoever put it."""
    clone.make("down")
    environment = {**clone.environment, "AWS_ENGINE": "durable"}
    durable = Commands(environment, clone.checkout)
    with figures.timed("make up AWS_ENGINE=durable PROFILE=core"):
        durable.make("up", "PROFILE=core", within=HEALTHY_SECONDS)
    assert "localstack" not in containers.running()
    settings = load_settings(
        _env_file=clone.checkout / ".env",
        aws_endpoint_url=f"http://127.0.0.1:{clone.environment['AWS_PORT']}",
    )
    s3, kinesis = s3_client(settings), kinesis_client(settings)
    s3.create_bucket(Bucket="notebooks")
    kinesis.create_stream(StreamName="kept", ShardCount=1)
    for service in (["kinesis"], ["aws"], ["aws", "kinesis"]):
        key, name = "-".join(service), b"-".join(one.encode() for one in service)
        s3.put_object(Bucket="notebooks", Key=key, Body=name)
        kinesis.put_record(StreamName="kept", PartitionKey="1", Data=name)
        for one in service:
            containers.kill(one)
        durable.make("up", "PROFILE=core", within=HEALTHY_SECONDS)
    durable.make("restart")
    listed = s3.list_objects_v2(Bucket="notebooks")["Contents"]
    assert [row["Key"] for row in listed] == ["aws", "aws-kinesis", "kinesis"]
    assert _records(kinesis, "kept") == [b"kinesis", b"aws", b"aws-kinesis"]
    durable.make("emulate", "ROWS=5")
    durable.make("speed")
    assert _counts(durable)["speed"]["pin"]["kinesis"] >= 5
    durable.make("down")


def _records(kinesis: "KinesisClient", stream: str) -> list[bytes]:
    iterator = kinesis.get_shard_iterator(
        StreamName=stream, ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    return [row["Data"] for row in kinesis.get_records(ShardIterator=iterator)["Records"]]


def test_a_taken_port_is_named_and_nothing_starts(clone: Commands, containers: Containers) -> None:
    """`make up` says which setting to change, and starts no container."""
    clone.make("down")
    with _listening(int(clone.environment["KAFKA_PORT"])):
        said = clone.fail_make("up")
    assert "KAFKA_PORT" in said
    assert clone.environment["KAFKA_PORT"] in said
    assert containers.inspect() == {}


@contextmanager
def _listening(port: int) -> Iterator[None]:
    with socket.create_server(("127.0.0.1", port)):
        yield


def test_clean_leaves_nothing_at_all(clone: Commands, containers: Containers) -> None:
    """`make clean` removes containers, networks, volumes and the state folder."""
    clone.make("clean")
    assert containers.left_behind() == []
    assert not (clone.checkout / ".state").exists()


def test_a_checkout_that_cannot_be_written_works(
    copy: Path, tmp_path: Path, containers: Containers
) -> None:
    """Mounted read-only, the checkout's settings and state lie in the user's own folder."""
    mounted = tmp_path / "readonly"
    mounted.mkdir()
    if subprocess.run(["mount", "--bind", copy, mounted], check=False).returncode:
        pytest.skip("only root can mount the checkout read-only")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", mounted], check=True)
        home = {"XDG_STATE_HOME": str(tmp_path / "home"), "RUNTIME": "compose"}
        locked = Commands({**own_environment(mounted), **home}, mounted)
        locked.make("up", "PROFILE=core", within=HEALTHY_SECONDS)
        locked.make("emulate", "ROWS=3")
        assert list((tmp_path / "home").rglob(".env"))
        locked.make("clean")
    finally:
        subprocess.run(["umount", mounted], check=True)
    assert docker("ps", "-q", "--filter", f"volume={mounted}") == ""
