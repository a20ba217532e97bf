"""What statements do to nodes."""

from __future__ import annotations

import ast
from typing import Any, Callable

from .imports import import_module, import_names
from .machine import Class, Function, Machine, Scope
from .node import DEFAULT, LIST, MAPPING, NUMBER, REQUIRED, Node

_NUMBERS = {"int", "float"}


def bind(machine: Machine, target: ast.AST, node: Node, scope: Scope) -> None:
    """Assign a value to a target."""
    if isinstance(target, ast.Name):
        scope.bind(target.id, node)
        _name(node, target.id)
    elif isinstance(target, (ast.Tuple, ast.List)):
        for number, part in enumerate(target.elts):
            bind(machine, part, node.position(number), scope)
    elif isinstance(target, ast.Subscript) and node.source() is not node:
        _of_lines(node, machine.evaluate(target.value, scope))  # `found[key] = value`, line by line
    elif isinstance(target, (ast.Attribute, ast.Subscript)):
        machine.evaluate(target, scope).unify(node)
        if isinstance(target, ast.Attribute):
            _name(node, target.attr)


def _of_lines(part: Node, whole: Node) -> None:
    """What is made from a file's lines is the file."""
    line, file = part.facts.holder or part, part.source()
    file.facts.separators.update(line.facts.separators | part.facts.separators)
    whole.unify(file)


def _name(node: Node, name: str) -> None:
    if name not in node.facts.names:
        node.facts.names.append(name)


def iterate(machine: Machine, target: ast.AST, iterable: ast.AST, scope: Scope) -> None:
    """Bind a loop's target; `items()` gives keys that are known, and values."""
    if isinstance(iterable, ast.Call) and isinstance(iterable.func, ast.Attribute):
        owner = machine.evaluate(iterable.func.value, scope)
        if iterable.func.attr == "items" and isinstance(target, ast.Tuple):
            owner.mark(MAPPING)
            owner.facts.loop_key = owner.facts.loop_key or Node()
            bind(machine, target.elts[0], owner.facts.loop_key, scope)
            bind(machine, target.elts[-1], owner.element(), scope)
            return
    node = machine.evaluate(iterable, scope)
    if MAPPING not in node.facts.marks:
        node.mark(LIST)
    for part in list(node.facts.positions.values()):
        if not part.facts.texts:
            node.element().unify(part)
    bind(machine, target, node.element(), scope)


def _assign(machine: Machine, tree: Any, scope: Scope) -> None:
    value = machine.evaluate(tree.value, scope)
    for target in tree.targets:
        parts = getattr(target, "elts", ())
        values = getattr(tree.value, "elts", ())
        if parts and len(parts) == len(values):
            for part, single in zip(parts, values):
                bind(machine, part, machine.evaluate(single, scope), scope)
        else:
            bind(machine, target, value, scope)


def _annotated(machine: Machine, tree: Any, scope: Scope) -> None:
    node = machine.evaluate(tree.value, scope)
    if _annotation(tree) in _NUMBERS:
        node.mark(NUMBER)
    bind(machine, tree.target, node, scope)


def _annotation(tree: Any) -> str:
    return getattr(tree.annotation, "id", "") if tree.annotation is not None else ""


def _function(machine: Machine, tree: Any, scope: Scope) -> None:
    for mark in tree.decorator_list:
        machine.evaluate(mark, scope)
    instance = scope.names.get("")  # a class's own scope knows its instance
    scope.bind(tree.name, Node(code=Function(tree, scope, instance)))


def _class(machine: Machine, tree: Any, scope: Scope) -> None:
    inner, instance = Scope(scope), Node()
    inner.names[""] = instance
    bases = [machine.evaluate(base, scope) for base in tree.bases]
    node = Node(code=Class(tree, inner, instance, bases))
    scope.bind(tree.name, node)
    instance.facts.code = node.facts.code
    machine.execute(tree.body, inner)
    for name, value in inner.names.items():
        if name and not isinstance(value.facts.code, Function):
            instance.key(name).unify(value)
    if any(base.facts.dotted.endswith("BaseSettings") for base in bases):
        _pydantic_settings(machine, tree, inner)


def _pydantic_settings(machine: Machine, tree: Any, scope: Scope) -> None:
    """Its fields are variables of the environment, and of the files that it names."""
    options = _settings_options(machine, tree, scope)
    prefix = next(iter(options["env_prefix"].facts.texts), "") if "env_prefix" in options else ""
    for field in tree.body:
        name = getattr(getattr(field, "target", None), "id", None)
        if not isinstance(field, ast.AnnAssign) or name is None or name == "model_config":
            continue
        machine.environment.facts.splats.add(f"{prefix}{name}".upper())  # it takes no others
        variable = machine.environment.key(f"{prefix}{name}".upper())
        variable.mark(DEFAULT if field.value is not None else REQUIRED)
        variable.unify(scope.find(name))
        if _annotation(field) in _NUMBERS:
            variable.mark(NUMBER)
    if "env_file" in options:
        machine.environment.facts.texts.update(options["env_file"].facts.texts)


def _settings_options(machine: Machine, tree: Any, scope: Scope) -> dict[str, Node]:
    found: dict[str, Node] = {}
    for part in ast.walk(tree):
        name = part.arg if isinstance(part, ast.keyword) else None
        if isinstance(part, ast.Assign):
            name = getattr(part.targets[0], "id", None)
        if name in {"env_file", "env_prefix"}:
            found[str(name)] = machine.evaluate(getattr(part, "value", None), scope)
    return found


def _with(machine: Machine, tree: Any, scope: Scope) -> None:
    for item in tree.items:
        node = machine.evaluate(item.context_expr, scope)
        if item.optional_vars is not None:
            bind(machine, item.optional_vars, node, scope)
    machine.execute(tree.body, scope)


def _for(machine: Machine, tree: Any, scope: Scope) -> None:
    scope.branches += 1
    iterate(machine, tree.target, tree.iter, scope)
    scope.branches -= 1
    machine.branch([*tree.body, *tree.orelse], scope)


def _return(machine: Machine, tree: Any, scope: Scope) -> None:
    scope.returned = scope.returned.unify(machine.evaluate(tree.value, scope))


def _global(machine: Machine, tree: Any, scope: Scope) -> None:
    outer: Scope | None = scope
    while outer is not None and outer.parent is not None:
        outer = outer.parent
    for name in tree.names:
        scope.names[name] = outer.find(name) if outer else Node()


STATEMENTS: dict[type, Callable[[Machine, Any, Scope], None]] = {
    ast.AnnAssign: _annotated,
    ast.Assign: _assign,
    ast.AsyncFor: _for,
    ast.AsyncFunctionDef: _function,
    ast.AsyncWith: _with,
    ast.ClassDef: _class,
    ast.For: _for,
    ast.FunctionDef: _function,
    ast.Global: _global,
    ast.Import: import_module,
    ast.ImportFrom: import_names,
    ast.Return: _return,
    ast.With: _with,
}
