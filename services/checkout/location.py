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
    """A setting that must be known before there is an environment: the variable, else `.env`'s line, else empty.

    Raises:
        EnvFileError: `.env` cannot be read.
    """
    return variable(name) or _from_file(env_file(), name)


class EnvFileError(SystemExit):
    """The file of settings cannot be read; the message says why and what to do, and ends whatever command it is."""


def env_text(file: Path) -> str:
    """The text of an env file; empty when there is none.

    Raises:
        EnvFileError: it is there, and cannot be read.
    """
    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return ""
    except IsADirectoryError:
        problem = "is a folder. Settings are lines NAME=value in a file of this name: move the folder away"
    except UnicodeDecodeError:
        problem = "is no text in UTF-8. Save it in that encoding"
    except OSError as error:
        problem = f"cannot be read ({error.strerror}). Let yourself read it: `chmod u+rw {file}`"
    raise EnvFileError(f"{file} {problem}, then run the command again.")


def short_hash(path: Path) -> str:
    """Eight hex digits that tell one path from another."""
    return hashlib.sha256(str(path).encode()).hexdigest()[:8]


def _from_file(file: Path, name: str) -> str:
    """The last line with the name counts, as everywhere else that reads the file."""
    matches = [match for line in env_text(file).splitlines() if (match := _LINE.match(line))]
    values = [match["value"] for match in matches if match["name"].upper() == name]
    return _plain(values[-1]) if values else ""


def _plain(value: str) -> str:
    if value[:1] in {"'", '"'}:
        return value[1:].partition(value[0])[0]
    return _COMMENT.sub("", value)
