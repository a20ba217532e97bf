"""The stack's life with small services of our own, so that each case takes a moment."""

import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from rich.console import Console

from services.free_ports import free_port, free_ports
from services.stack import probes
from services.stack.errors import StartError
from services.stack.layout import Layout
from services.stack.machine.ports import is_free
from services.stack.machine.processes import stack_processes
from services.stack.native.service import NativeService, StartTask
from services.stack.native.stack import NativeStack
from services.stack.report import Report
from tests.support.polling import eventually


@pytest.fixture
def layout(tmp_path: Path) -> Iterator[Layout]:
    """A state folder whose processes are ended whatever a test did."""
    layout = Layout(tmp_path / "state")
    yield layout
    for process in stack_processes(layout.state):
        process.kill()


@pytest.fixture
def report() -> Report:
    """A report whose lines can be read back from its console."""
    return Report(Console(record=True, width=200))


def _web(name: str, port: int, *needs: str) -> NativeService:
    command = (sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(port))
    return NativeService(
        name=name,
        command=command,
        ports={f"{name}_port": port},
        ready=lambda: probes.http(f"http://127.0.0.1:{port}/"),
        needs=frozenset(needs),
        deadline=20,
        stop_seconds=1,
    )


@pytest.fixture
def services() -> list[NativeService]:
    """`front` needs `back`."""
    first, second = free_ports(2)
    return [_web("front", first, "back"), _web("back", second)]


def _pids(stack: NativeStack) -> dict[str, int]:
    return {row.name: row.pid for row in stack.status()}


def _assert_nothing_left(layout: Layout, services: list[NativeService]) -> None:
    assert stack_processes(layout.state) == []
    assert all(is_free(port) for service in services for port in service.ports.values())


def test_services_start_in_the_order_of_their_needs(
    layout: Layout, services: list[NativeService], report: Report
) -> None:
    """A service is started when what it needs is ready; a task runs after its service."""
    marker = layout.state / "task-ran"
    task = StartTask(
        "seed", (sys.executable, "-c", f"open({str(marker)!r}, 'w')"), needs=frozenset({"front"})
    )
    NativeStack(layout, services, [task]).up(report)
    text = report._console.export_text()
    assert text.index("back ") < text.index("front ") < text.index("seed ")
    assert marker.exists()


def test_up_twice_changes_nothing(
    layout: Layout, services: list[NativeService], report: Report
) -> None:
    """The second `up` finds everything running and leaves it alone."""
    stack = NativeStack(layout, services)
    stack.up(report)
    before = _pids(stack)
    stack.up(report)
    assert _pids(stack) == before


def test_down_twice_leaves_nothing_behind(
    layout: Layout, services: list[NativeService], report: Report
) -> None:
    """No process and no port is left, and the second `down` says that there was nothing to do."""
    stack = NativeStack(layout, services)
    stack.up(report)
    stack.down(report)
    _assert_nothing_left(layout, services)
    stack.down(report)
    assert "Nothing was running" in report._console.export_text()


def test_up_after_the_supervisor_was_killed(
    layout: Layout, services: list[NativeService], report: Report
) -> None:
    """`kill -9` of the supervisor, then `up`: its orphans are ended and everything runs once."""
    stack = NativeStack(layout, services)
    stack.up(report)
    orphans = _pids(stack)
    os.kill(int((layout.run / "supervisord.pid").read_text()), signal.SIGKILL)
    stack.up(report)
    assert not any(psutil.pid_exists(pid) for pid in orphans.values())
    assert all(row.runs for row in stack.status())
    stack.down(report)
    _assert_nothing_left(layout, services)


def test_down_after_the_supervisor_was_killed(
    layout: Layout, services: list[NativeService], report: Report
) -> None:
    """`kill -9` of the supervisor, then `down`: its orphans are ended."""
    stack = NativeStack(layout, services)
    stack.up(report)
    os.kill(int((layout.run / "supervisord.pid").read_text()), signal.SIGKILL)
    stack.down(report)
    _assert_nothing_left(layout, services)


def test_a_killed_service_is_started_again(
    layout: Layout, services: list[NativeService], report: Report
) -> None:
    """The supervisor restarts a service that was killed, without anybody asking."""
    stack = NativeStack(layout, services)
    stack.up(report)
    before = _pids(stack)["back"]
    os.kill(before, signal.SIGKILL)
    eventually("a new process", lambda: _pids(stack)["back"] not in {0, before})


