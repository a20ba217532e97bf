"""This process's environment variables: whoever reads, sets or hands them on does so here. Standard library only.

`services.settings` alone reads them beside this module (held by `tests/unit/architecture/test_environment.py`).
"""

import contextlib
import os
from collections.abc import Container, Iterator, Mapping


def variable(name: str) -> str | None:
    """One variable's value, which may be empty; None when it is not set."""
    return os.environ.get(name)


def inherited(*, without: Container[str] = ()) -> dict[str, str]:
    """A copy of all variables, for a process that is to be started; some may be kept from it by name."""
    return {name: value for name, value in os.environ.items() if name not in without}


def assign(values: Mapping[str, str]) -> None:
    """Set variables for this process and all that it starts from now on."""
    os.environ.update(values)


@contextlib.contextmanager
def assigned(values: Mapping[str, str]) -> Iterator[None]:
    """Set variables for as long as this lasts; afterwards they are as they were."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
