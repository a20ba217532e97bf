"""A notebook's beginning and end: the Spark session and the names that it finds without having made them."""

import sys
from pathlib import Path
from typing import Any, cast

from IPython.core.getipython import get_ipython
from pyspark.sql import SparkSession
from pyspark.sql.functions import udf

from services.settings import Settings, load_settings
from services.workspace.credentials import are_real, ensure_credentials, own_keys
from services.workspace.driver_files import installation as driver_files
from services.workspace.kernel.dbutils.data_utils import DataUtils
from services.workspace.kernel.dbutils.filesystem import FileSystemUtils
from services.workspace.kernel.dbutils.utilities import DBUtils, install_modules
from services.workspace.kernel.dbutils.widgets import WidgetsUtils
from services.workspace.kernel.display.display_function import display, displayHTML
from services.workspace.kernel.magics import registration
from services.workspace.kernel.magics.fs_magic import FsMagic
from services.workspace.kernel.magics.run_magic import RunMagic
from services.workspace.kernel.magics.sql_magic import SqlMagic
from services.workspace.kernel.modules import notebook_finder
from services.workspace.kernel.modules.own_modules import own_modules
from services.workspace.kernel.patches import all_patches
from services.workspace.kernel.process.notebook_chain import NotebookChain
from services.workspace.kernel.process.output import print_line, print_once
from services.workspace.kernel.process.redaction import redactor
from services.workspace.kernel.process.run_context import RunContext, read_context
from services.workspace.kernel.shell.shell import NotebookShell, RunningNotebook
from services.workspace.kernel.spark.spark_context import SparkContextFacade, SqlContextFacade
from services.workspace.kernel.spark.spark_session import open_session
from services.workspace.kernel.streaming.notebook_queries import finish_queries
from services.workspace.notebooks.notebook_library import NotebookLibrary
from services.workspace.storage.mounts import Mounts


def begin(file: str | None) -> None:
    """Open the Spark session, and put the predefined names and the magics into the notebook.

    Args:
        file: The context that the executor wrote; None in JupyterLab.

    Raises:
        SparkUnavailableError: Spark does not answer.
    """
    shell = cast(NotebookShell, get_ipython())
    settings = load_settings()
    context = read_context(file) if file else _jupyter_context(shell, settings)
    chain = NotebookChain(context.notebook_path)
    names = predefined(settings, context, chain)
    shell.running = RunningNotebook(settings, context, names["spark"])
    shell.push(names, interactive=False)  # type: ignore[no-untyped-call]
    shell.predefined = names
    _register_magics(shell, shell.running, names["dbutils"], chain)


def predefined(
    settings: Settings, context: RunContext, chain: NotebookChain | None = None
) -> dict[str, Any]:
    """The names that every notebook has, on a new Spark session; also for a Python file that runs as a task.

    Raises:
        SparkUnavailableError: Spark does not answer.
    """
    keys = own_keys(settings)
    redactor.hide(
        *(keys if are_real(settings) else keys[1:]), settings.spark_token.get_secret_value()
    )
    ensure_credentials(settings)
    places = driver_files.install(settings)
    for problem in Mounts(settings).problems():
        print_once(problem, problem)
    spark = open_session(settings, context)
    widgets = WidgetsUtils(context.parameters)
    all_patches.install(spark, settings, widgets)
    chain = chain or NotebookChain(context.notebook_path)
    dbutils = DBUtils(settings, context, chain, widgets, FileSystemUtils(spark, settings))
    dbutils.data = DataUtils(display)
    names = {**_spark_names(spark), "dbutils": dbutils, "getArgument": widgets.getArgument}
    install_modules(dbutils, names)
    notebook_finder.install(lambda: names, places)
    return names


def restart() -> None:
    """Forget what cells have made, and the modules that are the user's; the session and its views stay."""
    shell: Any = get_ipython()
    shell.reset(new_session=False)
    shell.push(shell.predefined, interactive=False)
    for name in own_modules():
        del sys.modules[name]
    print_line("Python was restarted: variables are gone, spark and dbutils are here.")


def finish() -> None:
    """End what `display()` began, and wait for the notebook's own streams.

    Raises:
        StreamFailedError: a stream failed.
    """
    finish_queries()


def _spark_names(spark: SparkSession) -> dict[str, Any]:
    return {
        "spark": spark,
        "sc": SparkContextFacade(spark),
        "sqlContext": SqlContextFacade(spark),
        "sql": spark.sql,
        "table": spark.table,
        "udf": udf,
        "display": display,
        "displayHTML": displayHTML,
    }


def _register_magics(
    shell: NotebookShell, running: RunningNotebook, dbutils: DBUtils, chain: NotebookChain
) -> None:
    library = NotebookLibrary(running.settings.workspace_dir)
    run = RunMagic(shell, library, chain, dbutils.widgets)
    sql = SqlMagic(running.spark, dbutils.widgets, shell.user_ns)
    registration.register(shell, run, sql, FsMagic(dbutils.fs))


def _jupyter_context(shell: NotebookShell, settings: Settings) -> RunContext:
    """What is known of a notebook that a person opened: JupyterLab says which file it is."""
    name, root = shell.user_ns.get("__session__"), settings.workspace_dir.resolve()
    file = Path(name).resolve() if name else None
    if file is None or not file.is_relative_to(root):
        return RunContext()
    return RunContext(notebook_path=f"/{file.relative_to(root).with_suffix('').as_posix()}")
