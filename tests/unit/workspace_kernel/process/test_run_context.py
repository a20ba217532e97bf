import json
from pathlib import Path

from services.workspace.kernel.process.run_context import RunContext, read_context


def test_the_context_file_becomes_the_context(tmp_path: Path) -> None:
    """Parameters are texts; what this version does not know is left out."""
    file = tmp_path / "context.json"
    content = {"run_id": 1, "parameters": {"n": 5}, "values": "/v", "file": "/n.py", "later": 1}
    file.write_text(json.dumps(content))
    assert read_context(file) == RunContext(
        run_id=1, parameters={"n": "5"}, values=Path("/v"), file=Path("/n.py")
    )
