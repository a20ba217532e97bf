import json
from pathlib import Path

import pytest

from services.stack.native.aws_gate.recording import compact


def _row(method: str, url: str) -> str:
    return json.dumps({"method": method, "url": url, "headers": {}, "body": ""})


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        ("", []),
        (_row("PUT", "a") + "\n" + _row("PUT", "b") + "\n", ["a", "b"]),
        (_row("GET", "a") + "\n" + _row("HEAD", "b") + "\n" + _row("POST", "c") + "\n", ["c"]),
        (_row("PUT", "a") + _row("PUT", "b") + "\n\n" + _row("PUT", "c") + "\n", ["a", "b", "c"]),
        (_row("PUT", "a") + "\n" + _row("PUT", "b")[:-9], ["a"]),
    ],
    ids=["empty", "plain", "reads are dropped", "two requests share a line", "a torn last line"],
)
def test_a_recording_is_compacted_to_what_can_be_replayed(
    tmp_path: Path, text: str, urls: list[str]
) -> None:
    """What changed state stays, in order; reads and torn lines go."""
    recording = tmp_path / "recording.jsonl"
    recording.write_text(text, encoding="utf-8")
    assert compact(recording) == len(urls)
    assert [json.loads(line)["url"] for line in recording.read_text().splitlines()] == urls


def test_no_recording_is_no_error(tmp_path: Path) -> None:
    """The very first start has nothing to replay."""
    assert compact(tmp_path / "recording.jsonl") == 0
