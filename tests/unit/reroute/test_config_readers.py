"""Missing configuration in a user's process, through the libraries that read it."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from services.reroute.configuration import environment, write
from services.reroute.injected.pincloud_reroute.configuration import Configuration
from services.reroute.injected.pincloud_reroute.credentials.writing import written
from services.reroute.variables import missing_variables

USER = "0e1f2a3b4c5d"
URL = "http://127.0.0.1:18082/prod"


def _run(configuration: Configuration, script: str) -> subprocess.CompletedProcess[str]:
    """A script in the project's folder, as `make run` starts it, with nothing of the stack running."""
    project = Path(configuration.root)
    (project / "script.py").write_text(script)
    (project / ".git").mkdir(exist_ok=True)
    offered, _ = missing_variables(configuration, {})
    named = replace(configuration, script=str(project / "script.py"), offered=bool(offered))
    (Path(configuration.folder) / "configuration.json").unlink(missing_ok=True)
    home = {"HOME": str(project / "home"), **offered}
    return subprocess.run(
        [sys.executable, "script.py"], cwd=project, env=environment(home, write(named)),
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


READERS = {
    "dotenv": (
        "import os\nfrom dotenv import load_dotenv\nload_dotenv()\n"
        "print(os.environ['DB_HOST'], os.getenv('MY_API_URL'))",
        f"127.0.0.1 {URL}",
    ),
    "the environment alone": (
        "import os\nprint(os.environ['RDS_HOST'], os.getenv('RDS_PORT', 3306), os.getenv('BATCH_SIZE', 7))",
        "127.0.0.1 13306 7",
    ),
    "pydantic-settings": (
        "from pydantic_settings import BaseSettings, SettingsConfigDict\n"
        "class Settings(BaseSettings):\n"
        "    model_config = SettingsConfigDict(env_file='.env', env_prefix='RDS_')\n"
        "    host: str\n    port: int\n    charset: str = 'latin1'\n"
        "print(Settings())",
        "host='127.0.0.1' port=13306 charset='latin1'",
    ),
    "pydantic 1's settings": (
        "from pydantic import BaseSettings, SecretStr\n"
        "class Settings(BaseSettings):\n"
        "    db_host: str\n    db_password: SecretStr\n    db_name: str = 'pinterest_data'\n"
        "    class Config:\n        env_file = '.env'\n"
        "s = Settings()\nprint(s.db_host, s.db_password, s.db_name)",
        "127.0.0.1 ********** pinterest_data",
    ),
    "decouple": (
        "from decouple import config\n"
        "print(config('DB_USER'), config('DB_PORT', cast=int), config('DEBUG', default=True))",
        "reader 13306 True",
    ),
    "decouple's INI file": (
        "from decouple import Config, RepositoryIni\nconfig = Config(RepositoryIni('settings.ini'))\n"
        "print(config('DB_NAME'), config('INVOKE_URL'))",
        f"pinterest_data {URL}",
    ),
    "decouple's .env file": (
        "from decouple import Config, RepositoryEnv\nconfig = Config(RepositoryEnv('prod.env'))\n"
        "print(config('USER_ID'))",
        USER,
    ),
    "decouple's search": (
        "from decouple import AutoConfig\nconfig = AutoConfig(search_path='.')\nprint(config('BUCKET_NAME'))",
        f"user-{USER}-bucket",
    ),
    "configparser with a fallback": (
        "import configparser\np = configparser.ConfigParser()\np.read(['base.cfg', 'db_creds.cfg'])\n"
        "print(p.get('mysql', 'host'), p['mysql'].getint('port'), p.get('mysql', 'colour', fallback='red'))",
        "127.0.0.1 13306 red",
    ),
    "configparser from an open file": (
        "import configparser, io\np = configparser.ConfigParser()\nwith io.open('aws.ini') as f: p.read_file(f)\n"
        "print(p['kafka']['bootstrap_servers'])",
        "127.0.0.1:19092",
    ),
    "AWS's own profiles": (
        "import configparser, os\np = configparser.ConfigParser()\n"
        "p.read(os.path.expanduser('~/.aws/credentials'))\n"
        "print('aws_access_key_id' in p['maya'], p['maya']['region'])",
        "True us-east-1",
    ),
    "JSON of a path that is put together": (
        "import json\nfrom pathlib import Path\nHERE = Path(__file__).resolve().parent\n"
        "c = json.loads((HERE / 'conf' / 'keys.json').read_text())\nprint(c['db']['host'], c['db']['name'])",
        "127.0.0.1 pinterest_data",
    ),
    "a file that is looked for first": (
        "import os, sys, yaml\nif not os.path.exists('config.yaml'): sys.exit('no config')\n"
        "print(yaml.full_load(open('config.yaml'))['topics']['geo'])",
        f"{USER}.geo",
    ),
    "a class that reads for others": (
        "import yaml\n"
        "class Connector:\n"
        "    def __init__(self, file='db_creds.yaml'):\n        self.creds = self.read(file)\n"
        "    def read(self, file):\n        with open(file) as f:\n            return yaml.safe_load(f)\n"
        "    def address(self):\n        c = self.creds\n        return f\"{c['srv']}\", c['login_name'], connect(c)\n"
        "def connect(c): return f\"mysql+pymysql://{c['login_name']}:{c['word']}@{c['srv']}/{c['db']}\"\n"
        "print(Connector().address()[:2])",
        "('127.0.0.1', 'reader')",
    ),
    "a module": (
        "from db_creds import HOST, PORT, PIN_TOPIC\nimport config\n"
        "print(HOST, PORT, PIN_TOPIC, config.API['invoke_url'])",
        f"127.0.0.1 13306 {USER}.pin {URL}",
    ),
    "a package with classes": (
        "from config.settings import Settings, Database\nfrom config import get_settings\n"
        "print(Settings().database.host, Database.USER, get_settings()['bucket'])",
        f"127.0.0.1 reader user-{USER}-bucket",
    ),
    "a module of any name, for what is taken from it": (
        "from personal_stuff import RDS_HOST, RDS_PASSWORD\nprint(RDS_HOST)",
        "127.0.0.1",
    ),
    "a module that connects": (
        "from db_connector import AWSDBConnector\nfrom utils.database import get_connection\n"
        "engine = AWSDBConnector().create_db_connector()\nprint(engine.url.host, engine.url.username)\n"
        "try: import mysql.connectors; mysql.connectors.connect().cursor()\n"
        "except ModuleNotFoundError as error: print(error.name)\n"
        "def never(): return engine.connect(), get_connection().cursor()",
        "127.0.0.1 reader\nmysql",
    ),
    "Secrets Manager and Parameter Store": (
        "import boto3, json\nimport functools\n"
        "@functools.lru_cache()\n"
        "def secret(name):\n"
        "    client = boto3.session.Session().client('secretsmanager', region_name='eu-west-1')\n"
        "    return json.loads(client.get_secret_value(SecretId=name)['SecretString'])\n"
        "ssm = boto3.client('ssm', region_name='eu-west-1')\n"
        "def parameter(name): return ssm.get_parameter(Name=name, WithDecryption=True)['Parameter']['Value']\n"
        "s = secret('pinterest/rds')\nprint(s['username'], s['dbname'], s['host'])\n"
        "print(parameter('/pinterest/api/invoke-url'), parameter('/pinterest/kafka/topics/geo'))",
        f"reader pinterest_data 127.0.0.1\n{URL} {USER}.geo",
    ),
    "a line of text": (
        "print(open('api_url.txt').read().strip(), open('keys/bucket_name.txt').readline())",
        f"{URL} user-{USER}-bucket",
    ),
    "a line of text a value": (
        "host, user = open('db_login.txt').read().splitlines()\nprint(host, user)",
        "127.0.0.1 reader",
    ),
    "lines that the script splits": (
        "creds = {}\n"
        "for line in open('db_creds.txt'):\n    key, value = line.strip().split('=')\n    creds[key] = value\n"
        "print(creds['HOST'], creds['USER'])\n"
        "more = dict(line.strip().split(': ') for line in open('rds_login.txt'))\nprint(more['database'])",
        "127.0.0.1 reader\npinterest_data",
    ),
    "pandas": (
        "import pandas\nframe = pandas.read_csv('rootkey.csv')\nprint(list(frame.columns), len(frame))",
        "['Access key ID', 'Secret access key'] 1",
    ),
    "a TOML file": (
        "import tomllib\nwith open('secrets.toml', 'rb') as f: c = tomllib.load(f)\n"
        "print(c['rds']['port'], c['topics'])",
        f"13306 {{'pin': '{USER}.pin', 'geo': '{USER}.geo', 'user': '{USER}.user'}}",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("script", "said"), READERS.values(), ids=READERS)
def test_missing_configuration_is_read_as_if_it_were_there(
    script: str, said: str, configuration: Configuration
) -> None:
    """And nothing is left in the script's folder."""
    done = _run(configuration, script)
    assert done.stdout.strip() == said, done.stderr
    assert sorted(p.name for p in Path(configuration.root).iterdir()) == [".git", "script.py"]


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("import yaml\nc = yaml.safe_load(open('config.yaml'))\nc['host'], c['paint']['colour']",
         "paint.colour of config.yaml cannot be guessed"),
        ("from decouple import config\nconfig('COLOUR')", "COLOUR of .env or settings.ini cannot be guessed"),
        ("from config import HOST, COLOUR", "COLOUR of config.py cannot be guessed"),
        ("import configparser\np = configparser.ConfigParser()\np.read('db.ini')\n"
        "p.get('db', 'host'), p.get('db', 'hue')",
         "db.hue of db.ini cannot be guessed"),
    ],
)  # fmt: skip
def test_a_key_that_cannot_be_guessed_ends_with_one_line(
    script: str, said: str, configuration: Configuration
) -> None:
    """Which key of which file, and the command that writes it."""
    done = _run(configuration, script)
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert said in last
    assert f"make run SCRIPT={configuration.root}/script.py WRITE_CONFIG=1" in last


