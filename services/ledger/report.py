"""The ledger on paper."""

import json

from rich.console import Console
from rich.table import Table as RichTable

from services.ledger.batch import Account

Layers = dict[str, dict[str, Account]]
"""Layer → table → its account."""


def to_json(layers: Layers) -> str:
    """One object: `{"layers": {"batch": {"pin": {"acked": n, …, "lost": 0, "doubled": 0}, …}}}`."""
    return json.dumps(
        {
            "layers": {
                layer: {name: account.fields() for name, account in tables.items()}
                for layer, tables in layers.items()
            }
        }
    )


def show(layers: Layers, console: Console) -> None:
    """One row a table of each layer, then what went wrong."""
    for layer, tables in layers.items():
        console.print(_grid(layer, tables))
    findings = all_findings(layers)
    for text in findings:
        console.print(text, markup=False, highlight=False, soft_wrap=True)
    if not findings:
        console.print("No record is lost, none is doubled.")


def all_findings(layers: Layers) -> list[str]:
    """What went wrong anywhere, in sentences."""
    return [
        f"{layer}/{name}: {found}"
        for layer, tables in layers.items()
        for name, account in tables.items()
        for found in account.findings
    ]


def _grid(layer: str, tables: dict[str, Account]) -> RichTable:
    rows = [account.fields() for account in tables.values()]
    grid = RichTable("records", title=f"{layer} layer")
    for name in tables:
        grid.add_column(name, justify="right")
    for hop in rows[0]:
        grid.add_row(hop, *(f"{fields[hop]:,}" for fields in rows))
    return grid
