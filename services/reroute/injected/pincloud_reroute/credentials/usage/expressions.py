"""What expressions do to nodes."""

from __future__ import annotations

import ast
from typing import Any, Callable

from .calls import call
from .machine import Class, Function, Machine, Scope
from .node import ATTRIBUTE, DEFAULT, LIST, LOOKED_UP, NUMBER, REQUIRED, Node
from .statements import bind, iterate
from .texts import f_string, formatted, joined, only_text


def _name(_machine: Machine, tree: Any, scope: Scope) -> Node:
    return scope.find(tree.id)


def _constant(machine: Machine, tree: Any, _scope: Scope) -> Node:
    value = getattr(tree, "value", getattr(tree, "s", None))
    return machine.constant(value) if isinstance(value, str) else Node()


def _attribute(machine: Machine, tree: Any, scope: Scope) -> Node:
    owner = machine.evaluate(tree.value, scope)
    facts = owner.facts
    if isinstance(facts.code, Scope):
        return facts.code.find(tree.attr)
    if isinstance(facts.code, Class):
        return method(facts.code, tree.attr) or facts.code.instance.key(tree.attr)
    if facts.dotted:
        found = machine.library(f"{facts.dotted}.{tree.attr}")
        return owner.key(tree.attr).unify(found).mark(ATTRIBUTE, REQUIRED)
    return owner.key(tree.attr).mark(ATTRIBUTE)


def method(code: Class, name: str) -> Node | None:
    """A method of a class of the project, or of the classes that it is made from."""
    found = code.scope.names.get(name)
    if found is not None and isinstance(found.facts.code, Function):
        tree, scope, _ = found.facts.code
        return Node(code=Function(tree, scope, code.instance))
    for base in code.bases:
        if isinstance(base.facts.code, Class) and base.facts.code is not code:
            inherited = method(base.facts.code, name)
            if inherited is not None:
                _, scope, _ = inherited.facts.code
                return Node(code=Function(inherited.facts.code.tree, scope, code.instance))
    return None


def _subscript(machine: Machine, tree: Any, scope: Scope) -> Node:
    owner = machine.evaluate(tree.value, scope)
    index = (
        getattr(tree.slice, "value", None) if type(tree.slice).__name__ == "Index" else tree.slice
    )
    if isinstance(index, ast.Slice):
        return owner
    number = getattr(index, "value", getattr(index, "n", None))
    if isinstance(number, int) and not isinstance(number, bool):
        return owner.position(number)
    asked = machine.evaluate(index, scope)
    found = [owner.key(text).mark(REQUIRED) for text in sorted(asked.facts.texts) if text]
    if isinstance(tree.ctx, ast.Store):
        return Node()
    if len(found) == 1:
        return found[0]
    for child in found:
        owner.element().unify(child)
    if not found:
        owner.mark(LOOKED_UP).facts.loop_key = owner.facts.loop_key or asked
    return owner.element()


def _operation(machine: Machine, tree: Any, scope: Scope) -> Node:
    left, right = machine.evaluate(tree.left, scope), tree.right
    if isinstance(tree.op, ast.Mod) and only_text(left):
        values = [machine.evaluate(part, scope) for part in getattr(right, "elts", [right])]
        return formatted(machine, only_text(left), values)
    other = machine.evaluate(right, scope)
    if isinstance(tree.op, ast.Add):
        return joined(machine, [left, other])
    if isinstance(tree.op, ast.Div) and _is_path(left, other):
        return other if other.facts.texts else left  # a path: its last part counts
    return Node().unify(left.mark(NUMBER)) if isinstance(tree.op, ast.Mult) else Node()


def _is_path(left: Node, right: Node) -> bool:
    return bool(right.facts.texts or left.facts.texts)


def _compare(machine: Machine, tree: Any, scope: Scope) -> Node:
    sides = [machine.evaluate(side, scope) for side in [tree.left, *tree.comparators]]
    constants = [getattr(side, "value", None) for side in [tree.left, *tree.comparators]]
    if any(isinstance(c, (int, float)) and not isinstance(c, bool) for c in constants):
        for side in sides:
            side.mark(NUMBER)
    if isinstance(tree.ops[0], (ast.In, ast.NotIn)):
        for text in sides[0].facts.texts:
            sides[-1].key(text).mark(DEFAULT)
    return Node()


