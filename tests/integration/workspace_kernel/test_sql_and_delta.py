"""SQL with values in it, and Delta's `DeltaTable`, in a notebook on the real Spark."""

import pytest

from tests.support.notebook_kernel import Kernel

CREATE = """
from delta.tables import DeltaTable
from pyspark.sql import functions as F
from pyspark.sql.functions import col, lit
people = (DeltaTable.createOrReplace(spark).tableName("people").addColumn("id", "BIGINT")
    .addColumn("name", "STRING", comment="it's").property("k", "v").execute())
spark.range(4).select("id", lit("a").alias("name")).write.mode("append").saveAsTable("people")
def rows(table): return sorted(tuple(row) for row in table.toDF().collect())
print(people.detail().first().properties["k"], rows(people))
"""

CHANGE = """
people.update((col("id") == 1) | col("name").isNull(), {"name": F.concat(col("name"), lit("'s"))})
people.delete("id = 0")
news = spark.createDataFrame([(2, "two"), (9, "nine")], "id long, name string")
print(people.alias("p").merge(news.alias("n"), "p.id = n.id").whenMatchedUpdate(set={"name": "n.name"})
    .whenNotMatchedInsertAll().whenNotMatchedBySourceDelete(col("p.id") == 3).execute().first().asDict())
upper = F.udf(lambda text: text and text.upper())
people.merge(news, people.toDF().id == news.id).whenMatchedUpdate(set={"name": upper(news.name)}).execute()
print(rows(people))
"""

KEEP = """
print([row.operation for row in people.history(2).collect()], people.optimize().executeZOrderBy("id").count())
people.vacuum()
people.restoreToVersion(1)
print(rows(people))
"""

BY_PATH = """
people.toDF().write.format("delta").save("dbfs:/tmp/people-{uid}")
by_path = DeltaTable.forPath(spark, "/tmp/people-{uid}")
print(DeltaTable.isDeltaTable(spark, "/tmp/people-{uid}"), DeltaTable.isDeltaTable(spark, "/tmp/none-{uid}"))
"""

STREAM = """
import time
def upsert(batch, number):
    from delta.tables import DeltaTable as Imported
    rates = batch.selectExpr("value AS id", "'stream' AS name").alias("n")
    target = Imported.forPath(batch.sparkSession, "dbfs:/tmp/people-{uid}").alias("p")
    target.merge(rates, "p.id = n.id").whenMatchedUpdateAll().whenNotMatchedInsertAll().execute()
    DeltaTable.forPath(spark, "/tmp/people-{uid}").delete("id = 3")
    if spark.catalog._jcatalog.tableExists("people"):
        batch._jdf.sparkSession().sql("DELETE FROM people WHERE id = 2")
    spark.sql("DELETE FROM people WHERE id = :one", args={"one": 1})
query = spark.readStream.format("rate").load().writeStream.foreachBatch(upsert).start()
deadline = time.monotonic() + 90
while not by_path.toDF().filter("name = 'stream'").count() and query.isActive and time.monotonic() < deadline:
    time.sleep(0.5)
query.stop()
print(query.exception(), by_path.toDF().filter("name = 'stream'").count() > 0, rows(people))
"""

LOADER = """
spark.range(3).selectExpr("id", "'x' AS t").write.json("/tmp/in-{uid}")
query = (spark.readStream.format("cloudFiles").option("cloudFiles.format", "json")
    .option("cloudFiles.schemaLocation", "/tmp/s-{uid}").load("/tmp/in-{uid}").writeStream
    .option("checkpointLocation", "/tmp/c-{uid}").trigger(availableNow=True).toTable("loaded"))
query.awaitTermination()
print(spark.table("loaded").count(), spark.table("loaded").schema.simpleString())
"""


@pytest.mark.parametrize(
    ("call", "rows"),
    [
        ('"SELECT id FROM range(9) WHERE id > :n", args={"n": 6}', "[(7,), (8,)]"),
        ('"SELECT id FROM range(9) WHERE id < ?", args=[1]', "[(0,)]"),
        (
            '"SELECT :t, count(*) FROM {df}", args={"t": "{O\'5}"}, df=spark.range(3)',
            '[("{O\'5}", 3)]',
        ),
    ],
)
def test_a_query_takes_arguments(call: str, rows: str, notebook: Kernel) -> None:
    """By name, by place, and beside frames; behind Delta's extension of SQL."""
    assert notebook.text(f"[tuple(row) for row in spark.sql({call}).collect()]") == rows


def test_widgets_are_made_and_removed_by_sql(notebook: Kernel) -> None:
    """A cell without rows leaves `_sqldf` as it is."""
    notebook.text(
        "%sql\nCREATE OR REPLACE TEMP VIEW tens AS SELECT id * 10 AS n FROM range(3);\n"
        "CREATE WIDGET DROPDOWN place DEFAULT '10' CHOICES SELECT n FROM tens;\n"
        "CREATE WIDGET TEXT source DEFAULT 'tens'"
    )
    notebook.run("%sql SELECT * FROM IDENTIFIER(:source) WHERE n = getArgument('place')")
    assert notebook.text("%sql REMOVE WIDGET source") == "OK"
    assert notebook.text("_sqldf.collect()[0].n, 'source' in dbutils.widgets.getAll()") == (
        "(10, False)"
    )


def test_a_delta_table_is_made_changed_and_restored(notebook: Kernel) -> None:
    """`DeltaTable`'s builder, update, delete, merge, history, optimize, vacuum and restore."""
    assert notebook.text(CREATE) == "v [(0, 'a'), (1, 'a'), (2, 'a'), (3, 'a')]"
    assert notebook.text(CHANGE).splitlines() == [
        "{'num_affected_rows': 3, 'num_updated_rows': 1, 'num_deleted_rows': 1, 'num_inserted_rows': 1}",
        "[(1, \"a's\"), (2, 'TWO'), (9, 'NINE')]",
    ]
    assert notebook.text(KEEP).splitlines() == [
        "['MERGE', 'MERGE'] 1",
        "[(0, 'a'), (1, 'a'), (2, 'a'), (3, 'a')]",
    ]


def test_a_streams_batches_are_merged_into_a_delta_table(notebook: Kernel) -> None:
    """`foreachBatch` runs in a process of the server's, where the same classes are."""
    assert notebook.text(_own(BY_PATH, notebook)) == "True False"
    assert "None True [(0, 'a'), (3, 'a')]" in notebook.text(_own(STREAM, notebook))


def test_new_files_are_loaded_by_auto_loader(notebook: Kernel) -> None:
    """All that is there, with the columns that the files have, as text."""
    assert "3 struct<id:string,t:string>" in notebook.text(_own(LOADER, notebook))


def test_what_is_no_delta_table_is_told_as_pyspark_does(notebook: Kernel) -> None:
    """An AnalysisException, when the table is asked for; Delta's words for wrong arguments."""
    assert notebook.run('DeltaTable.forPath(spark, "/tmp/nothing")').error == (
        "AnalysisException: [DELTA_MISSING_DELTA_TABLE] `/tmp/nothing` is not a Delta table."
    )
    missing = notebook.run('DeltaTable.forName(spark, "nothing")').error
    assert missing.startswith("AnalysisException: [TABLE_OR_VIEW_NOT_FOUND]")
    assert notebook.run("people.update('id = 1')").error == "ValueError: 'set' cannot be None"


def _own(code: str, notebook: Kernel) -> str:
    """With the name that is this session's own."""
    return code.replace("{uid}", notebook.text("print(spark.session_id)"))
