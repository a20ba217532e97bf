"""The SQL that `DeltaTable`'s methods run."""

import re
from collections.abc import Callable
from typing import Any

import delta
import delta.tables
import pytest
from pyspark.errors import AnalysisException
from pyspark.sql.connect.dataframe import DataFrame
from pyspark.sql.connect.functions import col, lit
from pyspark.sql.connect.plan import Range
from pyspark.sql.types import ArrayType, DateType, IntegerType, StringType, StructField, StructType

from services.workspace.kernel.delta_tables.builders import (
    SqlMergeBuilder,
    SqlOptimizeBuilder,
    SqlTableBuilder,
)
from services.workspace.kernel.delta_tables.delta_table import SqlDeltaTable
from services.workspace.kernel.delta_tables.installation import install


class Session:
    """Keeps the statements that it is given; every table is Delta's unless it is called `other`."""

    client = None

    def __init__(self) -> None:
        self.statements: list[str] = []
        self.catalog = self

    def sql(self, text: str) -> Any:
        if not text.startswith("DESCRIBE DETAIL"):
            self.statements.append(re.sub(r"merge_source_\w{32}", "SOURCE", text))
        return self

    def first(self) -> Any:
        return self

    def limit(self, _count: int) -> "Session":
        return self

    format = "delta"

    def dropTempView(self, name: str) -> None:
        self.statements.append(f"drop {re.sub('_.*', '', name)}")


@pytest.fixture(autouse=True)
def _installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Delta's own names mean the classes here, and do no longer afterwards; views are not really made."""
    for module in (delta, delta.connect, delta.tables, delta.connect.tables):
        for name in (
            "DeltaTable",
            "DeltaMergeBuilder",
            "DeltaTableBuilder",
            "DeltaOptimizeBuilder",
        ):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, getattr(module, name))
    monkeypatch.setattr(DataFrame, "createOrReplaceTempView", lambda _frame, _name: None)
    install()


SESSION: Any = Session()


def table() -> Any:
    """By its path."""
    return delta.tables.DeltaTable.forPath(SESSION, "/data/a")


def named() -> Any:
    """By its name."""
    return delta.DeltaTable.forName(SESSION, "db.Pins")


def frame() -> Any:
    """Some rows."""
    return DataFrame(Range(0, 5, 1), SESSION)


def create(make: str = "create") -> Any:
    """A builder."""
    return getattr(delta.tables.DeltaTable, make)(SESSION)


MERGE = "MERGE INTO delta.`/data/a` AS `t` USING `SOURCE` AS `s` ON (t.id = s.id)"
ROWS = StructType(
    [StructField("a", IntegerType(), nullable=False), StructField("b", ArrayType(StringType()))]
)

