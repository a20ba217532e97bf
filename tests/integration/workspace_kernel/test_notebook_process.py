"""What a notebook finds in its process: cases N7 to N25, N48 to N52 and N54 of the contract."""

from pathlib import Path
from uuid import uuid4

import pytest

from services.settings import Settings
from tests.support.notebook_kernel import Kernel, kernel, source


def test_sql_runs_all_statements_and_shows_the_last(notebook: Kernel) -> None:
    """N7, N8, N10: comments and texts hold semicolons; the rows stay behind as `_sqldf`."""
    shown = notebook.run(
        "-- counts; and more\n%sql\ncreate or replace temp view a as select 1 as x; -- one; two\n"
        "create or replace temp view b as select x, ';' as y from a;\nselect * from b;\n"
    )
    assert (shown.status, len(shown.html)) == ("ok", 1)
    assert notebook.text("_sqldf.count(), _sqldf.columns") == "(1, ['x', 'y'])"
    assert notebook.text("%sql create or replace temp view c as select 1") == "OK"


def test_sql_stops_at_the_first_error(notebook: Kernel) -> None:
    """N9: what came before took effect; the message is the second's, and not Java's."""
    shown = notebook.run(
        "%sql\ncreate or replace temp view first as select 7 as x;\nselec 2;\nselect 3"
    )
    assert shown.error.startswith("ParseException: [PARSE_SYNTAX_ERROR]")
    assert "This was statement 2 of 3; those before it took effect: selec 2" in shown.traceback
    assert "JVM" not in shown.text + shown.traceback
    assert "7" in notebook.text("%sql select * from first")


def test_sql_reads_widgets(notebook: Kernel) -> None:
    """In all three spellings."""
    notebook.run("%sql select :uid as x, '${uid}' as y, getArgument('number')::int + 1 as z")
    assert notebook.text("tuple(_sqldf.first())") == "('b', 'b', 6)"


def test_run_brings_the_other_notebooks_names(notebook: Kernel, notebooks: Path) -> None:
    """N11, N12, N13: with its own widget values, and relative to itself."""
    (notebooks / "user" / "classes").mkdir()
    clean = 'dbutils.widgets.dropdown("mode", "Batch", ["Batch", "Stream"])'
    code = source(clean, 'mode = dbutils.widgets.get("mode")', "# MAGIC %run ./classes/x")
    (notebooks / "user" / "Clean Pin Data.py").write_text(code)
    (notebooks / "user" / "classes" / "x.py").write_text(
        source("def rows(): return spark.range(3)")
    )
    assert notebook.text('%run "./Clean Pin Data" $mode="Stream"') == ""
    assert notebook.text("mode, rows().count()") == "('Stream', 3)"
    assert notebook.text('# again\n%run "./Clean Pin Data"\nmode') == "'Batch'"


def test_run_names_what_it_cannot_run(notebook: Kernel, notebooks: Path) -> None:
    """N14, N15: a missing notebook, a cycle."""
    (notebooks / "user" / "a.py").write_text(source("# MAGIC %run ./b"))
    (notebooks / "user" / "b.py").write_text(source("# MAGIC %run ./a"))
    assert notebook.run("%run ./missing").error.startswith(
        "NotebookNotFound: Notebook not found: ./missing"
    )
    shown = notebook.run("%run ./a")
    assert "/user/main → /user/a → /user/b → /user/a" in shown.error
    assert 'File "/user/b.py", line 2' in shown.traceback


def test_widgets_take_the_runs_parameters(notebook: Kernel) -> None:
    """N16 to N20."""
    notebook.text('dbutils.widgets.text("uid", "a"); dbutils.widgets.text("free", "a")')
    assert notebook.text('dbutils.widgets.get("uid"), getArgument("free")') == "('b', 'a')"
    assert notebook.text('dbutils.widgets.get("number")') == "'5'"
    unknown = notebook.run('dbutils.widgets.get("x")').error
    assert unknown == "InputWidgetNotDefined: No input widget named x is defined"


def test_an_exit_passes_every_except(notebook: Kernel) -> None:
    """N22: the error's name and text are what the executor looks for."""
    shown = notebook.run(
        'try:\n    dbutils.notebook.exit("ok")\nexcept Exception:\n    print("caught")'
    )
    assert (shown.error, shown.text) == ("NotebookExit: ok", "")


