"""Names that modules had once, each beside the one that does the same today."""

from __future__ import annotations

import importlib
import os
import sys
from functools import reduce
from types import ModuleType
from typing import TYPE_CHECKING, Any, Callable

from .notices import say

if TYPE_CHECKING:
    from ..process_context import ProcessContext

_ABSTRACT = (
    "Awaitable Coroutine AsyncIterable AsyncIterator AsyncGenerator Hashable Iterable Iterator Generator Reversible "
    "Sized Container Callable Collection Set MutableSet Mapping MutableMapping MappingView KeysView ItemsView "
    "ValuesView Sequence MutableSequence ByteString"
)
_NUMPY = {
    "float": "builtins.float", "int": "builtins.int", "bool": "builtins.bool", "object": "builtins.object",
    "str": "builtins.str", "complex": "builtins.complex", "long": "builtins.int", "unicode": "builtins.str",
    "float_": "numpy.float64", "complex_": "numpy.complex128", "unicode_": "numpy.str_", "string_": "numpy.bytes_",
    "int0": "numpy.intp", "uint0": "numpy.uintp", "bool8": "numpy.bool_", "object0": "numpy.object_",
    "NaN": "numpy.nan", "NAN": "numpy.nan", "Inf": "numpy.inf", "Infinity": "numpy.inf", "infty": "numpy.inf",
    "PINF": "numpy.inf", "product": "numpy.prod", "cumproduct": "numpy.cumprod", "alltrue": "numpy.all",
    "sometrue": "numpy.any", "round_": "numpy.round", "row_stack": "numpy.vstack", "in1d": "numpy.isin",
    "trapz": "numpy.trapezoid", "cfloat": "numpy.complex128", "singlecomplex": "numpy.complex64",
    "VisibleDeprecationWarning": "numpy.exceptions.VisibleDeprecationWarning",
    "ComplexWarning": "numpy.exceptions.ComplexWarning", "AxisError": "numpy.exceptions.AxisError",
}  # fmt: skip
_HTTP_METHODS = (
    "get post put patch delete head options request Session session adapters auth exceptions"
)
NAMES: dict[str, dict[str, str]] = {
    "asyncio": {"coroutine": "types.coroutine", "async": "asyncio.ensure_future"},
    "base64": {"encodestring": "base64.encodebytes", "decodestring": "base64.decodebytes"},
    "botocore.vendored.requests": {name: f"requests.{name}" for name in _HTTP_METHODS.split()},
    "cgi": {"escape": "html.escape"},
    "collections": {name: f"collections.abc.{name}" for name in _ABSTRACT.split()},
    "configparser": {"SafeConfigParser": "configparser.ConfigParser"},
    "fractions": {"gcd": "math.gcd"},
    "inspect": {"getargspec": "pincloud_reroute.removed.modules.argspec.getargspec"},
    "locale": {"format": "locale.format_string"},
    "numpy": _NUMPY,
    "os": {"errno": "errno", "getcwdu": "os.getcwd"},
    "pandas": {
        "datetime": "datetime.datetime", "np": "numpy", "Int64Index": "pandas.Index", "UInt64Index": "pandas.Index",
        "Float64Index": "pandas.Index", "TimeGrouper": "pandas.Grouper",
    },
    "sqlalchemy.engine": {"RowProxy": "sqlalchemy.engine.Row", "LegacyRow": "sqlalchemy.engine.Row"},
    "string": {"maketrans": "builtins.str.maketrans", "letters": "string.ascii_letters"},
    "time": {"clock": "time.perf_counter"},
    "urllib3.util.ssl_": {"DEFAULT_CIPHERS": "pincloud_reroute.removed.modules.ciphers.DEFAULT_CIPHERS"},
}  # fmt: skip
"""Module → name that it had → what stands for it now."""

_STANDARD_LIBRARY = os.path.dirname(os.__file__)
_LIBRARIES = ("site-packages", "dist-packages", "<frozen")


def answer(module: ModuleType, context: ProcessContext) -> None:
    """Have the module answer for what it lost, to the user's code: libraries look whether it is there."""
    original: Callable[[str], Any] | None = vars(module).get("__getattr__")
    names = NAMES[module.__name__]

    def __getattr__(name: str) -> Any:
        try:
            if original is not None:
                return original(name)
        except Exception:
            if name not in names or _is_library(sys._getframe(1).f_code.co_filename):
                raise
        else:
            if name not in names or _is_library(sys._getframe(1).f_code.co_filename):
                raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")
        say(context, f"{module.__name__}.{name}", instead=names[name])
        return find(names[name])

    module.__getattr__ = __getattr__  # type: ignore[method-assign]


def find(path: str) -> Any:
    """The object of a dotted path, whose module may have to be imported."""
    parts = path.split(".")
    for length in range(len(parts) - 1, 0, -1):
        try:
            module = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        return reduce(getattr, parts[length:], module)
    return importlib.import_module(path)


def _is_library(file: str) -> bool:
    return any(name in file for name in _LIBRARIES) or file.startswith(_STANDARD_LIBRARY + os.sep)
