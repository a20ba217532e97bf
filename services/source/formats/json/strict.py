"""JSON as its standard has it: no NaN, no Infinity."""

import json
from typing import NoReturn

from services.source.rows.values import UnfitValueError


def _no_number(name: str) -> NoReturn:
    raise UnfitValueError(f"{name} is not JSON")


def strict_decoder() -> json.JSONDecoder:
    return json.JSONDecoder(parse_constant=_no_number)


def loads(text: str) -> object:
    """The value of a text.

    Raises:
        ValueError: it is not JSON.
        RecursionError: it is nested too deeply.
    """
    return strict_decoder().decode(text)
