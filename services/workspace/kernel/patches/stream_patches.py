"""Streaming queries as Databricks starts them: `table()`, and checkpoints in a folder for each query."""

from contextlib import nullcontext
from typing import Any

from pyspark.sql.connect.streaming.readwriter import DataStreamWriter

from services.settings import Settings
from services.workspace.kernel.patches.batch_functions import BatchFunction
from services.workspace.kernel.patches.patching import Method, replace_method, set_member
from services.workspace.kernel.patches.source_patches import local_path
from services.workspace.kernel.process.output import print_once
from services.workspace.kernel.spark.table_claims import claimed_table
from services.workspace.kernel.streaming import checkpoints, notebook_queries
from services.workspace.kernel.streaming.start_retry import start_with_retry

_OPTION = "checkpointLocation"

_shared: dict[str, str] = {}
"""Folder that a notebook gave → the first target that it gave it for."""


def install(settings: Settings) -> None:
    """Change how streaming queries start; each is tracked in `notebook_queries`."""

    def begin(original: Method) -> Method:
        def start(writer: Any, **given: Any) -> Any:
            table, path = given.pop("tableName", None), local_path(given.pop("path", None))
            _set_checkpoint(writer, given)
            with claimed_table(settings, table) if table else nullcontext() as own:
                checkpoint = _use_own_folder(writer, _target(own, path))
                query = start_with_retry(
                    lambda: original(writer, path=path, tableName=own, **given)
                )
            notebook_queries.track(
                query, own or query.name or path or str(query.id)[:8], checkpoint
            )
            return query

        return start

    replace_method(DataStreamWriter, "_start_internal", begin)
    replace_method(DataStreamWriter, "trigger", once_as_available_now)
    replace_method(DataStreamWriter, "foreachBatch", _with_notebook_classes)
    set_member(DataStreamWriter, "table", DataStreamWriter.toTable)


def _with_notebook_classes(original: Method) -> Method:
    return lambda writer, func: original(writer, BatchFunction(func))


def once_as_available_now(original: Method) -> Method:
    """`once=True` as `availableNow=True`: one batch alone would only fix where Kinesis is read from, without a row."""

    def trigger(writer: Any, *args: Any, **named: Any) -> Any:
        if named.get("once") is True:
            named = {"availableNow" if name == "once" else name: named[name] for name in named}
        return original(writer, *args, **named)

    return trigger


def _target(table: str | None, path: str | None) -> str | None:
    if table:
        return checkpoints.table_folder_name(table)
    return checkpoints.path_folder_name(path) if path else None


def _set_checkpoint(writer: Any, given: dict[str, Any]) -> None:
    """Options may come with the start itself."""
    for name in [name for name in given if name.lower() == _OPTION.lower()]:
        writer.option(_OPTION, given.pop(name))


def _use_own_folder(writer: Any, target: str | None) -> str:
    """Give the query a folder of its own below the one that it was given; return it, or nothing."""
    options = writer._write_proto.options
    name = next((name for name in options if name.lower() == _OPTION.lower()), None)
    if name is None:
        return ""
    given = str(local_path(options[name]))
    options[name] = checkpoints.target_folder(given, target) if target else given
    _explain_shared_folder(given, target)
    return str(options[name])


def _explain_shared_folder(folder: str, target: str | None) -> None:
    if target and _shared.setdefault(folder, target) != target:
        print_once(
            f"checkpoint {folder}",
            f"Several streams were given the checkpoint folder {folder}: each keeps its checkpoint in a folder "
            "of its own in it, so that none stops another.",
        )