def test_secrets_are_shown_to_nobody(notebook: Kernel, kernel_settings: Settings) -> None:
    """N26, N48, N49: neither in outputs nor in errors, nor when they stand in an address."""
    scope = uuid4().hex
    folder = kernel_settings.workspace_state / "secrets" / scope
    folder.mkdir(parents=True)
    (folder / "k").write_text("h<u>sh\n")
    assert (
        notebook.text(f'v = dbutils.secrets.get({scope!r}, "k"); print(v, "-" + v + "-")')
        == "[REDACTED] -[REDACTED]-"
    )
    shown = notebook.run("from IPython.display import HTML\ndisplay(HTML(v))\nraise ValueError(v)")
    assert shown.error == "ValueError: [REDACTED]"
    assert "h<u>sh" not in shown.text + shown.traceback + "".join(shown.html)
    own = kernel_settings.aws_secret_access_key.get_secret_value()
    keys = notebook.text("""row = spark.table("authentication_credentials").first()
secret = row["Secret access key"]
print(f"s3n://{row['Access key ID']}:{secret}@bucket", secret, "s3a://AKIAREAL:not/ours@b/x")""")
    assert own not in keys
    assert keys == "s3n://[REDACTED]@bucket [REDACTED] s3a://[REDACTED]@b/x"
    missing = notebook.run(f'dbutils.secrets.get({scope!r}, "x")').error
    assert f"Secret does not exist with scope: {scope} and key: x" in missing


def test_the_session_is_the_only_one(notebook: Kernel) -> None:
    """N51: the builder gives it, with its views, and nothing stops it."""
    code = 'SparkSession.builder.appName("x").getOrCreate()'
    notebook.text('spark.range(2).createOrReplaceTempView("seen")')
    assert (
        notebook.text(f"from pyspark.sql import SparkSession\n{code}.table('seen').count()") == "2"
    )
    assert "stays open" in notebook.text("spark.stop()")
    assert notebook.text("spark.table('seen').count()") == "2"


def test_other_languages_are_refused(notebook: Kernel) -> None:
    """N52: by name, with what the cell begins with."""
    error = notebook.run("%scala\nval x = 1").error
    assert error.startswith("MagicError: %scala: ")
    assert "val x = 1" in error


def test_fs_lists_like_display(notebook: Kernel) -> None:
    """N54: the file of the keys, in a table."""
    shown = notebook.run("%fs ls /FileStore/tables")
    assert "authentication_credentials.csv" in "".join(shown.html)


def test_dbutils_can_be_imported(notebook: Kernel) -> None:
    """From both modules that Databricks has it in."""
    code = (
        "from pyspark.dbutils import DBUtils\nfrom databricks.sdk.runtime import dbutils as other\n"
    )
    assert notebook.text(f"{code}DBUtils(spark) is dbutils is other") == "True"


def test_task_values_are_left_for_later_tasks(notebook: Kernel, notebooks: Path) -> None:
    """In the run's folder, in the task's file."""
    notebook.text('dbutils.jobs.taskValues.set("rows", 5)')
    assert (notebooks / "values" / "main.json").read_text() == '{"rows": 5}'
    assert notebook.text('dbutils.jobs.taskValues.get("main", "rows")') == "5"


@pytest.mark.parametrize("code", ["exit()", "quit()", "import sys\nsys.exit(1)"])
def test_leaving_python_fails_the_cell_and_not_the_process(notebook: Kernel, code: str) -> None:
    """The next cell is served; no advice of IPython's is shown."""
    shown = notebook.run(code)
    assert shown.error.startswith("SystemExit")
    assert "To exit" not in shown.text
    assert notebook.text("1 + 1") == "2"


def test_an_error_that_cannot_be_printed_is_answered(notebook: Kernel) -> None:
    """A client that waits for its reply gets one."""
    code = "class Odd(Exception):\n    def __str__(self): raise KeyError\nraise Odd"
    assert notebook.run(code).error == "Odd: (its text cannot be made: KeyError)"


def test_a_person_gets_the_names_at_the_first_cell(kernel_settings: Settings) -> None:
    """Without a context; what belongs to a job says that there is none."""
    with kernel(kernel_settings, "--interactive") as running:
        assert running.text("spark.range(2).count(), dbutils.widgets.getAll()") == "(2, {})"
        shown = running.run("def f():\n    1 / 0\n\nf()")
        assert 'File "Cell In[2]", line 2, in f' in shown.traceback
        assert "ipykernel" not in shown.traceback


def test_without_spark_a_person_is_told_what_to_do(kernel_settings: Settings) -> None:
    """Python goes on working."""
    down = kernel_settings.model_copy(update={"spark_remote": "sc://127.0.0.1:1"})
    with kernel(down, "--interactive") as running:
        shown = running.run("print(1 + 1)")
    assert shown.text.splitlines()[-1] == "2"
    assert "Spark does not answer at sc://127.0.0.1:1" in shown.text
    assert "make up" in shown.text
