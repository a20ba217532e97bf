"""The process environment of commands that run before there are settings, and of the processes that we start.

Settings are read by `services.settings`; no other module looks into `os.environ`.
"""

import os
from collections.abc import Mapping


def variable(name: str, default: str = "") -> str:
    """A variable that is no setting of ours, such as JAVA_HOME; the default when it is unset or empty."""
    return os.environ.get(name) or default


def inherited(**own: str) -> dict[str, str]:
    """The whole environment for a child process, with variables of its own on top."""
    return {**os.environ, **own}


def export(values: Mapping[str, str | None]) -> dict[str, str | None]:
    """Set variables (None: unset them) for this process and its children; return what they were before."""
    before = {name: os.environ.get(name) for name in values}
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    return before
