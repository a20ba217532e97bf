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


def test_an_example_of_the_file_decides_what_it_says(configuration: Configuration) -> None:
    """An id of the user's own stays his; what it leaves out, or only hints at, is local."""
    root = Path(configuration.root)
    (root / "script.py").write_text(
        "import os; [os.environ[n] for n in ('DB_HOST', 'USER_ID', 'COLOUR', 'HUE')]"
    )
    (root / ".git").mkdir()
    (root / "conf").mkdir()
    (root / "conf" / "local.example.env").write_text(
        "export DB_HOST=\nexport USER_ID=12c8f04ab7e9\nCOLOUR='red'\nHUE=<your hue>\nOTHER=1\n"
    )
    found = missing_variables(configuration, {})
    assert found.offered == {"DB_HOST": "127.0.0.1", "USER_ID": "12c8f04ab7e9", "COLOUR": "red"}
    assert found.unknown == ["HUE"]


def test_variables_that_configuration_files_name_are_offered_too(
    configuration: Configuration,
) -> None:
    """Where the script hands the whole environment on."""
    root = Path(configuration.root)
    (root / ".git").mkdir()
    (root / "base.yml").write_text("url: mysql://${DB_USER}@$DB_HOST/x\nhue: ${HUE}\n")
    (root / "script.py").write_text("import os; os.path.expandvars(open('base.yml').read())")
    found = missing_variables(configuration, {})
    assert found.offered == {"DB_HOST": "127.0.0.1", "DB_USER": "reader"}
