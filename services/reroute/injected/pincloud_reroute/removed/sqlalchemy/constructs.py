"""`select([…], where)` and `case([…])`: lists in the place of arguments."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Callable

from ..notices import say

if TYPE_CHECKING:
    from ...process_context import ProcessContext

_CLAUSES = {
    "whereclause": "where", "limit": "limit", "offset": "offset", "order_by": "order_by", "group_by": "group_by",
    "from_obj": "select_from", "distinct": "distinct", "having": "having",
}  # fmt: skip


def patch(module: Any, context: ProcessContext) -> None:
    """Change both wherever they are handed out."""
    select, case = _select(module.select, context), _case(module.case, context)
    for owner in (module, module.sql, module.sql.expression):
        owner.select, owner.case = select, case


def _select(original: Callable[..., Any], context: ProcessContext) -> Callable[..., Any]:
    @functools.wraps(original)
    def select(*entities: Any, **named: Any) -> Any:
        if not (entities and isinstance(entities[0], (list, tuple))) and "columns" not in named:
            return original(*entities, **named)
        say(context, "sqlalchemy.select([…])", instead="select(…)")
        columns = named.pop("columns", None) or entities[0]
        clauses = {**dict(zip(_CLAUSES, entities[1:2])), **named}
        query = original(*columns)
        for keyword, value in clauses.items():
            query = _add(query, keyword, value)
        return query

    return select


def _add(query: Any, keyword: str, value: Any) -> Any:
    if value is None or value is False:
        return query
    if keyword == "distinct":
        return query.distinct()
    values = value if isinstance(value, (list, tuple)) else [value]
    return getattr(query, _CLAUSES[keyword])(*values)


def _case(original: Callable[..., Any], context: ProcessContext) -> Callable[..., Any]:
    @functools.wraps(original)
    def case(*whens: Any, **named: Any) -> Any:
        if "whens" in named:
            whens = (named.pop("whens"), *whens)
        if whens and isinstance(whens[0], list):
            say(context, "sqlalchemy.case([…])", instead="case(…)")
            named.update(zip(("value", "else_"), whens[1:]))
            whens = tuple(whens[0])
        return original(*whens, **named)

    return case
