"""Spark Connect clients that a notebook makes beside its session."""

import subprocess
import sys

import pytest

SHOW = """
import sys
from pydantic import SecretStr
from pyspark.sql.connect.client import DefaultChannelBuilder
from services.settings import Settings
from services.workspace.kernel.patches import spark_token_patches

spark_token_patches.install(Settings(spark_token=SecretStr("let-me-in"), spark_remote=sys.argv[1]))
builder = DefaultChannelBuilder(sys.argv[2])
print([*builder.metadata()], builder.secure)
"""


@pytest.mark.parametrize(
    ("own", "asked", "sent"),
    [
        ("sc://127.0.0.1:15002", "sc://localhost", True),
        ("sc://spark:15002", "sc://spark:15002", True),
        ("sc://127.0.0.1:15002", "sc://127.0.0.1:15003", False),
        ("sc://127.0.0.1:15002", "sc://spark.example:15002", False),
        ("sc://127.0.0.1:15002", "sc://spark.example:443/;use_ssl=true", False),
    ],
)
def test_the_token_goes_to_the_stacks_own_server_alone(own: str, asked: str, sent: bool) -> None:  # noqa: FBT001
    """Old notebooks name `localhost`; a server elsewhere must not learn it."""
    command = [sys.executable, "-c", SHOW, own, asked]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert ("Bearer let-me-in" in shown) == sent
