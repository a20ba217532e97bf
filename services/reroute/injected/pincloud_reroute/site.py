"""The interpreter's own `sitecustomize`, which ours stands in front of."""

from __future__ import annotations

import os
import sys
from importlib.machinery import PathFinder
from importlib.util import module_from_spec

NAME = "sitecustomize"
PACKAGES = "PINCLOUD_PACKAGES"
"""The environment's name for a folder of packages that the script's Python has not."""


def append_packages() -> None:
    """Behind everything that is installed, so that nothing of it is hidden."""
    folder = os.environ.get(PACKAGES)
    if folder and folder not in sys.path:
        sys.path.append(folder)


def chain(site_file: str) -> None:
    """Run the one that Python would have found without us."""
    ours = os.path.dirname(site_file)
    spec = PathFinder.find_spec(NAME, [folder for folder in sys.path if folder != ours])
    if spec is None or spec.loader is None or spec.origin == site_file:
        return
    module = module_from_spec(spec)
    sys.modules[NAME] = module
    spec.loader.exec_module(module)
