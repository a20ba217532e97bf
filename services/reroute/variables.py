"""Credentials that a script takes from the environment, and that nobody has set there."""

from collections.abc import Mapping
from pathlib import Path

from services.reroute.injected.pincloud_reroute.configuration import Configuration
from services.reroute.injected.pincloud_reroute.credentials.keys import sources, variables
from services.reroute.injected.pincloud_reroute.credentials.values import Values

_LOADED = (".env", "db_creds.env", "creds.env", "credentials.env")
"""Files that a script may load by itself: what they set is theirs to set."""


def missing_variables(configuration: Configuration, inherited: Mapping[str, str]) -> dict[str, str]:
    """Local values of the variables that the script asks for, as far as we know what they mean."""
    root, values = Path(configuration.root), Values(configuration)
    files = [folder / name for folder in (root, *root.parents) for name in _LOADED]
    if any(file.is_file() for file in files):
        return {}
    asked = sorted(variables(sources(configuration.root)) - inherited.keys())
    return {name: str(value) for name in asked if (value := values.find(name)) is not None}
