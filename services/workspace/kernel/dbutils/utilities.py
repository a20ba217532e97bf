"""`dbutils` put together; `pyspark.dbutils` and `databricks.sdk.runtime`, which notebooks import it from."""

import sys
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import pyspark

from services.settings import Settings
from services.workspace.kernel.dbutils.data_utils import DataUtils
from services.workspace.kernel.dbutils.help_texts import PARTS, overview, part_help
from services.workspace.kernel.dbutils.library_utils import LibraryUtils
from services.workspace.kernel.dbutils.notebook_utils import NotebookUtils
from services.workspace.kernel.dbutils.secrets import SecretUtils
from services.workspace.kernel.dbutils.task_values import JobsUtils
from services.workspace.kernel.dbutils.widgets import WidgetsUtils
from services.workspace.kernel.process.notebook_chain import NotebookChain
from services.workspace.kernel.process.output import print_line
from services.workspace.kernel.process.run_context import RunContext


class DBUtils:
    """What notebooks call `dbutils`.

    Attributes:
        data: Given by the session, since it displays.
    """

    data: DataUtils

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

    def help(self, part: str = "") -> None:
        """Say what there is, or what one of the parts can."""
        print_line(part_help(part) if part in PARTS else overview())


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
