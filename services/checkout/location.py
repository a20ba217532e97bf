"""Where this checkout keeps its state and its own settings.

Standard library only: which environment is made depends on the state (see `services.checkout.runtime`), and so does
everything that is asked before there is an environment.
"""

import hashlib
import os
import re
from pathlib import Path

from services.checkout.environment import variable

PROJECT_ROOT = Path(__file__).resolve().parents[2]
"""The checkout."""

_LINE = re.compile(r"\s*(?:export\s+)?(?P<name>\w+)\s*=\s*(?P<value>.*?)\s*$")
_COMMENT = re.compile(r"\s+#.*$")


def home() -> Path:
    """The folder of `.state` and `.env`: the checkout, or one of the user's own when that cannot be written."""
    if os.access(PROJECT_ROOT, os.W_OK):
        return PROJECT_ROOT
    try:
        base = Path(variable("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    except RuntimeError:  # a container's user without a home; it is told by STATE_DIR
        return PROJECT_ROOT
    return base / "pincloud" / f"{PROJECT_ROOT.name}-{short_hash(PROJECT_ROOT)}"


def env_file() -> Path:
    """The file that holds this stack's own settings and its generated secrets."""
    return Path(variable("ENV_FILE") or home() / ".env")


def state_dir() -> Path:
    """The state folder, as `services.settings` has it."""
    return Path(setting("STATE_DIR") or home() / ".state").resolve()


def setting(name: str) -> str:
    """A setting that must be known before there is an environment: the variable, else `.env`'s line, else empty."""
    return variable(name) or _from_file(env_file(), name)


def short_hash(path: Path) -> str:
    """Eight hex digits that tell one path from another."""
    return hashlib.sha256(str(path).encode()).hexdigest()[:8]


def _from_file(file: Path, name: str) -> str:
    """The last line with the name counts, as everywhere else that reads the file."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    matches = [match for line in lines if (match := _LINE.match(line))]
    values = [match["value"] for match in matches if match["name"].upper() == name]
    return _plain(values[-1]) if values else ""


def _plain(value: str) -> str:
    if value[:1] in {"'", '"'}:
        return value[1:].partition(value[0])[0]
    return _COMMENT.sub("", value)
