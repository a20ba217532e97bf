"""By which name a DataFrame's columns are called in a statement."""

from typing import Any

from pyspark.sql.connect.plan import Read, SubqueryAlias

from services.workspace.kernel.sql_text.names import name_parts

_CHILDREN = ("_child", "left", "right", "other")


def alias_of(plan: Any) -> str | None:
    """The name before the dot of its columns: the nearest `alias()`, else the table's name; None when there is none."""
    while plan is not None and not hasattr(plan, "right") and not hasattr(plan, "other"):
        if isinstance(plan, SubqueryAlias):
            return str(plan._alias)
        if isinstance(plan, Read):
            name = name_parts(plan.table_name)[-1]
            return None if "/" in name else name
        plan = plan._child
    return None


def plan_ids(plan: Any) -> set[int]:
    """Ids of a plan and of all that it is made of; a column `frame.name` carries that of its frame."""
    ids, open_plans = set[int](), [plan]
    while open_plans:
        one = open_plans.pop()
        if one is not None:
            ids |= {one._plan_id, one._root_plan_id}
            open_plans += [getattr(one, name, None) for name in _CHILDREN]
    return ids
