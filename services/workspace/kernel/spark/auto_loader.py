"""Databricks' Auto Loader, `format("cloudFiles")`, as Spark's own stream of new files."""

from collections.abc import Mapping

_PREFIX = "cloudfiles."
_KEPT = {"maxfilespertrigger": "maxFilesPerTrigger", "maxbytespertrigger": "maxBytesPerTrigger"}
_FORMAT, _TYPES = f"{_PREFIX}format", f"{_PREFIX}infercolumntypes"


def is_auto_loader(source: object) -> bool:
    return str(source).lower() == "cloudfiles"


def file_format(options: Mapping[str, str]) -> str:
    """The files' format.

    Raises:
        ValueError: the options name none.
    """
    found = next((value for name, value in options.items() if name.lower() == _FORMAT), None)
    if found is None:
        raise ValueError('Auto Loader needs .option("cloudFiles.format", "json"), or another one.')
    return found


def file_options(options: Mapping[str, str]) -> dict[str, str]:
    """Options of Spark's own stream; without a schema, values that are not nested are text, as Auto Loader has it."""
    own = {name: value for name, value in options.items() if not _is_auto_loaders(name)}
    limits = {
        _KEPT[name.lower().removeprefix(_PREFIX)]: value
        for name, value in options.items()
        if name.lower().removeprefix(_PREFIX) in _KEPT
    }
    typed = any(n.lower() == _TYPES and v.lower() == "true" for n, v in options.items())
    types = {"inferSchema": "true"} if typed else {"primitivesAsString": "true"}
    return {**types, **own, **limits}


def _is_auto_loaders(name: str) -> bool:
    return name.lower().startswith(_PREFIX)
