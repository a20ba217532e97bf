"""What a notebook can ask about itself (path, run, job, cluster, API token): `getContext()` and the way there.

`dbutils.notebook.entry_point.getDbutils().notebook().getContext().notebookPath().get()` went through the JVM on
Databricks; what it leads to are Scala's options, hence `get()`.
"""

import json
from collections.abc import Callable

from services.settings import Settings
from services.workspace.kernel.process.notebook_chain import NotebookChain
from services.workspace.kernel.process.redaction import redactor
from services.workspace.kernel.process.run_context import RunContext


class ScalaOption:
    def __init__(self, value: object) -> None:
        self._value = None if value is None else str(value)

    def isDefined(self) -> bool:
        return self._value is not None

    def get(self) -> str:
        """The value.

        Raises:
            LookupError: there is none.
        """
        if self._value is None:
            raise LookupError("None.get: this notebook runs outside a job. Use getOrElse.")
        return self._value

    def getOrElse(self, default: str | None) -> str | None:
        return default if self._value is None else self._value

    def __str__(self) -> str:
        return "None" if self._value is None else f"Some({self._value})"


class Tags:
    def __init__(self, tags: dict[str, str]) -> None:
        self._tags = tags

    def get(self, name: str) -> ScalaOption:
        return ScalaOption(self._tags.get(name))

    def apply(self, name: str) -> str:
        """A tag.

        Raises:
            LookupError: it is missing.
        """
        return self.get(name).get()


class NotebookContext:
    def __init__(self, settings: Settings, context: RunContext, chain: NotebookChain) -> None:
        self._settings = settings
        self._context = context
        self._chain = chain

    def notebookPath(self) -> ScalaOption:
        """Of the notebook whose code asks, be it by `%run`."""
        return ScalaOption(self._chain.current or None)

    def currentRunId(self) -> ScalaOption:
        """This attempt's run."""
        return ScalaOption(self._context.run_id)

    def jobId(self) -> ScalaOption:
        return ScalaOption(self._context.job_id)

    def clusterId(self) -> ScalaOption:
        """The cluster that was asked for."""
        return ScalaOption(self._context.cluster_id)

    def userName(self) -> ScalaOption:
        return ScalaOption("local")

    def apiUrl(self) -> ScalaOption:
        return ScalaOption(self._settings.workspace_url)

    def browserHostName(self) -> ScalaOption:
        """Host and port of the workspace."""
        return ScalaOption(self._settings.workspace_url.partition("://")[2])

    def apiToken(self) -> ScalaOption:
        """The workspace's token; outputs will not show it."""
        token = self._settings.workspace_token.get_secret_value()
        redactor.hide(token)
        return ScalaOption(token)

    def tags(self) -> Tags:
        return Tags(self._tags())

    def toJson(self) -> str:
        path = self._chain.current
        return json.dumps({"extraContext": {"notebook_path": path}, "tags": self._tags()})

    safeToJson = toJson

    def _tags(self) -> dict[str, str]:
        tags = {
            "jobId": self._context.job_id,
            "runId": self._context.run_id,
            "multitaskParentRunId": self._context.parent_run_id,
            "taskKey": self._context.task_key or None,
            "clusterId": self._context.cluster_id,
            "user": "local",
            "browserHostName": self.browserHostName().get(),
        }
        return {name: str(value) for name, value in tags.items() if value is not None}


class EntryPoint:
    """`entry_point.getDbutils().notebook().getContext()`; every other step leads to itself."""

    def __init__(self, context: Callable[[], NotebookContext]) -> None:
        self.getContext = context

    def getDbutils(self) -> "EntryPoint":
        return self

    def notebook(self) -> "EntryPoint":
        return self