def test_a_service_that_dies_is_reported_with_its_last_words(
    layout: Layout, report: Report
) -> None:
    """The error names the service, quotes its last log line, says what to do; all else is stopped."""
    good = _web("good", free_port())
    bad = replace(
        _web("bad", 1), command=(sys.executable, "-c", "raise SystemExit('no such disk')"), ports={}
    )
    with pytest.raises(
        StartError, match=r"bad did not start: no such disk\n.*make logs SERVICE=bad"
    ):
        NativeStack(layout, [good, bad]).up(report)
    _assert_nothing_left(layout, [good])


def test_ctrl_c_in_the_middle_of_up_stops_what_was_started(
    layout: Layout, services: list[NativeService], report: Report
) -> None:
    """An interrupted start leaves no process and no port."""

    def interrupted() -> None:
        raise KeyboardInterrupt

    front, back = services
    with pytest.raises(KeyboardInterrupt):
        NativeStack(layout, [replace(front, ready=interrupted), back]).up(report)
    _assert_nothing_left(layout, services)


def test_a_service_that_ignores_sigterm_is_killed(layout: Layout, report: Report) -> None:
    """`down` ends a process that does not want to go."""
    port = free_port()
    stubborn = replace(
        _web("stubborn", port),
        command=(
            sys.executable,
            "-c",
            "import signal, http.server as h; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
            f"h.HTTPServer(('127.0.0.1', {port}), h.SimpleHTTPRequestHandler).serve_forever()",
        ),
    )
    stack = NativeStack(layout, [stubborn])
    stack.up(report)
    stack.down(report)
    _assert_nothing_left(layout, [stubborn])


def test_a_taken_port_is_refused_before_anything_starts(
    layout: Layout, services: list[NativeService], report: Report
) -> None:
    """Nothing is started when one of the ports is taken."""
    taken = replace(services[0], ports={"front_port": services[1].ports["back_port"]})
    first = NativeStack(layout, [services[1]])
    first.up(report)
    other = Layout(layout.state.with_name("other"))
    with pytest.raises(StartError, match=r"port \d+ \(FRONT_PORT\) is taken by process \d+"):
        NativeStack(other, [taken]).up(report)
    assert stack_processes(other.state) == []


def test_up_with_more_services_adds_them(
    layout: Layout, services: list[NativeService], report: Report
) -> None:
    """What runs already is not restarted, and `down` stops all of it."""
    _front, back = services
    small = NativeStack(layout, [back])
    small.up(report)
    before = _pids(small)["back"]
    large = NativeStack(layout, services)
    large.up(report)
    assert _pids(large)["back"] == before
    assert all(row.runs for row in large.status())
    assert "settings have changed" not in report._console.export_text(clear=False)
    large.down(report)
    _assert_nothing_left(layout, services)


def test_up_with_fewer_services_takes_none_away(
    layout: Layout, services: list[NativeService], report: Report
) -> None:
    """The smaller stack's `up` leaves the other service running."""
    large = NativeStack(layout, services)
    large.up(report)
    before = _pids(large)
    NativeStack(layout, [services[1]]).up(report)
    assert _pids(large) == before


def test_a_process_that_hides_its_environment_is_ended_all_the_same(
    layout: Layout, services: list[NativeService], report: Report
) -> None:
    """Airflow's workers do so; `down` finds what a killed supervisor left by its session."""
    hidden = replace(services[1], command=("env", "-i", *services[1].command))
    stack = NativeStack(layout, [hidden])
    stack.up(report)
    os.kill(int((layout.run / "supervisord.pid").read_text()), signal.SIGKILL)
    stack.down(report)
    _assert_nothing_left(layout, [hidden])


def test_restart_replaces_only_the_service_that_was_named(
    layout: Layout, services: list[NativeService], report: Report
) -> None:
    """`restart` of one service leaves the other's process alone."""
    stack = NativeStack(layout, services)
    stack.up(report)
    before = _pids(stack)
    stack.restart(["front"], report)
    after = _pids(stack)
    assert after["back"] == before["back"]
    assert after["front"] != before["front"]
