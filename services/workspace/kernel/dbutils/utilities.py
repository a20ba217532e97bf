"""`dbutils` put together; `pyspark.dbutils` and `databricks.sdk.runtime`, which notebooks import it from."""

import sys
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import pyspark

from services.settings import Settings
from services.workspace.kernel.dbutils.notebook_utils import NotebookUtils
from services.workspace.kernel.dbutils.secrets import SecretUtils
from services.workspace.kernel.dbutils.task_values import JobsUtils
from services.workspace.kernel.dbutils.widgets import WidgetsUtils
from services.workspace.kernel.process.notebook_chain import NotebookChain
from services.workspace.kernel.process.output import print_line
from services.workspace.kernel.process.run_context import RunContext

_HELP = """\
dbutils.fs         files of DBFS, mounts, the local S3: dbutils.fs.help()
dbutils.widgets    parameters: text, dropdown, combobox, multiselect, get, getAll, remove, removeAll
dbutils.notebook   run(path, timeout_seconds, arguments), exit(value)
dbutils.jobs       taskValues.set(key, value), taskValues.get(taskKey, key, default, debugValue)
dbutils.secrets    get, getBytes, list, listScopes\
"""


class LibraryUtils:
    """What notebooks call `dbutils.library`."""

    def restartPython(self) -> None:
        """Do nothing: no package was installed that a restart would have to show."""
        print_line("dbutils.library.restartPython(): not needed here; variables stay.")


class DBUtils:
    """What notebooks call `dbutils`."""

    def __init__(
        self,
        settings: Settings,
        context: RunContext,
        chain: NotebookChain,
        widgets: WidgetsUtils,
        fs: Any,
    ) -> None:
        self.fs = fs
        self.widgets = widgets
        self.notebook = NotebookUtils(settings, context, chain)
        self.jobs = JobsUtils(context)
        self.secrets = SecretUtils(settings)
        self.library = LibraryUtils()

    def help(self) -> None:
        print_line(_HELP)


def install_modules(dbutils: DBUtils, names: Mapping[str, object]) -> None:
    """Let `from pyspark.dbutils import DBUtils` and `from databricks.sdk.runtime import *` find what is here."""

    def get(spark: object = None) -> DBUtils:
        """The notebook's own; the session is not asked for anything."""
        return dbutils

    module = _module("pyspark.dbutils", {"DBUtils": get})
    setattr(pyspark, "dbutils", module)  # noqa: B010 - an attribute that mypy does not know
    runtime = _module("databricks.sdk.runtime", names)
    for name in ("databricks.sdk", "databricks"):
        parent = sys.modules.setdefault(name, ModuleType(name))
        child = "runtime" if name.endswith("sdk") else "sdk"
        setattr(parent, child, runtime if child == "runtime" else sys.modules["databricks.sdk"])


def _module(name: str, names: Mapping[str, object]) -> ModuleType:
    module = ModuleType(name)
    vars(module).update(names, __all__=list(names))
    sys.modules[name] = module
    return module
