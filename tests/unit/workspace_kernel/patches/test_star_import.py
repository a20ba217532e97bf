"""`from pyspark.sql.functions import *` in notebooks that were written for PySpark 3."""

import pytest

from services.workspace.kernel.patches import star_import


@pytest.mark.parametrize(
    "name", ["countDistinct", "approxCountDistinct", "StringType", "DataFrame", "List", "sys"]
)
def test_the_star_gives_what_it_gave_before(name: str) -> None:
    """Older spellings, and what the module had imported for itself; installed twice, each name is there once."""
    star_import.install()
    star_import.install()
    names: dict[str, object] = {}
    exec("from pyspark.sql.functions import *", names)  # noqa: S102 - a star is for modules only

    assert name in names
    assert (
        vars(__import__("pyspark.sql.functions", fromlist=["__all__"]))["__all__"].count(name) == 1
    )
