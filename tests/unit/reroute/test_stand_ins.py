"""Stand-ins for missing credential files."""

import stat
from pathlib import Path

import pytest
import yaml

from services.reroute.injected.pincloud_reroute.configuration import Configuration
from services.reroute.injected.pincloud_reroute.credentials.files import StandIns
from services.reroute.injected.pincloud_reroute.credentials.formats.examples import fill
from services.reroute.injected.pincloud_reroute.credentials.meaning.values import Values
from services.reroute.injected.pincloud_reroute.process_context import ProcessContext


def test_an_example_keeps_its_keys_its_order_and_its_comments(configuration: Configuration) -> None:
    """Only values that we know are replaced; a key means what its place says, a section is none."""
    example = "# copy me\nrds:\n  host: <host>  # the host\n  password: ''\ndatabase:\n  name: x\ncolour: red\nPORT:\n"
    filled = fill("yaml", example, Values(configuration))
    assert filled.startswith("# copy me\nrds:\n")
    assert "# the host" in filled
    assert yaml.safe_load(filled) == {
        "rds": {"host": "127.0.0.1", "password": "p@ss:word/%"},
        "database": {"name": "pinterest_data"},
        "colour": "red",
        "PORT": 13306,
    }


@pytest.mark.parametrize(
    ("example", "name"),
    [
        ("db_creds.example.yaml", "db_creds.yaml"),
        ("example_db_creds.yaml", "db_creds.yaml"),
        (".env.example", ".env"),
        ("db_creds.yaml.sample", "db_creds.yaml"),
    ],
)
def test_an_example_beside_the_missing_file_decides_its_keys(
    example: str, name: str, context: ProcessContext, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever the example is called; and the user is told which one it was."""
    project = Path(context.configuration.root)
    (project / example).write_text("HOST=x\n" if name == ".env" else "HOST: x\n")
    stand_in = StandIns(context).take(project / name)
    assert stand_in is not None
    assert Path(stand_in).read_text().split() in (["HOST=127.0.0.1"], ["HOST:", '"127.0.0.1"'])
    assert example in capsys.readouterr().err


def test_a_stand_in_is_private_and_lies_outside_of_the_users_folder(
    context: ProcessContext,
) -> None:
    """The folder of the script stays as it was."""
    project = Path(context.configuration.root)
    stand_in = StandIns(context).take(project / "config" / "db_creds.yml")
    assert stand_in is not None
    assert stat.S_IMODE(Path(stand_in).stat().st_mode) == 0o600
    assert list(project.iterdir()) == []


@pytest.mark.parametrize(
    "path",
    [
        "there/db_creds.yaml",
        "data.csv",
        "notes.yaml",
        "package.json",
        "venv/lib/site-packages/x/config.json",
        "/elsewhere/config.json",
        3,
    ],
)
def test_other_files_are_not_offered(path: str | int, context: ProcessContext) -> None:
    """One that exists, one that is called otherwise, and one that is none of the project's."""
    project = Path(context.configuration.root)
    (project / "there").mkdir()
    (project / "there" / "db_creds.yaml").touch()
    wanted = path if isinstance(path, int) else project / path
    assert StandIns(context).wanted(wanted) is None


@pytest.mark.parametrize("path", ["/Users/maya/db_creds.yaml", "C:\\Users\\maya\\db_creds.yaml"])
def test_credentials_in_the_authors_own_home_are_offered(
    path: str, context: ProcessContext
) -> None:
    """Published scripts name such paths; on Windows too."""
    assert StandIns(context).take(path) is not None


def test_a_real_env_file_further_up_is_not_hidden(context: ProcessContext) -> None:
    """The search for `.env` goes upwards, and must come to the real one."""
    project = Path(context.configuration.root)
    assert StandIns(context).wanted(project / ".env") is not None
    (project.parent / ".env").touch()
    assert StandIns(context).wanted(project / ".env") is None
