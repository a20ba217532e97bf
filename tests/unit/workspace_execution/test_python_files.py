import asyncio
import os
from pathlib import Path

import psutil
import pytest

from services.settings import Settings
from services.workspace.execution.python_file import PythonFileError, find_python_file
from services.workspace.execution.python_run import LOG, run_python
from services.workspace.task_executor import OutcomeStatus, TaskLaunch, TaskOutcome
from tests.support.polling import eventually


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A workspace and a DBFS of its own."""
    settings = Settings(state_dir=tmp_path / "state", workspace_dir=tmp_path / "workspace")
    (settings.workspace_dir / "user").mkdir(parents=True)
    settings.dbfs.mkdir(parents=True)
    return settings


def _launch(folder: Path, path: str, *arguments: str) -> TaskLaunch:
    attempt = folder / "attempt"
    attempt.mkdir(exist_ok=True)
    return TaskLaunch("python", path, attempt, 7, 6, 5, "t", "c", attempt, arguments=arguments)


def _run(settings: Settings, source: str, *arguments: str) -> TaskOutcome:
    (settings.workspace_dir / "user" / "job.py").write_text(source)
    launch = _launch(settings.workspace_dir.parent, "/job.py", *arguments)
    return asyncio.run(run_python(settings, launch, lambda _: None))


def test_a_file_gets_its_arguments_and_its_output_is_kept(settings: Settings) -> None:
    """Standard output and error go into one log, which is on disk too."""
    (settings.workspace_dir / "user" / "helper.py").write_text("name = 'beside it'")
    source = "import sys, helper; print(sys.argv[1:], helper.name); print('oh', file=sys.stderr)"

    outcome = _run(settings, source, "a b", "c")

    assert outcome.status is OutcomeStatus.SUCCESS
    assert sorted(outcome.logs.splitlines()) == ["['a b', 'c'] beside it", "oh"]
    assert (settings.workspace_dir.parent / "attempt" / LOG).read_text() == outcome.logs


def test_a_file_sees_dbfs_as_a_notebook_does(settings: Settings) -> None:
    """Also one that speaks of no Spark, and whose helper has the path."""
    helper = "def lines():\n    return open('/dbfs/FileStore/x.csv').read()"
    (settings.workspace_dir / "user" / "helper.py").write_text(helper)
    (settings.dbfs / "FileStore").mkdir()
    (settings.dbfs / "FileStore" / "x.csv").write_text("1,Chad")

    outcome = _run(settings, "import helper; print(helper.lines())")

    assert (outcome.status, outcome.logs) == (OutcomeStatus.SUCCESS, "1,Chad\n")


def test_a_failure_is_told_by_its_own_lines(settings: Settings) -> None:
    """The traceback begins at the file, not at what runs it."""
    outcome = _run(settings, "def f():\n    return {}['x']\nf()\n")

    assert (outcome.status, outcome.message) == (OutcomeStatus.FAILED, "KeyError: 'x'")
    assert outcome.error.startswith("job.py ended with exit code 1\nTraceback")
    assert 'job.py", line 2, in f' in outcome.error
    assert "runpy" not in outcome.error


@pytest.mark.parametrize(
    ("source", "ending", "said"),
    [
        ("print('bye'); raise SystemExit(3)", OutcomeStatus.FAILED, "ended with exit code 3"),
        ("raise SystemExit(0)", OutcomeStatus.SUCCESS, ""),
        ("def f(:", OutcomeStatus.FAILED, "SyntaxError: "),
        ("import os; os.kill(os.getpid(), 9)", OutcomeStatus.INTERNAL_ERROR, "signal 9"),
    ],
)
def test_an_exit_code_decides(
    settings: Settings, source: str, ending: OutcomeStatus, said: str
) -> None:
    """A process that was killed is lost, and did not fail by itself."""
    outcome = _run(settings, source)

    assert outcome.status is ending
    assert said in outcome.message


def test_only_the_end_of_a_long_output_is_kept(settings: Settings) -> None:
    """Five megabytes, as on Databricks."""
    outcome = _run(settings, "for n in range(70_000): print('x' * 99)\nprint('end')")

    assert len(outcome.logs) == 5 * 1024 * 1024
    assert outcome.logs.endswith("end\n")


def test_a_cancelled_file_takes_its_children_along(settings: Settings) -> None:
    """At once, and none of them is left."""
    (settings.workspace_dir / "job.py").write_text(
        "import subprocess, time\n"
        "print(subprocess.Popen(['sleep', '600']).pid, flush=True)\ntime.sleep(600)\n"
    )
    launch = _launch(settings.workspace_dir.parent, "/job.py")

    async def cancel() -> list[int]:
        running = asyncio.create_task(run_python(settings, launch, lambda _: None))
        log = launch.folder / LOG
        await asyncio.to_thread(eventually, "a line", lambda: log.exists() and log.read_text())
        running.cancel()
        await asyncio.wait({running})
        return [int(log.read_text()), int((launch.folder / "pid").read_text().split()[0])]

    pids = asyncio.run(cancel())

    eventually("the processes' end", lambda: not any(map(_runs, pids)))


def _runs(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def test_secrets_and_the_developers_own_keys_are_not_in_the_environment(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The settings come by a private file."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "real-key-of-the-developer")
    monkeypatch.setenv("WORKSPACE_TOKEN", "dapi-secret")

    outcome = _run(
        settings.model_copy(update={"user_id": "aaaabbbbcccc", "smtp_user": "it's \\ #1"}),
        "import os\nfrom services.settings import load_settings\ns = load_settings()\n"
        "print(os.environ)\nprint(s.user_id, s.smtp_user)",
    )

    assert "real-key" not in outcome.logs
    assert "dapi-secret" not in outcome.logs
    assert outcome.logs.splitlines()[-1] == "aaaabbbbcccc it's \\ #1"
    env_file = settings.workspace_state / "kernel.env"
    assert env_file.stat().st_mode & 0o777 == 0o600


def test_boto3_finds_the_local_cloud_by_itself(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the developer's own AWS is; the keys are in no variable, and not readable by others."""
    monkeypatch.setenv("AWS_PROFILE", "work")
    local = {
        "aws_endpoint_url": "http://127.0.0.1:4566",
        "aws_access_key_id": "LKIA",
        "aws_secret_access_key": "local-secret",
    }

    outcome = _run(
        Settings(**{**settings.model_dump(), **local}),
        "import boto3, os\ns3 = boto3.client('s3')\nkeys = boto3.Session().get_credentials()\n"
        "print(s3.meta.endpoint_url, s3.meta.region_name, keys.access_key, 'local-secret' in str(os.environ))",
    )

    assert outcome.logs.splitlines()[-1] == "http://127.0.0.1:4566 us-east-1 LKIA False"
    assert (settings.workspace_state / "aws_credentials").stat().st_mode & 0o777 == 0o600


