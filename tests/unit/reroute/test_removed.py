"""Scripts that were written for older libraries and Pythons."""

import subprocess
import sys
from pathlib import Path

import pytest

from services.reroute.configuration import environment, write
from services.reroute.injected.pincloud_reroute.configuration import Configuration

KINESIS = "print(s.client('kinesis').meta.endpoint_url)"


def _run(script: str, configuration: Configuration, **variables: str) -> tuple[list[str], str]:
    """Lines that it has printed, and what was said beside them."""
    (Path(configuration.root) / "script.py").write_text(script)
    done = subprocess.run(
        [sys.executable, "script.py"], cwd=configuration.root, capture_output=True, text=True, check=False, timeout=60,
        env=environment(variables, write(configuration)),
    )  # fmt: skip
    return done.stdout.splitlines(), done.stderr


@pytest.mark.parametrize(
    ("script", "printed", "said"),
    [
        ("import yaml; print(yaml.load('a: 1'), yaml.load('b: 2'))", "{'a': 1} {'b': 2}", "yaml.load without"),
        ("import yaml; print(list(yaml.load_all('a\\n---\\nb')))", "['a', 'b']", "yaml.load_all"),
        ("import yaml; print(yaml.load('a: 1', Loader=yaml.SafeLoader))", "{'a': 1}", ""),
        ("from urllib3.util.retry import Retry; print(Retry(total=3, method_whitelist=['POST']).allowed_methods)",
         "['POST']", "Retry.__init__(method_whitelist"),
        ("from requests.packages.urllib3.util.retry import Retry; print(sorted(Retry.DEFAULT_METHOD_WHITELIST)[0])",
         "DELETE", ""),
        ("import requests; requests.packages.urllib3.util.ssl_.DEFAULT_CIPHERS += ':HIGH'; print('on')", "on",
         "DEFAULT_CIPHERS"),
        ("import urllib3; r = urllib3.HTTPResponse(headers={'a': 'b'}); print(r.getheader('a'), r.getheader('c', 'd'))",
         "b d", ""),
        ("from collections import Mapping; print(isinstance({}, Mapping))", "True", "collections.Mapping"),
        ("import collections; print(callable(collections.Callable))", "True", "collections.Callable"),
        ("import inspect; print(inspect.getargspec(lambda a, b=1: 0).defaults)", "(1,)", "inspect.getargspec"),
        ("import time; print(time.clock() >= 0)", "True", "time.clock"),
        ("import json; print(json.loads('[1]', encoding='utf-8'), json.dumps([1], encoding='utf-8'))", "[1] [1]",
         "json.loads(encoding"),
        ("import base64; print(base64.encodestring(b'a').strip())", "b'YQ=='", "base64.encodestring"),
        ("from fractions import gcd; print(gcd(4, 6))", "2", "fractions.gcd"),
        ("import random; print(random.sample({7}, 1), random.randint(5, 5.0))", "[7] 5", "random.sample of a set"),
        ("import threading; print(threading.Thread().isAlive())", "False", ""),
        ("import configparser, io; p = configparser.SafeConfigParser(); p.readfp(io.StringIO('[a]\\nb=c')); "
         "print(p['a']['b'])", "c", ""),
        ("import asyncio\nasync def main(): return await asyncio.wait_for(asyncio.sleep(0, 'slept'), 1, loop=None)\n"
         "print(asyncio.get_event_loop_policy().new_event_loop().run_until_complete(main()))", "slept",
         "asyncio.wait_for(loop"),
        ("import asyncio\n@asyncio.coroutine\ndef f():\n yield from asyncio.sleep(0)\n return 3\n"
         "print(asyncio.run(f()))", "3", "asyncio.coroutine"),
        ("import numpy as np; print(np.float(1), np.NaN, np.product([2, 3]), np.float64(2).item())", "1.0 nan 6 2.0",
         "numpy.float"),
        ("import pandas as pd; d = pd.DataFrame(); d = d.append({'a': 1, 'b': 'x'}, ignore_index=True); "
         "d = d.append(pd.Series({'a': 2, 'b': 'y'}), ignore_index=True); print(d.to_dict('records'))",
         "[{'a': 1, 'b': 'x'}, {'a': 2, 'b': 'y'}]", "DataFrame.append"),
        ("import pandas as pd; print([k for k, _ in pd.DataFrame({'a': [1]}).iteritems()], "
         "list(pd.Series([1]).append(pd.Series([2]))))", "['a'] [1, 2]", "Series.append"),
        ("import pandas as pd, io; print(list(pd.read_csv(io.StringIO('a\\n1'), squeeze=True)), "
         "len(pd.read_csv(io.StringIO('a\\n1\\n2,3'), error_bad_lines=False, warn_bad_lines=False)))", "[1] 1",
         "squeeze=True"),
        ("import pandas as pd; print(repr(pd.DataFrame({'a': [1]}).to_csv(line_terminator=';')), "
         "pd.datetime(2020, 1, 1).year)",
         "',a;0,1;' 2020", "line_terminator"),
        ("import kafka.vendor.six.moves as m; from kafka.vendor import six; print(six.PY3, list(m.range(1)))",
         "True [0]", "module kafka.vendor.six is"),
        ("from botocore.vendored import requests; print(requests.post.__module__)", "requests.api",
         "botocore.vendored"),
        ("import MySQLdb, MySQLdb.cursors; print(MySQLdb.connect.__module__.partition('.')[0], "
         "MySQLdb.cursors.DictCursor.__name__)", "pymysql DictCursor", "MySQLdb"),
        ("from sqlalchemy import create_engine; print(create_engine('mysql://u:p@127.0.0.1/d').dialect.driver)",
         "mysqldb", "MySQLdb"),
        ("import boto3; s = boto3.Session(profile_name='work'); " + KINESIS, "http://127.0.0.1", "profile work"),
        ("import boto3; boto3.setup_default_session(profile_name='work'); s = boto3; " + KINESIS, "http://127.0.0.1",
         "profile work"),
        ("import boto3; print(boto3.Session().get_credentials().method)", "explicit", ""),
    ],
)  # fmt: skip
def test_what_is_gone_does_what_it_did_and_is_named_once(
    script: str, printed: str, said: str, configuration: Configuration
) -> None:
    """Where it is still there, nothing is said."""
    lines, told = _run(script, configuration)
    assert "\n".join(lines).startswith(printed), told
    assert said in told
    assert "is not changed" not in told
    if said:
        assert told.count(said) == 1, told


