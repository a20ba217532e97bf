"""How a method of PySpark's classes is replaced, or a member added."""

from collections.abc import Callable
from functools import wraps
from typing import Any

Method = Callable[..., Any]


def replace_method(owner: type, name: str, make: Callable[[Method], Method]) -> None:
    """Put `make(original)` in a method's place; a method that was replaced already stays."""
    original = getattr(owner, name)
    if not hasattr(original, "__wrapped__"):
        setattr(owner, name, wraps(original)(make(original)))


def set_member(owner: type, name: str, value: object) -> None:
    """Put a method, a property or a value of our own into a class."""
    setattr(owner, name, value)
