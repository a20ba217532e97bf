"""Python imports this by itself at its start, since the folder is on `PYTHONPATH`."""

import importlib

importlib.import_module("pincloud_reroute").install(__file__)
