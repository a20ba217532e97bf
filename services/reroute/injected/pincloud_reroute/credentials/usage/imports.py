"""What imports bind: modules of the project, and whatever else by its dotted name."""

from __future__ import annotations

from typing import Any

from .machine import Machine, Scope
from .node import MAPPING, REQUIRED, Node


def import_module(machine: Machine, tree: Any, scope: Scope) -> None:
    """`import x.y as z`."""
    for alias in tree.names:
        whole = _module(machine, alias.name, scope)
        first = alias.name.partition(".")[0]
        bound = whole if alias.asname or first == alias.name else _module(machine, first, scope)
        scope.bind(alias.asname or first, bound)


def import_names(machine: Machine, tree: Any, scope: Scope) -> None:
    """`from x import y`."""
    module = tree.module or ""
    machine.imported.add(module)
    for alias in tree.names:
        own = machine.own_module(module, scope.folder)
        deeper = machine.own_module(f"{module}.{alias.name}".strip("."), scope.folder)
        if own is not None and alias.name == "*":
            scope.names.update(own.facts.code.names)
        elif own is not None and (deeper is None or alias.name in own.facts.code.names):
            scope.bind(alias.asname or alias.name, own.facts.code.find(alias.name))
        else:
            node = deeper or machine.library(f"{module}.{alias.name}".strip(".")).mark(REQUIRED)
            scope.bind(alias.asname or alias.name, node)
            if alias.name == "*":
                machine.library(module).mark(MAPPING)


def _module(machine: Machine, name: str, scope: Scope) -> Node:
    machine.imported.add(name)
    return machine.own_module(name, scope.folder) or machine.library(name)
