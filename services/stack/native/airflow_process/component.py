"""One process of Airflow: becomes it, in an environment that holds Airflow's configuration.

The secrets in that environment stand in no file and on no command line: they are put together here, from
the settings, at every start. The user's `airflow/startup/startup.sh` has the last word, as on MWAA.
"""

import argparse
import os
from typing import NoReturn

from services.checkout.environment import inherited, variable
from services.settings import HOST, Settings, load_settings
from services.setup.environment import environment_dir, interpreter
from services.stack.airflow_configuration.airflow_cfg import variables
from services.stack.airflow_configuration.deployment import AirflowDeployment
from services.stack.layout import Layout
from services.stack.native.airflow_process.leftovers import end_workers
from services.stack.native.airflow_process.packages import folder
from services.stack.native.airflow_process.startup import StartupError, after_startup

_FOREIGN = ("AIRFLOW", "PYTHON", "VIRTUAL_ENV")
"""Variables of the caller's that mean another Airflow or another Python."""

_AIRFLOW = "import gc; gc.set_threshold(50_000); from airflow.__main__ import main; main()"
"""A start makes a million objects that stay: looking for garbage among them took a sixth of its CPU time."""


def environment(settings: Settings, layout: Layout, component: str = "scheduler") -> dict[str, str]:
    """The whole environment of one of Airflow's processes.

    Raises:
        StartupError: the user's startup script failed.
    """
    caller = {n: value for n, value in inherited().items() if not n.startswith(_FOREIGN)}
    own = {
        "PYTHONPATH": str(folder(layout)),
        "NO_PROXY": ",".join(filter(None, [variable("NO_PROXY"), HOST, "localhost"])),
    }
    deployment = AirflowDeployment.on_this_machine(settings, layout)
    return after_startup({**caller, **own, **variables(settings, deployment, component)})


def command(*arguments: str) -> list[str]:
    """The argument list of an `airflow` command; the checkout is not on its path (`-P`)."""
    return [str(interpreter(environment_dir("airflow"))), "-P", "-c", _AIRFLOW, *arguments]


def main() -> None:
    """Become one component of Airflow.

    Raises:
        SystemExit: with a message, when the user's startup script failed.
    """
    parser = argparse.ArgumentParser(
        prog="python -m services.stack.native.airflow_process.component", description=__doc__
    )
    parser.add_argument("component", help="api-server, scheduler, dag-processor or triggerer")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="of that `airflow` command")
    options = parser.parse_args()
    settings = load_settings()
    layout = Layout(settings.state_dir.resolve())
    if options.component == "scheduler":
        end_workers(layout.state)
    try:
        become(settings, layout, options.component, *options.arguments)
    except StartupError as error:
        raise SystemExit(str(error)) from error


def become(settings: Settings, layout: Layout, component: str, *arguments: str) -> NoReturn:
    """Replace this process by the component.

    Raises:
        StartupError: the user's startup script failed.
    """
    airflow = command(component, *arguments)
    os.execve(airflow[0], airflow, environment(settings, layout, component))  # noqa: S606 - our own list


if __name__ == "__main__":
    main()
