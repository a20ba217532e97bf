"""`dbutils.secrets`: a folder a scope, a file a secret, below `<workspace state>/secrets/`.

    mkdir -p -m 700 .state/workspace/secrets/my-scope
    (umask 077; printf %s 'the value' > .state/workspace/secrets/my-scope/my-key)

A line break at a file's end is not part of the secret. The scope `pincloud` is always there and holds the local
cloud's keys, `aws-access-key-id` and `aws-secret-access-key`. Each value that was fetched is redacted from then on.
"""

import builtins
import re
from pathlib import Path
from typing import ClassVar, NamedTuple

from services.settings import Settings
from services.workspace.kernel.dbutils.help_texts import WithHelp
from services.workspace.kernel.process.redaction import redactor

_OWN_SCOPE = "pincloud"
_NAME = re.compile(r"(?!\.+$)[\w@.-]{1,128}")
"""Databricks' characters, and nothing that leads out of the folder."""


class SecretMetadata(NamedTuple):
    key: str


class SecretScope(NamedTuple):
    name: str


class SecretNotFound(Exception):
    def __init__(self, scope: str, key: str, where: Path) -> None:
        super().__init__(
            f"java.lang.IllegalArgumentException: Secret does not exist with scope: {scope} and key: {key}. "
            f"Secrets are files, {where}/<scope>/<key>."
        )


class SecretUtils(WithHelp):
    """What notebooks call `dbutils.secrets`."""

    _part: ClassVar[str] = "secrets"

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.workspace_state / "secrets"
        self._own = {
            "aws-access-key-id": settings.aws_access_key_id.get_secret_value(),
            "aws-secret-access-key": settings.aws_secret_access_key.get_secret_value(),
        }

    def get(self, scope: str, key: str) -> str:
        """A secret as text.

        Raises:
            SecretNotFound: there is no such secret.
        """
        value = self._value(scope, key)
        redactor.hide(value)
        return value

    def getBytes(self, scope: str, key: str) -> bytes:
        """A secret as bytes.

        Raises:
            SecretNotFound: there is no such secret.
        """
        return self.get(scope, key).encode()

    def list(self, scope: str) -> builtins.list[SecretMetadata]:
        if scope == _OWN_SCOPE:
            return [SecretMetadata(key) for key in self._own]
        known = _names(self._folder / scope) if _NAME.fullmatch(scope) else []
        return [SecretMetadata(key) for key in known]

    def listScopes(self) -> builtins.list[SecretScope]:
        others = [name for name in _names(self._folder) if name != _OWN_SCOPE]
        return [SecretScope(name) for name in (_OWN_SCOPE, *others)]

    def _value(self, scope: str, key: str) -> str:
        if scope == _OWN_SCOPE and key in self._own:
            return self._own[key]
        if not (_NAME.fullmatch(scope) and _NAME.fullmatch(key)):
            raise SecretNotFound(scope, key, self._folder)
        try:
            text = (self._folder / scope / key).read_text(encoding="utf-8")
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            raise SecretNotFound(scope, key, self._folder) from None
        return text.removesuffix("\n").removesuffix("\r")


def _names(folder: Path) -> list[str]:
    if not folder.is_dir():
        return []
    return sorted(item.name for item in folder.iterdir() if _NAME.fullmatch(item.name))
