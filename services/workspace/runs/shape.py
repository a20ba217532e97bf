"""How values come in: numbers as text, text as numbers, null for what is absent, keys nobody knows."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator


def as_text(value: object) -> object:
    """A parameter's value as notebooks get it: always text (5 → "5", true → "true")."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    return "" if value is None else value


Text = Annotated[str, BeforeValidator(as_text)]

Count = Annotated[int, Field(ge=0)]


class Shape(BaseModel):
    """A part of a request: unknown keys are passed over, null is as good as absent."""

    model_config = ConfigDict(extra="ignore", frozen=True, coerce_numbers_to_str=True)

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, values: Any) -> Any:
        if not isinstance(values, Mapping):
            return values
        return {name: value for name, value in values.items() if value is not None}
