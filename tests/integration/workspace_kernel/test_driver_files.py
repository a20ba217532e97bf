"""`/dbfs/…` in a real notebook: over the real S3, with the real Spark on the other side."""

import json
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from services.aws import s3_client
from services.settings import Settings
from services.tables import bucket
from tests.support.notebook_kernel import Kernel, begin, kernel


@pytest.fixture(scope="module")
def own(spark_infra: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A user of the tests' own, whose bucket holds three objects."""
    folder = tmp_path_factory.mktemp("notebooks")
    own = spark_infra.model_copy(update={"user_id": uuid4().hex[:12], "workspace_dir": folder})
    s3 = s3_client(own)
    s3.create_bucket(Bucket=bucket(own.user_id))
    for n in range(3):
        s3.put_object(Bucket=bucket(own.user_id), Key=f"topics/pin/{n}.json", Body=b'{"index":1}')
    return own


@pytest.fixture(scope="module")
def notebook(own: Settings) -> Iterator[Kernel]:
    """One kernel for all, with the bucket mounted at a place of its own."""
    (own.workspace_dir / "user").mkdir()
    with kernel(own) as running:
        begin(running, own.workspace_dir, notebook_path="/user/main")
        running.text(
            f"import os, json, glob, shutil\nimport pandas as pd\n"
            f"here, mnt = '/FileStore/{own.user_id}', '/mnt/{own.user_id}'\n"
            f"dbutils.fs.mount('s3n://K:S@{bucket(own.user_id)}', mnt)\nos.makedirs('/dbfs' + here)"
        )
        yield running
        running.text("dbutils.fs.unmount(mnt); dbutils.fs.rm(here, True)")


def test_what_python_writes_spark_reads_and_the_other_way_round(notebook: Kernel) -> None:
    """In DBFS and below a mount, twice, so that no checksum of the first stays behind."""
    shown = notebook.text("""for place in (here, mnt + "/out"):
    os.makedirs(f"/dbfs{place}", exist_ok=True)
    for ind in (1, 2):
        with open(f"/dbfs{place}/pins.csv", "w") as file:
            file.write(f"ind,country\\n{ind},Chad\\n")
        print(spark.read.option("header", True).csv(f"dbfs:{place}/pins.csv").first().ind)
    spark.range(5).coalesce(1).write.mode("overwrite").parquet(f"{place}/five")
    print(len(pd.read_parquet(f"/dbfs{place}/five")), sorted(os.listdir(f"/dbfs{place}")))
    dbutils.fs.put(f"{place}/a.json", '{"x": 1}', True)
    print(json.load(open(f"/dbfs{place}/a.json")))""")
    part = ["1", "2", "5 ['five', 'pins.csv']", "Wrote 8 bytes.", "{'x': 1}"]
    assert shown.splitlines() == part * 2


def test_a_mount_is_a_folder(notebook: Kernel, own: Settings) -> None:
    """For glob and shutil; what is written is an object."""
    shown = notebook.text("""files = glob.glob(f"/dbfs{mnt}/topics/pin/*.json")
shutil.copytree(f"/dbfs{mnt}/topics", f"/dbfs{mnt}/copy")
shutil.rmtree(f"/dbfs{mnt}/topics/pin")
print(len(files), os.path.exists(f"/dbfs{mnt}/topics/pin"), len(os.listdir(f"/dbfs{mnt}/copy/pin")))""")
    assert shown == "3 False 3"
    listed = s3_client(own).list_objects_v2(Bucket=bucket(own.user_id), Prefix="copy/pin/")
    names = [item["Key"].removeprefix("copy/pin/") for item in listed["Contents"]]
    assert sorted(filter(None, names)) == ["0.json", "1.json", "2.json"]


def test_the_shell_sees_the_same(notebook: Kernel, own: Settings) -> None:
    """`%sh`, `!`, and the machine's own `/dbfs` is not touched."""
    there = Path("/dbfs").exists()
    path = f"/dbfs/FileStore/{own.user_id}"
    assert notebook.text(f"%sh\necho text > {path}/sh.txt; ls -d {path}/sh.txt") == f"{path}/sh.txt"
    assert notebook.text(f"found = !cat {path}/sh.txt\nprint(found)") == "['text']"
    assert notebook.text(f"!cat /dbfs/mnt/{own.user_id}/copy/pin/0.json") == '{"index":1}'
    assert Path("/dbfs").exists() == there


def test_an_error_names_the_path_as_it_was_written(notebook: Kernel) -> None:
    """With a traceback that ends in the notebook's own line."""
    shown = notebook.run('pd.read_csv("/dbfs/FileStore/none.csv")')
    assert shown.error.endswith("No such file or directory: '/dbfs/FileStore/none.csv'")
    assert "driver_files" not in shown.traceback


def test_a_neighbouring_notebook_is_a_module(notebook: Kernel, own: Settings) -> None:
    """With `spark` in it; Spark's workers get its functions."""
    cells = ["%sql\nselect 1", "limit = 1\ndef over(n): return n > limit", "three = spark.range(3)"]
    code = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": c} for c in cells]
    text = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": code})
    (own.workspace_dir / "user" / "clean_pins.ipynb").write_text(text)
    assert (
        notebook.text(f"""os.chdir({str(own.workspace_dir / "user")!r})
from clean_pins import over, three
from pyspark.sql.functions import udf
three.filter(udf(over, "boolean")("id")).count()""")
        == "1"
    )


def test_a_restart_leaves_spark_and_forgets_the_rest(notebook: Kernel, own: Settings) -> None:
    """Variables and modules of the user; the rest of the cell is not run, the next one is."""
    (own.workspace_dir / "user" / "version.py").write_text("number = 1")
    notebook.text(
        "import version\nspark.range(4).createOrReplaceTempView('kept')\nx = version.number"
    )
    (own.workspace_dir / "user" / "version.py").write_text("number = 20  # changed")
    assert notebook.text("dbutils.library.restartPython()\nx = 5").startswith(
        "Python was restarted"
    )
    assert notebook.run("x").error == "NameError: name 'x' is not defined"
    assert notebook.text("%sql select count(*) as n from kept").split() == ["n", "4"]
    assert notebook.text("import version\ndisplay(version.number)\n%fs ls /").startswith("20")
    notebook.text(
        f"import os, json, glob, shutil\nimport pandas as pd\n"
        f"here, mnt = '/FileStore/{own.user_id}', '/mnt/{own.user_id}'"
    )


def test_a_spark_frame_is_summarized(notebook: Kernel) -> None:
    """As pandas' is, columns of one name included."""
    shown = notebook.run("""dbutils.data.summarize(spark.sql(\"\"\"
select * from values (0, 'Chad', timestamp'2021-01-01', true, array(1)), (1, 'Chad', null, true, null),
(2, 'Peru', null, false, null), (null, null, null, null, null) as t (a, `b.c`, d, e, a)\"\"\"), precise=True)""")
    assert shown.status == "ok", shown.traceback
    table = [line.split() for line in shown.text.splitlines()]
    assert table[0] == ["4", "rows,", "5", "columns"]
    assert table[2] == [
        "a",
        "int",
        "3",
        "1",
        "1.0",
        "1.0",
        "1",
        "0",
        "1.0",
        "2",
        "null",
        "null",
        "null",
        "null",
    ]
    assert table[3] == ["b.c", "string", "3", "1", *["null"] * 6, "2", "Chad", "2", "4.0"]
    assert table[4][:3] == ["d", "timestamp", "1"]
    assert table[5][-4:-1] == ["2", "true", "2"]
    assert table[6][:4] == ["a", "array<int>", "1", "3"]


def test_a_bad_mount_is_refused_and_an_edited_one_left_out(own: Settings, notebook: Kernel) -> None:
    """It would be in the way of every read of every notebook."""
    refused = notebook.run(f"dbutils.fs.mount('s3a://user-####-bucket', '/mnt/{own.user_id}-bad')")
    assert "Write s3a://<bucket>/<prefix>" in refused.error
    file = own.workspace_state / "mounts.json"
    kept = file.read_text()
    bad = {f"/mnt/{own.user_id}-bad": "s3a://user-####-bucket", "/mnt/[": "s3a://bbb/{x}"}
    file.write_text(json.dumps({**json.loads(kept), **bad}))
    try:
        with kernel(own) as other:
            begin(other, own.workspace_dir, notebook_path="/user/other")
            counted = f"spark.read.text('/mnt/{own.user_id}/copy/pin/*.json').count()"
            assert other.text(counted) == "3"
            assert notebook.text(counted) == "3"
            other.text(f"dbutils.fs.unmount('/mnt/{own.user_id}-bad')")
        assert f"{own.user_id}-bad" not in file.read_text()
    finally:
        file.write_text(kept)
