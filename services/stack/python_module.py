"""A module run in this very process, as `python -m` runs it. Standard library only."""

import runpy
import sys
from collections.abc import Sequence


def run_here(module: str, arguments: Sequence[str]) -> None:
    """Become a module; it ends by `SystemExit`, or by coming to its end."""
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
