"""pandas before 2: methods of frames and series, and keywords."""

from __future__ import annotations

import functools
from types import ModuleType
from typing import TYPE_CHECKING, Any, Callable

from .keywords import take
from .notices import say

if TYPE_CHECKING:
    from ..process_context import ProcessContext

_READ = ("read_csv", "read_table")
_GONE_KEYWORDS = {"mangle_dupe_cols": None, "tupleize_cols": None, "prefix": None}


def patch(module: ModuleType, context: ProcessContext) -> None:
    """Add what the installed version has not."""
    for owner, methods in _methods(module).items():
        for name, method in methods.items():
            if not hasattr(owner, name):
                setattr(owner, name, _saying(method, f"{owner.__name__}.{name}", context))
        take(owner, "to_csv", {"line_terminator": "lineterminator"}, context)
    take(module.DataFrame, "to_excel", {"encoding": None, "verbose": None}, context)
    for name in _READ:
        take(module, name, _GONE_KEYWORDS, context)
        setattr(module, name, _reading(getattr(module, name), context))


def _methods(module: Any) -> dict[Any, dict[str, Any]]:
    both: dict[str, Any] = {"iteritems": lambda self: self.items()}
    frame: dict[str, Any] = {
        **both,
        "append": _append_to_frame(module),
        "as_matrix": lambda self, columns=None: (self if columns is None else self[columns]).values,
        "get_value": lambda self, index, col, **_: self.at[index, col],
        "applymap": lambda self, func, **named: self.map(func, **named),
        "mad": lambda self: (self - self.mean()).abs().mean(),
    }
    series: dict[str, Any] = {
        **both,
        "append": lambda self, other, ignore_index=False, **_: module.concat(
            [self, *_listed(other)], ignore_index=ignore_index
        ),
        "mad": lambda self: (self - self.mean()).abs().mean(),
    }
    return {module.DataFrame: frame, module.Series: series}


def _append_to_frame(module: Any) -> Callable[..., Any]:
    """Rows of another frame; a dictionary or a series is one row."""

    def append(
        self: Any, other: Any, ignore_index: Any = 0, verify_integrity: Any = 0, sort: Any = 0
    ) -> Any:  # fmt: skip
        rows = [_frame(module, row, ignore_index) for row in _listed(other)]
        frames = [frame for frame in (self, *rows) if len(frame) or len(frame.columns)]
        if not frames:
            return self.copy()
        filled = [frame for frame in frames if len(frame)] or frames
        result = module.concat(
            filled,
            ignore_index=bool(ignore_index),
            verify_integrity=bool(verify_integrity),
            sort=bool(sort),
        )
        columns = list(dict.fromkeys(c for frame in frames for c in frame.columns))
        return result if sort else result.reindex(columns=columns)

    return append


def _frame(module: Any, row: Any, ignore_index: Any) -> Any:
    if isinstance(row, dict):
        if not ignore_index:
            raise TypeError("Can only append a dict if ignore_index=True")
        return module.DataFrame([row])
    if isinstance(row, module.Series):
        return row.to_frame().T.infer_objects()
    return row if isinstance(row, module.DataFrame) else module.DataFrame(row)


def _listed(other: Any) -> list[Any]:
    return other if isinstance(other, list) else [other]


def _saying(method: Callable[..., Any], label: str, context: ProcessContext) -> Callable[..., Any]:
    @functools.wraps(method)
    def said(self: Any, *args: Any, **named: Any) -> Any:
        say(context, label)
        return method(self, *args, **named)

    return said


def _reading(original: Callable[..., Any], context: ProcessContext) -> Callable[..., Any]:
    """`squeeze`, and `error_bad_lines` with `warn_bad_lines`, which became `on_bad_lines`."""

    @functools.wraps(original)
    def read(*args: Any, **named: Any) -> Any:
        squeeze = named.pop("squeeze", False)
        errors, warns = named.pop("error_bad_lines", None), named.pop("warn_bad_lines", True)
        if errors is not None and not errors:
            say(context, "error_bad_lines", instead="on_bad_lines")
            named.setdefault("on_bad_lines", "warn" if warns else "skip")
        result = original(*args, **named)
        if not squeeze:
            return result
        say(context, "read_csv(squeeze=True)", instead='.squeeze("columns")')
        return result.squeeze("columns")

    return read
