"""Texts that are put together: what stands before and after each value in them."""

from __future__ import annotations

import ast
import re
from typing import Any, Sequence

from .machine import Machine, Scope
from .node import Node, Part

_FIELD = re.compile(r"\{[^{}]*\}|%[-#0 +]*\d*(?:\.\d+)?[sdrf]")
HOLE = "{}"
_LONGEST = 300


def joined(machine: Machine, parts: Sequence[Part]) -> Node:
    """The text of these parts."""
    flat: list[Part] = []
    for part in parts:
        flat.extend(_flattened(part))
    texts = [part if isinstance(part, str) else HOLE for part in flat]
    for place, part in enumerate(flat):
        if not isinstance(part, str):
            before, after = "".join(texts[:place]), "".join(texts[place + 1 :])
            part.facts.contexts.add((before[-_LONGEST:], after[:_LONGEST]))
    node = machine.constant("".join(texts)[:_LONGEST])
    node.facts.parts = flat
    return node


def _flattened(part: Part) -> Sequence[Part]:
    if isinstance(part, str):
        return [part]
    facts = part.facts
    if facts.parts:
        return facts.parts
    if len(facts.texts) == 1 and not facts.loaders and not facts.keys:
        return [next(iter(facts.texts))]
    return [part]


def f_string(machine: Machine, tree: Any, scope: Scope) -> Node:
    parts: list[Part] = []
    for value in tree.values:
        if isinstance(value, ast.FormattedValue):
            parts.append(machine.evaluate(value.value, scope))
        else:
            parts.append(str(getattr(value, "value", getattr(value, "s", ""))))
    return joined(machine, parts)


def formatted(machine: Machine, template: str, values: Sequence[Node]) -> Node:
    """`template.format(…)` or `template % …`."""
    parts: list[Part] = []
    rest, place = list(values), 0
    for field in _FIELD.finditer(template):
        parts.append(template[place : field.start()])
        parts.append(rest.pop(0) if rest else Node())
        place = field.end()
    return joined(machine, [*parts, template[place:]])


def only_text(node: Node) -> str:
    """The constant that it is, or no text."""
    texts = node.facts.texts
    return next(iter(texts)) if len(texts) == 1 else ""
