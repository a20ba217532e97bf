"""Auto Loader's options as those of Spark's own stream of files."""

import pytest

from services.workspace.kernel.spark.auto_loader import file_format, file_options, is_auto_loader


def test_auto_loaders_options_become_sparks() -> None:
    """Limits stay; schema locations and notifications are not needed here."""
    given = {
        "cloudFiles.format": "json",
        "cloudFiles.schemaLocation": "/tmp/s",  # noqa: S108 - a path of a notebook's
        "cloudFiles.useNotifications": "true",
        "cloudFiles.maxFilesPerTrigger": "10",
        "multiLine": "true",
    }
    assert is_auto_loader("CloudFiles")
    assert file_format(given) == "json"
    assert file_options(given) == {
        "primitivesAsString": "true",
        "maxFilesPerTrigger": "10",
        "multiLine": "true",
    }
    typed = file_options({"cloudFiles.inferColumnTypes": "true"})
    assert typed == {"inferSchema": "true"}


def test_a_format_is_asked_for() -> None:
    """As Auto Loader does."""
    with pytest.raises(ValueError, match=r"cloudFiles\.format"):
        file_format({})
