"""An executed notebook as HTML that stands alone: no script of ours, nothing from elsewhere."""

import functools
from pathlib import Path
from typing import Any

from services.workspace.pages.rendering import template

_KEPT = 8
"""Documents; a page that refreshes itself asks for the same one again and again."""


def notebook_html(file: Path) -> str:
    """The notebook as it is on disk now.

    Raises:
        OSError: it is not there.
    """
    return _converted(file, file.stat().st_mtime_ns)


@functools.lru_cache(maxsize=_KEPT)
def _converted(file: Path, _changed: int) -> str:
    import nbformat  # noqa: PLC0415 - half a second, only for who looks
    from nbconvert import HTMLExporter  # noqa: PLC0415
    from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]  # noqa: PLC0415

    exporter = HTMLExporter(template_name="basic")  # type: ignore[no-untyped-call]
    notebook = nbformat.read(file, as_version=4)  # type: ignore[no-untyped-call]
    for cell in notebook.cells:
        _show_title(cell)
    body, _ = exporter.from_notebook_node(notebook)
    light = HtmlFormatter(style="default").get_style_defs(".highlight")
    dark = HtmlFormatter(style="github-dark").get_style_defs(".highlight")
    return template("executed.html", body=body, light=light, dark=dark)


def _show_title(cell: Any) -> None:
    """Put a cell's title, which Databricks shows above it, into its text."""
    title = cell.metadata.get("pincloud", {}).get("title")
    if title:
        above = f"### {title}\n\n" if cell.cell_type == "markdown" else f"# {title}\n"
        cell.source = above + cell.source
