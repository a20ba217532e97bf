"""Figures, charts and pictures of the libraries that draw, as outputs; none of these libraries is imported for it."""

import sys
from html import escape
from io import BytesIO
from typing import Any

_PICTURES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
}
"""How the bytes of a picture begin."""


def drawing(value: Any) -> dict[str, Any] | None:
    """Forms of a drawing, by MIME type; None when it is none, or draws itself as a notebook wants it."""
    if figure := _matplotlib_figure(value):
        return _as_png(figure)
    if isinstance(value, bytes | bytearray):
        return _as_picture(bytes(value))
    if _is_of(value, "plotly.basedatatypes", "BaseFigure"):
        return _as_page(value, value.to_html(include_plotlyjs=True, full_html=True))
    if _is_of(value, "altair", "TopLevelMixin"):
        return _as_page(value, value.to_html())
    return None


def sandboxed(html: str) -> str:
    """Foreign HTML in a frame of its own: its scripts run, but reach neither the page nor its origin."""
    return (
        f'<iframe sandbox="allow-scripts" srcdoc="{escape(html)}" '
        'style="width:100%;height:20em;border:0;resize:vertical;overflow:auto"></iframe>'
    )


def _matplotlib_figure(value: Any) -> Any:
    """A figure, or that of its axes, of several axes, or of a grid of Seaborn's."""
    if _is_of(value, "matplotlib.figure", "FigureBase"):
        return value
    if _is_of(value, "numpy", "ndarray") and value.dtype == object and value.size:
        value = value.flat[0]
    elif isinstance(value, list | tuple) and value and _is_drawn(value[0]):
        value = value[0]
    inner = getattr(value, "figure", None) if _is_drawn(value) else None
    return inner if _is_of(inner, "matplotlib.figure", "FigureBase") else None


def _is_drawn(value: Any) -> bool:
    """Axes and what is in them, or a grid of Seaborn's."""
    return _is_of(value, "matplotlib.artist", "Artist") or _is_of(
        value, "seaborn.axisgrid", "_BaseGrid"
    )


def _is_of(value: Any, module: str, name: str) -> bool:
    """Whether it is of a class that only a loaded module can have made."""
    cls = getattr(sys.modules.get(module), name, None)
    return isinstance(cls, type) and isinstance(value, cls)


def _as_png(figure: Any) -> dict[str, Any]:
    """The figure as PNG; it is closed, so that the end of the cell does not show it once more."""
    picture = BytesIO()
    whole = getattr(figure, "figure", None) or figure
    whole.savefig(picture, format="png", bbox_inches="tight")
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close(whole)
    return {"image/png": picture.getvalue(), "text/plain": repr(figure)}


def _as_picture(content: bytes) -> dict[str, Any] | None:
    kind = next((kind for begin, kind in _PICTURES.items() if content.startswith(begin)), None)
    text = f"<{kind}, {len(content):,} bytes>"
    return {kind: content, "text/plain": text} if kind else None


def _as_page(value: Any, html: str) -> dict[str, Any]:
    """Charts of JavaScript, with the scripts that draw them where the library brings those."""
    return {"text/html": sandboxed(html), "text/plain": f"<{type(value).__name__}>"}
