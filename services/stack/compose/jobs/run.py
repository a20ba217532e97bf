"""Which container a module of the pipeline runs in, and the few that run on this machine."""

from collections.abc import Sequence

from services.stack.compose.assembly import checkout_stack
from services.stack.compose.docker import DockerError
from services.stack.compose.jobs import journals
from services.stack.compose.jobs.job import ContainerJob, run_job
from services.stack.compose.jobs.mounted_data import DataError, mounted
from services.stack.compose.stack import ComposeStack
from services.stack.errors import StartError
from services.terminal import Console, plain

_POSTING = {"services.posting", "services.source"}
"""What needs no Spark has the small image."""

_SCRIPTS, _NOTEBOOKS, _LEDGER = "services.reroute", "services.workspace.jupyter", "services.ledger"


def run(module: str, arguments: Sequence[str]) -> int:
    """Run a module in the stack; the exit code is its own, 1 when the stack is down."""
    try:
        stack = checkout_stack()
        stack.require_up()
        return _run(stack, module, arguments)
    except (StartError, DockerError, DataError, journals.TransferError, OSError) as error:
        Console(stderr=True).print(plain(error, "bold red"), soft_wrap=True)
        return 1


def _run(stack: ComposeStack, module: str, arguments: Sequence[str]) -> int:
    if module == _SCRIPTS:
        return journals.run_script(stack.project, arguments)
    if module == _NOTEBOOKS:
        from services.stack.compose.jobs.notebooks import open_notebooks  # noqa: PLC0415 - for one command

        return open_notebooks()
    if module == _LEDGER:
        journals.transfer(stack.project)
    service = "posting" if module in _POSTING else "job"
    given, mounts = mounted(arguments) if module == "services.source" else (arguments, [])
    return run_job(stack.project, ContainerJob(service, [module, *given], mounts))
