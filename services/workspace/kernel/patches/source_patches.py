"""`load` and `save`: paths and Kinesis streams of the real cloud, read from and written to the local one."""

from typing import Any

from pyspark.sql.connect.readwriter import DataFrameReader, DataFrameWriter
from pyspark.sql.connect.streaming.readwriter import DataStreamReader

from services.settings import Settings
from services.workspace.kernel.patches.patching import Method, replace_method
from services.workspace.kernel.process.output import print_once
from services.workspace.kernel.spark.auto_loader import file_format, file_options, is_auto_loader
from services.workspace.kernel.spark.local_aws import kinesis_options
from services.workspace.storage.dbfs_paths import spark_path
from services.workspace.storage.glob_listing import FilteredFolder, filtered_folder
from services.workspace.storage.resolver import StorageResolver


def install(settings: Settings) -> None:
    """Change where readers and writers look."""

    def load_stream(original: Method) -> Method:
        def load(reader: Any, path: Any = None, *args: Any, **named: Any) -> Any:
            source = named.get("format") or next(iter(args), None) or reader._format
            if str(source).lower() == "kinesis":
                _to_local_kinesis(reader, named, settings)
            elif is_auto_loader(source):
                _to_file_stream(reader, args, named)
                return original(reader, local_path(path))
            return original(reader, local_path(path), *args, **named)

        return load

    places = StorageResolver(settings)

    def load(original: Method) -> Method:
        def run(reader: Any, path: Any = None, *args: Any, **named: Any) -> Any:
            where, given = local_path(path), reader._options
            many = None if "pathglobfilter" in map(str.lower, given) else _filtered(places, where)
            if many is None:
                return original(reader, where, *args, **named)
            reader._options = {**given, "pathGlobFilter": many.glob}
            try:
                return original(reader, many.folder, *args, **named)
            finally:
                reader._options = given

        return run

    replace_method(DataFrameReader, "load", load)
    replace_method(DataFrameWriter, "save", _save)
    replace_method(DataStreamReader, "load", load_stream)


def local_path(path: Any) -> Any:
    """A path, or several, as the Spark server takes them."""
    if isinstance(path, str):
        return spark_path(path)
    return [local_path(item) for item in path] if isinstance(path, (list, tuple)) else path


def _filtered(places: StorageResolver, path: Any) -> FilteredFolder | None:
    """`json(path)` and its like give a list."""
    one = path[0] if isinstance(path, list) and len(path) == 1 else path
    return filtered_folder(places, one) if isinstance(one, str) else None


def _save(original: Method) -> Method:
    def run(owner: Any, path: Any = None, *args: Any, **named: Any) -> Any:
        return original(owner, local_path(path), *args, **named)

    return run


def _to_file_stream(reader: Any, args: tuple[Any, ...], named: dict[str, Any]) -> None:
    """Auto Loader's stream as Spark's own; without a schema, the files give it."""
    schema = named.pop("schema", None) or next(iter(args[1:]), None)
    for name in set(named) - {"format"}:
        reader.option(name, named.pop(name))
    if schema is not None:
        reader.schema(schema)
    elif not reader._schema:
        reader._client.conf.set("spark.sql.streaming.schemaInference", "true")
    reader.format(file_format(reader._options))
    reader._options = file_options(reader._options)


def _to_local_kinesis(reader: Any, named: dict[str, Any], settings: Settings) -> None:
    """Options may come with `load` itself."""
    for name in set(named) - {"format", "schema"}:
        reader.option(name, named.pop(name))
    options = kinesis_options(reader._options, settings)
    if options != reader._options:
        print_once(
            "kinesis", "Streams are read from the local Kinesis, with its own keys and region."
        )
    reader._options = options
