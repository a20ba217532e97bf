"""A module of Python, run as `python -m` does. Standard library only."""

import runpy
import sys
from collections.abc import Sequence


def run_module(module: str, arguments: Sequence[str]) -> None:
    """Become a module, as `python -m` does; it ends by `SystemExit`, or by coming to its end."""
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