STATEMENTS: list[tuple[Callable[[], Any], str]] = [
    (lambda: table().delete(), "DELETE FROM delta.`/data/a`"),
    (lambda: table().delete("id > 1"), "DELETE FROM delta.`/data/a` WHERE (id > 1)"),
    (lambda: named().delete(col("id") > 1), "DELETE FROM `db`.`Pins` WHERE (`id` > 1)"),
    (
        lambda: table().alias("t").update("t.id = 1", {"v": "upper(v)", "w": lit("x")}),
        "UPDATE delta.`/data/a` AS `t` SET `v` = (upper(v)), `w` = 'x' WHERE (t.id = 1)",
    ),
    (lambda: table().update(set={"a.b": col("c")}), "UPDATE delta.`/data/a` SET `a`.`b` = `c`"),
    (
        lambda: (
            table()
            .alias("t")
            .merge(frame().alias("s"), "t.id = s.id")
            .whenMatchedUpdateAll()
            .whenNotMatchedInsertAll()
            .execute()
        ),
        f"{MERGE} WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *",
    ),
    (
        lambda: (
            table()
            .alias("t")
            .merge(frame().alias("s"), "t.id = s.id")
            .whenMatchedDelete("s.gone")
            .whenMatchedUpdate(col("s.v") != "", {"v": "s.v"})
            .whenNotMatchedInsert(values={"id": "s.id", "v": lit(None)})
            .whenNotMatchedBySourceUpdate("t.old", {"v": "'old'"})
            .whenNotMatchedBySourceDelete()
            .execute()
        ),
        MERGE  # noqa: S608
        + " WHEN MATCHED AND (s.gone) THEN DELETE WHEN MATCHED AND (NOT (`s`.`v` = '')) THEN UPDATE SET "
        "`v` = (s.v) WHEN NOT MATCHED THEN INSERT (`id`, `v`) VALUES ((s.id), NULL) WHEN NOT MATCHED BY SOURCE AND "
        "(t.old) THEN UPDATE SET `v` = ('old') WHEN NOT MATCHED BY SOURCE THEN DELETE",
    ),
    (
        lambda: (
            table()
            .alias("t")
            .merge(frame().alias("s").filter("id > 1"), "t.id = s.id")
            .withSchemaEvolution()
            .whenMatchedUpdateAll()
            .execute()
        ),
        f"{MERGE} WHEN MATCHED THEN UPDATE SET *".replace("MERGE", "MERGE WITH SCHEMA EVOLUTION"),
    ),
    (
        lambda: named().merge(frame(), "Pins.id = source.id").whenMatchedDelete().execute(),
        "MERGE INTO `db`.`Pins` USING `SOURCE` AS `source` ON (Pins.id = source.id) WHEN MATCHED THEN DELETE",
    ),
    (lambda: table().vacuum(), "VACUUM delta.`/data/a`"),
    (lambda: table().vacuum(100), "VACUUM delta.`/data/a` RETAIN 100.000000 HOURS"),
    (lambda: table().history(), "DESCRIBE HISTORY delta.`/data/a`"),
    (lambda: named().history(1), "DESCRIBE HISTORY `db`.`Pins` LIMIT 1"),
    (lambda: table().optimize().executeCompaction(), "OPTIMIZE delta.`/data/a`"),
    (
        lambda: table().optimize().where("d = 1").where("e = 2").executeZOrderBy("a", "b"),
        "OPTIMIZE delta.`/data/a` WHERE (d = 1) AND (e = 2) ZORDER BY (`a`, `b`)",
    ),
    (lambda: table().restoreToVersion(3), "RESTORE TABLE delta.`/data/a` TO VERSION AS OF 3"),
    (
        lambda: table().restoreToTimestamp("2026-01-01"),
        "RESTORE TABLE delta.`/data/a` TO TIMESTAMP AS OF '2026-01-01'",
    ),
    (
        lambda: table().generate("symlink_format_manifest"),
        "GENERATE symlink_format_manifest FOR TABLE delta.`/data/a`",
    ),
    (
        lambda: table().upgradeTableProtocol(1, 4),
        "ALTER TABLE delta.`/data/a` SET TBLPROPERTIES ('delta.minReaderVersion' = '1', "
        "'delta.minWriterVersion' = '4')",
    ),
    (
        lambda: table().addFeatureSupport("changeDataFeed"),
        "ALTER TABLE delta.`/data/a` SET TBLPROPERTIES ('delta.feature.changeDataFeed' = 'supported')",
    ),
    (
        lambda: table().dropFeatureSupport("x", truncateHistory=True),
        "ALTER TABLE delta.`/data/a` DROP FEATURE x TRUNCATE HISTORY",
    ),
    (
        lambda: table().cloneAtVersion(
            1, "copy", isShallow=True, replace=True, properties={"a": "b"}
        ),
        "CREATE OR REPLACE TABLE `copy` SHALLOW CLONE delta.`/data/a` VERSION AS OF 1 TBLPROPERTIES ('a' = 'b')",
    ),
    (
        lambda: table().clone("/data/c", isShallow=True),
        "CREATE TABLE delta.`/data/c` SHALLOW CLONE delta.`/data/a`",
    ),
    (
        lambda: delta.DeltaTable.convertToDelta(SESSION, "parquet.`/data/p`", "day date"),
        "CONVERT TO DELTA parquet.`/data/p` PARTITIONED BY (day date)",
    ),
    (
        lambda: delta.DeltaTable.forPath(SESSION, "s3n://KEY:SEC%2Fret@bucket/a").delete(),
        "DELETE FROM delta.`s3a://bucket/a`",
    ),
    (
        lambda: (
            create()
            .tableName("db.t")
            .addColumn("a b", "INT", comment="it's")
            .addColumn("d", DateType(), nullable=False, generatedAlwaysAs="cast(e as date)")
            .partitionedBy("d")
            .comment("c")
            .property("k", "v")
            .execute()
        ),
        "CREATE TABLE `db`.`t` (`a b` INT COMMENT 'it\\'s', `d` date NOT NULL GENERATED ALWAYS AS (cast(e as date))) "
        "USING delta PARTITIONED BY (`d`) COMMENT 'c' TBLPROPERTIES ('k' = 'v')",
    ),
    (
        lambda: create("createIfNotExists").location("/data/x").addColumns(ROWS).execute(),
        "CREATE TABLE IF NOT EXISTS delta.`/data/x` (`a` int NOT NULL, `b` array<string>) USING delta",
    ),
    (
        lambda: (
            create("createOrReplace")
            .tableName("t")
            .location("/data/x")
            .clusterBy("a", "b")
            .execute()
        ),
        "CREATE OR REPLACE TABLE `t` USING delta CLUSTER BY (`a`, `b`) LOCATION '/data/x'",
    ),
    (
        lambda: (
            create("replace")
            .tableName("t")
            .addColumn("i", "bigint", generatedByDefaultAs=delta.tables.IdentityGenerator(5, 2))
            .execute()
        ),
        "REPLACE TABLE `t` (`i` bigint GENERATED BY DEFAULT AS IDENTITY (START WITH 5 INCREMENT BY 2)) USING delta",
    ),
]


