"""Values of Spark Connect's literals → SQL that means the same value of the same type."""

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from pyspark.sql.connect.types import proto_schema_to_pyspark_data_type

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MONTHS = 12


def text_literal(text: str) -> str:
    """A string, which Spark neither unescapes to another one nor takes for one of its own `${variables}`."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("${", "\\u0024{")
    return f"'{escaped}'"


def literal_sql(literal: Any) -> str:
    """A `proto.Expression.Literal` as SQL.

    Raises:
        NotImplementedError: it is of a type that SQL has no literal for.
    """
    kind = literal.WhichOneof("literal_type")
    if kind == "null":
        return "NULL"
    if kind not in _FORMS:
        raise NotImplementedError(f"A literal of the type {kind} cannot be written as SQL.")
    return _FORMS[kind](getattr(literal, kind))


def _number(suffix: str) -> Callable[[int], str]:
    """Negative ones in parentheses, so that no two minus signs make a comment."""
    return lambda value: f"{value}{suffix}" if value >= 0 else f"({value}{suffix})"


def _fraction(suffix: str, type_name: str) -> Callable[[float], str]:
    def write(value: float) -> str:
        if not math.isfinite(value):
            word = "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
            return f"CAST('{word}' AS {type_name})"
        text = f"{value!r}{suffix}"
        return f"({text})" if text.startswith("-") else text

    return write


def _decimal(value: Any) -> str:
    text = f"{Decimal(value.value):f}BD"
    return f"({text})" if text.startswith("-") else text


def _date(days: int) -> str:
    return f"DATE '{(_EPOCH + timedelta(days=days)).date().isoformat()}'"


def _timestamp(microseconds: int) -> str:
    return f"TIMESTAMP '{_moment(microseconds)}Z'"


def _timestamp_ntz(microseconds: int) -> str:
    return f"TIMESTAMP_NTZ '{_moment(microseconds)}'"


def _moment(microseconds: int) -> str:
    moment = (_EPOCH + timedelta(microseconds=microseconds)).replace(tzinfo=None)
    return moment.isoformat(sep=" ", timespec="microseconds")


def _time(value: Any) -> str:
    moment = _EPOCH + timedelta(microseconds=value.nano // 1000)
    return f"TIME '{moment.time().isoformat(timespec='microseconds')}'"


def _day_time_interval(microseconds: int) -> str:
    length = timedelta(microseconds=abs(microseconds))
    hours, seconds = divmod(length.seconds, 3600)
    minutes, seconds = divmod(seconds, 60)
    sign = "-" if microseconds < 0 else ""
    clock = f"{hours:02}:{minutes:02}:{seconds:02}.{length.microseconds:06}"
    return f"INTERVAL '{sign}{length.days} {clock}' DAY TO SECOND"


def _year_month_interval(months: int) -> str:
    years, rest = divmod(abs(months), _MONTHS)
    return f"INTERVAL '{'-' if months < 0 else ''}{years}-{rest}' YEAR TO MONTH"


def _calendar_interval(value: Any) -> str:
    seconds = Decimal(value.microseconds) / 1_000_000
    return f"make_interval(0, {value.months}, 0, {value.days}, 0, 0, {seconds:f})"


def _array(value: Any) -> str:
    if value.elements:
        return f"array({', '.join(map(literal_sql, value.elements))})"
    return f"CAST(array() AS ARRAY<{type_sql(value.element_type)}>)"


def _specialized_array(value: Any) -> str:
    kind = value.WhichOneof("value_type")
    forms = {"bools": "boolean", "ints": "integer", "longs": "long"}
    forms |= {"floats": "float", "doubles": "double", "strings": "string"}
    write = _FORMS[forms[kind]]
    return f"array({', '.join(write(one) for one in getattr(value, kind).values)})"


def _map(value: Any) -> str:
    pairs = zip(value.keys, value.values, strict=True)
    return f"map({', '.join(literal_sql(one) for pair in pairs for one in pair)})"


def _struct(value: Any) -> str:
    names = [field.name for field in value.struct_type.struct.fields]
    pairs = zip(names, value.elements, strict=True)
    return f"named_struct({', '.join(f'{text_literal(n)}, {literal_sql(v)}' for n, v in pairs)})"


def type_sql(data_type: Any) -> str:
    """A `proto.DataType` as SQL writes it."""
    if data_type.WhichOneof("kind") == "unparsed":
        return str(data_type.unparsed.data_type_string)
    return str(proto_schema_to_pyspark_data_type(data_type).simpleString())


_FORMS: Mapping[str, Callable[[Any], str]] = {
    "binary": lambda value: f"X'{value.hex()}'",
    "boolean": lambda value: str(value).lower(),
    "byte": _number("Y"),
    "short": _number("S"),
    "integer": _number(""),
    "long": _number("L"),
    "float": _fraction("F", "FLOAT"),
    "double": _fraction("D", "DOUBLE"),
    "decimal": _decimal,
    "string": text_literal,
    "date": _date,
    "timestamp": _timestamp,
    "timestamp_ntz": _timestamp_ntz,
    "time": _time,
    "day_time_interval": _day_time_interval,
    "year_month_interval": _year_month_interval,
    "calendar_interval": _calendar_interval,
    "array": _array,
    "specialized_array": _specialized_array,
    "map": _map,
    "struct": _struct,
}
