"""Credentials that are taken from the environment."""

from pathlib import Path

from services.reroute.injected.pincloud_reroute.configuration import Configuration
from services.reroute.variables import missing

SCRIPT = """
import os
os.environ['RDS_HOST']; os.getenv("DB_PASSWORD"); os.environ.get('USER'); os.environ['COLOUR']
"""


def test_variables_that_are_asked_for_and_not_set_are_offered(told: Configuration) -> None:
    """Those that are set, or mean nothing to us, stay as they are."""
    (Path(told.root) / "script.py").write_text(SCRIPT)
    assert missing(told, {"USER": "maya"}) == {
        "RDS_HOST": "127.0.0.1",
        "DB_PASSWORD": "p@ss:word/%",
    }


def test_a_file_that_sets_variables_is_not_overruled(told: Configuration) -> None:
    """Dotenv does not replace what is set already."""
    (Path(told.root) / "script.py").write_text(SCRIPT)
    (Path(told.root) / ".env").write_text("RDS_HOST=mine\n")
    assert missing(told, {}) == {}
