"""python-decouple: a key that is set nowhere has its local value."""

from __future__ import annotations

import functools
from types import ModuleType
from typing import TYPE_CHECKING, Any

from ..credentials.meaning.values import Values
from ..credentials.usage.project import read_usage

if TYPE_CHECKING:
    from ..process_context import ProcessContext


def patch(module: ModuleType, context: ProcessContext) -> None:
    """Change the lookup that all of its repositories share."""
    config, undefined = module.Config, module.UndefinedValueError
    original, values = config.get, Values(context.configuration)

    @functools.wraps(original)
    def get(self: Any, option: str, *args: Any, **named: Any) -> Any:
        try:
            return original(self, option, *args, **named)
        except undefined:
            usage = read_usage(context.configuration.root).environment.key(option).facts
            value = values.find(option, usage=usage)
            if value is None:
                context.offer(".env or settings.ini", [(option,)])
                raise
        context.offered = True
        context.say(f"{option} is set nowhere: offered with its local value", key=f"key {option}")
        named.pop("default", None)
        return original(self, option, *[value, *args[1:]], **named)

    config.get = get
