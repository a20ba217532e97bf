"""What `from pyspark.sql.functions import *` gave before PySpark 4, and notebooks of that time use.

Before, the module had no `__all__`: its older spellings of functions came along, and what it had imported for itself.
"""

import typing

import pyspark
from pyspark.sql import Column, DataFrame, functions
from pyspark.sql.types import ArrayType, DataType, StringType, StructType

_OLDER_SPELLINGS = (
    "approxCountDistinct",
    "bitwiseNOT",
    "countDistinct",
    "shiftLeft",
    "shiftRight",
    "shiftRightUnsigned",
    "sumDistinct",
    "toDegrees",
    "toRadians",
)

_MODULES = ("functools", "sys", "warnings")

_TYPING = ("Any", "Callable", "Dict", "Iterable", "List", "Optional", "Tuple", "Union", "cast")

_CLASSES = (
    Column,
    DataFrame,
    ArrayType,
    DataType,
    StringType,
    StructType,
    pyspark.SparkContext,
)


def install() -> None:
    """Let the star give these names too."""
    extra: dict[str, object] = {name: getattr(typing, name) for name in _TYPING}
    extra |= {cls.__name__: cls for cls in _CLASSES}
    vars(functions).update(extra)
    names = [*_OLDER_SPELLINGS, *_MODULES, *extra]
    functions.__all__.extend(name for name in names if name not in functions.__all__)