def test_data_that_is_missing_is_not_offered(configuration: Configuration) -> None:
    """What a script keeps for itself, or downloads, is its own."""
    script = """
import json, os
import pandas
for name in ('state.json', 'pins.csv', 'notes.txt', 'users.json'): print(os.path.exists(name))
def read(): return json.load(open('state.json'))['position']
def rows(): return pandas.read_csv('pins.csv')['url'], open('notes.txt').read(), json.load(open('users.json'))['user']
"""
    assert _run(configuration, script).stdout.split() == ["False"] * 4


WRITING = """
import os, socket, yaml
from dotenv import load_dotenv
from db_creds import HOST
load_dotenv()
print(os.getenv('FLAVOUR'))
c = yaml.safe_load(open('conf/config.yaml'))
print(c['database']['name'], c['database']['colour'], open('login.json').read())
try: socket.create_connection(('127.0.0.1', 9))
finally: print('left')
print('never')
"""


def test_missing_files_are_written_to_be_edited(configuration: Configuration) -> None:
    """The user's alone, with blanks for what cannot be guessed; the script ends before it reaches out."""
    project = Path(configuration.root)
    (project / "login.json").write_text("mine")
    done = _run(replace(configuration, write=True), WRITING)
    assert done.stdout.split() == ["FILL_IN", "pinterest_data", "FILL_IN", "mine", "left"], (
        done.stderr
    )
    assert done.returncode == 0
    texts = {
        name: (project / name).read_text() for name in ("db_creds.py", ".env", "conf/config.yaml")
    }
    assert texts == {
        "db_creds.py": "HOST = '127.0.0.1'\n",
        ".env": "FLAVOUR=FILL_IN\n",
        "conf/config.yaml": 'database:\n  name: "pinterest_data"\n  colour: "FILL_IN"\n',
    }
    assert {(project / name).stat().st_mode & 0o777 for name in texts} == {0o600}
    assert (
        "conf/config.yaml is written, with the local values. Edit it: database.colour"
        in done.stderr
    )
    assert written(configuration.folder) == 3
    assert (project / "login.json").read_text() == "mine"
