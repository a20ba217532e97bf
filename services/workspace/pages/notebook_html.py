"""An executed notebook as HTML that stands alone: no script of ours, nothing from elsewhere."""

import functools
from pathlib import Path

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
    from nbconvert import HTMLExporter  # noqa: PLC0415 - half a second, only for who looks
    from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]  # noqa: PLC0415

    exporter = HTMLExporter(template_name="basic")  # type: ignore[no-untyped-call]
    body, _ = exporter.from_filename(str(file))
    light = HtmlFormatter(style="default").get_style_defs(".highlight")
    dark = HtmlFormatter(style="github-dark").get_style_defs(".highlight")
    return template("executed.html", body=body, light=light, dark=dark)
