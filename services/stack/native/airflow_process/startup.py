"""The user's `airflow/startup/startup.sh`: run before each component; what it exports reaches Airflow, as on MWAA."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from services.stack.airflow_configuration.deployment import CHECKOUT

FILE = CHECKOUT / "startup" / "startup.sh"

_SHELL = """exec 3>&1 1>&2; trap 'code=$?; env -0 >&3; exit $code' EXIT; source "$1" """
"""What the script prints goes to the component's log; the variables come over another channel, also after `exit`."""

_SHELL_OWN = {"_", "SHLVL", "OLDPWD"}


class StartupError(RuntimeError):
    """The script failed; Airflow is not started without what it would have set."""


def after_startup(environment: Mapping[str, str], script: Path = FILE) -> dict[str, str]:
    """The environment as the script leaves it; the same one when there is no script.

    Raises:
        StartupError: the script ended with another code than 0.
    """
    if not script.exists():
        return dict(environment)
    done = subprocess.run(
        ["bash", "-c", _SHELL, "bash", str(script)],
        env=dict(environment),
        cwd=script.parent,
        stdout=subprocess.PIPE,
        check=False,
    )
    if done.returncode:
        raise StartupError(
            f"{script} failed with exit code {done.returncode}; what it said stands above. "
            "Airflow is not started without it: correct or delete the file."
        )
    return _variables(done.stdout)


def _variables(listing: bytes) -> dict[str, str]:
    """Parse `env -0`."""
    pairs = (entry.partition("=") for entry in listing.decode(errors="surrogateescape").split("\0"))
    return {name: value for name, _, value in pairs if name and name not in _SHELL_OWN}
