"""supervisord, which keeps the native services running: its configuration, and talking to it."""

import contextlib
import getpass
import hashlib
import os
import shlex
import shutil
import subprocess
import sys
import xmlrpc.client
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from supervisor.xmlrpc import SupervisorTransport

from services.checkout.environment import inherited
from services.files import private_folder
from services.settings import PROJECT_ROOT
from services.stack.layout import Layout
from services.stack.machine.processes import PIDFILE, STACK_VARIABLE
from services.stack.native.service import NativeService

_UNREACHABLE = (OSError, xmlrpc.client.Error)

_SOCKETS = Path("/tmp")  # noqa: S108 - our folder in it is private; $TMPDIR differs between shells


class SupervisorError(RuntimeError):
    """supervisord does not do what it was told; the message says what and to which service."""


@dataclass(frozen=True)
class ProcessState:
    """What supervisord says of one service.

    Attributes:
        name: The service.
        state: STOPPED, STARTING, RUNNING, BACKOFF, STOPPING, EXITED, FATAL or UNKNOWN.
        pid: 0 when there is no process.
        uptime: Seconds since the process was started, 0 when there is none.
    """

    name: str
    state: str
    pid: int
    uptime: int

    @property
    def alive(self) -> bool:
        """Whether it runs or is about to."""
        return self.state in {"STARTING", "RUNNING", "BACKOFF"}


class Supervisor:
    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._conf = layout.run / "supervisord.conf"
        self._pidfile = layout.run / PIDFILE
        self._socket = _runtime_dir(layout.state) / "supervisor.sock"

    def is_alive(self) -> bool:
        with contextlib.suppress(*_UNREACHABLE):
            return bool(self._rpc().supervisor.getState())
        return False

    def configure(self, services: Iterable[NativeService]) -> None:
        """Write the configuration that the next launch reads."""
        private_folder(self._conf.parent)
        self._conf.write_text(self._configuration(services), encoding="utf-8")

    def is_configured_for(self, services: Iterable[NativeService]) -> bool:
        """Whether these services would be configured now as the running supervisord has them."""
        if not self._conf.exists():
            return False
        text = self._conf.read_text(encoding="utf-8")
        return all(_program(self._layout, service) in text for service in services)

    def add(self, services: Iterable[NativeService]) -> None:
        """Add services to the supervisord that runs; those that it has keep their configuration.

        Raises:
            SupervisorError: supervisord does not take them.
        """
        configured = self.states()
        new = [service for service in services if service.name not in configured]
        if not new:
            return
        text = self._conf.read_text(encoding="utf-8")
        programs = "".join(f"\n{_program(self._layout, service)}" for service in new)
        self._conf.write_text(text + programs, encoding="utf-8")
        try:
            self._rpc().supervisor.reloadConfig()
            for service in new:
                self._rpc().supervisor.addProcessGroup(service.name)
        except _UNREACHABLE as error:
            self._conf.write_text(text, encoding="utf-8")
            names = ", ".join(service.name for service in new)
            raise SupervisorError(f"supervisord does not take {names}: {error}") from error

    def launch(self) -> None:
        """Start supervisord in the background; no service is started with it.

        Raises:
            SupervisorError: it did not start.
        """
        private_folder(self._layout.logs)
        make_socket_dir(self._layout.state)
        self._socket.unlink(missing_ok=True)
        launched = subprocess.run(
            [sys.executable, "-m", "supervisor.supervisord", "-c", str(self._conf)],
            env={**inherited(), STACK_VARIABLE: str(self._layout.state)},
            cwd=PROJECT_ROOT,
            check=False,
            capture_output=True,
            text=True,
        )
        if launched.returncode:
            raise SupervisorError(f"supervisord did not start: {launched.stderr.strip()}")

    def states(self) -> dict[str, ProcessState]:
        """All services that supervisord knows; empty when it does not run."""
        try:
            answer: list[dict[str, Any]] = self._rpc().supervisor.getAllProcessInfo()
        except _UNREACHABLE:
            return {}
        return {info["name"]: _state(info) for info in answer}

    def start(self, name: str) -> None:
        """Start a service without waiting for it; one that runs is left alone."""
        self._call_unless("ALREADY_STARTED", "startProcess", name)

    def stop(self, name: str) -> None:
        """Stop a service and wait: SIGTERM to its process group, SIGKILL when its time is over."""
        self._call_unless("NOT_RUNNING", "stopProcess", name)

    def shutdown(self, timeout: float) -> None:
        """End supervisord with all that it runs, by force when it does not go by itself."""
        process = self._process()
        with contextlib.suppress(*_UNREACHABLE, psutil.TimeoutExpired):
            self._rpc().supervisor.shutdown()
            if process is not None:
                process.wait(timeout)
        self._pidfile.unlink(missing_ok=True)

    def remove_sockets(self) -> None:
        """Delete the sockets of supervisord and of all services."""
        shutil.rmtree(self._socket.parent, ignore_errors=True)

    def _process(self) -> psutil.Process | None:
        with contextlib.suppress(OSError, ValueError, psutil.Error):
            return psutil.Process(int(self._pidfile.read_text(encoding="ascii")))
        return None

    def _call_unless(self, expected_fault: str, method: str, name: str) -> None:
        try:
            getattr(self._rpc().supervisor, method)(name, method == "stopProcess")
        except xmlrpc.client.Fault as fault:
            if expected_fault not in fault.faultString:
                raise SupervisorError(f"{name}: {fault.faultString}") from fault
        except OSError as error:
            raise SupervisorError(f"supervisord, which runs {name}, does not answer") from error

    def _configuration(self, services: Iterable[NativeService]) -> str:
        return _configuration(self._layout, self._socket, self._pidfile, services)

    def _rpc(self) -> Any:
        transport = SupervisorTransport(None, None, f"unix://{self._socket}")
        return xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport)


