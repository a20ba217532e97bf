"""Python's own modules, as they were before 3.9 to 3.14."""

from __future__ import annotations

import functools
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any, Callable

from .keywords import take
from .notices import say

if TYPE_CHECKING:
    from ..process_context import ProcessContext

_NO_DEFAULT_LOOP = (3, 14)
_LOOPLESS = (3, 10)


def patch_json(module: ModuleType, context: ProcessContext) -> None:
    """`json.loads(text, encoding=…)`, which never had an effect in Python 3."""
    for name in ("load", "loads", "dump", "dumps"):
        take(module, name, {"encoding": None}, context)


def patch_random(module: ModuleType, context: ProcessContext) -> None:
    """`random.sample` of a set, and whole numbers that are floats (`randint(0, 1e4)`)."""
    sample = module.sample

    @functools.wraps(sample)
    def of_any(population: Any, *args: Any, **named: Any) -> Any:
        if isinstance(population, (set, frozenset)):
            say(context, "random.sample of a set", instead="of its tuple")
            population = tuple(population)
        return sample(population, *args, **named)

    module.sample = of_any  # type: ignore[attr-defined]
    for name in ("randint", "randrange"):
        setattr(module, name, _of_whole(getattr(module, name)))


def _of_whole(original: Callable[..., int]) -> Callable[..., int]:
    @functools.wraps(original)
    def function(*args: Any, **named: Any) -> int:
        return original(*map(_whole, args), **{name: _whole(v) for name, v in named.items()})

    return function


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def patch_threading(module: ModuleType, _: ProcessContext) -> None:
    """`thread.isAlive()`."""
    if not hasattr(module.Thread, "isAlive"):
        module.Thread.isAlive = module.Thread.is_alive


def patch_configparser(module: ModuleType, _: ProcessContext) -> None:
    """`parser.readfp(file)`."""
    parser: Any = module.RawConfigParser
    if not hasattr(parser, "readfp"):
        parser.readfp = lambda self, fp, filename=None: self.read_file(fp, source=filename)


def patch_asyncio(module: ModuleType, context: ProcessContext) -> None:
    """`loop=…`, and a loop that `get_event_loop` makes."""
    if sys.version_info >= _LOOPLESS:
        for name in ("gather", "wait", "wait_for", "shield", "as_completed"):
            take(module, name, {"loop": None}, context)
        for name in ("Queue", "Lock", "Event", "Semaphore", "Condition"):
            take(getattr(module, name), "__init__", {"loop": None}, context)
    if sys.version_info >= _NO_DEFAULT_LOOP:
        module.get_event_loop = making_loop(module)  # type: ignore[attr-defined]


def making_loop(module: Any) -> Callable[[], Any]:
    """`get_event_loop` that makes a thread's loop where there is none."""
    original = module.get_event_loop

    @functools.wraps(original)
    def get_event_loop() -> Any:
        try:
            return original()
        except RuntimeError:
            loop = module.new_event_loop()
            module.set_event_loop(loop)
            return loop

    return get_event_loop
