"""Stand-ins for credential files that a script opens and that do not exist."""

from __future__ import annotations

import os
import re
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from ..process_context import LIBRARIES
from .file_formats import fill, format_of, render, tree
from .keys import asked_for, sources
from .values import Values

if TYPE_CHECKING:
    from ..process_context import ProcessContext

_NAME = re.compile(
    r"[\w.-]*(?:cred|secret|conf|login|db|database|rds|mysql|api|aws|key|access|detail)[\w.-]*"
    r"\.(?:ya?ml|json|ini|cfg|toml|env)|\.env(?:\.\w+)?|[\w-]+\.env|creds?\.txt|credentials\.txt",
    re.IGNORECASE,
)
_STRANGE = re.compile(r"[\w.-]*cred[\w.-]*\.ya?ml", re.IGNORECASE)
"""Names that are offered anywhere, such as in the home of whoever wrote the script."""

_NOT_OURS = {"package.json", "pyproject.toml", "setup.cfg", "tox.ini", "settings.ini"}

# The user's process sees changed functions; these are the true ones.
_exists, _open = os.path.exists, open


class StandIns:
    """The run's stand-ins; files in its folder, readable by the user alone."""

    def __init__(self, context: ProcessContext) -> None:
        self._here = context
        self._values = Values(context.configuration)

    def wanted(self, path: Any) -> str | None:
        """The absolute path of a file that is missing and that we have a stand-in for."""
        if isinstance(path, int):
            return None
        text = os.fsdecode(path)
        name = _last_part(text)
        if not _NAME.fullmatch(name) or name in _NOT_OURS:
            return None
        full = os.path.abspath(text)
        if _exists(full) or not self._is_near(full, name) or _has_dotenv_above(full, name):
            return None
        return full

    def take(self, path: Any) -> str | None:
        """The stand-in for a missing file, made now; None if there is none."""
        full = self.wanted(path)
        if full is None:
            return None
        name = _last_part(full)
        example = _example(full)
        text = self._text(format_of(name), example)
        origin = f"keys of {os.path.basename(example)}" if example else "usual keys"
        self._here.offered = True
        self._here.say(f"{name} is missing: offered with local values under the {origin}", key=full)
        return self._kept(full, text)

    def _text(self, kind: str, example: str | None) -> str:
        if example is None:
            return render(
                kind, tree(self._values, asked_for(sources(self._here.configuration.root)))
            )
        with _open(example, encoding="utf-8", errors="replace") as file:
            return fill(kind, file.read(), self._values)

    def _is_near(self, full: str, name: str) -> bool:
        if any(library in full for library in LIBRARIES):
            return False
        above = os.path.dirname(self._here.configuration.root)
        return full.startswith(above.rstrip(os.sep) + os.sep) or bool(_STRANGE.fullmatch(name))

    def _kept(self, full: str, text: str) -> str:
        mark = sha256(full.encode(errors="replace")).hexdigest()
        kept = os.path.join(self._here.configuration.folder, f"file-{mark}")
        scratch = f"{kept}.{os.getpid()}"
        descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(scratch, kept)
        return kept


def _last_part(path: str) -> str:
    """The file's name, also where the path was written on Windows."""
    return path.replace("\\", "/").rpartition("/")[2]


def _has_dotenv_above(full: str, name: str) -> bool:
    """Whether the search for `.env`, which goes upwards, will find a real one."""
    folder, above = full, os.path.dirname(full)
    while name == ".env" and above != folder:
        folder, above = above, os.path.dirname(above)
        if _exists(os.path.join(folder, name)):
            return True
    return False


def _example(full: str) -> str | None:
    """The example that was to be copied to this path: `x.example.yaml`, `example_x.yaml`, `.env.sample`."""
    folder, name = os.path.split(full)
    stem, suffix = os.path.splitext(name)
    for word in ("example", "sample", "template", "dist"):
        for mark in (word, f"{word}s"):
            for other in (
                f"{stem}.{mark}{suffix}",
                f"{stem}_{mark}{suffix}",
                f"{stem}-{mark}{suffix}",
                f"{name}.{mark}",
                f"{mark}_{name.lstrip('.')}",
                f"{mark}.{name.lstrip('.')}",
                f"{mark}-{name.lstrip('.')}",
                f"{mark}{name}",
            ):
                candidate = os.path.join(folder, other)
                if _exists(candidate):
                    return candidate
    return None