def test_a_profile_of_the_environment_need_not_be_there(configuration: Configuration) -> None:
    """`export AWS_PROFILE=…` of the author's shell, as `.env` files pass it on."""
    script = "import boto3; s = boto3; " + KINESIS
    lines, told = _run(script, configuration, AWS_PROFILE="someone")
    assert lines[:1] == [configuration.aws.endpoint_url], told
    assert "someone" in told


def test_a_library_that_looks_for_the_old_name_sees_that_it_is_gone(
    configuration: Configuration, tmp_path: Path
) -> None:
    """It has a way of its own then."""
    (tmp_path / "site-packages").mkdir()
    (tmp_path / "site-packages" / "library.py").write_text(
        "import collections, numpy\nprint(hasattr(collections, 'Mapping'), hasattr(numpy, 'float'))"
    )
    lines, _ = _run("import library", configuration, PYTHONPATH=str(tmp_path / "site-packages"))
    assert lines == ["False False"]


@pytest.mark.parametrize(
    ("module", "line", "printed"),
    [
        ("imp", "m.load_source('x', 'x.py').A", "1"),
        ("distutils.util", "m.strtobool('Yes')", "1"),
        ("distutils.version", "m.LooseVersion('1.10') > m.LooseVersion('1.9a')", "True"),
        ("pkg_resources", "m.get_distribution('PyYAML>=5').version[0], "
         "m.parse_version('1.10') > m.parse_version('1.9')",
         "6 True"),
    ],
)  # fmt: skip
def test_modules_that_later_pythons_have_not_are_stood_in_for(
    module: str, line: str, printed: str, configuration: Configuration
) -> None:
    """Asked for by their own path, since this Python may still have them."""
    (Path(configuration.root) / "x.py").write_text("A = 1")
    script = (
        f"import importlib; m = importlib.import_module('pincloud_reroute.removed.modules.{module}')\n"
        f"print({line})"
    )
    lines, told = _run(script, configuration)
    assert lines == [printed], told
