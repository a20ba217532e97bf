"""What a function of `foreachBatch` finds in the server's process."""

from typing import Any

import delta.tables
import pytest
from pyspark.cloudpickle import dumps, loads
from pyspark.sql.connect.catalog import Catalog
from pyspark.sql.connect.dataframe import DataFrame
from pyspark.sql.connect.plan import Range
from pyspark.sql.connect.session import SparkSession

from services.workspace.kernel.delta_tables.delta_table import SqlDeltaTable
from services.workspace.kernel.patches import batch_functions
from services.workspace.kernel.patches.batch_functions import BatchFunction


@pytest.fixture(autouse=True)
def _restored(monkeypatch: pytest.MonkeyPatch) -> None:
    """The classes are as they were afterwards."""
    names = ("DeltaTable", "DeltaMergeBuilder", "DeltaTableBuilder", "DeltaOptimizeBuilder")
    for module in (delta, delta.connect, delta.tables, delta.connect.tables):
        for name in names:
            if hasattr(module, name):
                monkeypatch.setattr(module, name, getattr(module, name))
    for owner, name in (
        (Catalog, "_jcatalog"),
        (SparkSession, "_jsparkSession"),
        (DataFrame, "_jdf"),
    ):
        monkeypatch.setattr(owner, name, None, raising=False)
    monkeypatch.setattr(SparkSession, "sql", lambda _session, query, args, **_named: (query, args))


class Session:
    """A session that knows two tables."""

    client = None

    @property
    def catalog(self) -> "Session":
        return self

    def tableExists(self, name: str) -> bool:
        return name in {"pins", "`db`.`pins`"}

    def sql(self, query: str) -> str:
        return f"ran {query}"


def test_the_function_comes_through_pickling_and_finds_the_classes() -> None:
    """By the name that it imports them from."""

    def function(batch: list[Any], number: int) -> None:
        from delta.tables import DeltaTable  # noqa: PLC0415 - as in a notebook's function

        batch += [DeltaTable, number]

    seen: list[Any] = []
    loads(dumps(BatchFunction(function)))(seen, 3)  # type: ignore[no-untyped-call]
    assert seen == [SqlDeltaTable, 3]


def test_queries_take_arguments_there() -> None:
    """As in the notebook itself; what is no argument is left to PySpark."""
    batch_functions.install()
    session: Any = SparkSession
    assert session.sql(Session, "select :a", args={"a": 1}) == ("select 1", None)
    assert session.sql(Session, "select 1", args=3) == ("select 1", 3)


def test_javas_objects_answer_what_notebooks_ask_of_them() -> None:
    """The session of a batch, and whether a table is there."""
    batch_functions.install()
    session: Any = Session()
    frame: Any = DataFrame(Range(0, 1, 1), session)
    assert frame._jdf.sparkSession().sql("MERGE") == "ran MERGE"
    catalog = frame._jdf.sparkSession().catalog()
    assert catalog.tableExists("pins")
    assert catalog.tableExists("db", "pins")
    assert not catalog.tableExists("hive_metastore.default.geo")
    with pytest.raises(AttributeError):
        catalog._nothing  # noqa: B018 - the lookup is what is tried
