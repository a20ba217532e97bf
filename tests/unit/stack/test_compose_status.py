import json
from dataclasses import replace

import pytest

from services.stack.compose import addresses, status
from services.stack.compose import containers as docker_containers
from services.stack.compose.containers import Container
from services.stack.compose.model import ComposeService
from services.stack.compose.readiness import failure_reason, is_ready
from services.stack.errors import StartError
from tests.support.containers import container

SERVER = ComposeService(
    "gateway", "pincloud", is_built=True, ports=[8082], is_job=False, has_health_check=True
)
JOB = ComposeService(
    "source", "pincloud", is_built=True, ports=[], is_job=True, has_health_check=False
)
HEALTHY = container(ports=frozenset({8082}))
ENDED = replace(HEALTHY, state="exited", health="", pid=0, uptime=0, ports=frozenset())


@pytest.mark.parametrize(
    ("container", "ready"),
    [
        (HEALTHY, True),
        (replace(HEALTHY, health="starting"), False),
        (replace(HEALTHY, state="restarting"), False),
        (ENDED, False),
    ],
)
def test_a_server_is_ready_when_it_is_healthy(container: Container, ready: bool) -> None:  # noqa: FBT001 - a case
    """Running is not enough; where nothing is checked, it is."""
    assert is_ready(SERVER, container) is ready
    unchecked = replace(SERVER, has_health_check=False)
    assert is_ready(unchecked, replace(HEALTHY, health=""))


def test_a_job_is_ready_when_it_has_ended_well() -> None:
    """While it runs it is not, and one that failed is trouble."""
    assert is_ready(JOB, ENDED)
    assert not is_ready(JOB, replace(HEALTHY, health=""))
    assert failure_reason(JOB, replace(ENDED, exit_code=1)) == "exit code 1"
    assert failure_reason(JOB, ENDED) == ""


@pytest.mark.parametrize(
    ("container", "words"),
    [
        (replace(ENDED, exit_code=3), "exit code 3"),
        (replace(HEALTHY, health="unhealthy", check_output="refused"), "unhealthy (refused)"),
        (
            replace(HEALTHY, state="restarting", health="", restarts=3, exit_code=1),
            "3 times in vain",
        ),
        (replace(ENDED, exit_code=137, out_of_memory=True), "mem_limit"),
    ],
)
def test_a_server_that_will_not_become_ready_is_told_why(container: Container, words: str) -> None:
    """The reason is the one that helps: memory rather than the signal, the check's words rather than its number."""
    assert words in failure_reason(SERVER, container)


def test_patience_with_what_may_still_become_ready() -> None:
    """A first restart is not the end, nor is a process that ended for want of memory in a server that goes on."""
    assert failure_reason(SERVER, replace(HEALTHY, health="starting", restarts=1)) == ""
    assert failure_reason(SERVER, replace(HEALTHY, restarts=5, out_of_memory=True)) == ""


def test_a_row_tells_of_all_containers_of_a_service(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory and restarts are summed, the worst container gives the state; jobs have no row."""
    second = replace(HEALTHY, id="b2", health="starting", restarts=2)
    monkeypatch.setattr(status, "memory", lambda _: {"a1": 100, "b2": 20})
    both = {"gateway": SERVER, "source": JOB, "kafka": replace(SERVER, name="kafka")}
    job = replace(ENDED, service="source")
    gateway, kafka = status.rows(both, [HEALTHY, second, job], {"kafka": "kafka://x"})
    assert (gateway.name, gateway.state, gateway.memory, gateway.restarts) == (
        "gateway",
        "STARTING",
        120,
        2,
    )
    assert gateway.runs
    assert (kafka.state, kafka.url, kafka.runs) == ("STOPPED", "kafka://x", False)


@pytest.mark.parametrize(
    ("text", "size"),
    [("1.5GiB ", 1610612736), ("512KiB", 524288), ("3MB", 3000000), ("12B", 12), ("--", 0)],
)
def test_dockers_sizes_are_read(text: str, size: int) -> None:
    """Binary and decimal units, and the dashes of a container that has just ended."""
    assert status.bytes_of(text) == size


def test_a_port_of_the_projects_own_container_is_free_for_it() -> None:
    """It is published by what is to be started."""
    addresses.require_free({"gateway_port": 8082}, [HEALTHY])


def test_a_port_of_another_container_is_told_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """The setting, another port, and the container in the way, though nobody listens there."""
    monkeypatch.setattr(addresses, "publishers", lambda _: {8082: "someones-web"})
    monkeypatch.setattr("services.stack.machine.ports.is_free", lambda _: True)
    with pytest.raises(StartError, match=r"GATEWAY_PORT.*someones-web.*GATEWAY_PORT=\d+"):
        addresses.require_free({"gateway_port": 8082}, [])


def test_what_docker_tells_of_a_container_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """As `docker container inspect` prints it; what has no check has no health."""
    told = {
        "Id": "a1",
        "Name": "/pincloud-test-kafka-1",
        "Image": "sha256:1",
        "RestartCount": 2,
        "Config": {
            "Labels": {
                "com.docker.compose.service": "kafka",
                "com.docker.compose.oneoff": "False",
                "com.docker.compose.config-hash": "c0ffee",
            }
        },
        "State": {
            "Status": "running",
            "ExitCode": 0,
            "OOMKilled": False,
            "Pid": 7,
            "StartedAt": "2026-01-01T00:00:00.123456789Z",
        },
        "NetworkSettings": {
            "Ports": {"9092/tcp": [{"HostIp": "127.0.0.1", "HostPort": "9092"}], "9093/tcp": None}
        },
    }
    monkeypatch.setattr(docker_containers, "docker", lambda *_: "a1\n")
    monkeypatch.setattr(docker_containers, "_inspected", lambda _: json.loads(json.dumps([told])))
    (found,) = docker_containers.containers("pincloud-test")
    assert (found.service, found.health, found.restarts) == ("kafka", "", 2)
    assert found.ports == {9092}
    assert docker_containers.publishers([9092, 1]) == {9092: "pincloud-test-kafka-1"}
    assert found.uptime > 0
