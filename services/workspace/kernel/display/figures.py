"""Matplotlib's figures as pictures."""

import sys
from io import BytesIO
from typing import Any


def is_figure(value: Any) -> bool:
    """Whether it is a figure; Matplotlib is not imported to find out."""
    module = sys.modules.get("matplotlib.figure")
    return module is not None and isinstance(value, module.Figure)


def bundle(figure: Any) -> dict[str, Any]:
    """The figure as PNG; it is closed, so that the end of the cell does not show it once more."""
    picture = BytesIO()
    figure.savefig(picture, format="png", bbox_inches="tight")
    sys.modules["matplotlib.pyplot"].close(figure) if "matplotlib.pyplot" in sys.modules else None
    return {"image/png": picture.getvalue(), "text/plain": repr(figure)}
