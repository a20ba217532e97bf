"""A run's configuration, without a run."""

from pathlib import Path

import pytest

from services.reroute.configuration import run_configuration
from services.reroute.injected.pincloud_reroute.configuration import Configuration
from services.reroute.injected.pincloud_reroute.process_context import ProcessContext
from services.settings import load_settings


@pytest.fixture
def configuration(tmp_path: Path) -> Configuration:
    """What processes of a run in `tmp_path/project` are told."""
    settings = load_settings(
        user_id="0e1f2a3b4c5d",
        mysql_port=13306,
        mysql_reader_password="p@ss:word/%",
        gateway_url="http://127.0.0.1:18082",
        kafka_bootstrap="127.0.0.1:19092",
    )
    root, folder = tmp_path / "project", tmp_path / "run"
    root.mkdir()
    folder.mkdir()
    return run_configuration(settings, root, folder, 19999, fast=True)


@pytest.fixture
def context(configuration: Configuration) -> ProcessContext:
    """What patches share."""
    return ProcessContext(configuration)