def _state(info: dict[str, Any]) -> ProcessState:
    uptime = info["now"] - info["start"] if info["pid"] else 0
    return ProcessState(info["name"], info["statename"], info["pid"], uptime)


def _runtime_dir(state: Path) -> Path:
    """A short path for sockets: the system allows them about 100 characters, checkouts may lie deeper."""
    digest = hashlib.sha256(str(state).encode()).hexdigest()[:12]
    return _SOCKETS / f"pincloud-{digest}"


def make_socket_dir(state: Path) -> None:
    """Make the folder of this stack's sockets.

    Raises:
        SupervisorError: it is another user's, who could listen in.
    """
    folder = _runtime_dir(state)
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        raise SupervisorError(f"{folder} belongs to another user. Delete it as administrator.")


def socket_path(state: Path, name: str) -> Path:
    """Path of a Unix socket of this stack; its folder is private to the user and removed by `down`."""
    return _runtime_dir(state) / f"{name}.sock"


def _configuration(
    layout: Layout, socket: Path, pidfile: Path, services: Iterable[NativeService]
) -> str:
    user = f"user={getpass.getuser()}\n" if os.geteuid() == 0 else ""
    head = f"""\
[unix_http_server]
file={_escape(str(socket))}
chmod=0600

[supervisord]
logfile={_escape(str(layout.log("supervisord")))}
logfile_maxbytes=5MB
logfile_backups=1
pidfile={_escape(str(pidfile))}
childlogdir={_escape(str(layout.logs))}
umask=077
{user}
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
"""
    return "\n".join([head, *(_program(layout, service) for service in services)])


def _program(layout: Layout, service: NativeService) -> str:
    environment = ",".join(f'{name}="{value}"' for name, value in service.environment.items())
    lines = {
        "command": shlex.join(service.command),
        "directory": str(PROJECT_ROOT),
        "environment": environment,
        "autostart": "false",
        **_restart(service),
        "startsecs": "1",
        "startretries": "5",
        "stopsignal": "TERM",
        "stopwaitsecs": str(service.stop_seconds),
        "stopasgroup": "false",
        "killasgroup": "true",
        "redirect_stderr": "true",
        "stdout_logfile": str(layout.log(service.name)),
        "stdout_logfile_maxbytes": "10MB",
        "stdout_logfile_backups": "2",
    }
    body = "\n".join(f"{key}={_escape(value)}" for key, value in lines.items() if value)
    ports = ",".join(f"{name}={port}" for name, port in service.ports.items())
    return f"; {ports}\n[program:{service.name}]\n{body}\n"


def _restart(service: NativeService) -> dict[str, str]:
    """Whatever ends is started again; supervisord calls an exit code after which it is not `expected`."""
    if service.final_exit_code is None:
        return {"autorestart": "true"}
    return {"autorestart": "unexpected", "exitcodes": str(service.final_exit_code)}


def _escape(value: str) -> str:
    """Keep the percent sign: supervisord expands `%(…)s`."""
    return value.replace("%", "%%")
