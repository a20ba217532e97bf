"""Credentials that are taken from the environment."""

from pathlib import Path

from services.reroute.injected.pincloud_reroute.configuration import Configuration
from services.reroute.variables import missing_variables

SCRIPT = """
import os
os.environ['RDS_HOST']; os.getenv("DB_PASSWORD"); os.environ.get('USER'); os.environ['COLOUR']
"""


def test_variables_that_are_asked_for_and_not_set_are_offered(configuration: Configuration) -> None:
    """Those that are set, or mean nothing to us, stay as they are."""
    (Path(configuration.root) / "script.py").write_text(SCRIPT)
    assert missing_variables(configuration, {"USER": "maya"}).offered == {
        "RDS_HOST": "127.0.0.1",
        "DB_PASSWORD": "p@ss:word/%",
    }


def test_a_file_that_sets_variables_is_not_overruled(configuration: Configuration) -> None:
    """Dotenv does not replace what is set already."""
    (Path(configuration.root) / "script.py").write_text(SCRIPT)
    (Path(configuration.root) / ".env").write_text("RDS_HOST=mine\n")
    found = missing_variables(configuration, {"USER": "maya"})
    assert found.offered == {"DB_PASSWORD": "p@ss:word/%"}
    assert found.unknown == ["COLOUR"]
