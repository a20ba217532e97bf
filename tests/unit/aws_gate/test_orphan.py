import subprocess
import sys
from pathlib import Path

import psutil

from services.aws_gate.s3proxy.layout import S3Layout
from services.aws_gate.s3proxy.process import end_orphan, properties
from services.aws_gate.signature import Keys
from services.aws_gate.upstream import Address

_MAIN = "org.gaul.s3proxy.Main"


def _sleeper(*arguments: str) -> subprocess.Popen[bytes]:
    """A process with these arguments on its command line, that has begun."""
    code = "import sys, time; print(flush=True); time.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    return process


def test_only_this_folders_server_is_ended(tmp_path: Path) -> None:
    """No stranger, whatever number it has: neither another checkout's server nor who has our file open in an editor."""
    layout = S3Layout(tmp_path / "aws")
    orphan = _sleeper(_MAIN, "--properties", str(layout.properties))
    strangers = [
        _sleeper(_MAIN, "--properties", str(S3Layout(tmp_path / "other").properties)),
        _sleeper(str(layout.properties)),
    ]
    try:
        end_orphan(layout)
        assert not psutil.pid_exists(orphan.pid)
        assert [one.poll() for one in strangers] == [None, None]
    finally:
        for one in (orphan, *strangers):
            one.kill()
            one.communicate()


def test_the_configuration_can_name_any_folder(tmp_path: Path) -> None:
    """Java reads backslashes as escapes, and no letters beyond Latin-1."""
    text = properties(Address("127.0.0.1", 1), tmp_path / "ü\\日", Keys("key", "secret"))
    assert "\\u00fc\\\\\\u65e5" in text
    assert "s3proxy.authorization=aws-v2-or-v4" in text
