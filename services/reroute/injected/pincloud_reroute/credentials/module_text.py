"""Modules with the credentials that a script imports and that were never committed."""

from __future__ import annotations

import os
import re
from importlib.abc import Loader
from types import ModuleType
from typing import TYPE_CHECKING, Any

from .connections import may_connect
from .contents import contents, is_whole
from .file_names import example_of
from .file_text import BLANK, Text, put
from .formats.examples import fill
from .formats.rendering import render
from .formats.tree import merged
from .meaning.values import Values
from .usage.project import read_usage
from .writing import write_missing

if TYPE_CHECKING:
    from ..process_context import ProcessContext

_SECTION = re.compile(r"[A-Za-z_]*(?:creds?|credentials?|config(?:uration)?s?|settings|secrets?|login)[A-Za-z_]*",
                      re.IGNORECASE)  # fmt: skip
"""Names that hold the usual keys when nothing is known of their use."""

_open = open  # the user's process sees a changed one


class ModuleLoader(Loader):
    def __init__(self, context: ProcessContext) -> None:
        self._here = context
        self._values = Values(context.configuration)

    def create_module(self, spec: Any) -> None:
        """Python's own kind will do."""

    def exec_module(self, module: ModuleType) -> None:
        """What is asked for, and the usual names for `import *`; any other that we know when it is asked for."""
        name, configuration = module.__name__, self._here.configuration
        below = read_usage(configuration.root).modules_below(name)
        path = os.path.join(configuration.root, *name.split("."), *(["__init__"] if below else []))
        path += ".py"
        example = example_of(path)
        text = self._text(name, example, below)
        self._here.offer(f"{name}.py", text.unknown)
        if configuration.write:
            write_missing(self._here, path, text)
        else:
            origin = f" under the keys of {os.path.basename(example)}" if example else ""
            message = (
                f"module {name} is missing: offered with local values{origin}{text.not_guessed}"
            )
            self._here.say(message, key=f"module {name}")
        exec(compile(text.text, path, "exec"), vars(module))  # noqa: S102  the text is our own, or the example beside it
        self._answer_others(module)

    def _text(self, name: str, example: str | None, below: set[str]) -> Text:
        node = read_usage(self._here.configuration.root).module(name)
        asked = contents(node, self._values, connects=may_connect(name))
        if example is not None:
            with _open(example, encoding="utf-8", errors="replace") as file:
                return Text(fill("py", file.read(), self._values), [])
        tree: dict[str, Any] = {k: v for k, v in asked.tree.items() if k not in below}
        if not tree or is_whole(node):
            tree = merged(self._values.usual(), tree)
        if self._here.configuration.write:
            for place in asked.unknown:
                put(tree, place, BLANK)
        return Text(render("py", tree), asked.unknown)

    def _answer_others(self, module: ModuleType) -> None:
        values = self._values

        def __getattr__(name: str) -> Any:
            value = values.find(name)
            if value is not None:
                return value
            if not name.startswith("__") and _SECTION.fullmatch(name):
                return dict(values.usual())
            raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")

        module.__getattr__ = __getattr__  # type: ignore[method-assign]
