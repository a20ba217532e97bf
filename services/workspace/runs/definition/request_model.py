"""The base model of requests: numbers as text, text as numbers, null as absent, unknown keys ignored."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)


def as_text(value: object) -> object:
    """A parameter's value as notebooks get it: always text (5 → "5", true → "true")."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    return "" if value is None else value


_LONGEST_SHOWN = 100

Text = Annotated[str, BeforeValidator(as_text)]

Count = Annotated[int, Field(ge=0)]


class RequestModel(BaseModel):
    """A part of a request: unknown keys are passed over, null is as good as absent."""

    model_config = ConfigDict(extra="ignore", frozen=True, coerce_numbers_to_str=True)

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, values: Any) -> Any:
        if not isinstance(values, Mapping):
            return values
        return {name: value for name, value in values.items() if value is not None}


def describe_validation_error(error: ValidationError, hidden: tuple[int | str, ...] = ()) -> str:
    """What is wrong with which fields, for the one who sent them.

    Args:
        error: What was found.
        hidden: The beginning of a field's place that the sender never wrote.
    """
    return "; ".join(
        _complaint(_without(row["loc"], hidden), row["msg"], row["input"]) for row in error.errors()
    )


def _without(loc: tuple[int | str, ...], hidden: tuple[int | str, ...]) -> tuple[int | str, ...]:
    return loc[len(hidden) :] if loc[: len(hidden)] == hidden else loc


def _complaint(loc: tuple[int | str, ...], message: str, value: object) -> str:
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc)
    name = "".join(parts).removeprefix(".") or "the request"
    if message == "Field required":
        return f"{name} is missing"
    shown = repr(value)
    shown = shown if len(shown) <= _LONGEST_SHOWN else f"{shown[:_LONGEST_SHOWN]}…"
    return f"{name}: {message} (it is {shown})"
