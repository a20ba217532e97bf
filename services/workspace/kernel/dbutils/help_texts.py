"""What the `help()` of `dbutils` and of each of its parts says."""

from typing import ClassVar, NamedTuple

from services.workspace.kernel.process.output import print_line


class Part(NamedTuple):
    """A part of `dbutils`.

    Attributes:
        meaning: What it is for.
        calls: Name → its parameters, and what it does.
        note: A sentence below the list.
    """

    meaning: str
    calls: dict[str, tuple[str, str]]
    note: str = ""


_WIDGET = "(name, defaultValue, choices, label=None)"

PARTS = {
    "data": Part(
        "datasets at a glance",
        {"summarize": ("(df, precise=False)", "shows statistics of a frame's columns")},
    ),
    "fs": Part(
        "files of DBFS, mounts, the local S3",
        {
            "cp": (
                "(from, to, recurse=False) -> bool",
                "copies a file or a folder, between any two kinds of storage",
            ),
            "head": ("(file, max_bytes=65536) -> str", "gives the beginning of a file as text"),
            "ls": ("(dir) -> list of FileInfo", "lists a folder"),
            "mkdirs": ("(dir) -> bool", "makes a folder and those above it"),
            "mount": (
                "(source, mount_point, encryption_type='', owner=None, extra_configs=None) -> bool",
                "shows a bucket at a path",
            ),
            "mounts": ("() -> list of MountInfo", "lists what is mounted"),
            "mv": ("(from, to, recurse=False) -> bool", "copies, then deletes what was copied"),
            "put": ("(file, contents, overwrite=False) -> bool", "writes a text file"),
            "refreshMounts": ("() -> bool", "takes over what other notebooks have mounted"),
            "rm": ("(dir, recurse=False) -> bool", "deletes a file or a folder"),
            "unmount": ("(mount_point) -> bool", "forgets a mount, not its bucket"),
            "updateMount": (
                "(source, mount_point, …) -> bool",
                "shows another bucket at a mount point",
            ),
        },
        "Paths: /x and dbfs:/x are DBFS, file:/x is this machine's disk, s3a://bucket/x is the local S3. "
        "Python and %sh find DBFS at /dbfs/x.",
    ),
    "jobs": Part(
        "what a job's tasks tell each other",
        {
            "taskValues.set": ("(key, value)", "leaves a value for later tasks"),
            "taskValues.get": (
                "(taskKey, key, default=None, debugValue=None)",
                "gives the value that a task has left",
            ),
        },
    ),
    "library": Part(
        "the notebook's Python",
        {"restartPython": ("()", "forgets variables and modules; spark and dbutils stay")},
    ),
    "notebook": Part(
        "leaving a notebook, running another",
        {
            "exit": ("(value)", "ends the notebook as a success, with this value"),
            "run": (
                "(path, timeout_seconds=0, arguments=None) -> str",
                "runs a notebook, and gives the value of its exit",
            ),
        },
    ),
    "secrets": Part(
        "secrets, which no output shows",
        {
            "get": ("(scope, key) -> str", "gives a secret"),
            "getBytes": ("(scope, key) -> bytes", "gives a secret as bytes"),
            "list": ("(scope) -> list of SecretMetadata", "lists a scope's keys"),
            "listScopes": ("() -> list of SecretScope", "lists the scopes"),
        },
    ),
    "widgets": Part(
        "parameters",
        {
            "text": ("(name, defaultValue, label=None)", "makes a field for text"),
            "dropdown": (_WIDGET, "makes a field with choices"),
            "combobox": (_WIDGET, "makes a field with choices, and others"),
            "multiselect": (_WIDGET, "makes a field with several choices at once"),
            "get": ("(name) -> str", "gives a parameter's value"),
            "getAll": ("() -> dict", "gives all values by name"),
            "getArgument": ("(name, defaultValue=None) -> str", "gives a value, or this one"),
            "remove": ("(name)", "forgets a field"),
            "removeAll": ("()", "forgets all fields"),
        },
    ),
}


class WithHelp:
    """A part of `dbutils` that says what it can; `_part` is its name there."""

    _part: ClassVar[str]

    def help(self, command: str = "") -> None:
        """Say what there is, or how one of the calls is made."""
        print_line(part_help(self._part, command))


def part_help(name: str, command: str = "") -> str:
    """All calls of a part, or one."""
    part = PARTS[name]
    if command:
        signature, meaning = part.calls.get(command, ("", "there is no such call"))
        return f"{command}{signature}: {meaning}"
    width = max(map(len, part.calls), default=0)
    calls = [f"  {call:{width}}  {meaning}" for call, (_, meaning) in part.calls.items()]
    return "\n".join([f"dbutils.{name}: {part.meaning}", *calls, *filter(None, [part.note])])


def overview() -> str:
    """All parts of `dbutils`."""
    width = max(map(len, PARTS))
    parts = [f"dbutils.{name:{width}}  {part.meaning}" for name, part in PARTS.items()]
    return "\n".join(
        [*parts, 'dbutils.fs.help() lists calls, dbutils.fs.help("cp") says more of one.']
    )
