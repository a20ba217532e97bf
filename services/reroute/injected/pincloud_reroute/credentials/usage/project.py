"""The texts of a script's project, and how they use what they read."""

from __future__ import annotations

import ast
import os
from functools import lru_cache

from ..source_texts import source_files
from .calls import invoke
from .expressions import EXPRESSIONS
from .machine import Class, Function, Machine, Scope
from .node import Node
from .statements import STATEMENTS


class Usage:
    """What the project's texts do with files, modules and variables.

    Attributes:
        environment: The variables that are asked for.
        text: All of them.
        root: Their folder.
    """

    def __init__(self, root: str, sources: dict[str, str]) -> None:
        self._machine = Machine(STATEMENTS, EXPRESSIONS)
        self._machine.own_module = self._own_module
        self.root = root
        self.text = "\n".join(sources.values())
        self._trees = {path: tree for path, text in sources.items() if (tree := _parsed(text))}
        self._modules: dict[str, Node] = {}
        for path in self._trees:
            self._module(path)
        self._call_the_rest()

    @property
    def environment(self) -> Node:
        return self._machine.environment

    def file(self, name: str) -> Node:
        """What is done with files of this name."""
        found = Node()
        for node in [*self._machine.constants, self.environment]:
            if any(_last_part(text) == name for text in node.facts.texts):
                found = found.unify(node) if node is not self.environment else node.unify(found)
        return found

    def named(self, text: str) -> Node:
        """What is done with what this text names, such as a secret."""
        found = Node()
        for node in self._machine.constants:
            if text in node.facts.texts:
                found = found.unify(node)
        return found

    def module(self, name: str) -> Node:
        """What is asked of a module that is not there; it may be imported by the end of its name only."""
        return self._machine.library(name)

    def imports(self, name: str) -> bool:
        """Whether the project imports such a module."""
        return name in self._machine.modules

    def modules_below(self, package: str) -> set[str]:
        """Names of the modules that the project imports from this package."""
        start = f"{package}."
        found = {name for name in self._machine.imported if name.startswith(start)}
        return {name[len(start) :].partition(".")[0] for name in found}

    def file_names(self) -> list[str]:
        """Names of files that are read as configuration."""
        nodes = [node for node in self._machine.constants if node.facts.loaders]
        return sorted({_last_part(text) for node in nodes for text in node.facts.texts})

    def _own_module(self, name: str, folder: str) -> Node | None:
        parts = name.split(".") if name else []
        for base in (folder, self.root, os.path.dirname(self.root)):
            for tail in (
                [*parts[:-1], f"{parts[-1]}.py"] if parts else [],
                [*parts, "__init__.py"],
            ):
                path = os.path.join(base, *tail)
                if tail and path in self._trees:
                    return self._module(path)
        return None

    def _module(self, path: str) -> Node:
        if path not in self._modules:
            scope = Scope(folder=os.path.dirname(path))
            self._modules[path] = Node(code=scope)
            self._machine.execute(self._trees[path].body, scope)
        return self._modules[path]

    def _call_the_rest(self) -> None:
        """Functions that nobody calls by name: handlers, targets of threads."""
        for module in list(self._modules.values()):
            for node in list(module.facts.code.names.values()):
                code = node.facts.code
                owner = code.scope.names.values() if isinstance(code, Class) else [node]
                for function in [part.facts.code for part in list(owner)]:
                    if (
                        isinstance(function, Function)
                        and id(function.tree) not in self._machine.called
                    ):
                        invoke(self._machine, function, None)


@lru_cache(maxsize=4)
def read_usage(root: str) -> Usage:
    """The usage of the Python files in a folder, and in the packages right below it."""
    sources = source_files(root)
    try:
        return Usage(root, sources)
    except (RecursionError, ValueError, TypeError, LookupError, AttributeError):
        return Usage(root, {})  # a text that goes beyond us is no reason to end the script


def _parsed(text: str) -> ast.Module | None:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None


def _last_part(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2]
