import json
import os
import socket
from collections.abc import Mapping
from pathlib import Path

import pytest
from jupyter_client.kernelspec import KernelSpecManager
from pydantic import SecretStr

from services.settings import HOST, Settings
from services.workspace import jupyter


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A workspace without any stack."""
    return Settings(
        state_dir=tmp_path / "state", workspace_dir=tmp_path / "notebooks", spark_port=1
    )


def test_jupyterlab_is_told_to_stay_at_home(settings: Settings) -> None:
    """It listens on the loopback, serves the notebooks' folder, and asks nobody for news."""
    home = jupyter.prepare(settings, open_browser=False)

    told = json.loads((home / "config" / "jupyter_server_config.json").read_text())
    assert told["ServerApp"]["ip"] == HOST
    assert told["ServerApp"]["root_dir"] == str(settings.workspace_dir)
    assert told["LabApp"]["news_url"] is None
    page = json.loads((home / "config" / "labconfig" / "page_config.json").read_text())
    assert page["disabledExtensions"] == {"@jupyterlab/apputils-extension:announcements": True}
    assert home.is_relative_to(settings.workspace_state)


def test_jupyterlab_answers_to_this_machines_names_alone(settings: Settings) -> None:
    """Also in a container, where it listens on all addresses and would take any Host."""
    settings.listen_host = "0.0.0.0"  # noqa: S104
    settings.allowed_hosts = "jupyter, My-Laptop.lan"
    server = jupyter._configuration(settings, open_browser=False)["ServerApp"]
    assert server["allow_remote_access"] is False
    assert server["local_hostnames"] == ["localhost", "jupyter", "my-laptop.lan"]


def test_notebooks_get_the_workspaces_kernel_whichever_name_they_ask_for(
    settings: Settings,
) -> None:
    """Those from elsewhere ask for `python3`."""
    home = jupyter.prepare(settings, open_browser=False)
    found = KernelSpecManager(kernel_dirs=[str(home / "data" / "kernels")])

    for name in ("pincloud", "python3"):
        assert "services.workspace.kernel" in found.get_kernel_spec(name).argv


def test_what_a_cell_prints_is_for_those_who_have_the_kernels_keys(settings: Settings) -> None:
    """Without encryption whoever connects to a kernel's port hears its outputs: only what is sent to it is signed."""
    home = jupyter.prepare(settings, open_browser=False)
    told = json.loads((home / "config" / "jupyter_server_config.json").read_text())
    found = KernelSpecManager(kernel_dirs=[str(home / "data" / "kernels")])

    assert told["KernelManager"]["transport_encryption"] == "required"
    for name in ("pincloud", "python3"):
        assert found.get_kernel_spec(name).metadata["supported_encryption"] == ["curve"]


def test_a_port_that_is_taken_is_said(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the setting that chooses another one."""
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setenv("STATE_DIR", str(settings.state_dir))

        assert jupyter.main(["--port", str(port), "--no-browser"]) == 1

    assert (
        f"port {port} of {HOST} is taken: set another JUPYTER_PORT"
        in capsys.readouterr().err.replace("\n", " ")
    )


def test_the_greeting_names_the_address_and_what_is_missing(settings: Settings) -> None:
    """Spark is down, and source notebooks open as text."""
    settings.workspace_dir.mkdir()
    (settings.workspace_dir / "n.py").touch()

    greeting = "\n".join(jupyter._greeting(settings, "the-token"))

    assert f":{settings.jupyter_port}/lab?token=the-token" in greeting
    assert "make up" in greeting
    assert "%run ./<name>" in greeting


def test_in_a_container_the_token_is_a_secret_and_the_group_may_write(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its log is no place for a token; what is saved belongs to the group of who reads the notebooks' folder."""
    become: list[Mapping[str, str]] = []
    masks: list[int] = []
    monkeypatch.setattr(jupyter, "_become", become.append)
    monkeypatch.setattr(jupyter, "load_settings", lambda: settings)
    monkeypatch.setattr(jupyter, "check_free", lambda *_: None)
    monkeypatch.setattr(os, "umask", masks.append)
    settings.jupyter_token = SecretStr("from-a-secret")
    settings.workspace_dir.mkdir()

    jupyter.main(["--contained", "--no-browser"])

    assert become[0]["JUPYTER_TOKEN"] == "from-a-secret"
    assert "from-a-secret" not in capsys.readouterr().err
    assert masks == [0o002]
