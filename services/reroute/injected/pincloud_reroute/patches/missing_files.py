"""`Path.exists` and `Path.is_file`: missing credential files seem to be there."""

from __future__ import annotations

import functools
import io
import os
from types import ModuleType
from typing import TYPE_CHECKING, Any, Callable

from ..credentials.files import Offers

if TYPE_CHECKING:
    from ..process_context import Here


def patch(module: ModuleType, here: Here) -> None:
    """Change both methods."""
    offers, path = Offers(here), module.Path
    path.exists = _is(path.exists, offers)
    path.is_file = _is(path.is_file, offers)
    accessor = getattr(module, "_NormalAccessor", None)
    if accessor is not None and accessor.open is not os.open:  # Python 3.10 keeps `open` there
        accessor.open = staticmethod(io.open)


def _is(original: Callable[..., bool], offers: Offers) -> Callable[..., bool]:
    @functools.wraps(original)
    def answer(self: Any, *args: Any, **named: Any) -> bool:
        return original(self, *args, **named) or offers.wanted(self) is not None

    return answer
