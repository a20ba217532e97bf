import pytest

from services.workspace.kernel.spark.table_names import (
    dropped_table,
    local_name,
    local_sql,
    written_table,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT * FROM hive_metastore.default.t", "SELECT * FROM default.t"),
        ("select * from `hive_metastore`.`default`.t", "select * from `default`.t"),
        ("SELECT 'hive_metastore.x' FROM HIVE_METASTORE . t", "SELECT 'hive_metastore.x' FROM t"),
        ("-- hive_metastore.x\nSELECT 1", "-- hive_metastore.x\nSELECT 1"),
        ("SELECT my_hive_metastore.x FROM t", "SELECT my_hive_metastore.x FROM t"),
        ("USE CATALOG hive_metastore;", "USE default"),
    ],
)
def test_the_old_catalogs_name_is_dropped_in_sql(text: str, expected: str) -> None:
    """But not in strings, comments or longer names."""
    assert local_sql(text) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [("hive_metastore.default.t", "default.t"), ("t", "t"), ("`hive_metastore`.x", "x")],
)
def test_the_old_catalogs_name_is_dropped_from_a_table(name: str, expected: str) -> None:
    """The server has one catalog."""
    assert local_name(name) == expected


@pytest.mark.parametrize(
    ("text", "table"),
    [
        ("INSERT INTO t VALUES (1)", "t"),
        ("-- first\n/* then */ insert overwrite table default.`0a_t` select 1", "default.`0a_t`"),
        ("CREATE OR REPLACE TABLE t USING delta AS SELECT 1", "t"),
        ("CREATE TABLE IF NOT EXISTS t (a int)", "t"),
        ("MERGE INTO t USING s ON a = b", "t"),
        ("DELETE FROM t", "t"),
        ("UPDATE t SET a = 1", "t"),
        ("SELECT * FROM t", None),
        ("CREATE OR REPLACE TEMP VIEW t AS SELECT 1", None),
        ("DROP TABLE t", None),
    ],
)
def test_statements_that_write_a_table_are_recognised(text: str, table: str | None) -> None:
    """The speed layer's tables have one writer."""
    assert written_table(text) == table


def test_a_dropped_table_is_recognised() -> None:
    """Its files may have to be removed."""
    assert dropped_table("DROP TABLE IF EXISTS default.t") == "default.t"
    assert dropped_table("DROP VIEW t") is None
