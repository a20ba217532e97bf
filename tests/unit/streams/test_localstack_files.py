"""What LocalStack's container is given, so that Kinesis' state survives a kill and a stop."""

import os
import runpy
import shutil
import subprocess
import threading
from pathlib import Path

import pytest

from services.settings import PROJECT_ROOT
from tests.support.polling import eventually

FOLDER = PROJECT_ROOT / "services" / "streams" / "localstack"


def _write(folder: Path, text: str) -> None:
    """As `whole_files.js` does: a new file takes the old one's place."""
    part = folder / "000000000000.json.part"
    part.write_text(text)
    part.replace(folder / "000000000000.json")


def test_a_stop_waits_for_two_writes(tmp_path: Path) -> None:
    """The first may have been gathered before the stop began; the second holds all that was there then."""
    _write(tmp_path, "0")
    settle = runpy.run_path(str(FOLDER / "settle.py"), run_name="test")["settle"]
    waiting = threading.Thread(target=settle, args=(tmp_path,))
    waiting.start()
    alive = []
    for number in (1, 2):
        waiting.join(timeout=0.3)
        alive.append(waiting.is_alive())
        _write(tmp_path, str(number))
    eventually("the stop to go on", lambda: not waiting.is_alive(), within=10)
    assert alive == [True, True]


def test_a_stop_without_streams_waits_for_nothing(tmp_path: Path) -> None:
    """There is no state, and none will come."""
    runpy.run_path(str(FOLDER / "settle.py"), run_name="test")["settle"](tmp_path)


@pytest.mark.skipif(not shutil.which("node"), reason="runs in LocalStack's Node.js")
def test_a_state_is_put_in_place_whole(tmp_path: Path) -> None:
    """Half a state never stands where the whole one is read from; nothing of ours stands in the way of other files."""
    folder = tmp_path / "state"
    folder.mkdir()
    state, other = folder / "0.json", tmp_path / "other.json"
    state.write_text("{}")
    script = """
        const fs = require("fs");
        const [state, other] = process.argv.slice(1);
        const half = fs.createWriteStream(state, { flags: "w" });
        half.write(Buffer.from('{"streams":'));
        console.log(fs.readFileSync(state, "utf8"));
        half.write(Buffer.from('{}}'));
        console.log(fs.readFileSync(state, "utf8"));
        fs.createWriteStream(other).end("text");
    """
    node = [
        "node",
        "--require",
        str(FOLDER / "whole_files.js"),
        "-e",
        script,
        str(state),
        str(other),
    ]
    variables = {**os.environ, "PERSIST_PATH": str(folder)}
    told = subprocess.run(node, capture_output=True, text=True, check=True, env=variables)
    assert told.stdout.split() == ["{}", '{"streams":{}}']
    assert other.read_text() == "text"
