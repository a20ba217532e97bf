"""One measured figure, and how a list of them is shown."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from rich.table import Table

from services.terminal import plain


@dataclass(frozen=True)
class Figure:
    """A measured value beside its limit.

    Attributes:
        name: What was measured.
        value: The figure.
        limit: The same work without our code, in the same unit.
        unit: Of both.
        goal: What it must reach at least (`better` = more) or at most (`better` = less).
        better: Which way is good.
        limit_is: What the limit is, in a few words.
    """

    name: str
    value: float
    limit: float
    unit: str
    goal: float
    better: Literal["more", "less"]
    limit_is: str

    @property
    def reached(self) -> bool:
        """Whether the value is at least as good as the goal."""
        return self.value >= self.goal if self.better == "more" else self.value <= self.goal


def as_json(figures: Iterable[Figure]) -> dict[str, object]:
    """The shape that `FORMAT=json` prints."""
    return {
        "figures": {
            figure.name: {
                "value": round(figure.value, 3),
                "limit": round(figure.limit, 3),
                "unit": figure.unit,
                "goal": round(figure.goal, 3),
                "reached": figure.reached,
                "limit_is": figure.limit_is,
            }
            for figure in figures
        }
    }


def as_table(figures: Iterable[Figure]) -> Table:
    """The same for people."""
    table = Table(box=None, pad_edge=False)
    for title in ("figure", "measured", "goal", "limit", "unit"):
        table.add_column(title, no_wrap=True)
    table.add_column("the limit is")
    for figure in figures:
        sign = "≥" if figure.better == "more" else "≤"
        table.add_row(
            figure.name,
            plain(_number(figure.value), "green" if figure.reached else "bold red"),
            f"{sign} {_number(figure.goal)}",
            _number(figure.limit),
            figure.unit,
            plain(figure.limit_is, "dim"),
        )
    return table


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}"  # noqa: PLR2004 - three digits are enough
