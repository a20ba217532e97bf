"""Functions and methods of libraries that hand on what they are given, or ask something of it."""

from __future__ import annotations

import ast
from typing import Callable, NamedTuple, Optional

from .machine import Machine
from .node import DEFAULT, LIST, MAPPING, NUMBER, REQUIRED, Node
from .texts import formatted, only_text


class Arguments(NamedTuple):
    """Of a call: by position, by name, `**`, and its syntax tree."""

    values: list[Node]
    named: dict[str, Node]
    splats: list[Node]
    tree: ast.Call

    @property
    def first(self) -> Node | None:
        return self.values[0] if self.values else next(iter(self.named.values()), None)


_PARSER, _CONFIG, _ENV = "configparser()", "decouple.config", "environs.env"
OBJECTS = {_PARSER, _CONFIG, _ENV}
"""Dotted names of what the functions below return."""

Handler = Callable[[Machine, Node, Arguments], Optional[Node]]

_NUMERIC = {"getint", "getfloat", "int", "float", "integer"}
_DEFAULTS = {"default", "fallback"}


def _get(kind: str) -> Handler:
    def get(machine: Machine, owner: Node, arguments: Arguments) -> Node | None:
        if not arguments.values or owner.facts.dotted.startswith(("requests", "httpx")):
            return None
        asked, rest = arguments.values[0], arguments.values[1:]
        is_parser = "ini" in owner.facts.loaders or "configparser" in owner.facts.dotted
        if rest and is_parser:
            owner, asked, rest = _section(owner, asked), rest[0], rest[1:]
        optional = rest or _DEFAULTS & set(arguments.named)
        return _ask(owner, asked, DEFAULT if optional else REQUIRED, kind)

    return get


def _section(owner: Node, asked: Node) -> Node:
    for text in asked.facts.texts:
        owner = owner.key(text)
    return owner


def _ask(owner: Node, asked: Node, mark: str, kind: str = "") -> Node | None:
    found = [owner.key(text).mark(mark) for text in sorted(asked.facts.texts) if text]
    for node in found:
        if kind in _NUMERIC:
            node.mark(NUMBER)
        if len(found) > 1:
            owner.element().unify(node)
    return found[0] if found else None


def _variable(kind: str = "") -> Handler:
    """A call that asks for a variable: `os.getenv`, decouple's `config`, environs' `env`."""

    def ask(machine: Machine, _owner: Node, arguments: Arguments) -> Node | None:
        if not arguments.values:
            return None
        optional = arguments.values[1:] or _DEFAULTS & set(arguments.named)
        cast = kind
        for keyword in arguments.tree.keywords:
            if keyword.arg == "cast":
                cast = getattr(keyword.value, "id", "")
        mark = DEFAULT if optional else REQUIRED
        return _ask(machine.environment, arguments.values[0], mark, cast)

    return ask


def _same(_machine: Machine, owner: Node, arguments: Arguments) -> Node | None:
    return owner


def _first(_machine: Machine, _owner: Node, arguments: Arguments) -> Node | None:
    return arguments.first


def _last_text(_machine: Machine, _owner: Node, arguments: Arguments) -> Node | None:
    """A path of several parts: the last one counts."""
    named = [node for node in arguments.values if node.facts.texts]
    return named[-1] if named else arguments.first


def _number(_machine: Machine, _owner: Node, arguments: Arguments) -> Node | None:
    for node in arguments.values:
        node.mark(NUMBER)
    return arguments.first


def _loads(kind: str) -> Handler:
    def load(_machine: Machine, owner: Node, arguments: Arguments) -> Node | None:
        found = arguments.first
        if found is None:
            return None
        found.facts.loaders.add(kind or _kind_of(owner))
        return found

    return load


def _kind_of(owner: Node) -> str:
    root = owner.facts.dotted.partition(".")[0]
    return {"tomllib": "toml", "tomli": "toml", "ruamel": "yaml"}.get(root, root)


def _read(machine: Machine, owner: Node, arguments: Arguments) -> Node | None:
    """A file's text, or configparser's `read(path)`."""
    given = arguments.first
    if given is None or not ("configparser" in owner.facts.dotted or given.facts.texts):
        return owner
    for node in [given, *([given.element()] if LIST in given.facts.marks else [])]:
        owner.unify(node)
    owner.facts.loaders.add("ini")
    return owner


def _parser(_machine: Machine, target: Node, _arguments: Arguments) -> Node | None:
    return Node(dotted=_PARSER)


def _dotenv(machine: Machine, _owner: Node, arguments: Arguments) -> Node | None:
    """`load_dotenv`, `read_env`: the file is the environment's."""
    given = arguments.first
    machine.environment.facts.loaders.add("env")
    machine.environment.facts.texts.update(given.facts.texts if given is not None else {".env"})
    return Node()