def _either(machine: Machine, tree: Any, scope: Scope) -> Node:
    result = Node()
    for place, value in enumerate(tree.values):
        node = machine.evaluate(value, scope)
        if isinstance(tree.op, ast.Or) and place < len(tree.values) - 1:
            node.mark(DEFAULT).facts.marks.discard(REQUIRED)
        result = result.unify(node)
    return result


def _conditional(machine: Machine, tree: Any, scope: Scope) -> Node:
    machine.evaluate(tree.test, scope)
    chosen = machine.evaluate(tree.body, scope)
    return chosen.unify(machine.evaluate(tree.orelse, scope))


def _sequence(machine: Machine, tree: Any, scope: Scope) -> Node:
    """Its constants are what each of its elements may be; `open` and `read` take one of several files."""
    whole = Node()
    for place, value in enumerate(tree.elts):
        node = machine.evaluate(value, scope)
        whole.facts.positions[place] = node
        if node.facts.texts:
            whole.element().facts.texts.update(node.facts.texts)
    if whole.facts.element is not None:
        machine.constants.append(whole.element())
    return whole.mark(LIST)


def _mapping(machine: Machine, tree: Any, scope: Scope) -> Node:
    whole = Node()
    for key, value in zip(tree.keys, tree.values):
        node = machine.evaluate(value, scope)
        if key is None:
            whole.unify(node)
            continue
        for text in machine.evaluate(key, scope).facts.texts:
            whole.key(text).unify(node)
            node.facts.names.append(text)
    return whole


def _comprehension(machine: Machine, tree: Any, scope: Scope) -> Node:
    inner, whole = Scope(scope), Node()
    for generator in tree.generators:
        iterate(machine, generator.target, generator.iter, inner)
        for condition in generator.ifs:
            machine.evaluate(condition, inner)
    parts: list[Any] = [tree.key, tree.value] if isinstance(tree, ast.DictComp) else [tree.elt]
    values = [machine.evaluate(part, inner) for part in parts]
    source, separators = values[-1].source(), values[-1].facts.separators
    is_of_lines = source is not values[-1]
    whole.element().unify(values[-1])
    if is_of_lines:
        source.facts.separators.update(separators)
        whole.unify(source)
    for text in values[0].facts.texts if isinstance(tree, ast.DictComp) else ():
        whole.key(text).unify(values[-1])
    return whole


def _walrus(machine: Machine, tree: Any, scope: Scope) -> Node:
    node = machine.evaluate(tree.value, scope)
    bind(machine, tree.target, node, scope)
    return node


def _yield(machine: Machine, tree: Any, scope: Scope) -> Node:
    value = machine.evaluate(tree.value, scope)
    scope.returned.element().unify(value)
    return Node()


def _yield_from(machine: Machine, tree: Any, scope: Scope) -> Node:
    scope.returned = scope.returned.unify(machine.evaluate(tree.value, scope))
    return Node()


def _inside(machine: Machine, tree: Any, scope: Scope) -> Node:
    return machine.evaluate(tree.value, scope)


EXPRESSIONS: dict[type, Callable[[Machine, Any, Scope], Node]] = {
    ast.Attribute: _attribute,
    ast.Await: _inside,
    ast.BinOp: _operation,
    ast.BoolOp: _either,
    ast.Call: call,
    ast.Compare: _compare,
    ast.Constant: _constant,
    ast.Dict: _mapping,
    ast.DictComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.IfExp: _conditional,
    ast.JoinedStr: f_string,
    ast.List: _sequence,
    ast.ListComp: _comprehension,
    ast.Name: _name,
    ast.NamedExpr: _walrus,
    ast.Set: _sequence,
    ast.SetComp: _comprehension,
    ast.Starred: _inside,
    ast.Subscript: _subscript,
    ast.Tuple: _sequence,
    ast.Yield: _yield,
    ast.YieldFrom: _yield_from,
}
