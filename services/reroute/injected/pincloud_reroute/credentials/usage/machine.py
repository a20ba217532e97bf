"""Runs syntax trees on nodes: which handler takes which kind of statement and expression is given to it."""

from __future__ import annotations

import ast
from typing import Callable, Iterable, NamedTuple

from .node import Node

MOST_STEPS = 200_000
MOST_CALLS_DEEP = 8


class Scope:
    """Names of a module, a class or a call."""

    def __init__(self, parent: Scope | None = None, folder: str = "") -> None:
        self.names: dict[str, Node] = {}
        self.parent = parent
        self.folder: str = folder or (parent.folder if parent else "")
        self.returned = Node()
        self.branches = 0
        """How many conditions and loops the present statement is in: names keep their other values there."""

    def find(self, name: str) -> Node:
        """The value of a name; one that is bound later is bound in the module."""
        scope: Scope = self
        while name not in scope.names and scope.parent is not None:
            scope = scope.parent
        return scope.names.setdefault(name, Node())

    def bind(self, name: str, node: Node) -> None:
        """Give a name a value."""
        if self.branches and name in self.names:
            node = self.names[name].unify(node)
        self.names[name] = node


class Function(NamedTuple):
    """A function of the project, and the instance that it is a method of."""

    tree: ast.FunctionDef
    scope: Scope
    instance: Node | None


class Class(NamedTuple):
    """A class of the project, with one instance for all."""

    tree: ast.ClassDef
    scope: Scope
    instance: Node
    bases: list[Node]


class Machine:
    """The run of a project's texts.

    Attributes:
        environment: The process's variables, by key.
        modules: Everything imported, by name; what is asked of it by key.
        constants: Every text constant.
        imported: Names of what is imported as a module.
    """

    def __init__(
        self,
        statements: dict[type, Callable[[Machine, ast.AST, Scope], None]],
        expressions: dict[type, Callable[[Machine, ast.AST, Scope], Node]],
    ) -> None:
        self.environment = Node()
        self.modules: dict[str, Node] = {}
        self.constants: list[Node] = []
        self.imported: set[str] = set()
        self.called: set[int] = set()
        self.depth = 0
        self.own_module: Callable[[str, str], Node | None] = lambda _name, _folder: None
        """A module of the project, by its dotted name and the folder of who imports it."""
        self._statements = statements
        self._expressions = expressions
        self._steps = 0

    def execute(self, body: Iterable[ast.AST], scope: Scope) -> None:
        """Run statements."""
        for statement in body:
            self._steps += 1
            handler = self._statements.get(type(statement))
            if handler is not None:
                handler(self, statement, scope)
            else:
                self._descend(statement, scope)

    def branch(self, body: Iterable[ast.AST], scope: Scope) -> None:
        """Run statements that may not be reached."""
        scope.branches += 1
        self.execute(body, scope)
        scope.branches -= 1

    def evaluate(self, expression: ast.AST | None, scope: Scope) -> Node:
        """The value of an expression."""
        self._steps += 1
        if expression is None:
            return Node()
        handler = self._expressions.get(type(expression))
        if handler is not None:
            return handler(self, expression, scope)
        self._descend(expression, scope)
        return Node()

    def constant(self, text: str) -> Node:
        node = Node(text)
        self.constants.append(node)
        return node

    def library(self, dotted: str) -> Node:
        """What is imported and none of the project's."""
        if dotted == "os.environ":
            return self.environment
        node = self.modules.setdefault(dotted, Node(dotted=dotted))
        above, _, name = dotted.rpartition(".")
        if above:
            self.library(above).facts.keys[name] = node
        return node

    def may_call(self) -> bool:
        return self.depth < MOST_CALLS_DEEP and self._steps < MOST_STEPS

    def _descend(self, tree: ast.AST, scope: Scope) -> None:
        for child in ast.iter_child_nodes(tree):
            if isinstance(child, ast.expr):
                self.evaluate(child, scope)
            elif isinstance(child, ast.stmt):
                self.branch([child], scope)
            else:
                self._descend(child, scope)
