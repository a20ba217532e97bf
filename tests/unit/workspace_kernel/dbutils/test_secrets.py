from pathlib import Path

import pytest

from services.settings import Settings
from services.workspace.kernel.dbutils import secrets
from services.workspace.kernel.dbutils.secrets import SecretNotFound, SecretUtils
from services.workspace.kernel.process.redaction import Redactor


@pytest.fixture
def redactor(monkeypatch: pytest.MonkeyPatch) -> Redactor:
    """One of the test's own."""
    own = Redactor()
    monkeypatch.setattr(secrets, "redactor", own)
    return own


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where secrets are kept, with one in the scope `mine`."""
    kept = tmp_path / "workspace" / "secrets"
    (kept / "mine").mkdir(parents=True)
    (kept / "mine" / "api.key").write_text("h\nush\n")
    return kept


@pytest.fixture
def utils(tmp_path: Path, folder: Path) -> SecretUtils:
    """What a notebook calls `dbutils.secrets`."""
    keys = {"aws_access_key_id": "AKIA", "aws_secret_access_key": "s3cret"}
    return SecretUtils(Settings(state_dir=tmp_path, **keys))  # type: ignore[arg-type]


def test_a_fetched_value_is_redacted(utils: SecretUtils, redactor: Redactor) -> None:
    """The file's last line break is not part of it."""
    assert utils.get("mine", "api.key") == "h\nush"
    assert utils.getBytes("mine", "api.key") == b"h\nush"
    assert redactor.text("-h\nush-") == "-[REDACTED]-"


def test_the_clouds_own_keys_are_there(utils: SecretUtils, redactor: Redactor) -> None:
    """In a scope that always exists."""
    assert utils.get("pincloud", "aws-secret-access-key") == "s3cret"
    assert [scope.name for scope in utils.listScopes()] == ["pincloud", "mine"]
    assert [key.key for key in utils.list("mine")] == ["api.key"]
    assert len(utils.list("pincloud")) == 2
    assert utils.list("nowhere") == []


@pytest.mark.parametrize(
    ("scope", "key"),
    [("s", "k"), ("mine", "k"), ("mine", ""), ("..", "mounts.json"), ("mine", "../mine/api.key")],
)
def test_an_absent_secret_is_named(utils: SecretUtils, folder: Path, scope: str, key: str) -> None:
    """In Databricks' words; no name leads out of the folder."""
    (folder.parent / "mounts.json").write_text("{}")
    with pytest.raises(SecretNotFound) as caught:
        utils.get(scope, key)
    assert f"Secret does not exist with scope: {scope} and key: {key}" in str(caught.value)
