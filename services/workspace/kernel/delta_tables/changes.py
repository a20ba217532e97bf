"""UPDATE, DELETE and MERGE as SQL, from what `DeltaTable`'s methods were given."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from delta.connect import plan as delta_plan

from services.workspace.kernel.delta_tables.table_reference import TableReference
from services.workspace.kernel.sql_text.expressions import ExpressionWriter


def delete_sql(table: TableReference, condition: Any, writer: ExpressionWriter) -> str:
    where = _clause(" WHERE", condition, writer)
    return f"DELETE FROM {table.aliased}{where}"  # noqa: S608 - the names in it are quoted


def update_sql(
    table: TableReference, condition: Any, assignments: Sequence[Any], writer: ExpressionWriter
) -> str:
    values = _assignments(assignments, writer)
    where = _clause(" WHERE", condition, writer)
    return f"UPDATE {table.aliased} SET {values}{where}"  # noqa: S608


@dataclass(frozen=True)
class Merge:
    """A merge; the actions are those of `delta.connect.plan`, in the order in which they were given."""

    target: TableReference
    source: str
    condition: Any
    matched: Sequence[Any]
    not_matched: Sequence[Any]
    not_matched_by_source: Sequence[Any]
    schema_evolution: bool = False

    def sql(self, writer: ExpressionWriter) -> str:
        evolution = "WITH SCHEMA EVOLUTION " if self.schema_evolution else ""
        head = (
            f"MERGE {evolution}INTO {self.target.aliased} USING {self.source} "
            f"ON {writer.column(self.condition)}"
        )
        return " ".join([head, *self._actions(writer)])

    def _actions(self, writer: ExpressionWriter) -> Iterator[str]:
        for when, actions in (
            ("MATCHED", self.matched),
            ("NOT MATCHED", self.not_matched),
            ("NOT MATCHED BY SOURCE", self.not_matched_by_source),
        ):
            for action in actions:
                only_if = _clause(" AND", action._condition, writer)
                yield f"WHEN {when}{only_if} THEN {_action(action, writer)}"


def _action(action: Any, writer: ExpressionWriter) -> str:
    match action:
        case delta_plan.UpdateStarAction():
            return "UPDATE SET *"
        case delta_plan.InsertStarAction():
            return "INSERT *"
        case delta_plan.DeleteAction():
            return "DELETE"
        case delta_plan.UpdateAction():
            return f"UPDATE SET {_assignments(action._assignments, writer)}"
    pairs = action._assignments
    columns = ", ".join(writer.column(one._field) for one in pairs)
    values = ", ".join(writer.column(one._value) for one in pairs)
    return f"INSERT ({columns}) VALUES ({values})"  # noqa: S608


def _assignments(assignments: Iterable[Any], writer: ExpressionWriter) -> str:
    return ", ".join(f"{writer.column(a._field)} = {writer.column(a._value)}" for a in assignments)


def _clause(word: str, condition: Any, writer: ExpressionWriter) -> str:
    return "" if condition is None else f"{word} {writer.column(condition)}"