def test_a_python_file_is_found_by_each_of_its_addresses(settings: Settings) -> None:
    """On DBFS, on this machine's disk, in the workspace."""
    ours, theirs = settings.dbfs / "a b" / "x.py", settings.workspace_dir / "user" / "y.py"
    ours.parent.mkdir()
    ours.touch()
    theirs.touch()

    for path in ("dbfs:/a b/x.py", "dbfs:///a b/x.py", "/dbfs/a b/x.py", "dbfs:/../a b/x.py"):
        assert find_python_file(settings, path) == ours.resolve()
    for path in ("/user/y.py", "/Workspace/Users/me/y.py", "y.py", f"file:{theirs}"):
        assert find_python_file(settings, path).resolve() == theirs.resolve()


@pytest.mark.parametrize(
    "path", ["dbfs:/none.py", "file:/none.py", "none.py", "s3://b/x.py", "dbfs:/x\0y", "n.ipynb"]
)
def test_a_python_file_that_is_not_there_is_named(settings: Settings, path: str) -> None:
    """Neither is a notebook a Python file."""
    (settings.workspace_dir / "n.ipynb").write_text("{}")
    with pytest.raises(PythonFileError) as refused:
        find_python_file(settings, path)

    assert os.path.basename(path)[:4] in str(refused.value)  # noqa: PTH119 - an address
