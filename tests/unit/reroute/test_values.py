"""Keys of credential files, in all their spellings."""

import json
from pathlib import Path

import pytest

from services.reroute.injected.pincloud_reroute.configuration import Configuration
from services.reroute.injected.pincloud_reroute.credentials.meaning.keys import meaning
from services.reroute.injected.pincloud_reroute.credentials.meaning.values import Values
from services.reroute.injected.pincloud_reroute.credentials.source_texts import asked_for, sources


@pytest.mark.parametrize(
    ("key", "means"),
    [
        ("HOST", "host"),
        ("RDS_HOST", "host"),
        ("db-hostname", "host"),
        ("mysqlHost", "host"),
        ("DB_USERNAME", "user"),
        ("user", "user"),
        ("USER_ID", "user_id"),
        ("Password", "password"),
        ("DATABASE", "database"),
        ("DB_NAME", "database"),
        ("name", None),
        ("DB", "database"),
        ("RDS_PORT", "port"),
        ("API_INVOKE_URL", "url"),
        ("invokeUrl", "url"),
        ("aws_access_key_id", "access_key_id"),
        ("AWS_SECRET_ACCESS_KEY", "secret_access_key"),
        ("DATABASE_TYPE", "type"),
        ("DBAPI", "driver"),
        ("BOOTSTRAP_SERVERS", "kafka"),
        ("API_BASE_URL", "url"),
        ("kinesis_invoke_url", "url"),
        ("DATABASE_URL", "engine"),
        ("SQLALCHEMY_DATABASE_URI", "engine"),
        ("pin_invoke_url", "pin topic url"),
        ("GEO_STREAM_URL", "geo stream url"),
        ("PIN_API_URL", "url"),
        ("PINTEREST_INVOKE_URL", "url"),
        ("pinterest_topic", "pin topic"),
        ("PIN_DB_URL", "engine"),
        ("KAFKA_HOST", "kafka"),
        ("COURSE_BUCKET", "bucket"),
        ("batch_size", "number size"),
        ("STREAM_PREFIX", "stream prefix"),
        ("image_url", None),
        ("colour", None),
    ],
)
def test_a_key_means_the_same_in_every_spelling(key: str, means: str | None) -> None:
    """Case, prefixes and separators do not matter; a name that says nothing means nothing."""
    assert meaning(key) == means


@pytest.mark.parametrize(
    ("place", "means"),
    [
        (("database", "name"), "database"),
        (("s3", "bucket", "name"), "bucket"),
        (("rds", "endpoint"), "host"),
        (("api", "endpoint"), "url"),
        (("kinesis", "endpoint"), "aws endpoint"),
        (("kafka", "port"), "kafka port"),
        (("api", "key"), "api key"),
        (("aws", "key"), "access_key_id"),
        (("user", "id"), "user_id"),
        (("topics", "user"), "user topic"),
        (("topics", "pinterest"), "pin topic"),
        (("database", "user"), "user"),
        (("pinterest", "api", "invoke-url"), "url"),
        (("pinterest", "kafka", "topics", "geo"), "geo topic"),
        (("streams", "pinterest_data", "name"), "pin stream"),
        (("outputs", "rds_host", "value"), "host"),
        (("paint", "name"), None),
    ],
)
def test_a_key_means_what_its_place_says(place: tuple[str, ...], means: str | None) -> None:
    """The sections above it complete it."""
    assert meaning(*place) == means


def test_values_are_those_of_the_local_stack(configuration: Configuration) -> None:
    """The port stays a number, the invoke URL carries the stage."""
    values = Values(configuration)
    assert values.find("RDS_PORT") == 13306
    assert values.find("password") == "p@ss:word/%"
    assert values.find("API_URL") == "http://127.0.0.1:18082/prod"
    assert values.find("colour") is None
    assert values.find("user_url") == "http://127.0.0.1:18082/prod/topics/0e1f2a3b4c5d.user"
    assert values.find("DATABASE_URL") == (
        "mysql+pymysql://reader:p%40ss%3Aword%2F%25@127.0.0.1:13306/pinterest_data"
    )


def test_the_keys_that_a_script_asks_for_are_read_off_its_text() -> None:
    """Subscripts, get, configparser's pairs and decouple's calls; also in text that is no Python of ours."""
    text = """
        creds['rds']["HOST"]; creds.get('user'); creds.get("PORT", 3306); parser.get('mysql', 'host')
        config('DB_NAME', default=None); os.getenv("RDS_USER"); f"{creds["a"]["b"]}" )(
    """
    found = asked_for(text)
    assert {("rds", "HOST"), ("user",), ("PORT",), ("mysql", "host"), ("DB_NAME",)} <= found
    assert {("RDS_USER",), ("a", "b")} <= found


def test_keys_of_a_section_that_has_a_name_of_its_own_are_asked_of_the_section() -> None:
    """As in most scripts whose configuration file holds more than the database."""
    text = """
db = config["database"]  # RDS
    self.api = yaml.safe_load(file).get("api")
connect(db["host"], port=db.getint("port"), name=other.db["name"])
post(self.api["url"])
    """
    found = asked_for(text)
    assert {("database", "host"), ("database", "port"), ("api", "url")} <= found
    assert ("database", "name") not in found


def test_the_packages_below_the_script_are_read_too(tmp_path: Path) -> None:
    """Many keep `database_utils.py` in one; what is hidden is no source."""
    for name in ("utils", ".venv"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "database.py").write_text(f"# {name}")
    (tmp_path / "post.py").write_text("# first")
    assert sources(str(tmp_path)) == "# first\n# utils"


def test_a_notebooks_cells_are_read_too(tmp_path: Path) -> None:
    """Without its magics; one that is no notebook is no source."""
    cells = [{"cell_type": "code", "source": ["%pip install x\n", "a = 1"]},
             {"cell_type": "code", "source": "%%sql\nselect"}, {"cell_type": "markdown", "source": "b"}]  # fmt: skip
    (tmp_path / "post.ipynb").write_text(json.dumps({"cells": cells}))
    (tmp_path / "torn.ipynb").write_text('{"cells": [')
    assert sources(str(tmp_path)).strip() == "a = 1"