def _repository(machine: Machine, _owner: Node, arguments: Arguments) -> Node | None:
    """decouple's: whatever it reads, `config(key)` asks for a variable."""
    if arguments.first is not None:
        machine.environment.facts.texts.update(arguments.first.facts.texts)
    return Node(dotted=_CONFIG)


def _environs(_machine: Machine, _owner: Node, _arguments: Arguments) -> Node | None:
    return Node(dotted=_ENV)


def _environs_method(kind: str) -> Handler:
    ask = _variable(kind)

    def method(machine: Machine, owner: Node, arguments: Arguments) -> Node | None:
        return ask(machine, owner, arguments) if "environs" in owner.facts.dotted else None

    return method


def _format(machine: Machine, owner: Node, arguments: Arguments) -> Node | None:
    template = only_text(owner)
    if not template:
        return None
    return formatted(machine, template, [*arguments.values, *arguments.named.values()])


def _split(_machine: Machine, owner: Node, arguments: Arguments) -> Node | None:
    if arguments.first is None:
        return owner
    owner.facts.separators.update(arguments.first.facts.texts)
    return owner


def _of_store(*path: str) -> Handler:
    """What AWS answers about a secret or a parameter holds what its name names."""

    def answer(_machine: Machine, owner: Node, arguments: Arguments) -> Node | None:
        asked = arguments.named.get("SecretId") or arguments.named.get("Name")
        if asked is None:
            return owner  # pydantic's `get_secret_value()`
        whole = held = Node()
        for key in path:
            held = held.key(key)
        held.unify(asked)
        return whole

    return answer


def _values(_machine: Machine, owner: Node, _arguments: Arguments) -> Node | None:
    return owner.mark(MAPPING)


_SAME: set[str] = {
    "strip", "rstrip", "lstrip", "splitlines", "readlines", "readline", "decode", "encode", "lower", "upper",
    "copy", "resolve", "absolute", "expanduser", "as_posix", "read_text", "read_bytes", "replace", "to_dict",
    "open", "title",
}  # fmt: skip
METHODS: dict[str, Handler] = {
    **dict.fromkeys(_SAME, _same),
    **{name: _get(name) for name in ("get", "getint", "getfloat", "getboolean", "pop", "setdefault")},
    **{name: _environs_method(name) for name in ("str", "int", "float", "bool", "list", "url", "path")},
    "format": _format,
    "get_parameter": _of_store("Parameter", "Value"),
    "get_secret_value": _of_store("SecretString"),
    "items": _values,
    "joinpath": _last_text,
    "with_name": _first,
    "keys": _values,
    "read": _read,
    "read_env": _dotenv,
    "read_file": _read,
    "read_string": _read,
    "readfp": _read,
    "split": _split,
    "partition": _split,
    "values": _values,
    **{name: _loads("") for name in ("load", "loads", "safe_load", "full_load", "unsafe_load", "round_trip_load")},
}  # fmt: skip

_PATHS = (
    "Path",
    "pathlib.Path",
    "PurePath",
    "os.path.join",
    "os.path.abspath",
    "expanduser",
    "realpath",
    "fspath",
)
FUNCTIONS: dict[str, Handler] = {
    **dict.fromkeys(_PATHS, _last_text),
    **dict.fromkeys(("open", "str", "dict", "list", "tuple", "iter", "next", "sorted", "SimpleNamespace"), _first),
    **dict.fromkeys(("StringIO", "TextIOWrapper", "SecretStr", "quote_plus", "quote", "Box", "find_dotenv"), _first),
    **dict.fromkeys(("int", "float", "range", "sleep", "timedelta", "randint", "seed"), _number),
    **{name: _loads("yaml") for name in ("yaml.safe_load", "yaml.load", "yaml.full_load", "safe_load", "full_load")},
    **{name: _loads("json") for name in ("json.load", "json.loads")},
    **{name: _loads("toml") for name in ("tomllib.load", "tomllib.loads", "tomli.load", "toml.load", "toml.loads")},
    **{name: _loads("csv") for name in ("read_csv", "DictReader", "csv.reader")},
    **{name: _loads("env") for name in ("dotenv_values",)},
    **{name: _loads("py") for name in ("spec_from_file_location", "exec", "run_path")},
    **dict.fromkeys(("ConfigParser", "RawConfigParser", "SafeConfigParser"), _parser),
    **dict.fromkeys(("decouple.Config", "decouple.AutoConfig", "RepositoryEnv", "RepositoryIni"), _repository),
    "Env": _environs,
    _CONFIG: _variable(),
    _ENV: _variable(),
    "getenv": _variable(),
    "load_dotenv": _dotenv,
}  # fmt: skip
