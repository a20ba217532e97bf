"""Python imports this by itself at its start, since the folder is on `PYTHONPATH`."""

import importlib
import sys

if sys.version_info >= (3, 8):  # noqa: UP036  a script may start an older one, which we leave alone
    importlib.import_module("pincloud_reroute").install(__file__)
