"""The ledger's report: tables for people, one JSON object for programs."""

import json
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table as RichTable

from services.ledger.account import Accounts


@dataclass(frozen=True)
class Ledger:
    """All accounts.

    Attributes:
        layers: Layer → table → its account.
        views: Table → the comparison of the batch view with the speed view.
    """

    layers: dict[str, Accounts]
    views: Accounts

    def findings(self) -> list[str]:
        """What went wrong anywhere, in sentences."""
        return [
            f"{part}/{name}: {found}"
            for part, tables in (*self.layers.items(), ("views", self.views))
            for name, account in tables.items()
            for found in account.findings
        ]


def to_json(ledger: Ledger) -> str:
    """One object, e.g. with one layer and one table.

    {"layers": {"batch": {"pin": {"acked": n, …, "lost": 0, "doubled": 0}}},
     "views": {"pin": {"both": n, "waiting": 0, "differs": 0}}}
    """
    layers = {layer: _fields(tables) for layer, tables in ledger.layers.items()}
    return json.dumps({"layers": layers, "views": _fields(ledger.views)})


def show(ledger: Ledger, console: Console) -> None:
    """One grid a layer, one for the views, then what went wrong."""
    for layer, tables in ledger.layers.items():
        console.print(_grid(f"{layer} layer", "records", tables))
    console.print(_grid("batch view = speed view", "inds", ledger.views))
    findings = ledger.findings()
    for text in findings:
        console.print(text, markup=False, highlight=False, soft_wrap=True)
    if not findings:
        console.print("No record is lost, none is doubled; both layers say the same.")


def _fields(tables: Accounts) -> dict[str, dict[str, int]]:
    return {name: account.fields() for name, account in tables.items()}


def _grid(title: str, unit: str, tables: Accounts) -> RichTable:
    fields = _fields(tables)
    grid = RichTable(unit, title=title)
    for name in tables:
        grid.add_column(name, justify="right")
    for hop in next(iter(fields.values())):
        grid.add_row(hop, *(f"{counts[hop]:,}" for counts in fields.values()))
    return grid
