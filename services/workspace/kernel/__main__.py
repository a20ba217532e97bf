"""`python -m services.workspace.kernel -f <connection file>`: the process that executes one notebook."""

import argparse
import sys
from collections.abc import Sequence

from services.checkout.environment import assign
from services.settings import load_settings


def main(argv: Sequence[str]) -> int:
    """Serve one notebook until its client shuts it down.

    PySpark decides at its import whether it is a thin client, hence `SPARK_REMOTE`. IPython's folder is not the
    one in the user's home: what it would load from there is not the notebook's. All that a notebook's first
    cell would wait for is imported before the kernel says that it is ready, so that it may be kept warm.
    """
    arguments, rest = _parser().parse_known_args(argv)
    settings = load_settings()
    folder = settings.workspace_state.resolve() / "ipython"
    assign({"SPARK_REMOTE": settings.spark_remote, "IPYTHONDIR": str(folder)})
    from services.workspace.kernel.ipython_kernel import launch  # noqa: PLC0415 - after SPARK_REMOTE

    launch(["-f", arguments.f, *rest], interactive=arguments.interactive)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m services.workspace.kernel", description=__doc__)
    parser.add_argument("-f", metavar="FILE", required=True, help="Jupyter's connection file")
    parser.add_argument(
        "--interactive",
        action="store_true",
        help="open the Spark session at the first cell, as JupyterLab wants it",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
