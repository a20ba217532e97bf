"""One process of Airflow: becomes it, in an environment that holds Airflow's configuration.

The secrets in that environment stand in no file and on no command line: they are put together here, from
the settings, at every start.
"""

import argparse
import os

from services.settings import Settings, load_settings
from services.setup.environment import environment_dir, interpreter
from services.stack.native.airflow_config import CHECKOUT, variables
from services.stack.service import Layout

_FOREIGN = ("AIRFLOW", "PYTHON", "VIRTUAL_ENV")
"""Variables of the caller's that mean another Airflow or another Python."""


def environment(settings: Settings, layout: Layout) -> dict[str, str]:
    """The whole environment of Airflow's processes: the caller's, without what is meant for others."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    own = {"PYTHONPATH": str(CHECKOUT / "plugins"), "PYTHONUNBUFFERED": "1"}
    return {**inherited, **own, **variables(settings, layout)}


def command(*arguments: str) -> list[str]:
    """The argument list of an `airflow` command."""
    return [str(interpreter(environment_dir("airflow"))), "-m", "airflow", *arguments]


def main() -> None:
    """Become one component of Airflow."""
    parser = argparse.ArgumentParser(
        prog="python -m services.stack.native.airflow_process", description=__doc__
    )
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="of the `airflow` command")
    arguments = parser.parse_args().arguments
    settings = load_settings()
    layout = Layout(settings.state_dir.resolve())
    airflow = command(*arguments)
    os.execve(airflow[0], airflow, environment(settings, layout))  # noqa: S606 - a list of our own


if __name__ == "__main__":
    main()
