"""Examples beside missing configuration: their keys count, each at its place."""

import configparser
import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.reroute.injected.pincloud_reroute.configuration import Configuration
from services.reroute.injected.pincloud_reroute.credentials.files import StandIns
from services.reroute.injected.pincloud_reroute.credentials.formats.examples import fill
from services.reroute.injected.pincloud_reroute.credentials.meaning.values import Values
from services.reroute.injected.pincloud_reroute.process_context import ProcessContext

USER = "0e1f2a3b4c5d"
HIS = "e3820fbd5c47"
API = "https://b0a9w6jtxl.execute-api.us-east-1.amazonaws.com/test"


def _python(text: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(text, names)  # noqa: S102
    return names


def _ini(text: str) -> dict[str, dict[str, str]]:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(text)
    return {name: dict(parser[name]) for name in parser}


READERS: dict[str, Callable[[str], Any]] = {
    "yaml": yaml.safe_load,
    "json": json.loads,
    "toml": tomllib.loads,
    "ini": _ini,
    "py": _python,
}


@pytest.mark.parametrize(
    ("kind", "example", "expected"),
    [
        ("yaml", "rds:\n  name: x\n  host: <host>\napi:\n  name: mine\nlast: 1\n",
         {"rds": {"name": "pinterest_data", "host": "127.0.0.1"}, "last": 1}),
        ("yaml", "topics:\n  - <user-id>.pin\n  - <user-id>.geo\nbucket: user-<user-id>-bucket\n",
         {"topics": [f"{USER}.pin", f"{USER}.geo"], "bucket": f"user-{USER}-bucket"}),
        ("yaml", f"user_id: {HIS}\ntopic: {HIS}.pin\ninvoke_url: {API}\nhost: ''\n",
         {"user_id": HIS, "topic": f"{HIS}.pin", "invoke_url": API, "host": "127.0.0.1"}),
        ("yaml", "timeout: 15\nport: 3306\nuse_ssl: true\n", {"timeout": 15, "port": 13306, "use_ssl": True}),
        ("json", '{"db": {"name": "", "port": 3306}, "rows": 5, "topics": ["your_id.pin", "your_id.user"]}',
         {"db": {"name": "pinterest_data", "port": 13306}, "rows": 5, "topics": [f"{USER}.pin", f"{USER}.user"]}),
        ("toml", '[database]\nname = "x"\n\n[api.gateway]\ninvoke_url = "https://<id>.execute-api.us-east-1.amazonaws.com"\n',
         {"database": {"name": "pinterest_data"}, "api": {"gateway": {"invoke_url": "http://127.0.0.1:18082/prod"}}}),
        ("ini", "[mysql]\nname = x\nuser=\n[paint]\ncolour = red\n",
         {"mysql": {"name": "pinterest_data", "user": "reader"}, "paint": {"colour": "red"}}),
        ("py", "# copy me\nHOST = ''\nDB = {\n    'user': 'x',\n    'colour': 'red',\n}\n",
         {"HOST": "127.0.0.1", "DB": {"user": "reader", "colour": "red"}}),
    ],
)  # fmt: skip
def test_an_example_keeps_what_is_its_own_and_is_given_what_is_local(
    kind: str, example: str, expected: dict[str, Any], configuration: Configuration
) -> None:
    """Placeholders and closed databases are replaced; an id, an API or a number of the user's own stays."""
    found = READERS[kind](fill(kind, example, Values(configuration)))
    assert {key: found[key] for key in expected} == expected


@pytest.mark.parametrize(
    "example",
    [
        "config.template.json",
        "config-sample.json",
        "config.json.dist",
        "template_config.json",
        "config.json.tmpl",
    ],
)
def test_an_example_is_found_under_its_usual_names(example: str, context: ProcessContext) -> None:
    """And decides the keys."""
    project = Path(context.configuration.root)
    (project / example).write_text('{"host": "x", "hue": 1}')
    stand_in = StandIns(context).take(project / "config.json")
    assert stand_in is not None
    assert json.loads(Path(stand_in).read_text()) == {"host": "127.0.0.1", "hue": 1}


def test_what_a_file_beside_it_says_is_left_to_that_file(context: ProcessContext) -> None:
    """As `parser.read([defaults, own])` reads them, one over the other."""
    project = Path(context.configuration.root)
    (project / "defaults.cfg").write_text(
        f"[mysql]\nport = 3306\n[api]\nuser_id = {HIS}\nurl = {API}\n"
    )
    (project / "post.py").write_text(
        "import configparser\nc = configparser.ConfigParser()\nc.read(['defaults.cfg', 'own_secrets.cfg'])\n"
        "c['mysql']['host'], c['mysql']['port'], c['api']['user_id'], c['api']['url'], c['mysql']['password']\n"
    )
    stand_in = StandIns(context).take(project / "own_secrets.cfg")
    assert stand_in is not None
    assert _ini(Path(stand_in).read_text()) == {
        "DEFAULT": {},
        "mysql": {"host": "127.0.0.1", "password": "p@ss:word/%%"},
    }
