"""Raw rows → clean rows, by the table's contract: the same for batch, speed and notebooks.

A raw frame is either as the batch parses it (all text) or as `spark.read.json` infers it (numbers,
doubles), with the key called `index` or `ind`; columns that are missing become null.
"""

from itertools import chain

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from services.tables import Table
from spark_jobs.cleaning_rules import text, whole
from spark_jobs.contracts import KEYS, SourceColumn, contract


def clean(table: Table, raw: DataFrame) -> DataFrame:
    """Clean rows: the contract's columns and nothing else."""
    return raw.select(*clean_columns(table, raw))


def clean_columns(table: Table, raw: DataFrame) -> list[Column]:
    """The contract's columns in their order; those without a rule of their own are text."""
    source, contracted = _source(raw), contract(table)
    parsed = {name: rule(source(name)) for name, rule in contracted.parsed.items()}
    ind = {"ind": whole(F.coalesce(*(source(name) for name in KEYS)))}
    special = parsed | contracted.derived(source) | ind
    return [
        special.get(name, text(source(name))).cast(kind).alias(name)
        for name, kind in contracted.clean.items()
    ]


def unparsed(table: Table, raw: DataFrame) -> Column:
    """What was sent where a number or a timestamp became null: column → text; null when nothing was.

    Blank texts and the scraper's sentinels are no values, and are left out.
    """
    source = _source(raw)
    sent = (
        (F.lit(name), F.when(rule(source(name)).isNull(), text(source(name))))
        for name, rule in contract(table).parsed.items()
    )
    found = F.map_filter(
        F.create_map(*chain.from_iterable(sent)), lambda _, value: value.isNotNull()
    )
    return F.when(F.size(found) > 0, found)


def _source(raw: DataFrame) -> SourceColumn:
    """Look columns of `raw` up as text; null for those it does not have."""
    present = set(raw.columns)

    def source(name: str) -> Column:
        column = F.col(f"`{name}`") if name in present else F.lit(None)
        return column.cast("string")

    return source
