"""The stack's commands in the native runtime."""

import contextlib
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from services.settings import env_file, load_settings
from services.setup.jars import JarError
from services.setup.native import ensure_native
from services.stack.commands import UpRequest, require_services
from services.stack.errors import StartError
from services.stack.native.assembly import (
    checkout_layout,
    checkout_stack,
    complete_stack,
    profile_to_start,
)
from services.stack.native.profile import DEFAULT, PROFILES, remember, remembered
from services.stack.private_state import write_privately
from services.stack.report import Report, tail
from services.stack.status import ServiceStatus
from services.terminal import Console, plain


class NativeCommands:
    """Processes of this machine, under one supervisord.

    Args:
        remove_containers: Removes what an earlier stack of this checkout has left in Docker, with its data.
    """

    def __init__(self, remove_containers: Callable[[Report], None]) -> None:
        self._remove_containers = remove_containers

    def setup(self, report: Report) -> None:
        with _jars_for_people():
            ensure_native()
        report.say("Ready: `make up` starts the stack.")

    def up(self, request: UpRequest, why: str, report: Report) -> None:
        """Start what does not run yet, and wait until all is ready."""
        write_privately()
        _require_native(request)
        profile = profile_to_start(request.profile or DEFAULT, report)
        with _jars_for_people():
            stack = complete_stack(profile, report)
        remember(checkout_layout(), profile)
        report.say(
            f"Runtime: native ({len(stack.names)} services as processes of this machine), profile {profile}. {why}"
        )
        stack.up(report)

    def down(self, report: Report) -> None:
        checkout_stack().down(report)

    def clean(self, report: Report) -> None:
        """Stop everything, and delete state and data, those too of an earlier stack in containers."""
        layout = checkout_layout()
        was_in_containers = (layout.state / "secrets").exists()
        checkout_stack().clean(report)
        if was_in_containers:
            self._remove_containers(report)
        report.say(f"Deleted {layout.state}. Settings and secrets stay in {env_file()}.")

    def restart(self, names: Sequence[str], report: Report) -> None:
        write_privately()
        with _jars_for_people():
            stack = complete_stack(remembered(checkout_layout()), report)
        require_services(names, stack.names)
        stack.restart(names, report)

    def status(self) -> list[ServiceStatus]:
        return checkout_stack().status()

    def logs(self, names: Sequence[str], lines: int, *, follow: bool) -> int:
        stack, layout = checkout_stack(), checkout_layout()
        require_services(names, stack.log_names)
        files = [layout.log(name) for name in names or stack.log_names]
        if follow:
            with contextlib.suppress(KeyboardInterrupt):
                _follow(files, lines)
            return 0
        console = Console()
        for file in files:
            console.print(plain(f"==> {file}", "bold"), soft_wrap=True)
            for line in tail(file, lines):
                console.print(plain(line), soft_wrap=True)
        return 0

    def job(self, module: str, arguments: Sequence[str]) -> list[str]:
        return [sys.executable, "-m", module, *arguments]

    def data(self) -> str:
        """Always the same: the data is in the state folder."""
        return ""

    def lake(self) -> str:
        return str(load_settings().lake)


def _follow(files: Sequence[Path], lines: int) -> None:
    """Print what comes, until tail ends; what stands in a log is shown as text."""
    console = Console()
    command = ["tail", "-n", str(lines), "-F", *map(str, files)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as tailing:
        for line in tailing.stdout or ():
            console.print(plain(line.decode(errors="replace").rstrip("\n")), soft_wrap=True)


@contextlib.contextmanager
def _jars_for_people() -> Iterator[None]:
    try:
        yield
    except JarError as error:
        raise StartError(str(error)) from error


def _require_native(request: UpRequest) -> None:
    """Refuse what only containers have.

    Raises:
        StartError: the profile is one of those.
    """
    if request.profile and request.profile not in PROFILES:
        raise StartError(
            f"PROFILE={request.profile} is for the stack in Docker Compose (`make down`, then "
            f"`make up RUNTIME=compose PROFILE={request.profile}`). The native stack has {' and '.join(PROFILES)}; "
            "its notebooks are opened by `make notebooks`."
        )