@pytest.mark.parametrize(("act", "statement"), STATEMENTS)
def test_a_method_is_a_statement(act: Callable[[], Any], statement: str) -> None:
    """One each, on the session that the table was made with."""
    SESSION.statements.clear()
    act()
    assert SESSION.statements[0] == statement


def test_columns_of_the_frames_themselves_are_told_apart() -> None:
    """`target.id` and `source.id` in a condition, though neither has an alias."""
    SESSION.statements.clear()
    target, source = table(), frame()
    identity: list[Any] = [col("id"), col("id")]
    identity[0]._expr._plan_id, identity[1]._expr._plan_id = (
        target._plan._plan_id,
        source._plan._plan_id,
    )
    target.merge(source, identity[0] == identity[1]).whenMatchedDelete().execute()
    assert "ON (`target`.`id` = `source`.`id`)" in SESSION.statements[0]
    assert SESSION.statements[1] == "drop merge"


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (lambda: table().update("id = 1"), ValueError),
        (lambda: table().update(set=3), TypeError),
        (lambda: table().update(set={"a": 3}), TypeError),
        (lambda: table().merge("x", "id = id"), TypeError),
        (lambda: table().merge(frame(), None), ValueError),
        (lambda: table().optimize().executeZOrderBy(3), TypeError),
        (lambda: table().restoreToVersion("x"), ValueError),
        (lambda: table().clone("x"), NotImplementedError),
        (lambda: create().addColumn("a", 3), TypeError),
        (lambda: create().execute(), ValueError),
    ],
)
def test_what_delta_refuses_is_refused(act: Callable[[], Any], error: type[Exception]) -> None:
    """Before anything is run."""
    SESSION.statements.clear()
    with pytest.raises(error):
        act()
    assert SESSION.statements == []


def test_a_table_of_another_format_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """`forName` of a Parquet table; `isDeltaTable` says no."""
    monkeypatch.setattr(Session, "format", "parquet")
    with pytest.raises(AnalysisException, match="is not a Delta table"):
        delta.DeltaTable.forName(SESSION, "other")
    assert not delta.DeltaTable.isDeltaTable(SESSION, "/data/other")


def test_every_name_of_deltas_means_these_classes() -> None:
    """`delta`, `delta.tables` and `delta.connect.tables`."""
    expected = {
        "DeltaTable": SqlDeltaTable,
        "DeltaMergeBuilder": SqlMergeBuilder,
        "DeltaTableBuilder": SqlTableBuilder,
        "DeltaOptimizeBuilder": SqlOptimizeBuilder,
    }
    for module in (delta.tables, delta.connect.tables):
        assert {name: getattr(module, name) for name in expected} == expected
    assert vars(delta)["DeltaTable"] is SqlDeltaTable
