"""What calls do to nodes: functions of the project are run, those of libraries known by name."""

from __future__ import annotations

import ast
from typing import NamedTuple

from .library_calls import FUNCTIONS, METHODS, OBJECTS, Arguments
from .library_keywords import POSITIONS, PUT_URL, SPLATS
from .machine import Class, Function, Machine, Scope
from .node import CALLED, DEFAULT, REQUIRED, Node
from .statements import bind
from .texts import only_text


def call(machine: Machine, tree: ast.Call, scope: Scope) -> Node:
    """The value that is returned."""
    owner, name = Node(), ""
    if isinstance(tree.func, ast.Attribute):
        owner, name = machine.evaluate(tree.func.value, scope), tree.func.attr
        known = METHODS.get(name)
        if known is not None and not _is_ours(owner, name) and not _is_of_module(owner, name):
            arguments = _arguments(machine, tree, scope)
            result = known(machine, owner, arguments)
            if result is not None:
                return result
    if owner.facts.dotted or _is_ours(owner, name) or not name:
        target = machine.evaluate(tree.func, scope)
        return _called(machine, target, tree, scope)
    return _of_library(machine, Node(), name, _arguments(machine, tree, scope))


def _is_of_module(owner: Node, name: str) -> bool:
    """`os.path.expanduser(x)` and not `path.expanduser()`."""
    return name in FUNCTIONS and bool(owner.facts.dotted) and owner.facts.dotted not in OBJECTS


def _is_ours(owner: Node, name: str) -> bool:
    code = owner.facts.code
    if isinstance(code, Class):
        return not owner.facts.loaders or name in code.scope.names
    return isinstance(code, Scope)


def _arguments(machine: Machine, tree: ast.Call, scope: Scope) -> Arguments:
    named, splats = {}, []
    for keyword in tree.keywords:
        node = machine.evaluate(keyword.value, scope)
        if keyword.arg is None:
            splats.append(node)
        else:
            named[keyword.arg] = node
    return Arguments([machine.evaluate(value, scope) for value in tree.args], named, splats, tree)


def _called(machine: Machine, target: Node, tree: ast.Call, scope: Scope) -> Node:
    code, arguments = target.facts.code, _arguments(machine, tree, scope)
    if isinstance(code, Function):
        return invoke(machine, code, arguments)
    if isinstance(code, Class):
        return _instance(machine, code, arguments)
    dotted = target.facts.dotted or getattr(tree.func, "id", "")
    for known in (dotted, dotted.rpartition(".")[2]):
        function = FUNCTIONS.get(known)
        if function is not None:
            result = function(machine, target, arguments)
            if result is not None:
                return result
    target.mark(CALLED)
    return _of_library(machine, target, dotted.rpartition(".")[2], arguments)


def _of_library(machine: Machine, target: Node, name: str, arguments: Arguments) -> Node:
    """What we know of a library's function is how its arguments are called."""
    for keyword, node in arguments.named.items():
        _give(node, keyword)
        if keyword == "envvar":  # click's and typer's options
            for text in node.facts.texts:
                optional = "default" in arguments.named
                machine.environment.key(text).mark(DEFAULT if optional else REQUIRED)
    for keyword, node in zip(POSITIONS.get(name, ()), arguments.values):
        _give(node, keyword)
    if name == "request" and arguments.first is not None and len(arguments.values) > 1:
        is_put = only_text(arguments.first).upper() == "PUT"
        _give(arguments.values[1], PUT_URL if is_put else "url")
    for splat in arguments.splats:
        splat.facts.splats.update(set(SPLATS.get(name, ("*",))) - arguments.named.keys())
    return target if target.facts.dotted else Node()


def _give(node: Node, name: str) -> None:
    if name not in node.facts.names:
        node.facts.names.insert(0, name)


def invoke(machine: Machine, function: Function, arguments: Arguments | None) -> Node:
    """Run a function's body with these arguments; with any, when they are None."""
    tree, outer, instance = function
    machine.called.add(id(tree))
    if not machine.may_call():
        return Node()
    inner = Scope(outer.parent if instance is not None else outer, outer.folder)
    names = [*getattr(tree.args, "posonlyargs", ()), *tree.args.args]
    defaults = [machine.evaluate(value, outer) for value in tree.args.defaults]
    for name, default in zip(reversed(names), reversed(defaults)):
        inner.names[name.arg] = default
    if instance is not None and names and not _is_static(tree):
        inner.names[names.pop(0).arg] = instance
    if arguments is not None:
        _bind_arguments(machine, names + tree.args.kwonlyargs, arguments, inner)
    machine.depth += 1
    machine.execute(tree.body, inner)
    machine.depth -= 1
    return inner.returned


def _is_static(tree: ast.FunctionDef) -> bool:
    return any(getattr(mark, "id", "") == "staticmethod" for mark in tree.decorator_list)


def _bind_arguments(
    machine: Machine, names: list[ast.arg], arguments: Arguments, scope: Scope
) -> None:
    given = dict(zip([name.arg for name in names], arguments.values))
    given.update(arguments.named)
    for name, node in given.items():
        bind(machine, ast.Name(id=name), node, scope)
    for splat in arguments.splats:
        for missing in (name.arg for name in names if name.arg not in given):
            mark = DEFAULT if missing in scope.names else REQUIRED
            scope.names[missing] = splat.key(missing).mark(mark)
            splat.facts.splats.add(missing)


class _Field(NamedTuple):
    name: str
    optional: bool


def _instance(machine: Machine, code: Class, arguments: Arguments) -> Node:
    constructor = code.scope.names.get("__init__")
    for base in code.bases if constructor is None else ():
        if isinstance(base.facts.code, Class):
            constructor = constructor or base.facts.code.scope.names.get("__init__")
    if constructor is not None and isinstance(constructor.facts.code, Function):
        tree, scope, _ = constructor.facts.code
        invoke(machine, Function(tree, scope, code.instance), arguments)
        return code.instance
    fields = _fields(code)
    for field, node in zip(fields, arguments.values):
        code.instance.key(field.name).unify(node)
    for name, node in arguments.named.items():
        code.instance.key(name).unify(node)
    for splat in arguments.splats:
        for field in fields:
            child = splat.key(field.name).mark(DEFAULT if field.optional else REQUIRED)
            code.instance.key(field.name).unify(child)
            splat.facts.splats.add(field.name)
    return code.instance


def _fields(code: Class) -> list[_Field]:
    """A dataclass's, or a model's."""
    return [
        _Field(part.target.id, part.value is not None)
        for part in code.tree.body
        if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name)
    ]
